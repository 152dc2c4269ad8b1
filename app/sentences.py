"""What the product says to people: English by itself, and in another language where an edge asks for it (app/web/sentences.py).

A `Sentence` is a text like any other, so APIs, logs and rows hold the English and need not know of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Label(str):
    """A text of the tables that the editor is given (plugins, rules); it is translated where those are."""

    __slots__ = ()


class Sentence(str):
    """A text with what it was made of: the pattern that is translated, and the values that stand in it.

    A value may be a Sentence or a Label itself, or a list of such.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Any]


def say(pattern: str, /, **values: object) -> Sentence:
    """Fill a pattern with values: `say("node {node} has no name", node=node.id)`.

    The pattern is a literal, for the catalogue of texts is gathered from these calls. A list is written with commas; an
    error as the sentence that it was raised with.

    >>> say("{who} of {all}", who=say("line {id}", id="a"), all=["a", "b"])
    'line a of a, b'
    """
    known = {name: sentence_of(value) if isinstance(value, Exception) else value for name, value in values.items()}
    sentence = Sentence(pattern.format(**{name: _written(value) for name, value in known.items()}))
    sentence.pattern, sentence.values = pattern, known
    return sentence


def together(texts: Sequence[str]) -> str:
    """Put texts, some of them sentences, together to one, by semicolons."""
    if len(texts) == 1:
        return texts[0]
    sentence = Sentence("; ".join(texts))
    sentence.values = {f"part{number}": text for number, text in enumerate(texts)}
    # No catalogue has this pattern, so it is its own translation; its parts have theirs.
    sentence.pattern = "; ".join(f"{{{name}}}" for name in sentence.values)
    return sentence


def sentence_of(error: Exception) -> str:
    """Return what an error says as it was raised with; `str(error)` is its English only."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Sentence) else str(error)


def _written(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
