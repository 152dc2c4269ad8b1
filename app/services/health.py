"""The state of the parts that an installation stands on."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.engine.queue_report import QueueReport
from app.extensions import db
from app.services.access import Actor
from app.services.engine import bound
from app.services.users import require_admin


def health() -> dict[str, str]:
    """Return "ok", or what is wrong, for database, queue, workers and scheduler."""
    return {"database": _database(), **bound().dispatcher.health()}


def is_ready() -> bool:
    """Say whether this process can serve: pages and APIs need the database, and nothing else."""
    return _database() == "ok"


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"unreachable: {type(error).__name__}"
    finally:
        db.session.rollback()
    return "ok"


def queue_report(actor: Actor) -> QueueReport:
    """Return what the queue holds and who works on it, for administrators."""
    require_admin(actor)
    return bound().dispatcher.report()
