"""How pages write moments: as calendars do, and how far off they are, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask_babel import get_locale, gettext

from app.services.reading import present

_FAR = timedelta(days=300)
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def when(moment: datetime, now: datetime) -> str:
    """Write how far off a time is: in 5 min, 3 h ago."""
    seconds = (moment - now) // timedelta(seconds=1)
    if abs(seconds) < 10:
        return gettext("now")
    return _to_come(seconds) if seconds > 0 else _gone(-seconds, 2)


def past(seconds: int) -> str:
    """Write how long ago something was: 5 min ago."""
    return gettext("just now") if seconds < 10 else _gone(seconds, 1)


def day(moment: datetime, zone: str) -> str:
    """Write a time as calendars do: Tue 5 May, 03:00; with the year where it is far off."""
    local = moment.astimezone(ZoneInfo(zone))
    is_far = abs(moment - present()) > _FAR
    return written(local, gettext("EEE d MMM y, HH:mm") if is_far else gettext("EEE d MMM, HH:mm"))


def due(moment: datetime, zone: str) -> str:
    """Write when a fire is due: like `day`, with the seconds where it has any."""
    return day(moment, zone) + (f":{moment:%S}" if moment.second else "")


def written(local: datetime, pattern: str) -> str:
    """Write a time by a pattern of CLDR; the pattern is translated like a text, since languages order its parts."""
    return format_datetime(local, pattern, locale=get_locale())


def length(seconds: float | None) -> str:
    """Write how long something takes, in the largest unit of which there are two; a dash for what is not known."""
    if seconds is None:
        return "–"
    if seconds >= 2 * _DAY:
        return gettext("%(count)s d", count=round(seconds / _DAY))
    if seconds >= 2 * _HOUR:
        return gettext("%(count)s h", count=f"{seconds / _HOUR:.1f}")
    if seconds >= 2 * _MINUTE:
        return gettext("%(count)s min", count=f"{seconds / _MINUTE:.1f}")
    return gettext("%(count)s s", count=f"{seconds:.1f}" if seconds < 10 else round(seconds))


def _to_come(seconds: int) -> str:
    if seconds >= 2 * _DAY:
        return gettext("in %(count)s d", count=seconds // _DAY)
    if seconds >= 2 * _HOUR:
        return gettext("in %(count)s h", count=seconds // _HOUR)
    if seconds >= 2 * _MINUTE:
        return gettext("in %(count)s min", count=seconds // _MINUTE)
    return gettext("in %(count)s s", count=seconds)


def _gone(seconds: int, least: int) -> str:
    """Write a time that is gone, in the largest unit of which there are at least so many."""
    if seconds >= least * _DAY:
        return gettext("%(count)s d ago", count=seconds // _DAY)
    if seconds >= least * _HOUR:
        return gettext("%(count)s h ago", count=seconds // _HOUR)
    if seconds >= least * _MINUTE:
        return gettext("%(count)s min ago", count=seconds // _MINUTE)
    return gettext("%(count)s s ago", count=seconds)


def bytes_of(count: int) -> str:
    """Write how much room something takes, in the largest unit of which there is one."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


FILTERS: Mapping[str, Callable[..., str]] = {"when": when, "day": day, "due": due, "bytes": bytes_of}
"""What templates call them."""
