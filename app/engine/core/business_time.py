"""Times of batch processing: what a run's trigger time means for its parameters, and for those that it waits for.

A run works on the day before it was triggered, its business date. All dates are those of a time zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["mi", "H", "D", "W", "M"]
"""Minute, hour, day, week, month: the cycles in which flows run. Case matters."""

UNITS: tuple[str, ...] = ("mi", "H", "D", "W", "M")
_GAP = re.compile(r"(mi|[HDWM])-?(\d{1,4})")
_DAYS_EARLIER = re.compile(r"(cal_dt8?)-(\d{1,5})")
_DAY = timedelta(days=1)


def business_date(trigger: datetime, zone: str) -> date:
    """Return the day that a run works on: the one before it was triggered."""
    return trigger.astimezone(ZoneInfo(zone)).date() - _DAY


def time_value(name: str, trigger: datetime, zone: str) -> str:
    """Return the value of a time parameter (`cal_dt`, `cal_dt8-3`, `this_hour` …); raises KeyError for any other name.

    Months and weeks are those of the business date, hours those of the trigger time.
    """
    earlier = _DAYS_EARLIER.fullmatch(name)
    day = business_date(trigger, zone)
    if earlier is not None:
        day -= int(earlier[2]) * _DAY
        return _eight(day) if earlier[1].endswith("8") else day.isoformat()
    if name in _OF_DAY:
        return _OF_DAY[name](day)
    local = trigger.astimezone(ZoneInfo(zone))
    # An hour of absolute time: clocks that are set back must not give the same hour twice.
    hour_ago = (trigger - timedelta(hours=1)).astimezone(ZoneInfo(zone))
    return {
        "ncal_dt": local.date().isoformat(),
        "ncal_dt8": _eight(local.date()),
        "hcal_dt8": _eight(hour_ago.date()),
        "cal_hr": f"{hour_ago:%H}",
        "this_hour": f"{local:%Y-%m-%d %H}:00:00",
        "unix_timestamp": str(int(trigger.timestamp())),
    }[name]


def read_gap(text: str) -> tuple[Unit, int]:
    """Read a gap such as `D0` or `H2`: a unit, and how many of them earlier; raises ValueError."""
    found = _GAP.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a gap: a unit ({', '.join(UNITS)}) and a number, such as D0")
    return found[1], int(found[2])  # type: ignore[return-value]


def period(trigger: datetime, unit: Unit, earlier: int, zone: str) -> tuple[datetime, datetime]:
    """Return the period, from and until in UTC, that lies `earlier` units before the one in which a run was triggered."""
    where: tzinfo = ZoneInfo(zone)
    local = trigger.astimezone(where)
    if unit in ("mi", "H"):
        length = timedelta(minutes=1) if unit == "mi" else timedelta(hours=1)
        start = local.replace(minute=local.minute if unit == "mi" else 0, second=0, microsecond=0)
        begin = start.astimezone(UTC) - earlier * length
        return begin, begin + length
    day = local.date()
    if unit == "M":
        return _midnight(_month(day, -earlier), where), _midnight(_month(day, 1 - earlier), where)
    if unit == "W":
        monday = day - day.weekday() * _DAY - 7 * earlier * _DAY
        return _midnight(monday, where), _midnight(monday + 7 * _DAY, where)
    return _midnight(day - earlier * _DAY, where), _midnight(day + (1 - earlier) * _DAY, where)


def _midnight(day: date, where: tzinfo) -> datetime:
    return datetime.combine(day, time(), where).astimezone(UTC)


def _month(day: date, later: int) -> date:
    """Return the first day of the month that many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def _eight(day: date) -> str:
    return day.isoformat().replace("-", "")


def _both(name: str, of: Callable[[date], date]) -> dict[str, Callable[[date], str]]:
    return {f"{name}8": lambda day: _eight(of(day)), f"{name}10": lambda day: of(day).isoformat()}


_OF_DAY: Mapping[str, Callable[[date], str]] = {
    "cal_dt": date.isoformat,
    "cal_dt8": _eight,
    "30days_cal_dt": lambda day: (day - 30 * _DAY).isoformat(),
    **_both("last_week", lambda day: day - 6 * _DAY),
    **_both("first_day_this_month", lambda day: _month(day, 0)),
    **_both("end_day_this_month", lambda day: _month(day, 1) - _DAY),
    **_both("first_day_last_month", lambda day: _month(day, -1)),
    **_both("last_day_last_month", lambda day: _month(day, 0) - _DAY),
    **_both("monday_next_week", lambda day: day + (7 - day.weekday()) * _DAY),
}
"""The values that follow from the business date alone."""
