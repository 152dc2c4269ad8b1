"""Choices: one value, or several joined by commas."""

from __future__ import annotations

from app.engine.core.values import Json


def resolve_select(value: Json) -> Json:
    """Return several chosen values as one text, joined by commas, as bk-sops does."""
    if isinstance(value, list):
        return ",".join(part if isinstance(part, str) else str(part) for part in value)
    return value
