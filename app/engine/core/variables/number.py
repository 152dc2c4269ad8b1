"""Whole numbers."""

from __future__ import annotations

import re

from app.engine.core.values import Json

_WHOLE = re.compile(r"\s*[+-]?\d{1,300}\s*")


def resolve_int(value: Json) -> Json:
    """Return a whole number, also for one written as text; anything else stays as it is."""
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
