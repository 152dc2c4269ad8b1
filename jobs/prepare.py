"""Brings the database up to date and makes the first user and the demo project. `python -m jobs.prepare`."""

from __future__ import annotations

import logging
import os
import sys

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.errors import SluiceError
from app.extensions import db
from app.factory import create_app
from app.services.first_start import first_start
from app.settings import Settings

_LOCK = 5_347_214
"""The number of the lock that keeps two hosts from migrating one PostgreSQL database at once."""


def main() -> int:
    """Prepare the database; prints the admin's password when it was generated just now."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        settings = Settings.from_environ(os.environ)
        app = create_app(settings)
        with app.app_context():
            _migrate()
            password = first_start(settings)
    except (SluiceError, SQLAlchemyError) as error:
        print(error, file=sys.stderr)
        return 1
    if password is not None:
        print(f"First start: log in as admin with the password {password}")
    return 0


def _migrate() -> None:
    if _is_of_a_newer_release():
        print("The database is of a newer release than this code: its tables stay as they are.")
        return
    if db.engine.dialect.name != "postgresql":
        upgrade()
        return
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK})
        try:
            upgrade()
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _LOCK})


def _is_of_a_newer_release() -> bool:
    """Say whether the tables are those of a revision that this code does not know; then somebody has gone back to it."""
    known = {
        script.revision for script in ScriptDirectory(current_app.extensions["migrate"].directory).walk_revisions()
    }
    with db.engine.connect() as connection:
        return not known.issuperset(MigrationContext.configure(connection).get_current_heads())


if __name__ == "__main__":
    sys.exit(main())
