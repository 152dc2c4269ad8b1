"""Time that a test sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.services import engine

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """What services read the time from, once it is set."""

    def __init__(self) -> None:
        self.now = NOON
        engine.bind(replace(engine.bound(), clock=lambda: self.now))

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)
