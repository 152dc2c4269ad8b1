"""Texts, dates and passwords: the value is the text."""

from __future__ import annotations

from app.engine.core.values import Json


def resolve_text(value: Json) -> Json:
    """Return the value as it is."""
    return value
