"""Fixtures that all tests share: databases, applications, and an engine in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.engine.dispatch import InlineDispatcher
from app.extensions import db
from app.factory import create_app
from app.models.base import Base
from app.settings import Settings
from tests.postgres import fresh_database, postgres_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in the browser last: their site and their browser live on in this process until the end."""
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for the whole run: the one that is given, or one of our own from the system's binaries."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as url:
        if url is None:
            pytest.skip("PostgreSQL is not installed; `apt-get install postgresql` brings these tests")
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[object]:
    """Make applications on a database that has all tables."""
    apps: list[Flask] = []

    def make(url: str, **environ: str) -> Flask:
        given = {"SLUICE_DATA_DIR": str(tmp_path / "data"), "SLUICE_DATABASE_URL": url, "SLUICE_SECRET_KEY": "test" * 8}
        app = create_app(Settings.from_environ({**given, **environ}), InlineDispatcher())
        app.testing = True
        with app.app_context():
            Base.metadata.create_all(db.engine)
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app, database_url: str) -> Iterator[Flask]:
    """An application on an empty database of each kind in turn, with its context pushed."""
    made = make_app(database_url)
    with made.app_context():
        yield made


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SLUICE_") and name != "SLUICE_TEST_DATABASE_URL":
            monkeypatch.delenv(name)
