"""Migrations lead to the tables that the code declares, up and down, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app.engine.dispatch import InlineDispatcher
from app.errors import NotAllowed
from app.extensions import db
from app.factory import create_app
from app.models.base import Base
from app.services.apps import Claim, actor_of_app
from app.services.passwords import digest_of
from app.settings import Settings
from tests.postgres import fresh_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    """A database of each kind in turn that has no tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield url


def test_migrations_lead_to_the_declared_tables_and_back(empty_url, tmp_path):
    app = create_app(
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path / "data"), "SLUICE_DATABASE_URL": empty_url}),
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


def test_secrets_of_apps_survive_the_way_up_and_down(empty_url, tmp_path):
    app = create_app(
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path / "data"), "SLUICE_DATABASE_URL": empty_url}),
        InlineDispatcher(),
    )
    row = {"code": "ci", "hash": digest_of("s3cret"), "key": "k", "at": 0}
    kept = text("SELECT secret_hash FROM api_app WHERE code = 'ci'")
    with app.app_context():
        upgrade(revision=_before("0006"))
        db.session.execute(
            text(
                "INSERT INTO api_app (code, secret_hash, is_trusted, access_key, secret_key, created_at)"
                " VALUES (:code, :hash, true, :key, '', :at)"
            ),
            row,
        )
        db.session.commit()

        upgrade()
        assert actor_of_app("ci", "s3cret", Claim("ada")).username == "ada"
        assert db.session.scalar(kept) == ""
        db.session.rollback()
        downgrade(revision=_before("0006"))
        assert db.session.scalar(kept) == digest_of("s3cret")
        db.session.rollback()
        upgrade()
        assert actor_of_app("ci", "s3cret", Claim("ada")).username == "ada"
        with pytest.raises(NotAllowed):
            actor_of_app("ci", digest_of("s3cret"), Claim("ada"))
        db.session.remove()
        db.engine.dispose()


def _before(revision: str) -> str:
    """Return the revision that one stands on."""
    path = Path(__file__).parent.parent.parent / "migrations"
    return str(ScriptDirectory(str(path)).get_revision(revision).down_revision)
