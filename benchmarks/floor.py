"""The floor: the statements of one node's step, and one commit, through the raw driver in a loop."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine

from app.engine.rows import INSERT_NODE_RUN, INSERT_TOKEN, LOCK_ROOT, UPDATE_NODE_RUN_WITH_INPUTS, UPDATE_TOKEN
from app.engine.store import Store

_NODE_RUN = ("running", False, False, 0, 1_900_000_000_000_000, None, "", None, None)
_DONE = ("finished", False, False, 0, 1_900_000_000_000_000, 1_900_000_000_000_000, "", None,
         '{"_result":true,"_loop":0,"_inner_loop":0}')  # fmt: skip
_TOKEN = ("running", "execute", "[]", 1, 1, 1_900_000_000_000_000, "host:1:abcdef", 1, None, "{}", 0, "default")


def steps_per_second(engine: Engine, run_id: int, end: int, begin: int) -> float:
    """Return how many steps a second the raw driver writes on a run that is there already, from number `begin` to `end`."""
    is_sqlite = engine.dialect.name == "sqlite"
    with Store(engine).link() as link:
        connection: Any = link._connection
        cursor = connection.cursor()
        execute = _sqlite(cursor) if is_sqlite else _psycopg(cursor)
        execute("DELETE FROM run_token WHERE run_id = ?", (run_id,))
        execute(INSERT_TOKEN, ("n0", *_TOKEN, run_id, run_id, 1))
        execute(INSERT_NODE_RUN, (*_NODE_RUN, None, run_id, f"n{begin}", 9, 1))
        connection.commit()
        started = time.perf_counter()
        for i in range(begin + 1, end + 1):
            if is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            execute(LOCK_ROOT, (run_id,))
            cursor.fetchone()
            execute(UPDATE_NODE_RUN_WITH_INPUTS, (*_DONE, "{}", run_id, f"n{i - 1}", 1, 1))
            execute(INSERT_NODE_RUN, (*_NODE_RUN, None, run_id, f"n{i}", 1, 1))
            execute(UPDATE_TOKEN, (f"n{i}", *_TOKEN, run_id, 1))
            connection.commit()
        return (end - begin) / (time.perf_counter() - started)


def _sqlite(cursor: sqlite3.Cursor) -> Callable[[str, Any], Any]:
    return cursor.execute


def _psycopg(cursor: psycopg.Cursor[Any]) -> Callable[[str, Any], Any]:
    texts: dict[str, str] = {}

    def execute(sql: str, params: Any) -> Any:
        text = texts.get(sql) or texts.setdefault(sql, sql.replace("?", "%s"))
        return cursor.execute(text, params)

    return execute
