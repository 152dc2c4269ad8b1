"""What every form of a cron expression becomes, and the local times that it names, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from app.engine.core.cron_days import Days

FIRST_YEAR = 1970
LAST_YEAR = 9998
"""The last year that is searched; one less than Python has, so that any zone's offset can be added."""
LAST_YEAR_OF_QUARTZ = 2099

# The Gregorian calendar repeats, weekdays included, after 400 years.
_CYCLE = 400


@dataclass(frozen=True, slots=True)
class Schedule:
    """The local times of a schedule: on these days, at each of these hours, minutes and seconds. All are in order."""

    seconds: Sequence[int]
    minutes: Sequence[int]
    hours: Sequence[int]
    months: Sequence[int]
    years: Sequence[int]
    days: Days

    @property
    def is_steady(self) -> bool:
        """Say whether it fires in every hour of its days: such a schedule keeps its rhythm when clocks change."""
        return len(self.hours) == 24


def local_times(schedule: Schedule, start: datetime) -> Iterator[datetime]:
    """Yield the times without a zone that the schedule names, from `start` on; ends when none will ever come."""
    for day in _days(schedule, start.date()):
        yield from _times_of(schedule, day, start)


def _days(schedule: Schedule, start: date) -> Iterator[date]:
    found = start.year
    for year in schedule.years[bisect_left(schedule.years, start.year) :]:
        if year > found + _CYCLE:
            return
        for month in schedule.months:
            if (year, month) < (start.year, start.month):
                continue
            for number in schedule.days.of(year, month):
                found = year
                day = date(year, month, number)
                if day >= start:
                    yield day


def _times_of(schedule: Schedule, day: date, start: datetime) -> Iterator[datetime]:
    """Yield the times of one day that are not before `start`, leaving out hours and minutes as a whole."""
    for hour in schedule.hours:
        if datetime.combine(day, time(hour, 59, 59)) < start:
            continue
        for minute in schedule.minutes:
            if datetime.combine(day, time(hour, minute, 59)) < start:
                continue
            for second in schedule.seconds:
                moment = datetime.combine(day, time(hour, minute, second))
                if moment >= start:
                    yield moment
