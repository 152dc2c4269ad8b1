"""Schedules written as cron expressions: when they fire next, what is wrong with them, what they say in words.

Three forms are read (docs/schedules.md): `cron`, five fields in the usual order; `bksops`, the same fields as bk-sops
prints them; `quartz`, six or seven fields from seconds to years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Literal

from app.engine.core.cron_fields import BKSOPS_ORDER, SUFFIX, read_bksops, read_cron
from app.engine.core.cron_quartz import read_quartz
from app.engine.core.cron_schedule import FIRST_YEAR, Schedule
from app.engine.core.cron_words import ENGLISH, in_words
from app.engine.core.cron_zones import fire_times, zone_of
from app.errors import InvalidInput, Problem
from app.sentences import say

Form = Literal["cron", "bksops", "quartz"]

MOST_FIRES = 1000
LONGEST = 1000

_READ: Mapping[str, Callable[[str], Schedule]] = {"cron": read_cron, "bksops": read_bksops, "quartz": read_quartz}


def next_fires(expression: str, after: datetime, n: int, zone: str = "UTC", form: Form = "cron") -> list[datetime]:
    """Return the next n moments after `after`, each with the zone's offset at that time; fewer when none are left.

    n is at most 1000. Raises InvalidInput, which says what is wrong with the expression, the zone, `after` or n.
    """
    if problems := [*check(expression, form), *_check_question(after, n, zone)]:
        raise InvalidInput.of(problems)
    return list(islice(fire_times(_read(expression, form), after, zone_of(zone)), n))


def fires_after(expression: str, after: datetime, zone: str, form: Form) -> Iterator[datetime]:
    """Yield all moments after `after`, as `next_fires` returns them; each is computed when it is asked for."""
    if problems := [*check(expression, form), *_check_question(after, 0, zone)]:
        raise InvalidInput.of(problems)
    return fire_times(_read(expression, form), after, zone_of(zone))


def check(expression: str, form: Form) -> list[Problem]:
    """Return all that is wrong with an expression; `where` names the field."""
    try:
        _read(expression, form)
    except InvalidInput as error:
        return list(error.problems)
    return []


def describe(expression: str, form: Form, locale: str = ENGLISH) -> str:
    """Return what a schedule says, in English or in the words of another language; raises InvalidInput when it cannot be read."""
    return in_words(_read(expression, form), locale)


def cron_of(fields: Mapping[str, str]) -> str:
    """Return what bk-sops prints for its object of five fields: what is missing or empty is `*`, blanks are left out."""
    texts = ("".join(str(fields.get(field.name) or "*").split()) or "*" for field in BKSOPS_ORDER)
    return f"{' '.join(texts)} {SUFFIX}"


@lru_cache(maxsize=1024)
def _read(expression: str, form: str) -> Schedule:
    if form not in _READ:
        raise InvalidInput(
            Problem("form", say("{form!r} is not a form; {known} are known", form=form, known=list(_READ)), "form")
        )
    if len(expression) > LONGEST:
        raise InvalidInput(Problem("length", say("an expression has at most {most} characters", most=LONGEST)))
    return _READ[form](expression)


def _check_question(after: datetime, n: int, zone: str) -> list[Problem]:
    problems: list[Problem] = []
    if after.tzinfo is None or not FIRST_YEAR <= after.year <= 9000:
        problems.append(
            Problem(
                "after", say("a time with a zone, in the years {first} to 9000, is wanted", first=FIRST_YEAR), "after"
            )
        )
    if not 0 <= n <= MOST_FIRES:
        problems.append(
            Problem(
                "count",
                say("{n} fires are too many or too few; 0 to {most} can be asked for", n=n, most=MOST_FIRES),
                "n",
            )
        )
    try:
        zone_of(zone)
    except InvalidInput as error:
        problems.extend(error.problems)
    return problems
