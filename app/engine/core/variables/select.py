"""Choices: one value, or several joined by commas."""

from __future__ import annotations

from app.engine.core.values import Json
from app.engine.core.variables.joining import Joiner


def resolve_select(value: Json) -> Json:
    """Return several chosen values as one text, joined by commas, as bk-sops does."""
    if isinstance(value, list):
        return Joiner().join(value)
    return value
