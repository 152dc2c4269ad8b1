"""Joins what a variable holds into texts, and makes no more text of it than one may have."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.core.templating import LONGEST_TEXT, text_of
from app.engine.core.values import Json

_LONGEST_SEPARATOR = 16


class Joiner:
    """Joins by a separator, a comma where none can be read; all the texts that it makes together have a limit.

    Few characters may name a long text very often, so a part is counted before it is written.
    """

    def __init__(self, separator: Json = ",") -> None:
        is_fit = isinstance(separator, str) and 0 < len(separator) <= _LONGEST_SEPARATOR
        self._separator = str(separator) if is_fit else ","
        self._room = LONGEST_TEXT

    def join(self, parts: Iterable[Json]) -> str:
        """Join parts; raises ExpressionError where too much comes of it."""
        texts: list[str] = []
        for part in parts:
            texts.append(text_of(part, self._room))
            self._room -= len(texts[-1]) + len(self._separator)
        return self._separator.join(texts)

    def text(self, value: Json) -> str:
        """Write a value as text; one that is a text already is not made, and takes no room."""
        if isinstance(value, str):
            return value
        written = text_of(value, self._room)
        self._room -= len(written)
        return written
