"""How Alembic reaches the database and the tables: through the application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.extensions import db
from app.models.base import Base


def render(kind: str, item: object, context_: object) -> str | bool:
    """Write our column types as what they are in the database, so that a migration never depends on our code."""
    return {"Instant": "sa.BigInteger()", "JsonText": "sa.Text()", "Sealed": "sa.Text()"}.get(
        type(item).__name__, False
    )


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """Let SQLite make tables anew that others refer to: it changes a table by copying and dropping it.

    It takes the order outside of transactions only, so what is not committed by then is undone. Whether all references hold
    is looked at before the end.
    """
    driver = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def require_references(connection: Connection) -> None:
    """Raise where a row refers to one that there is not, before that is committed."""
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"the migration leaves rows that refer to nothing: {broken[:5]}")


def run() -> None:
    """Run migrations on the application's own connection settings, in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, references_unchecked(connection):
        # Alembic believes that SQLite commits each change of a table by itself; with a BEGIN of our own it does not.
        options = {**options, "render_item": render, "transactional_ddl": True}
        context.configure(connection=connection, target_metadata=Base.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
            require_references(connection)


run()
