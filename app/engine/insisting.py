"""Transactions that do not give up: what the database refuses is tried again, because what is in hand must not be lost.

A refused commit may have happened all the same: the answer got lost, not the transaction. So whoever insists says how
to recognise that what was attempted is there.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import OperationalError, TimeoutError

from app.engine.store import Link, Stale, Tx

log = logging.getLogger(__name__)

DATABASE_ERRORS = (sqlite3.OperationalError, psycopg.OperationalError, OperationalError, TimeoutError)
"""What a database that is away, busy or shutting down raises, with or without SQLAlchemy between."""

_AGAIN_AFTER_S = (0.05, 0.2, 0.5, 1, 2, 4, 8)

T = TypeVar("T")


def insist(
    link: Link, work: Callable[[Tx], T], *, has_landed: Callable[[Tx, T], bool], before_commit: Callable[[], None],
    on_refusal: Callable[[], None] = lambda: None,
) -> T:  # fmt: skip
    """Run `work` in a transaction until the database takes it; raises what it says when it refuses for 16 s.

    `work` may run several times, each time in a transaction of its own. After a refused commit `has_landed` is asked,
    with a transaction that is then undone, whether the last attempt is there; if so, what it made is returned.
    `on_refusal` forgets what memory holds of an attempt that was undone.
    """
    attempted: list[T] = []
    for wait_s in (*_AGAIN_AFTER_S, None):
        try:
            tx = link.begin(writes_late=True)
            if attempted and has_landed(tx, attempted[0]):
                link.rollback()
                return attempted[0]
            attempted = []
            try:
                made = work(tx)
                tx.flush()
            except Stale:
                # Another was faster. What is read anew under the lock cannot be stale.
                link.rollback()
                on_refusal()
                made = work(link.begin())
            before_commit()
            attempted = [made]
            link.commit()
        except DATABASE_ERRORS:
            if wait_s is None:
                raise
            log.warning("database-refused again_in=%s", wait_s, exc_info=True)
            on_refusal()
            # The connection goes first: what it may still lock, others need meanwhile.
            link.renew()
            time.sleep(wait_s)
        except BaseException:
            _undo(link)
            raise
        else:
            return made
    raise AssertionError("the last try returns or raises")


def _undo(link: Link) -> None:
    try:
        link.rollback()
    except DATABASE_ERRORS:
        log.warning("rollback-refused", exc_info=True)
