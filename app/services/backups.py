"""Backups: everything that the database holds in one file that either database can be filled from.

Values stand as they are stored, so secrets stay sealed: the file is of use only with the SLUICE_SECRET_KEY that sealed them.
Redis is not in it, since it holds nothing that the database does not know. The files of archived tasks are not in it either,
only where they are: their folder is to be copied beside it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from flask_migrate import upgrade
from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app.errors import InvalidInput, Problem, Refused, Unavailable
from app.extensions import db
from app.models.sealed import COMMON, seal, unseal
from app.services.row_files import RowFile, lines_of, unfinished_file

FORMAT = 1
_PORTION = 500
_VERSIONS = "alembic_version"
_KEY_PROOF = "sluice"


def write_backup(path: Path) -> int:
    """Write a backup of one moment and return how many rows it holds; an old file of that name stays until it is whole."""
    with unfinished_file(path.parent, path.name) as (lines, unfinished):
        count = _write(lines)
    unfinished.replace(path)
    return count


def restore_backup(path: Path) -> int:
    """Fill the empty database from a backup, bring it up to date, and return how many rows were read.

    Raises Refused where the database holds something, InvalidInput for a file that is no whole backup, Unavailable where
    its secrets cannot be opened. Then the database holds no rows.
    """
    _require_empty()
    with _reading(path) as lines:
        head = _head(next(lines, {}))
        upgrade(revision=head["revision"])
        try:
            with db.engine.begin() as connection:
                count = _fill(connection, lines)
        except IntegrityError as error:
            raise _broken(f"a row in it cannot be: {error.orig}") from error
    upgrade()
    return count


def _write(lines: IO[str]) -> int:
    with db.engine.connect() as connection:
        _stand_still(connection)
        tables = _tables(connection)
        revision = connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar_one()
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        proof = seal(_KEY_PROOF, COMMON)
        file = RowFile(lines, {"sluice": FORMAT, "revision": revision, "made_at": made_at, "key_proof": proof})
        for table in tables:
            rows = connection.execution_options(yield_per=_PORTION).execute(select(table))
            file.table(table.name, table.columns.keys(), rows)
        file.end()
    return file.count


def _stand_still(connection: Connection) -> None:
    """Let a connection see every table as it was at the same moment, as any transaction of SQLite does."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")


def _fill(connection: Connection, lines: Iterator[Any]) -> int:
    tables = {table.name: table for table in _tables(connection)}
    table: Table | None = None
    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    count = 0
    for line in lines:
        if isinstance(line, list) and table is not None and len(line) == len(columns):
            rows.append(dict(zip(columns, line, strict=True)))
            count += 1
            if len(rows) < _PORTION:
                continue
        if table is not None and rows:
            connection.execute(insert(table), rows)
            rows = []
        if isinstance(line, dict) and "end" in line:
            if line["end"] != count:
                raise _broken(f"it holds {count} rows, and says {line['end']}")
            _number_on(connection, tables.values())
            return count
        if isinstance(line, dict):
            table, columns = tables.get(str(line.get("table"))), line.get("columns") or []
            if table is None or not set(columns) <= set(table.columns.keys()):
                raise _broken(f"there is no table like {str(line)[:200]}")
        elif not isinstance(line, list) or table is None or len(line) != len(columns):
            raise _broken(f"what is {str(line)[:200]}?")
    raise _broken("its end is missing")


def _number_on(connection: Connection, tables: Iterable[Table]) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        keys = [column for column in table.primary_key.columns if column.autoincrement is not False]
        if len(table.primary_key.columns) != 1 or not keys or keys[0].server_default is None:
            continue
        last = connection.execute(select(func.max(keys[0]))).scalar()
        if last is not None:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
                {"table": table.name, "column": keys[0].name, "last": last},
            )


def _require_empty() -> None:
    with db.engine.connect() as connection:
        for table in _tables(connection):
            if connection.execute(select(table).limit(1)).first() is not None:
                raise Refused("not_empty", f"the database holds rows already ({table.name}); restore into an empty one")


def _tables(connection: Connection) -> list[Table]:
    """Return the tables that there are, those that others refer to first."""
    known = MetaData()
    known.reflect(connection, only=[name for name in inspect(connection).get_table_names() if name != _VERSIONS])
    return list(known.sorted_tables)


def _head(line: Any) -> dict[str, Any]:
    if not isinstance(line, dict) or line.get("sluice") != FORMAT or not isinstance(line.get("revision"), str):
        raise _broken("it does not begin as a backup does")
    try:
        is_ours = unseal(str(line.get("key_proof")), (COMMON,)) == _KEY_PROOF
    except Unavailable:
        is_ours = False
    if not is_ours:
        raise Unavailable(
            "the backup's secrets were sealed with another SLUICE_SECRET_KEY: set that one, or put the file secret_key of"
            " its data folder into this one"
        )
    return line


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[Any]]:
    """Go through the lines of a backup; whatever cannot be read is InvalidInput."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield _lines_of(file)


def _lines_of(file: IO[str]) -> Iterator[Any]:
    try:
        yield from lines_of(file)
    except (OSError, EOFError, ValueError) as error:
        raise _broken(str(error)) from error


def _broken(why: str) -> InvalidInput:
    return InvalidInput(Problem("backup", f"the file is no whole backup of Sluice: {why}", "file"))
