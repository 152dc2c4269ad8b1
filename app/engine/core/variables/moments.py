"""Moments: a date and time in a format of one's own, and the time at which the task began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.engine.core.values import Json

WRITTEN = "%Y-%m-%d %H:%M:%S"
"""How a moment is written unless a variable says otherwise; `_system.task_start_time` always is."""

BEGAN = "@began"
"""Under which name a task is given the instant at which it began; the clocks of a place show some times twice."""

_LONGEST_FORMAT = 200
_DATE = {"year": "%Y", "month": "%m", "day": "%d"}
_TIME = {"hour": "%H", "minute": "%M", "second": "%S"}


def began_at(given: Mapping[str, Json]) -> datetime | None:
    """Return when a task began, on its project's clocks, by what it is given; None where there is no task."""
    system = given.get("_system")
    if BEGAN not in given or not isinstance(system, Mapping):
        return None
    return datetime.fromisoformat(str(given[BEGAN])).astimezone(ZoneInfo(str(system["time_zone"])))


def resolve_moment(value: Json) -> Json:
    """Return `{"datetime": …, "datetime_format": …}` as one text; a moment without a format is that text already."""
    if not isinstance(value, Mapping):
        return value
    given = str(value.get("datetime", ""))
    try:
        # Of a clock on the wall: it has no zone.
        return _written(datetime.strptime(given, WRITTEN), value.get("datetime_format"))  # noqa: DTZ007
    except ValueError:
        return given if "datetime" in value else value


def units_of_now(value: Json, began: datetime) -> Json:
    """Return those parts of a task's beginning that `{"time_unit": ["year", …], "time_zone": …}` names, all by default."""
    if not _is_asked(value):
        return value
    wanted = value.get("time_unit") if isinstance(value, Mapping) else None
    units = wanted if isinstance(wanted, list) and wanted else [*_DATE, *_TIME]
    day = "-".join(sign for unit, sign in _DATE.items() if unit in units)
    clock = ":".join(sign for unit, sign in _TIME.items() if unit in units)
    return _in_zone(value, began, f"{day} {clock}")


def formatted_now(value: Json, began: datetime) -> Json:
    """Return a task's beginning as `{"time_format": …, "time_zone": …}` says."""
    if not _is_asked(value):
        return value
    return _in_zone(value, began, value.get("time_format") if isinstance(value, Mapping) else None)


def _is_asked(value: Json) -> bool:
    """Whether a value says how the time is wanted; a text is one that was given, as a parent flow gives it."""
    return isinstance(value, Mapping) or value in ("", None)


def _in_zone(value: Json, began: datetime, pattern: Json) -> Json:
    """Return the beginning in the zone that a value names, else in the task's own; the value for a zone there is not."""
    zone = str(value.get("time_zone") or "") if isinstance(value, Mapping) else ""
    try:
        return _written(began.astimezone(ZoneInfo(zone)) if zone else began, pattern)
    except (KeyError, ValueError, OSError):
        return value


def _written(moment: datetime, pattern: Json) -> str:
    """Return a moment in a format; raises ValueError for one that is too long or that cannot be followed."""
    asked = str(pattern or "").strip() or WRITTEN
    if len(asked) > _LONGEST_FORMAT:
        raise ValueError(asked)
    return moment.strftime(asked)
