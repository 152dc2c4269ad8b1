"""The engine that services give orders to; the factory binds it, as it binds the database session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.engine.dispatch import Dispatcher
from app.engine.loading import Loader
from app.engine.operations import Desk
from app.engine.store import Tx
from app.errors import Unavailable
from app.extensions import WRITE, db


@dataclass(frozen=True, slots=True)
class Engine:
    """What a service needs of the engine: compiled trees, a way to nudge, and the clock."""

    loader: Loader
    dispatcher: Dispatcher
    clock: Callable[[], datetime]


class _Binding:
    engine: Engine | None = None


def bind(engine: Engine) -> None:
    """Set the engine of this process; called once by the factory."""
    _Binding.engine = engine


def bound() -> Engine:
    """Return the engine of this process."""
    if _Binding.engine is None:
        raise Unavailable("the engine is not bound: the application was not made by the factory")
    return _Binding.engine


@contextmanager
def writing() -> Iterator[Session]:
    """Run one use case's transaction: commits at the end, undone as a whole by any exception.

    What the session has read before is forgotten, so that the transaction can begin as one that writes and its
    decisions stand on what is true now.
    """
    session: Session = db.session()
    session.rollback()
    session.connection(execution_options={WRITE: True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def desk(session: Session) -> Desk:
    """Take the session's transaction to the engine."""
    engine = bound()
    return Desk(Tx.of_session(session), engine.loader, engine.clock())


def nudge(root_id: int) -> None:
    """Tell the workers, after the commit, that a task is owed something."""
    bound().dispatcher.nudge(root_id)
