"""The database session, the login manager, the guard of forms and the rate limiter, bound to an app by the factory."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, event

from app.models.base import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
LIMITS_PREFIX = "sluice"
# Where Redis is away it counts in this process, and where that fails too the request goes on.
limiter = Limiter(get_remote_address, key_prefix=LIMITS_PREFIX, in_memory_fallback_enabled=True, swallow_errors=True)

WRITE = "sluice_write"
"""Execution option of a connection whose transaction is going to write."""


def tune(engine: Engine) -> None:
    """Set an engine's connections up for durable, short transactions; called once for each engine.

    SQLite: WAL with full synchronisation (an acknowledged step survives a power cut), foreign keys on, and
    BEGIN written by us: IMMEDIATE for a transaction that is going to write, because a deferred one that reads
    first is refused, not queued, when somebody else wrote in between.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
