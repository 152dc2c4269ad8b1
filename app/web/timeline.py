"""A picture of what schedules will do: a lane for each, with a mark wherever it fires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.services.access import Project
from app.services.schedules import Schedule
from app.services.timetable import Lane
from app.web.moments import written

_CLOSEST = 1.6
"""Marks that stand closer than this many percent of the picture run into one another, and are drawn as a bar."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time that can be looked at; an hour is named each `step_h`, by `pattern`, or as a day if that is empty."""

    key: str
    title: LazyString
    length: timedelta
    step_h: int
    pattern: str


SPANS = {
    span.key: span
    for span in (
        Span("day", lazy_gettext("24 hours"), timedelta(hours=24), 3, "HH:mm"),
        Span("week", lazy_gettext("7 days"), timedelta(days=7), 24, ""),
    )
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A fire, or a row of them that stand too close to be told apart; `x` and `width` are in percent."""

    x: float
    width: float
    first: datetime
    last: datetime
    count: int
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A schedule's lane."""

    schedule: Schedule
    marks: Sequence[Mark]


def rows_of(lanes: Sequence[Lane], begin: datetime, span: Span) -> list[Row]:
    """Return the lanes as they are drawn."""
    return [Row(lane.schedule, _marks(lane, begin, span.length)) for lane in lanes]


def hours_of(project: Project, begin: datetime, span: Span) -> list[tuple[float, str]]:
    """Return the hours that the picture names, by the clocks of the project's zone: (place in percent, words)."""
    zone = ZoneInfo(project.time_zone)
    local = begin.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    local -= timedelta(hours=local.hour % span.step_h)
    found: list[tuple[float, str]] = []
    pattern = span.pattern or gettext("EEE dd")
    while True:
        local += timedelta(hours=span.step_h)
        x = _place(local.replace(tzinfo=zone).astimezone(UTC), begin, span.length)
        if x > 100:
            return found
        found.append((x, written(local, pattern)))


def _marks(lane: Lane, begin: datetime, length: timedelta) -> list[Mark]:
    marks: list[Mark] = []
    for moment in lane.times:
        x = _place(moment, begin, length)
        last = marks[-1] if marks else None
        if last is not None and x - (last.x + last.width) < _CLOSEST:
            marks[-1] = Mark(last.x, x - last.x, last.first, moment, last.count + 1)
        else:
            marks.append(Mark(x, 0, moment, moment, 1))
    if lane.goes_on and marks:
        last = marks[-1]
        marks[-1] = Mark(last.x, 100 - last.x, last.first, last.last, last.count, goes_on=True)
    return marks


def _place(moment: datetime, begin: datetime, length: timedelta) -> float:
    return round(100 * ((moment - begin) / length), 2)
