"""Which days of a month a schedule names. Weekdays are numbered from Sunday, which is 0."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

_SATURDAY, _SUNDAY = 6, 0


@dataclass(frozen=True, slots=True)
class Days:
    """A choice of days: `of` returns those of a year's month, in order; the rest is the same in cron's notation."""

    of: Callable[[int, int], Sequence[int]]
    of_month: str = "*"
    of_week: str = "*"
    match_both: bool = False


def on_days(days: Collection[int]) -> Days:
    """Take these days of the month, as far as it has them."""
    return Days(_where(lambda day, weekday: day in days), of_month=written(days, 1, 31))


def on_weekdays(weekdays: Collection[int]) -> Days:
    """Take these days of the week."""
    return Days(_where(lambda day, weekday: weekday in weekdays), of_week=_week(weekdays))


def on_both(days: Collection[int], weekdays: Collection[int]) -> Days:
    """Take the days that match both by their number and by their weekday."""
    rule = _where(lambda day, weekday: day in days and weekday in weekdays)
    of_month, of_week = written(days, 1, 31), _week(weekdays)
    if "*" in (of_month, of_week):
        return Days(rule, of_month, of_week)
    return Days(rule, _without_steps(of_month, days), of_week, match_both=True)


def on_either(days: Collection[int], weekdays: Collection[int]) -> Days:
    """Take the days that match by their number or by their weekday."""
    rule = _where(lambda day, weekday: day in days or weekday in weekdays)
    of_month, of_week = written(days, 1, 31), _week(weekdays)
    if "*" in (of_month, of_week):
        # One of the two takes every day, which leaves nothing for the other to say.
        return Days(rule)
    return Days(rule, of_month, of_week)


def last_day(offset: int) -> Days:
    """Take the day that lies so many days before the last one."""

    def days_of(year: int, month: int) -> Sequence[int]:
        _, length = monthrange(year, month)
        return [length - offset] if offset < length else []

    return Days(days_of, of_month=f"L-{offset}" if offset else "L")


def nearest_working_day(to: Days) -> Days:
    """Take, for the first day that another choice takes, the nearest from Monday to Friday in the same month."""

    def days_of(year: int, month: int) -> Sequence[int]:
        return [_working_day(year, month, day) for day in to.of(year, month)[:1]]

    return Days(days_of, of_month=f"{to.of_month}W")


def nth_weekday(weekday: int, nth: int) -> Days:
    """Take the first, second … such weekday of the month, if it has so many."""
    rule = _where(lambda day, its: its == weekday and (day + 6) // 7 == nth)
    return Days(rule, of_week=f"{weekday}#{nth}")


def last_weekday(weekday: int) -> Days:
    """Take the last such weekday of the month."""
    every = on_weekdays((weekday,))
    return Days(lambda year, month: every.of(year, month)[-1:], of_week=f"{weekday}L")


def written(numbers: Collection[int], low: int, high: int) -> str:
    """Write the numbers of a field from low to high in cron's notation, as briefly as it allows."""
    ordered = sorted(numbers)
    step = ordered[1] - ordered[0] if len(ordered) > 2 else 1
    if step > 1 and ordered == list(range(ordered[0], ordered[-1] + 1, step)):
        is_whole = ordered[0] == low and ordered[-1] + step > high
        return f"*/{step}" if is_whole else f"{ordered[0]}-{ordered[-1]}/{step}"
    runs = _runs(ordered)
    if runs == [(low, high)]:
        return "*"
    if len(runs) == 2 and runs[0][0] == low and runs[1][1] == high:
        return f"{runs[1][0]}-{runs[0][1]}"
    return ",".join(
        f"{first}-{last}" if last - first > 1 else ",".join(map(str, sorted({first, last}))) for first, last in runs
    )


def _runs(ordered: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last of each row of numbers without a hole."""
    starts = [number for number in ordered if number - 1 not in ordered]
    ends = [number for number in ordered if number + 1 not in ordered]
    return list(zip(starts, ends, strict=True))


def _week(weekdays: Collection[int]) -> str:
    """Write weekdays without steps, since nobody counts weekdays in steps."""
    return _without_steps(written(weekdays, 0, 6), weekdays)


def _without_steps(text: str, numbers: Collection[int]) -> str:
    return ",".join(map(str, sorted(numbers))) if "/" in text else text


def _where(takes: Callable[[int, int], bool]) -> Callable[[int, int], Sequence[int]]:
    def days_of(year: int, month: int) -> Sequence[int]:
        first, length = monthrange(year, month)
        # monthrange calls Monday 0; so, when Sunday is 0, the weekday of day d is first + d.
        return [day for day in range(1, length + 1) if takes(day, (first + day) % 7)]

    return days_of


def _working_day(year: int, month: int, day: int) -> int:
    first, length = monthrange(year, month)
    weekday = (first + day) % 7
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == _SUNDAY:
        return day + 1 if day < length else day - 2
    return day
