"""Fixtures for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.services import accounts
from tests.web.editor_client import Editor, make_people


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
