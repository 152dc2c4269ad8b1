"""SQLite's connections: durable, short transactions, and writers that take turns.

SQLite lets one connection write at a time; the others nap, a millisecond at first and up to a tenth of a second later,
while a step takes a fifth of a millisecond. So a writer first takes its turn: a lock on a file beside the database,
which is asked for far more often. The turn orders writers and protects nothing: whoever does not get it in time, or
does not know of it, is still refused by SQLite's own lock. The system takes it back from a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, event

WRITE = "sluice_write"
"""Execution option of a connection whose transaction is going to write."""

_BUSY_S = 20
_NAPS_S = (*[0.0001] * 10, *[0.0003] * 20, 0.001)


class TurnTaking(sqlite3.Connection):
    """A connection whose `begin_immediate` waits for its turn; `commit`, `rollback` and `close` pass it on."""

    turns: int | None = None
    has_turn = False

    def begin_immediate(self) -> None:
        """Begin a transaction that is going to write."""
        self._take_turn()
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._pass_turn()
            raise

    def commit(self) -> None:
        """Make the transaction durable."""
        try:
            super().commit()
        finally:
            self._pass_turn()

    def rollback(self) -> None:
        """Undo the transaction."""
        try:
            super().rollback()
        finally:
            self._pass_turn()

    def close(self) -> None:
        """Close the connection and the file of turns."""
        super().close()
        if self.turns is not None:
            os.close(self.turns)
            self.turns, self.has_turn = None, False

    def __del__(self) -> None:
        if self.turns is not None:
            os.close(self.turns)

    def _take_turn(self) -> None:
        if self.turns is None or self.has_turn:
            return
        until, nap = time.monotonic() + _BUSY_S, 0
        while True:
            try:
                fcntl.flock(self.turns, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return
                time.sleep(_NAPS_S[min(nap, len(_NAPS_S) - 1)])
                nap += 1
            else:
                self.has_turn = True
                return

    def _pass_turn(self) -> None:
        if self.has_turn and self.turns is not None:
            self.has_turn = False
            fcntl.flock(self.turns, fcntl.LOCK_UN)


def tune(engine: Engine) -> None:
    """Set an engine's connections up, if they are SQLite's; called once for each engine.

    WAL with full synchronisation (an acknowledged step survives a power cut), foreign keys on, and BEGIN written by us:
    IMMEDIATE for a transaction that is going to write, because a deferred one that reads first is refused, not queued,
    when somebody else wrote in between.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)


def _connect(_dialect: Any, _record: Any, args: Sequence[Any], options: dict[str, Any]) -> sqlite3.Connection:
    connection: TurnTaking = sqlite3.connect(*args, **{**options, "factory": TurnTaking})
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    if path:
        connection.turns = os.open(f"{path}-turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return connection


def _prepare(connection: TurnTaking, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_S * 1000}",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.get_execution_options().get(WRITE, False):
        driver.begin_immediate()
    else:
        driver.execute("BEGIN")
