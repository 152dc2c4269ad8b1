"""How pages write moments that are to come: as calendars do, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.services.reading import present

_FAR = timedelta(days=300)
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def when(moment: datetime, now: datetime) -> str:
    """Write how far off a time is: in 5 min, 3 h ago."""
    seconds = (moment - now) // timedelta(seconds=1)
    far = abs(seconds)
    if far < 10:
        return "now"
    size, word = next((size, word) for size, word in _UNITS if far >= 2 * size)
    return f"in {far // size} {word}" if seconds > 0 else f"{far // size} {word} ago"


def day(moment: datetime, zone: str) -> str:
    """Write a time as calendars do: Tue 5 May, 03:00; with the year where it is far off."""
    local = moment.astimezone(ZoneInfo(zone))
    year = f" {local.year}" if abs(moment - present()) > _FAR else ""
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def due(moment: datetime, zone: str) -> str:
    """Write when a fire is due: like `day`, with the seconds where it has any."""
    return day(moment, zone) + (f":{moment:%S}" if moment.second else "")


FILTERS: Mapping[str, Callable[..., str]] = {"when": when, "day": day, "due": due}
"""What templates call them."""
