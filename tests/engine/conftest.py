"""Fixtures of the engine's tests with processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.engine.processes import Site


@pytest.fixture
def site(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A project on a database of each kind in turn, whose flows may call plugins with effects."""
    from app.services import tasks

    made = Site(tmp_path)
    known = made.known()
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    return made
