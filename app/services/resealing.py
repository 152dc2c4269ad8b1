"""Secrets in the database, sealed anew with the newest secret key, so that the older ones can be thrown away.

It goes through all rows in small transactions and may be broken off and begun again at any point: what the newest key has
sealed is left alone. A row that somebody changes meanwhile is left to them: processes that run seal with the newest key too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, select, tuple_, type_coerce, update

from app.errors import Unavailable
from app.extensions import db
from app.models.base import Base, JsonText
from app.models.sealed import SEALED, UNBOUND, Sealed, renewed
from app.models.tasks import TaskTree
from app.services.engine import writing

_PORTION = 100
_SEAL = re.compile(SEALED + r"(?:(p\d{1,19}|common):)?(gAAAA[\w-]+=*)", re.ASCII)
"""A seal inside a text of JSON: nothing in it is ever escaped there."""

Row = tuple[Sequence[Any], str]
"""The values of a row's primary key, and the text in one of its columns as it is stored."""

Change = tuple[Sequence[Any], str, str]
"""The same, and the text that is to stand there."""


@dataclass(slots=True)
class Count:
    """How many secrets an older key has sealed, and where there are some that no key opens (table.column: primary key)."""

    older: int = 0
    unopened: list[str] = field(default_factory=list)


def reseal() -> Count:
    """Seal everything anew that an older key has sealed; returns what there was. A second call finds nothing."""
    return _go_through(_replace)


def count_older() -> Count:
    """Count what `reseal` would seal anew, and change nothing."""
    return _go_through(lambda column, changes: None)


def _go_through(write: Callable[[Column[Any], Sequence[Change]], None]) -> Count:
    count = Count()
    known: dict[tuple[str, str], str] = {}
    for column in _columns():
        for portion in _portions(column):
            changes: list[Change] = []
            for keys, text in portion:
                made = _renewed(column, (keys, text), count, known)
                changes += [(keys, text, made)] if made != text else []
            write(column, changes)
    return count


def _columns() -> Iterator[Column[Any]]:
    """Yield the columns that may hold seals: those of secrets, those of JSON, and the moulds that trees are made of."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed | JsonText) or column is TaskTree.__table__.c.mould:
                yield column


def _portions(column: Column[Any]) -> Iterator[list[Row]]:
    """Go through the rows that hold a seal in a column, in the order of their keys; no transaction is left open."""
    keys, text = list(column.table.primary_key.columns), type_coerce(column, Text)
    holds = text != "" if isinstance(column.type, Sealed) else text.contains(SEALED)
    wanted = select(*keys, text).where(holds).order_by(*keys).limit(_PORTION)
    after: list[ColumnElement[bool]] = []
    while True:
        found = db.session.execute(wanted.where(*after)).all()
        db.session.rollback()
        yield [(row[:-1], row[-1]) for row in found]
        if len(found) < _PORTION:
            return
        after = [tuple_(*keys) > tuple_(*found[-1][:-1], types=[key.type for key in keys])]


def _renewed(column: Column[Any], row: Row, count: Count, known: dict[tuple[str, str], str]) -> str:
    """Return what is to stand in a column; `known` keeps seals that stand in several places the same in all of them."""
    keys, text = row

    def change(owner: str, token: str) -> str:
        try:
            made = known.get((owner, token)) or known.setdefault((owner, token), renewed(token, owner))
        except Unavailable:
            count.unopened.append(f"{column.table.name}.{column.name}: {' '.join(map(str, keys))}")
            return token
        count.older += made != token
        return made

    if isinstance(column.type, Sealed):
        return change(UNBOUND, text)
    return _SEAL.sub(lambda seal: seal[0].removesuffix(seal[2]) + change(seal[1] or UNBOUND, seal[2]), text)


def _replace(column: Column[Any], changes: Sequence[Change]) -> None:
    """Write one portion, where it still stands as it was read."""
    if not changes:
        return
    text = type_coerce(column, Text)
    with writing() as session:
        for keys, before, made in changes:
            is_row = [key == value for key, value in zip(column.table.primary_key.columns, keys, strict=True)]
            session.execute(
                update(column.table).where(*is_row, text == before).values({column.name: type_coerce(made, Text)})
            )
