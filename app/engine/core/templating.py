"""Finds `${…}` in texts, lists and objects, and puts values in their place.

A text that is nothing but one piece becomes the piece's value, with its type; elsewhere the value is written as
text. A piece that cannot be rendered (a name without a value, something of the shell's like `${VAR:-x}`) stays as it
is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from app.engine.core.expressions import ExpressionError, Lookup, evaluate, names_in
from app.engine.core.values import Json
from app.sentences import say

LONGEST_TEXT = 1_000_000
"""How long a text may become: a few variables, each of which names the one before ten times, would fill any memory."""

_LONGEST_CACHED = 20_000


def references(value: Json) -> frozenset[str]:
    """Return the bare names that the pieces of a value read, at any depth; keys of objects are never rendered."""
    found: set[str] = set()
    _gather(value, found)
    return frozenset(found)


def render(value: Json, lookup: Lookup) -> Json:
    """Return `value` with its pieces rendered; what cannot be rendered stays as written."""
    return _render(value, lookup, _leave)


def render_strictly(value: Json, lookup: Lookup) -> Json:
    """Return `value` with its pieces rendered; raises ExpressionError for one that cannot be."""
    return _render(value, lookup, _raise)


def split(text: str) -> tuple[tuple[str, bool], ...]:
    """Cut a text into (part, is expression); the parts that are expressions come without their `${` and `}`."""
    return _split_cached(text) if len(text) <= _LONGEST_CACHED else _split(text)


def piece_at(text: str, at: int) -> str | None:
    """Return the expression of the piece whose `${` stands at `at`; None when no piece begins there."""
    following = text.find("${", at + 2)
    end = _end_of_piece(text, at + 2, following if following >= 0 else len(text))
    return text[at + 2 : end] if end is not None and _is_expression(text[at + 2 : end]) else None


def text_of(value: Json, room: int = LONGEST_TEXT) -> str:
    """Write a value as text; raises ExpressionError when it is longer than `room`, before much of it is written."""
    if _least_length(value, room) <= room:
        written = value if isinstance(value, str) else str(value)
        if len(written) <= room:
            return written
    raise ExpressionError(say("the text becomes longer than {most} characters", most=LONGEST_TEXT))


def _least_length(value: Json, room: int) -> int:
    """Return how long a value is as text at the least; stops counting where that is more than `room`.

    A list may hold the same long text, or the same list, very often.
    """
    length, left = 0, [value]
    while left and length <= room:
        part = left.pop()
        if isinstance(part, str):
            length += len(part)
        elif isinstance(part, Mapping):
            length += 2 * len(part)
            left += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple):
            length += 2 * len(part)
            left += part
    return length


def _render(value: Json, lookup: Lookup, on_error: Callable[[str, ExpressionError], str]) -> Json:
    if isinstance(value, str):
        return _render_text(value, lookup, on_error) if "${" in value else value
    if isinstance(value, Mapping):
        return {key: _render(part, lookup, on_error) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_render(part, lookup, on_error) for part in value]
    return value


def _render_text(text: str, lookup: Lookup, on_error: Callable[[str, ExpressionError], str]) -> Json:
    parts = split(text)
    if len(parts) == 1 and parts[0][1]:
        return _evaluated(parts[0][0], lookup, on_error)
    rendered: list[str] = []
    room = LONGEST_TEXT
    for part, is_expression in parts:
        written = part
        if is_expression:
            try:
                written = text_of(_evaluated(part, lookup, on_error), room)
            except ExpressionError as error:
                written = on_error(part, error)
        room -= len(written)
        rendered.append(written)
    return "".join(rendered)


def _evaluated(part: str, lookup: Lookup, on_error: Callable[[str, ExpressionError], str]) -> Json:
    try:
        return evaluate(part, lookup)
    except ExpressionError as error:
        return on_error(part, error)


def _leave(part: str, error: ExpressionError) -> str:
    return "${" + part + "}"


def _raise(part: str, error: ExpressionError) -> str:
    raise error


def _gather(value: Json, found: set[str]) -> None:
    if isinstance(value, str):
        if "${" not in value:
            return
        for part, is_expression in split(value):
            if is_expression:
                found.update(names_in(part))
    elif isinstance(value, Mapping):
        for part_value in value.values():
            _gather(part_value, found)
    elif isinstance(value, list | tuple):
        for part_value in value:
            _gather(part_value, found)


@lru_cache(maxsize=2048)
def _split_cached(text: str) -> tuple[tuple[str, bool], ...]:
    return _split(text)


def _split(text: str) -> tuple[tuple[str, bool], ...]:
    """Cut in one pass: a piece never contains another `${`, so each character is looked at twice at most."""
    parts: list[tuple[str, bool]] = []
    literal, at = 0, text.find("${")
    while at >= 0:
        piece = piece_at(text, at)
        if piece is not None:
            if literal < at:
                parts.append((text[literal:at], False))
            parts.append((piece, True))
            literal = at + len(piece) + 3
        at = text.find("${", at + 2)
    if literal < len(text):
        parts.append((text[literal:], False))
    return tuple(parts)


def _end_of_piece(text: str, start: int, limit: int) -> int | None:
    """Return where the `}` is that closes a piece: braces and quotes inside it are in balance."""
    depth, quote, at = 0, "", start
    while at < limit:
        character = text[at]
        if quote:
            if character == "\\":
                at += 1
            elif character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0:
                return at
            depth -= 1
        at += 1
    return None


def _is_expression(source: str) -> bool:
    try:
        names_in(source)
    except ExpressionError:
        return False
    return True
