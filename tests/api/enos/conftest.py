"""Fixtures of the EnOS dialect."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.enos.client import Enos


@pytest.fixture
def enos(app: Flask) -> Enos:
    """A client on an empty database of each kind in turn."""
    return Enos(app)


@pytest.fixture
def quick(make_app, sqlite_url: str):
    """A client on SQLite alone, for what no database does differently."""
    app = make_app(sqlite_url)
    with app.app_context():
        yield Enos(app)
