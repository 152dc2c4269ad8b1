"""The language "names": `${name}`, where the whole text between the braces is a name and nothing is computed.

A text that is nothing but one name becomes the name's value, with its type; elsewhere the value is written as text. A
name that nobody knows stays as it is written, so what a shell makes of `${HOME}` or `${x:-1}` still works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from app.engine.core.expressions import ExpressionError
from app.engine.core.templating import LONGEST_TEXT
from app.engine.core.values import Json, dumps
from app.sentences import say

_PIECE = re.compile(r"\$\{([^{}$\r\n]{1,128})\}")

Lookup = Callable[[str], Json]
"""Gives the value of a name; raises KeyError for one that it does not know."""


def references(value: Json) -> frozenset[str]:
    """Return the names in a value, at any depth; keys of objects are never rendered."""
    found: set[str] = set()
    _gather(value, found)
    return frozenset(found)


def render(value: Json, lookup: Lookup) -> Json:
    """Return `value` with its names replaced; raises ExpressionError for a text that becomes too long."""
    if isinstance(value, str):
        return _render_text(value, lookup) if "${" in value else value
    if isinstance(value, Mapping):
        return {key: render(part, lookup) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [render(part, lookup) for part in value]
    return value


def _render_text(text: str, lookup: Lookup) -> Json:
    whole = _PIECE.fullmatch(text)
    if whole is not None:
        try:
            return lookup(whole[1])
        except KeyError:
            return text
    rendered: list[str] = []
    room, at = LONGEST_TEXT, 0
    for piece in _PIECE.finditer(text):
        for part in (text[at : piece.start()], _written(piece, lookup)):
            rendered.append(part)
            room -= len(part)
        if room < 0:
            raise ExpressionError(say("the text becomes longer than {most} characters", most=LONGEST_TEXT))
        at = piece.end()
    return "".join((*rendered, text[at:]))


def _written(piece: re.Match[str], lookup: Lookup) -> str:
    try:
        value = lookup(piece[1])
    except KeyError:
        return piece[0]
    return value if isinstance(value, str) else dumps(value)


def _gather(value: Json, found: set[str]) -> None:
    if isinstance(value, str):
        found.update(_PIECE.findall(value))
    elif isinstance(value, Mapping):
        for part in value.values():
            _gather(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _gather(part, found)
