"""Whole numbers."""

from __future__ import annotations

from app.engine.core.values import Json


def resolve_int(value: Json) -> Json:
    """Return a whole number, also for one written as text; anything else stays as it is."""
    if isinstance(value, str) and len(value) < 300 and value.strip().lstrip("+-").isdecimal():
        return int(value)
    return value
