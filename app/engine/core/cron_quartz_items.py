"""The items of a field of Quartz: `1`, `1-5`, `MON#2`, `15W`, `L-3` …

Quartz reads from left to right and ignores the rest once it knows enough: `5x` is 5 and `1-5W` is 1-5. Who sends such
texts got them past Quartz, so they are taken here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.engine.core.cron_fields import Field, FieldError
from app.engine.core.cron_schedule import FIRST_YEAR, LAST_YEAR_OF_QUARTZ
from app.sentences import say

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

SECOND, MINUTE, HOUR = Field("second", 0, 59), Field("minute", 0, 59), Field("hour", 0, 23)
DAY_OF_MONTH, MONTH = Field("day_of_month", 1, 31), Field("month", 1, 12, _MONTHS)
DAY_OF_WEEK, YEAR = Field("day_of_week", 1, 7, _DAYS), Field("year", FIRST_YEAR, LAST_YEAR_OF_QUARTZ)

_DAY_FIELDS = (DAY_OF_MONTH, DAY_OF_WEEK)

# Java reads numbers into 32 bits.
_LARGEST = 2**31 - 1
_LARGEST_OFFSET = 30

_LAST = re.compile(r"L(?:-(?P<offset>[0-9]+))?(?P<weekday>W)?")
_NUMBERS = re.compile(r"(?P<first>[0-9]+)(?P<sign>[-/])?(?P<second>[0-9]+)?(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Part:
    """What a field, or one item of its list, says: numbers, and the marks that change how days are chosen."""

    numbers: frozenset[int] = frozenset()
    is_open: bool = False
    is_last: bool = False
    offset: int = 0
    is_weekday: bool = False
    nth: int = 0

    def __or__(self, other: Part) -> Part:
        return Part(
            self.numbers | other.numbers,
            self.is_open or other.is_open,
            self.is_last or other.is_last,
            other.offset or self.offset,
            self.is_weekday or other.is_weekday,
            other.nth or self.nth,
        )


def read_field(text: str, field: Field) -> Part:
    """Read one field, its list item by item; raises FieldError."""
    if field in _DAY_FIELDS and "," in text and "L" in text:
        raise FieldError(say("L cannot stand in a list"))
    if field is DAY_OF_WEEK and text.count("#") > 1:
        raise FieldError(say("# cannot stand twice in a list"))
    whole = Part()
    for item in filter(None, text.split(",")):
        whole |= _read_item(item, field)
    if not (whole.numbers or whole.is_open or whole.is_last):
        raise FieldError(say("{text!r} names nothing", text=text[:40]))
    return whole


def _read_item(text: str, field: Field) -> Part:
    if text == "?" or (text[0] == "?" and len(text) == 2):
        return _open(field)
    if text[0] in "*/":
        return _every(text, field)
    if _LAST.fullmatch(text):
        return _last(text, field)
    if "A" <= text[0] <= "Z":
        return _named(text, field)
    if "0" <= text[0] <= "9":
        return _numbered(text, field)
    raise FieldError(say("{text!r} cannot be read", text=text[:40]))


def _open(field: Field) -> Part:
    if field not in _DAY_FIELDS:
        raise FieldError(say("? can stand for the day of month or the day of week only"))
    return Part(is_open=True)


def _every(text: str, field: Field) -> Part:
    """Read `*`, `*/n` and `/n`."""
    star, slash, step = text.partition("/")
    if star not in ("", "*") or not slash:
        return _all(field)
    if not re.fullmatch("[0-9]+", step):
        raise FieldError(say("a whole number must follow the / in {text!r}", text=text[:40]))
    return _spread(field, field.low, field.high, _step(step, field) or 1)


def _last(text: str, field: Field) -> Part:
    """Read `L`, `LW`, `L-n` and `L-nW`; for a day of week it is just Saturday, and elsewhere nothing."""
    match = _LAST.fullmatch(text)
    assert match is not None, "the caller has looked"
    if field is DAY_OF_WEEK:
        return Part(frozenset((field.high,)))
    if field is not DAY_OF_MONTH:
        return Part()
    offset = _int(match["offset"] or "0")
    if offset > _LARGEST_OFFSET:
        raise FieldError(say("L takes an offset of at most {most} days", most=_LARGEST_OFFSET))
    return Part(is_last=True, offset=offset, is_weekday=bool(match["weekday"]))


def _named(text: str, field: Field) -> Part:
    """Read `MON`, `MON-FRI`, `MON#2`, `MONL`; what else follows the three letters means nothing."""
    first, mark = _word(text[:3], field), text[3:4]
    if mark == "-":
        return _spread(field, first, _word(text[4:7], field), 1)
    one = Part(frozenset((first,)))
    if field is DAY_OF_WEEK and mark == "#":
        return replace(one, nth=_nth(text[4:]))
    return replace(one, is_last=field is DAY_OF_WEEK and mark == "L")


def _word(text: str, field: Field) -> int:
    if text not in field.words:
        hint = say("a name such as {name}", name=field.words[0]) if field.words else say("a number")
        raise FieldError(say("{text!r} cannot be read; {hint} is wanted", text=text, hint=hint))
    return field.low + field.words.index(text)


def _numbered(text: str, field: Field) -> Part:
    """Read `a`, `a-b`, `a/n`, `a-b/n`, `aL`, `aW`, `a#n`; what else follows means nothing."""
    match = _NUMBERS.fullmatch(text)
    assert match is not None, "it begins with a digit"
    first, rest = _int(match["first"]), match["rest"]
    if not match["sign"]:
        return _marked(first, rest, field)
    if not match["second"]:
        raise FieldError(say("a whole number must follow the {sign} in {text!r}", sign=match["sign"], text=text[:40]))
    second = _int(match["second"])
    if match["sign"] == "-":
        return _range(text, field, first, second, rest)
    if rest and len(match["second"]) == 1:
        raise FieldError(say("{rest!r} cannot follow the step in {text!r}", rest=rest[0], text=text[:40]))
    return _spread(field, first, None, _step(match["second"], field))


def _range(text: str, field: Field, first: int, last: int, rest: str) -> Part:
    if not rest.startswith("/"):
        return _spread(field, first, last, 1)
    step = re.match("[0-9]+", rest[1:])
    if not step:
        raise FieldError(say("a whole number must follow the / in {text!r}", text=text[:40]))
    return _spread(field, first, last, _int(step[0]))


def _marked(number: int, rest: str, field: Field) -> Part:
    """Read a number with what stands behind it."""
    one = _spread(field, number, None, 0)
    if rest[:1] == "L":
        _require(field is DAY_OF_WEEK, say("L can follow a day of week only"))
        return replace(one, is_last=True)
    if rest[:1] == "W":
        _require(field is DAY_OF_MONTH, say("W can follow a day of month only"))
        return replace(one, is_weekday=True)
    if rest[:1] == "#":
        _require(field is DAY_OF_WEEK, say("# can follow a day of week only"))
        return replace(one, nth=_nth(rest[1:]))
    return one


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise FieldError(message)


def _nth(text: str) -> int:
    _require(text in ("1", "2", "3", "4", "5"), say("a number from 1 to 5 must follow #"))
    return int(text)


def _int(digits: str) -> int:
    number = int(digits)
    _require(number <= _LARGEST, say("{number} is too large", number=digits[:40]))
    return number


def _step(digits: str, field: Field) -> int:
    step = _int(digits)
    if step > field.high and field is not YEAR:
        raise FieldError(say("the step {step} is larger than {high}", step=step, high=field.high))
    return step


def _all(field: Field) -> Part:
    return _spread(field, field.low, field.high, 1)


def _spread(field: Field, first: int, last: int | None, step: int) -> Part:
    """Return each step-th number from first to last, going round the end of the field; with a step of 0 just the first."""
    highest = first if last is None else max(first, last)
    if field is not YEAR and not field.low <= first <= highest <= field.high:
        raise FieldError(
            say(
                "{range} is not within {low} to {high}",
                range=first if last is None else f"{first}-{last}",
                low=field.low,
                high=field.high,
            )
        )
    if step == 0:
        return Part(frozenset((first,)))
    end = field.high if last is None else last
    if field is YEAR:
        _require(first <= end, say("the years {first} to {end} run backwards", first=first, end=end))
        return Part(frozenset(range(first, min(end, field.high) + 1, step)))
    size = field.high - field.low + 1
    numbers = range(first, end + 1 if end >= first else end + 1 + size, step)
    return Part(frozenset((number - field.low) % size + field.low for number in numbers))
