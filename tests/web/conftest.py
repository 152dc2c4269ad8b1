"""Fixtures for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.models.projects import Project
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from tests.web.editor_client import Editor, make_people
from tests.web.test_pages import Person


@pytest.fixture
def editor_app(make_app, sqlite_url: str) -> Iterator[Flask]:
    """An application with two projects, and in the first of them an editor, a viewer and an operator."""
    made = make_app(sqlite_url)
    with made.app_context():
        accounts.create_project("One", 2, "UTC")
        accounts.create_project("Two", 3, "UTC")
        make_people(ed="editor", vera="viewer", otto="operator")
        yield made


@pytest.fixture
def ed(editor_app: Flask) -> Editor:
    """The editor, logged in."""
    return Editor(editor_app, "ed")


@pytest.fixture
def person(make_app, sqlite_url: str) -> Iterator[Person]:
    """The admin of an installation that was started for the first time, logged in."""
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with app.app_context():
        first_start(app.config["SLUICE"])
        person = Person(app)
        person.log_in()
        yield person


@pytest.fixture
def project(person: Person) -> Project:
    """The project that the first start has made."""
    return find_project(SYSTEM, 2)
