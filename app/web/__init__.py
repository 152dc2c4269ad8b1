"""The pages."""

from __future__ import annotations

from flask import Flask

from app.web import health


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(health.blueprint)
