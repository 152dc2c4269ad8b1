"""The engine's own path to the database: plain SQL on the driver's connection, one durable commit per step.

The same statements run on SQLite and PostgreSQL; `?` marks a parameter and becomes the driver's own mark. The ORM is
for pages: it costs a step six times what the statements cost (docs/decisions/0003-engine-sql.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.engine.core.groups import ANYONE, DEFAULT_GROUP, is_group

Row = Sequence[Any]
_Kept = tuple[str, Sequence[Sequence[Any]], Row | None]


class Cursor(Protocol):
    """What the engine uses of a driver's cursor."""

    rowcount: int

    def execute(self, sql: str, params: Any = ...) -> Any:
        """Run a statement."""

    def executemany(self, sql: str, rows: Any) -> Any:
        """Run a statement for each of many rows."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""


@dataclass(slots=True)
class Counter:
    """Counts what a store did: statements (each row of a many counts) and commits."""

    statements: int = 0
    commits: int = 0


class Stale(Exception):
    """A transaction was decided on what is no longer true; nothing of it may be written."""


class Tx:
    """A transaction of the engine, or the part that it takes in a service's.

    One that writes late keeps its statements until it has to read, or until its end: so what is decided from memory
    alone is decided before the database's lock is taken, and others wait only while it is written.
    """

    __slots__ = ("_counter", "_cursor", "_is_sqlite", "_kept")

    def __init__(self, cursor: Cursor, is_sqlite: bool, counter: Counter) -> None:
        self._cursor, self._is_sqlite, self._counter = cursor, is_sqlite, counter
        self._kept: list[_Kept] | None = None

    @classmethod
    def of_session(cls, session: Session) -> Tx:
        """Take part in a session's transaction."""
        connection = session.connection()
        driver = connection.connection.driver_connection
        assert driver is not None, "an open session has a connection"
        return cls(driver.cursor(), connection.dialect.name == "sqlite", Counter())

    def begin(self, *, writes_late: bool = False) -> None:
        """Begin, now or with the first statement that cannot be kept."""
        if writes_late:
            self._kept = []
        elif self._is_sqlite:
            self._execute("BEGIN IMMEDIATE", ())

    def flush(self) -> None:
        """Run what was kept; raises Stale if a row that was foreseen is another."""
        if self._kept is None:
            return
        kept, self._kept = self._kept, None
        self.begin()
        for sql, rows, foreseen in kept:
            self.many(sql, rows)
            if foreseen is not None and self._cursor.fetchone() != foreseen:
                raise Stale

    def drop(self) -> None:
        """Forget what was kept."""
        self._kept = None

    def run(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement."""
        self.many(sql, (params,))

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each of `rows`."""
        if self._kept is not None:
            self._kept.append((sql, rows, None))
        elif len(rows) == 1:
            self._execute(sql, rows[0])
        elif rows:
            self._counter.statements += len(rows)
            self._cursor.executemany(sql if self._is_sqlite else _for_psycopg(sql), rows)

    def touched(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement and return how many rows it touched."""
        self.flush()
        self._execute(sql, params)
        return self._cursor.rowcount

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """Run one statement and return its first row."""
        self.flush()
        self._execute(sql, params)
        row: Row | None = self._cursor.fetchone()
        return row

    def foreseen(self, sql: str, params: Sequence[Any], row: Row) -> Row | None:
        """Run one statement and return its first row, which is taken to be `row` where it is kept for later."""
        if self._kept is None:
            return self.one(sql, params)
        self._kept.append((sql, (params,), row))
        return row

    def all(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement and return its rows."""
        self.flush()
        self._execute(sql, params)
        return self._cursor.fetchall()

    def _execute(self, sql: str, params: Sequence[Any]) -> None:
        self._counter.statements += 1
        self._cursor.execute(sql if self._is_sqlite else _for_psycopg(sql), params)

    def hold(self, number: int) -> None:
        """Hold the lock of a number until the transaction ends; on SQLite nobody else writes in any case."""
        if not self._is_sqlite:
            self.one("SELECT pg_advisory_xact_lock(?)", (number,))

    def passing_by(self, *tables: str) -> str:
        """Return what makes a SELECT hold the rows that it finds and pass by those that others hold."""
        return "" if self._is_sqlite else f" FOR UPDATE OF {', '.join(tables)} SKIP LOCKED"

    def all_in(self, sql: str, params: Sequence[Any], members: Iterable[str]) -> Iterator[Row]:
        """Run a statement that ends in `IN` for `members`, in portions that both databases take."""
        left = list(members)
        while left:
            portion, left = left[:500], left[500:]
            marks = ",".join("?" * len(portion))
            yield from self.all(f"{sql} ({marks})", (*params, *portion))


class Link:
    """A connection that a burst keeps; its transactions begin and commit here."""

    __slots__ = ("_connection", "_cursor", "_engine", "_is_broken", "_is_sqlite", "_pooled", "counter", "tx")

    def __init__(self, engine: Engine, counter: Counter) -> None:
        self._engine, self._is_sqlite, self.counter = engine, engine.dialect.name == "sqlite", counter
        self._open()

    def _open(self) -> None:
        self._pooled = self._engine.raw_connection()
        connection: Any = self._pooled.driver_connection
        self._connection = connection
        self._cursor = self._connection.cursor()
        self.tx = Tx(self._cursor, self._is_sqlite, self.counter)
        self._is_broken = False

    def close(self) -> None:
        """Give the connection back."""
        self._pooled.close()

    def renew(self) -> None:
        """Throw a connection away that has failed; the next `begin` takes another."""
        self._is_broken = True
        self._pooled.invalidate()
        self._pooled.close()

    def begin(self, *, writes_late: bool = False) -> Tx:
        """Begin a transaction that is going to write; raises what the database says if it gives no connection."""
        if self._is_broken:
            self._open()
        self.tx.begin(writes_late=writes_late)
        return self.tx

    def commit(self) -> None:
        """Make the transaction durable."""
        self.tx.flush()
        self.counter.commits += 1
        self._connection.commit()

    def rollback(self) -> None:
        """Undo the transaction."""
        self.tx.drop()
        self._connection.rollback()


class Store:
    """Hands out connections and counts what goes over them.

    `groups` are the worker groups that this process serves, `may_claim` is the condition on tokens that follows.
    """

    def __init__(self, engine: Engine, groups: Iterable[str] = (DEFAULT_GROUP,)) -> None:
        self.engine, self.groups = engine, frozenset(groups)
        self.counter = Counter()
        names = sorted({*self.groups, ANYONE})
        self.may_claim = f"worker_group IN ({', '.join(map(_quoted, names))})"

    @contextmanager
    def link(self) -> Iterator[Link]:
        """Borrow a connection for a burst."""
        link = Link(self.engine, self.counter)
        try:
            yield link
        finally:
            link.close()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Run one transaction on a borrowed connection: commits at the end, undone by an exception."""
        with self.link() as link:
            tx = link.begin()
            try:
                yield tx
            except BaseException:
                link.rollback()
                raise
            link.commit()

    def due_roots(self, now: int, limit: int) -> list[int]:
        """Return the root runs that are owed something at `now` (microseconds), the longest due first."""
        sql = (
            "SELECT root_id, min(due) FROM ("
            f"SELECT root_id, claim_at AS due FROM run_token WHERE claim_at <= ? AND {self.may_claim} UNION ALL "
            "SELECT root_id, deadline AS due FROM run_token WHERE deadline <= ?"
            ") AS owed GROUP BY root_id ORDER BY min(due) LIMIT ?"
        )
        with self.link() as link:
            rows = link.tx.all(sql, (now, now, limit))
            link.rollback()
        return [row[0] for row in rows]


def update(table: str, columns: Sequence[str], where: str) -> str:
    """Write an UPDATE statement."""
    return f"UPDATE {table} SET {', '.join(f'{c} = ?' for c in columns)} WHERE {where}"


def insert(table: str, columns: Sequence[str]) -> str:
    """Write an INSERT statement."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def changes_of(fields: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """Write the SET part of an UPDATE, with its parameters."""
    return ", ".join(f"{column} = ?" for column in fields), tuple(fields.values())


def _quoted(name: str) -> str:
    """Write a name of a group as a literal: the condition stands in every statement that claims, in a fixed text."""
    assert is_group(name) or name == ANYONE, "settings refuse other names"
    return f"'{name}'"


@lru_cache(maxsize=512)
def _for_psycopg(sql: str) -> str:
    return sql.replace("?", "%s")
