"""How Alembic reaches the database and the tables: through the application."""

from __future__ import annotations

from alembic import context
from flask import current_app

from app.extensions import db
from app.models.base import Base


def render(kind: str, item: object, context_: object) -> str | bool:
    """Write our column types as what they are in the database, so that a migration never depends on our code."""
    return {"Instant": "sa.BigInteger()", "JsonText": "sa.Text()", "Sealed": "sa.Text()"}.get(
        type(item).__name__, False
    )


def run() -> None:
    """Run migrations on the application's own connection settings, each in a transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_item=render, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
