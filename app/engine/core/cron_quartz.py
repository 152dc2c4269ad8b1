"""Quartz' expressions of six or seven fields, read as Quartz 2.3.2 reads them (docs/schedules.md).

What would crash Quartz, or make it search without end, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.engine.core.cron_days import (
    Days,
    last_day,
    last_weekday,
    nearest_working_day,
    nth_weekday,
    on_days,
    on_weekdays,
)
from app.engine.core.cron_fields import Field, FieldError, refusal
from app.engine.core.cron_quartz_items import (
    DAY_OF_MONTH,
    DAY_OF_WEEK,
    HOUR,
    MINUTE,
    MONTH,
    SECOND,
    YEAR,
    Part,
    read_field,
)
from app.engine.core.cron_schedule import Schedule
from app.errors import InvalidInput, Problem
from app.sentences import say

ORDER = (SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)


def read_quartz(expression: str) -> Schedule:
    """Read `second minute hour day-of-month month day-of-week [year]`; raises InvalidInput with all that is wrong."""
    parts = _read_all(expression.upper().split())
    if parts[DAY_OF_MONTH].is_open == parts[DAY_OF_WEEK].is_open:
        message = say("just one of day of month and day of week must be ?; the other one says the days")
        raise InvalidInput(Problem("days", message, DAY_OF_WEEK.name))
    seconds, minutes, hours, months = (sorted(parts[field].numbers) for field in (SECOND, MINUTE, HOUR, MONTH))
    years = [year for year in sorted(parts[YEAR].numbers) if YEAR.low <= year <= YEAR.high]
    return Schedule(seconds, minutes, hours, months, years, _days(parts))


def _read_all(texts: Sequence[str]) -> Mapping[Field, Part]:
    if len(texts) < 6:
        names = [field.title for field in ORDER]
        raise InvalidInput(
            Problem(
                "fields", say("6 or 7 fields are wanted ({names}), here are {count}", names=names, count=len(texts))
            )
        )
    parts: dict[Field, Part] = {YEAR: read_field("*", YEAR)}
    problems: list[Problem] = []
    # An eighth field, and what follows it, is nothing to Quartz.
    for field, text in zip(ORDER, texts, strict=False):
        try:
            parts[field] = read_field(text, field)
        except FieldError as error:
            problems.append(refusal(field, error))
    if problems:
        raise InvalidInput.of(problems)
    return parts


def _days(parts: Mapping[Field, Part]) -> Days:
    """Return the days of the day field that is not open. Beside a mark Quartz looks at the lowest number only."""
    days, weekdays = parts[DAY_OF_MONTH], parts[DAY_OF_WEEK]
    if weekdays.is_open and days.is_weekday:
        return nearest_working_day(last_day(days.offset) if days.is_last else on_days({min(days.numbers)}))
    if weekdays.is_open:
        return last_day(days.offset) if days.is_last else on_days(days.numbers)
    numbers = {number - DAY_OF_WEEK.low for number in weekdays.numbers}
    if weekdays.is_last:
        return last_weekday(min(numbers))
    return nth_weekday(min(numbers), weekdays.nth) if weekdays.nth else on_weekdays(numbers)
