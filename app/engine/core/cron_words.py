"""A schedule in words, by cron-descriptor (docs/decisions/0007-cron.md).

The library describes any text, and some of them wrongly. So it is given what was understood, written anew in its plainest
form, and not what somebody wrote: then words and fire times cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from cron_descriptor import DescriptionTypeEnum, ExpressionDescriptor, Options  # type: ignore[import-untyped]

from app.engine.core.cron_days import written
from app.engine.core.cron_schedule import FIRST_YEAR, LAST_YEAR, LAST_YEAR_OF_QUARTZ, Schedule
from app.sentences import say

ENGLISH = "en_US"
_WEEKDAY_BEFORE_LAST = re.compile(r"L-(\d+)W")
_BEFORE_LAST = re.compile(r"L-(\d+)")


def in_words(schedule: Schedule, locale: str = ENGLISH) -> str:
    """Describe a schedule, in English or in another language of the library; what is said beside it is a Sentence."""
    if not schedule.years:
        return say("Never: none of its years is from {first} to {last}", first=FIRST_YEAR, last=LAST_YEAR_OF_QUARTZ)
    days = schedule.days
    describe = partial(_described, locale)
    times = (written(schedule.seconds, 0, 59), written(schedule.minutes, 0, 59), written(schedule.hours, 0, 23))
    months = written(schedule.months, 1, 12)
    years = _years(schedule.years)
    if days.match_both or _WEEKDAY_BEFORE_LAST.match(days.of_month):
        # The library would say "or" between days of the month and of the week, and does not know L-3W.
        text = describe(*times, "*", months, days.of_week, years)
        if match := _WEEKDAY_BEFORE_LAST.match(days.of_month):
            return say(
                "{when}, on the weekday nearest to the day {count} days before the last day of the month",
                when=text, count=match[1],
            )  # fmt: skip
        return text if days.of_month == "*" else f"{text}{_days_of_month(days.of_month, locale)}"
    if locale != ENGLISH and (match := _BEFORE_LAST.fullmatch(days.of_month)):
        # The library's other languages leave this out.
        text = describe(*times, "*", months, days.of_week, years)
        return say("{when}, {count} days before the last day of the month", when=text, count=match[1])
    return describe(*times, days.of_month, months, days.of_week, years)


def _years(years: Sequence[int]) -> str:
    every = years[0] == FIRST_YEAR and len(years) > LAST_YEAR_OF_QUARTZ - FIRST_YEAR
    return "*" if every else written(years, FIRST_YEAR, LAST_YEAR)


def _days_of_month(text: str, locale: str) -> str:
    return _described(locale, "0", "0", "0", text, "*", "*", "*", part=DescriptionTypeEnum.DAYOFMONTH)


def _described(locale: str, *fields: str, part: DescriptionTypeEnum = DescriptionTypeEnum.FULL) -> str:
    options = Options(locale_code=locale, use_24hour_time_format=True)
    return str(ExpressionDescriptor(" ".join(fields), options).get_description(part))
