"""Pages of lists: `pagination` of the dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.api.enos.fields import Fields
from app.errors import InvalidInput, Problem

_SIZE, _LARGEST = 10, 500


@dataclass(frozen=True, slots=True)
class Page:
    """How many entries to pass over, how many to return, and the order: (field, whether downwards)."""

    first: int
    size: int
    order: Sequence[tuple[str, bool]]


def page_of(given: Fields, known: Mapping[str, str]) -> Page:
    """Read `pagination`; pages begin at 1, and 0 means the same, since some documents begin there.

    Raises InvalidInput with everything that is wrong with the call so far; of rule `sorter` for a field that is unknown.
    """
    asked = given.object("pagination") or Fields({}, given.problems)
    number, size = asked.whole("pageNo", default=1), asked.whole("pageSize", default=_SIZE)
    if not 0 <= number <= 10**6:
        asked.refuse("pageNo", "1 or more is wanted")
    if not 1 <= size <= _LARGEST:
        asked.refuse("pageSize", f"1 to {_LARGEST} is wanted")
    order = []
    for sorter in asked.objects("sorters") or ():
        field, direction = sorter.text("field", default="").lower(), sorter.text("order", default="ASC").upper()
        if field not in known or direction not in ("ASC", "DESC", ""):
            raise InvalidInput(Problem("sorter", f"sorters: {field[:40]!r} {direction[:10]!r} is not known", "sorters"))
        order.append((known[field], direction == "DESC"))
    given.check()
    return Page((max(number, 1) - 1) * size, size, order)
