"""A schedule in words, by cron-descriptor (docs/decisions/0007-cron.md).

The library describes any text, and some of them wrongly. So it is given what was understood, written anew in its plainest
form, and not what somebody wrote: then words and fire times cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cron_descriptor import DescriptionTypeEnum, ExpressionDescriptor, Options  # type: ignore[import-untyped]

from app.engine.core.cron_days import written
from app.engine.core.cron_schedule import FIRST_YEAR, LAST_YEAR, LAST_YEAR_OF_QUARTZ, Schedule

_OPTIONS = Options(locale_code="en_US", use_24hour_time_format=True)
_WEEKDAY_BEFORE_LAST = re.compile(r"L-(\d+)W")


def in_words(schedule: Schedule) -> str:
    """Describe a schedule, in English."""
    if not schedule.years:
        return f"Never: none of its years is from {FIRST_YEAR} to {LAST_YEAR_OF_QUARTZ}"
    days = schedule.days
    times = (written(schedule.seconds, 0, 59), written(schedule.minutes, 0, 59), written(schedule.hours, 0, 23))
    months = written(schedule.months, 1, 12)
    years = _years(schedule.years)
    if days.match_both or _WEEKDAY_BEFORE_LAST.match(days.of_month):
        # The library would say "or" between days of the month and of the week, and does not know L-3W.
        text = _described(*times, "*", months, days.of_week, years).get_description()
        return f"{text}{_days_of_month(days.of_month)}"
    return str(_described(*times, days.of_month, months, days.of_week, years).get_description())


def _years(years: Sequence[int]) -> str:
    every = years[0] == FIRST_YEAR and len(years) > LAST_YEAR_OF_QUARTZ - FIRST_YEAR
    return "*" if every else written(years, FIRST_YEAR, LAST_YEAR)


def _days_of_month(text: str) -> str:
    if text == "*":
        return ""
    if match := _WEEKDAY_BEFORE_LAST.match(text):
        return f", on the weekday nearest to the day {match[1]} days before the last day of the month"
    return str(_described("0", "0", "0", text, "*", "*", "*").get_description(DescriptionTypeEnum.DAYOFMONTH))


def _described(*fields: str) -> ExpressionDescriptor:
    return ExpressionDescriptor(" ".join(fields), _OPTIONS)
