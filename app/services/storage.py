"""How much room the database takes, table by table, and giving back what deleted rows have left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from app.extensions import db
from app.models.archives import ArchivedTask
from app.services.access import Actor
from app.services.users import require_admin

_MOST_READ = 2 * 1024**3
"""SQLite reads all of its file to tell its tables apart; a larger file is told as a whole only."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """What a table and its indexes take; `rows` is an estimate on PostgreSQL, None where it is not known."""

    name: str
    size_bytes: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Storage:
    """What the database takes in all, `free_bytes` of it for rows that were deleted (None: not known), and the archive."""

    size_bytes: int
    free_bytes: int | None
    tables: Sequence[TableSize]
    archived: int
    archived_bytes: int


def storage(actor: Actor) -> Storage:
    """Return what the database and the archive take; the largest tables first."""
    require_admin(actor)
    connection = db.session.connection()
    measure = _of_postgresql if connection.dialect.name == "postgresql" else _of_sqlite
    size, free, tables = measure(connection)
    archive = select(func.count(), func.coalesce(func.sum(ArchivedTask.size_bytes), 0))
    archived, archived_bytes = db.session.execute(archive).one()
    return Storage(size, free, sorted(tables, key=lambda table: -table.size_bytes), archived, int(archived_bytes))


def vacuum() -> tuple[int, int]:
    """Give the room of deleted rows back, and let the database count anew; returns its size before and after, in bytes.

    SQLite is held up while it lasts and needs as much room again; PostgreSQL goes on, and keeps the room for new rows.
    """
    before = _size()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM (ANALYZE)")
        else:
            _vacuum_sqlite(connection)
    return before, _size()


def _size() -> int:
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        path = Path(connection.engine.url.database or "")
        return sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists())


def _vacuum_sqlite(connection: Connection) -> None:
    """SQLite vacuums outside of transactions only, and what it has written is in its log until that is taken over."""
    driver = connection.connection.driver_connection
    assert driver is not None, "a connection that is open has its driver's"
    connection.rollback()
    for order in ("VACUUM", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
        driver.execute(order)


def _of_postgresql(connection: Connection) -> tuple[int, int | None, list[TableSize]]:
    rows = connection.execute(
        text(
            "SELECT c.relname, pg_total_relation_size(c.oid), c.reltuples FROM pg_class c"
            " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        )
    )
    # A table that has never been counted says -1.
    tables = [TableSize(name, size, int(count) if count >= 0 else None) for name, size, count in rows]
    return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0), None, tables


def _of_sqlite(connection: Connection) -> tuple[int, int | None, list[TableSize]]:
    page, pages, free = (
        int(connection.scalar(text(f"PRAGMA {name}")) or 0) for name in ("page_size", "page_count", "freelist_count")
    )
    size = page * pages
    is_told = connection.scalar(text("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'"))
    if not is_told or size > _MOST_READ:
        return size, page * free, []
    rows = connection.execute(
        text(
            "SELECT m.tbl_name, sum(d.pgsize), sum(CASE WHEN m.type = 'table' AND d.pagetype = 'leaf' THEN d.ncell END)"
            " FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY m.tbl_name"
        )
    )
    return size, page * free, [TableSize(name, int(taken), int(count or 0)) for name, taken, count in rows]
