"""How the dialect writes times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def shown(moment: datetime | None, zone: str) -> str:
    """Write a time as `2021-02-02 19:35:00`, empty when there is none."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def stamped(moment: datetime | None, zone: str) -> str:
    """Write a time as java.sql.Timestamp prints whole seconds, `2019-07-26 05:41:58.0`."""
    return f"{shown(moment, zone)}.0" if moment is not None else ""


def as_java(moment: datetime | None, zone: str) -> str:
    """Write a time as java.util.Date prints it, `Tue Feb 02 17:35:00 CST 2021`."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local:%d %H:%M:%S} {local.tzname()} {local.year}"


def offset_of(moment: datetime) -> str:
    """Write a time's offset as `GMT+8`, with minutes where there are some."""
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
