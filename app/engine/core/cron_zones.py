"""From local times to moments: what a schedule does when the clocks of its zone change (docs/schedules.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from heapq import heappop, heappush
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.engine.core.cron_schedule import Schedule, local_times
from app.errors import InvalidInput, Problem
from app.sentences import say

_NONE = timedelta()


def zone_of(name: str) -> ZoneInfo:
    """Return the IANA zone of this name; raises InvalidInput when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = say(
            "{name!r} is not a time zone; an IANA name such as Europe/Berlin or UTC is wanted", name=name[:100]
        )
        raise InvalidInput(Problem("zone", message, "zone")) from error


def fire_times(schedule: Schedule, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the moments of a schedule after `after`, in order, each with the offset that its zone has then."""
    previous = after.astimezone(UTC)
    for moment in _in_order(schedule, _start(previous, zone), zone):
        if moment > previous:
            previous = moment
            # A fixed offset, since two times of one ZoneInfo would compare and subtract by what their clocks show.
            yield moment.astimezone(timezone(_offset(moment.astimezone(zone))))


def _start(after: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time from which on no moment after `after` is missed, those of a repeated hour included."""
    local = after.astimezone(zone)
    return local.replace(tzinfo=None) - max(_repeats_in(local), _NONE)


def _in_order(schedule: Schedule, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the moments in order: those that come again wait until no earlier one can follow."""
    moments_of = _by_rhythm if schedule.is_steady else _by_name
    waiting: list[datetime] = []
    for local in local_times(schedule, start):
        for moment in moments_of(local, zone):
            heappush(waiting, moment)
        # What follows is not before this local time's first moment, or before the end of the gap that it lies in.
        while waiting and waiting[0] <= local.replace(tzinfo=zone).astimezone(UTC):
            yield heappop(waiting)
    while waiting:
        yield heappop(waiting)


def _by_rhythm(local: datetime, zone: ZoneInfo) -> Sequence[datetime]:
    """Return all moments at which clocks show this local time: none when it is skipped, two when it comes again."""
    here = local.replace(tzinfo=zone)
    repeats_in = _repeats_in(here)
    if repeats_in < _NONE:
        return ()
    first = here.astimezone(UTC)
    return (first, first + repeats_in) if repeats_in else (first,)


def _by_name(local: datetime, zone: ZoneInfo) -> Sequence[datetime]:
    """Return the one moment that stands for this local time: its first, or the end of the gap that skips it."""
    here = local.replace(tzinfo=zone)
    moment = here.astimezone(UTC)
    gap = -_repeats_in(here)
    # Read with the old offset, a skipped time lies after the change by as much as it lies in the gap.
    return (_change(moment - gap, moment, zone) if gap > _NONE else moment,)


def _repeats_in(here: datetime) -> timedelta:
    """Return after how much time clocks show the same again: none usually, less than none for a time that is skipped."""
    return _offset(here.replace(fold=0)) - _offset(here.replace(fold=1))


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second of the new offset, between a moment with the old one and a moment with the new."""
    old = _offset(before.astimezone(zone))
    seconds, most = 0, int((after - before).total_seconds())
    while most - seconds > 1:
        middle = (seconds + most) // 2
        if _offset((before + timedelta(seconds=middle)).astimezone(zone)) == old:
            seconds = middle
        else:
            most = middle
    return before + timedelta(seconds=most)


def _offset(here: datetime) -> timedelta:
    offset = here.utcoffset()
    assert offset is not None, "a time of a zone has an offset"
    return offset
