"""A client with a project, a person and a key."""

from __future__ import annotations

import pytest

from tests.api.oos.client import OosClient


@pytest.fixture
def oos(app):
    """A client on an empty installation, on each kind of database."""
    return OosClient(app)


@pytest.fixture
def light(make_app, sqlite_url):
    """A client on an empty installation, on SQLite alone."""
    made = make_app(sqlite_url, SLUICE_API_RATE="")
    with made.app_context():
        yield OosClient(made)
