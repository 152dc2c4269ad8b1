"""Five fields as cron(8) and as Celery (so bk-sops) read them: the same words, two orders, and two ways with days."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from app.engine.core.cron_days import Days, on_both, on_either
from app.engine.core.cron_schedule import FIRST_YEAR, LAST_YEAR, Schedule
from app.errors import InvalidInput, Problem
from app.sentences import say

_DAYS_IN_FULL = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS_IN_FULL = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

SUFFIX = "(m/h/d/dM/MY)"
"""What bk-sops prints behind its five fields."""


class FieldError(ValueError):
    """A field cannot be read; the text says why, without the name of the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the numbers that it takes, and the words for them (the first for the lowest number)."""

    name: str
    low: int
    high: int
    words: Sequence[str] = ()

    @property
    def title(self) -> str:
        """Its name as it is said to people."""
        return _TITLES[self.name]


_TITLES: Mapping[str, str] = {
    "second": say("second"),
    "minute": say("minute"),
    "hour": say("hour"),
    "day_of_month": say("day of month"),
    "month": say("month"),
    "month_of_year": say("month of year"),
    "day_of_week": say("day of week"),
    "year": say("year"),
}


MINUTE, HOUR, DAY_OF_MONTH = Field("minute", 0, 59), Field("hour", 0, 23), Field("day_of_month", 1, 31)
MONTH_OF_YEAR = Field("month_of_year", 1, 12, _MONTHS_IN_FULL)
DAY_OF_WEEK = Field("day_of_week", 0, 7, _DAYS_IN_FULL)

CRON_ORDER = (MINUTE, HOUR, DAY_OF_MONTH, MONTH_OF_YEAR, DAY_OF_WEEK)
BKSOPS_ORDER = (MINUTE, HOUR, DAY_OF_WEEK, DAY_OF_MONTH, MONTH_OF_YEAR)

ReadPart = Callable[[str, Field], Sequence[int]]

_PART = re.compile(r"(?P<first>\*|[0-9a-z]+)(?:-(?P<last>[0-9a-z]+))?(?P<slash>/(?P<step>[0-9]*))?")


def read_cron(expression: str) -> Schedule:
    """Read `minute hour day-of-month month day-of-week`; raises InvalidInput with everything that is wrong."""
    texts = fields_of(expression, CRON_ORDER)
    numbers = _read_all(texts, _cron_part)
    # As in Vixie's cron, both day fields must match if one begins with a star, and otherwise either will do.
    if any(texts[field].startswith("*") for field in (DAY_OF_MONTH, DAY_OF_WEEK)):
        return _schedule(numbers, on_both(numbers[DAY_OF_MONTH], _weekdays(numbers)))
    return _schedule(numbers, on_either(numbers[DAY_OF_MONTH], _weekdays(numbers)))


def read_bksops(expression: str) -> Schedule:
    """Read bk-sops' order, with or without its suffix; raises InvalidInput with everything that is wrong."""
    texts = fields_of(expression.strip().removesuffix(SUFFIX), BKSOPS_ORDER)
    numbers = _read_all(texts, _celery_part)
    return _schedule(numbers, on_both(numbers[DAY_OF_MONTH], _weekdays(numbers)))


def fields_of(expression: str, order: Sequence[Field]) -> Mapping[Field, str]:
    """Split an expression into its fields, in small letters; raises InvalidInput when their number is wrong."""
    texts = expression.lower().split()
    if len(texts) != len(order):
        names = [field.title for field in order]
        raise InvalidInput(
            Problem(
                "fields",
                say(
                    "{wanted} fields are wanted ({names}), here are {count}",
                    wanted=len(order),
                    names=names,
                    count=len(texts),
                ),
            )
        )
    return dict(zip(order, texts, strict=True))


def refusal(field: Field, error: Exception) -> Problem:
    """Say that a field cannot be read."""
    return Problem("field", say("{title}: {error}", title=field.title, error=error), field.name)


def _read_all(texts: Mapping[Field, str], read_part: ReadPart) -> Mapping[Field, Sequence[int]]:
    numbers: dict[Field, Sequence[int]] = {}
    problems: list[Problem] = []
    for field, text in texts.items():
        try:
            numbers[field] = sorted({number for part in text.split(",") for number in read_part(part, field)})
        except FieldError as error:
            problems.append(refusal(field, error))
    if problems:
        raise InvalidInput.of(problems)
    return numbers


def _cron_part(part: str, field: Field) -> Sequence[int]:
    """Read `*`, `a`, `a-b`, each with `/n`; `a/n` goes on from a to the end of the field."""
    match = _match(part)
    step = _step(match)
    if match["first"] == "*":
        return range(field.low, field.high + 1)[::step]
    first = _number(match["first"], field)
    if match["last"] is None:
        return range(first, field.high + 1 if match["slash"] else first + 1)[::step]
    last = _number(match["last"], field)
    if last < first:
        raise FieldError(say("{part!r} runs backwards; write it as two ranges with a comma between them", part=part))
    return range(first, last + 1)[::step]


def _celery_part(part: str, field: Field) -> Sequence[int]:
    """Read `*`, `*/n`, `a`, `a-b`, `a-b/n`; a range that runs backwards goes round the end of the field."""
    match = _match(part)
    step = _step(match)
    high = 6 if field is DAY_OF_WEEK else field.high
    if match["first"] == "*":
        return range(field.low, high + 1)[::step]
    first = _number(match["first"], field)
    if match["last"] is None:
        if match["slash"]:
            raise FieldError(
                say(
                    "{part!r} has a step but no range; write {first}-{high}/{step}",
                    part=part,
                    first=first,
                    high=high,
                    step=step,
                )
            )
        return (first,)
    last = _number(match["last"], field)
    if last >= first:
        return range(first, last + 1)[::step]
    return (*range(first, high + 1), *range(field.low, last + 1))[::step]


def _match(part: str) -> re.Match[str]:
    match = _PART.fullmatch(part)
    if match is None or (match["first"] == "*" and match["last"]):
        shown = repr(part[:40]) if part else say("an empty part")
        raise FieldError(
            say("{shown} cannot be read; *, a number, a range a-b, or steps such as */5 are wanted", shown=shown)
        )
    return match


def _step(match: re.Match[str]) -> int:
    if not match["slash"]:
        return 1
    step = int(match["step"] or 0)
    if step == 0:
        raise FieldError(say("{part!r} needs a step of 1 or more behind the slash", part=match[0]))
    return step


def _number(text: str, field: Field) -> int:
    """Read a number or a word: three letters or more of a day's or a month's name."""
    if text.isdigit():
        number = int(text)
        if not field.low <= number <= field.high:
            raise FieldError(
                say("{text} is not between {low} and {high}", text=text[:40], low=field.low, high=field.high)
            )
        return number
    for number, word in enumerate(field.words, field.low):
        if len(text) >= 3 and word.startswith(text):
            return number
    words = say(", or a name such as {name}", name=field.words[0][:3]) if field.words else ""
    raise FieldError(
        say(
            "{text!r} cannot be read; a number from {low} to {high}{words} is wanted",
            text=text[:40],
            low=field.low,
            high=field.high,
            words=words,
        )
    )


def _schedule(numbers: Mapping[Field, Sequence[int]], days: Days) -> Schedule:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return Schedule((0,), numbers[MINUTE], numbers[HOUR], numbers[MONTH_OF_YEAR], years, days)


def _weekdays(numbers: Mapping[Field, Sequence[int]]) -> Collection[int]:
    return {number % 7 for number in numbers[DAY_OF_WEEK]}
