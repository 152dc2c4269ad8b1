"""Lists by pages. A page goes on from a row, not from a count: a list may grow while somebody goes through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, tuple_

from app.extensions import db

Keys = tuple[int, ...]
"""Where a row stands in its list: the values that the list is ordered by, each falling, the last one unique."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which page: the rows after those with `keys`, or with `is_back` the ones right before them; without keys the first."""

    keys: Keys = ()
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list in its order; `newer` and `older` are the keys to go on from, None where there is no further page."""

    rows: Sequence[Row[Any]]
    newer: Keys | None = None
    older: Keys | None = None


FIRST = Place()


def page_of(wanted: Select[Any], keys: Sequence[Any], place: Place, limit: int) -> Page:
    """Return a page of a query, ordered by `keys`; one that has nothing before it is the first, and full.

    The rows have the keys behind what is selected.
    """
    query = wanted.add_columns(*(key.label(f"key_{i}") for i, key in enumerate(keys)))
    is_known = len(place.keys) == len(keys)
    if is_known and place.is_back:
        before = query.where(tuple_(*keys) > tuple_(*place.keys)).order_by(*(key.asc() for key in keys))
        found = db.session.execute(before.limit(limit + 1)).all()
        if len(found) > limit:
            rows = found[:limit][::-1]
            return Page(rows, _keys(rows[0], keys), _keys(rows[-1], keys))
        is_known = False
    falling = query.order_by(*(key.desc() for key in keys)).limit(limit + 1)
    if is_known:
        falling = falling.where(tuple_(*keys) < tuple_(*place.keys))
    found = db.session.execute(falling).all()
    rows = found[:limit]
    newer = (_keys(rows[0], keys) if rows else place.keys) if is_known else None
    return Page(rows, newer, _keys(rows[-1], keys) if len(found) > limit else None)


def _keys(row: Row[Any], keys: Sequence[object]) -> Keys:
    return tuple(row[-len(keys) :])
