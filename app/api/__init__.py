"""The APIs: one folder for each dialect, none of which knows another, and the reference of them all."""

from __future__ import annotations

from flask import Flask

from app.api import bksops, enos, oos, reference


def register(app: Flask) -> None:
    """Add every dialect, and the reference, to the application."""
    bksops.register(app)
    enos.register(app)
    oos.register(app)
    app.register_blueprint(reference.blueprint)
