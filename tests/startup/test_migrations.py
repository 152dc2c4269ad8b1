"""Migrations lead to the tables that the code declares, up and down, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from app.engine.dispatch import InlineDispatcher
from app.extensions import db
from app.factory import create_app
from app.models.base import Base
from app.settings import Settings


def test_migrations_lead_to_the_declared_tables_and_back(database_url, tmp_path):
    app = create_app(
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path / "data"), "SLUICE_DATABASE_URL": database_url}),
        InlineDispatcher(),
    )
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            differences = compare_metadata(
                MigrationContext.configure(connection, opts={"compare_type": False}), Base.metadata
            )
        assert differences == []

        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert "run_token" in inspect(db.engine).get_table_names()
        db.engine.dispose()
