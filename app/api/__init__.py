"""The APIs: one folder for each dialect, none of which knows another."""

from __future__ import annotations

from flask import Flask

from app.api import bksops


def register(app: Flask) -> None:
    """Add every dialect to the application."""
    bksops.register(app)
