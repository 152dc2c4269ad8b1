"""Moulds: a tree as text with places where its ids stand, so that the same tree with other ids is a matter of joining.

What a task is made of again and again keeps a mould beside its tree. To cast one costs a fiftieth of reading the tree,
renaming its nodes and writing it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from app.engine.core.creation import make_task_tree
from app.engine.core.values import Json

_SEPARATORS = range(0xE000, 0xF900)
"""The characters that Unicode leaves to private use: there is always one that a tree does not hold."""


@dataclass(frozen=True, slots=True)
class Cast:
    """A task's own tree as text, in which all ids are new, and the id of its start event."""

    text: str
    start: str


def mould_of(document: Mapping[str, Json]) -> str:
    """Make the mould of a tree that has been found valid.

    It begins with a character that the tree does not hold. What that separates is the mark of the start event, and
    then in turn a piece of the tree's text and the mark of the id behind it. Marks are `node` or `line` and a number.
    """
    text = _written(document)
    separator = next(chr(code) for code in _SEPARATORS if chr(code) not in text)
    numbers = count()
    made = make_task_tree(
        document, exclude=(), constants={}, new_id=lambda prefix: f"{separator}{prefix}{next(numbers)}{separator}"
    )
    start: str = made.document["start_event"]["id"]
    return separator + start.strip(separator) + separator + _written(made.document)


def cast(mould: str, new_ids: Callable[[Sequence[str]], Sequence[str]]) -> Cast:
    """Make a tree of a mould; `new_ids(["node", "line"])` gives an id for each prefix."""
    _, start, *pieces = mould.split(mould[0])
    marks = list(dict.fromkeys(pieces[1::2]))
    ids = dict(zip(marks, new_ids([mark[:4] for mark in marks]), strict=True))
    pieces[1::2] = [ids[mark] for mark in pieces[1::2]]
    return Cast("".join(pieces), ids[start])


def _written(document: Mapping[str, Json]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
