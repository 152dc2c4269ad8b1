"""How pages write how long something took, and which span of time their filters mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext

SPANS: Mapping[str, tuple[timedelta, object]] = {
    "1h": (timedelta(hours=1), lazy_gettext("in the last hour")),
    "1d": (timedelta(days=1), lazy_gettext("in the last 24 hours")),
    "7d": (timedelta(days=7), lazy_gettext("in the last 7 days")),
    "30d": (timedelta(days=30), lazy_gettext("in the last 30 days")),
}
"""Spans that reach up to now, and what they are called."""


def lasted(begin: datetime | None, end: datetime) -> str:
    """Write how long it is from one moment to another, in its two largest units."""
    if begin is None:
        return ""
    seconds = max(0, (end - begin) // timedelta(seconds=1))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return gettext("%(days)s d %(hours)s h", days=days, hours=hours % 24)
    if hours:
        return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes % 60)
    if minutes:
        return gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds % 60)
    return gettext("%(seconds)s s", seconds=seconds)


def day_begins(text: str, zone: str, wrong: list[str]) -> datetime | None:
    """Return when a day begins in a zone; one that is no day is told in `wrong`."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        wrong.append(gettext("%(text)s is no day: write it as 2026-05-01", text=text[:20]))
        return None


def day_ends(text: str, zone: str, wrong: list[str]) -> datetime | None:
    """Return when a day ends in a zone, which is when the next one begins."""
    begin = day_begins(text, zone, wrong)
    return begin and begin + timedelta(days=1)
