"""Fixtures that all tests share: databases, applications, and an engine in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.routing import Rule

from app.engine.dispatch import InlineDispatcher
from app.extensions import db
from app.factory import create_app
from app.models.base import Base
from app.services import password_rules, passwords
from app.settings import Settings
from tests.postgres import fresh_database, postgres_server


def _remember_builders_of_addresses() -> None:
    """Let Werkzeug compile the builder of each rule once: the hundreds of rules are the same in each application."""
    made: dict[object, Callable[..., object]] = {}
    make = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., object]:
        key = (rule.rule, rule.endpoint, rule.subdomain, repr(rule.defaults), append_unknown)
        return made.get(key) or made.setdefault(key, make(rule, append_unknown))

    Rule._compile_builder = remembered  # type: ignore[method-assign, assignment]


_remember_builders_of_addresses()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in the browser last: their site and their browser live on in this process until the end."""
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the whole run: the one that is given, or one of our own from the system's binaries."""
    with postgres_server() as url:
        if url is None:
            pytest.skip("PostgreSQL is not installed; `apt-get install postgresql` brings these tests")
        yield url


@pytest.fixture(scope="session")
def postgres_mould(postgres_url: str) -> Iterator[str]:
    """The name of a database that has all tables and no rows, for others to be made from."""
    with fresh_database(postgres_url) as url:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        Base.metadata.create_all(engine)
        engine.dispose()
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def sqlite_mould(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has all tables and no rows, for others to be copied from."""
    mould = tmp_path_factory.mktemp("mould") / "mould.db"
    engine = create_engine(f"sqlite:///{mould}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return mould


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind in turn that has all tables and no rows."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgresql_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_mould: Path) -> str:
    """A database of SQLite that has all tables and no rows."""
    shutil.copyfile(sqlite_mould, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def postgresql_url(postgres_url: str, postgres_mould: str) -> Iterator[str]:
    """A database of PostgreSQL that has all tables and no rows."""
    with fresh_database(postgres_url, postgres_mould) as url:
        yield url


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Make applications on a database that has all tables, with the given settings."""
    apps: list[Flask] = []

    def make(url: str, **environ: str) -> Flask:
        given = {"SLUICE_DATA_DIR": str(tmp_path / "data"), "SLUICE_DATABASE_URL": url, "SLUICE_SECRET_KEY": "test" * 8}
        app = create_app(Settings.from_environ({**given, **environ}), InlineDispatcher())
        app.testing = True
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


@pytest.fixture(scope="session", autouse=True)
def _passwords_may_be_simple() -> Iterator[None]:
    # What a password has to be like has tests of its own (tests/security).
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password_rules, "LEAST_GUESSES", 0)
        yield


@pytest.fixture(autouse=True)
def _passwords_are_hashed_cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a hash costs by default has a test of its own; a hundred of them are not to be waited for in every file.
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
