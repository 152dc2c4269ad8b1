"""Regular expressions that cannot hang: all ways through one are walked at once, so the time grows with the text only.

Those who edit flows write them, and what people type is matched with them; Python's own matcher may take for ever. They
mean what they mean in a browser, where the same values are checked first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Step = tuple[str, Any]
"""What to do at one place: `take` a character, `fork` to other places, be `at` one, look `ahead`, or be `done`."""

_LONGEST_PROGRAM, _MOST_STEPS = 3000, 3_000_000


class _Unknown(Exception):
    """The expression uses something that is not walked here."""


def matches(pattern: str, text: str) -> bool | None:
    """Say whether some part of a text matches; None where that cannot be told here."""
    program = _program(pattern)
    if program is None or len(program) * len(text) > _MOST_STEPS:
        return None
    return _walk(program, text, 0, anywhere=True)


@lru_cache(maxsize=256)
def _program(pattern: str) -> tuple[Step, ...] | None:
    """Return the steps of an expression; None for what is none, or is more than is walked here."""
    if len(pattern) > 1000:
        return None
    try:
        parsed = parser.parse(pattern, re.ASCII)
        if parsed.state.flags & ~(re.ASCII | re.UNICODE):
            return None
        program: list[Step] = []
        _write(program, parsed)
    except (re.error, _Unknown, RecursionError, OverflowError):
        return None
    return (*program, ("done", None))


def _write(program: list[Step], parsed: Iterable[tuple[Any, Any]]) -> None:
    for op, value in parsed:
        if len(program) > _LONGEST_PROGRAM:
            raise _Unknown
        if op in _CHARACTERS:
            program.append(("take", _CHARACTERS[op](value)))
        elif op is ops.SUBPATTERN:
            _write(program, value[3])
        elif op is ops.BRANCH:
            _write_branches(program, value[1])
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            _write_repeat(program, *value)
        elif op is ops.AT and value in _PLACES:
            program.append(("at", _PLACES[value]))
        elif op in (ops.ASSERT, ops.ASSERT_NOT) and value[0] == 1:
            inner: list[Step] = []
            _write(inner, value[1])
            program.append(("ahead", ((*inner, ("done", None)), op is ops.ASSERT)))
        else:
            raise _Unknown


def _write_branches(program: list[Step], branches: Sequence[Any]) -> None:
    fork = len(program)
    program.append(("fork", ()))
    begins, ends = [], []
    for branch in branches:
        begins.append(len(program))
        _write(program, branch)
        ends.append(len(program))
        program.append(("fork", ()))
    program[fork] = ("fork", tuple(begins))
    for end in ends:
        program[end] = ("fork", (len(program),))


def _write_repeat(program: list[Step], least: int, most: int, inner: Any) -> None:
    for _ in range(int(least)):
        _write(program, inner)
        if len(program) > _LONGEST_PROGRAM:
            raise _Unknown
    if most is ops.MAXREPEAT:
        begin = len(program)
        program.append(("fork", ()))
        _write(program, inner)
        program.append(("fork", (begin,)))
        program[begin] = ("fork", (begin + 1, len(program)))
        return
    forks = []
    for _ in range(int(most) - int(least)):
        forks.append(len(program))
        program.append(("fork", ()))
        _write(program, inner)
        if len(program) > _LONGEST_PROGRAM:
            raise _Unknown
    for fork in forks:
        program[fork] = ("fork", (fork + 1, len(program)))


def _walk(program: Sequence[Step], text: str, begin: int, *, anywhere: bool) -> bool:
    """Go through a text with all the places in the program that one can be at."""
    now = _reach(program, text, begin, [0])
    for at in range(begin, len(text) + 1):
        if any(program[place][0] == "done" for place in now):
            return True
        if at == len(text):
            return False
        taken = [place + 1 for place in now if program[place][0] == "take" and program[place][1](text[at])]
        if anywhere:
            taken.append(0)
        if not taken:
            return False
        now = _reach(program, text, at + 1, taken)
    return False


def _reach(program: Sequence[Step], text: str, at: int, begins: Iterable[int]) -> set[int]:
    """Return the places that can be come to from some, without a character being taken."""
    found: set[int] = set()
    left = list(begins)
    while left:
        place = left.pop()
        if place in found:
            continue
        found.add(place)
        kind, value = program[place]
        if kind == "fork":
            left += value
        elif _is_passed(kind, value, text, at):
            left.append(place + 1)
    return found


def _is_passed(kind: str, value: Any, text: str, at: int) -> bool:
    if kind == "at":
        return bool(value(text, at))
    return kind == "ahead" and _walk(value[0], text, at, anywhere=False) is value[1]


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isascii() and (text[at].isalnum() or text[at] == "_"))


def _is_edge(text: str, at: int) -> bool:
    return _is_word(text, at - 1) != _is_word(text, at)


_PLACES: dict[Any, Callable[[str, int], bool]] = {
    ops.AT_BEGINNING: lambda text, at: at == 0,
    ops.AT_END: lambda text, at: at == len(text),
    ops.AT_BOUNDARY: _is_edge,
    ops.AT_NON_BOUNDARY: lambda text, at: not _is_edge(text, at),
}

_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    ops.CATEGORY_DIGIT: lambda sign: "0" <= sign <= "9",
    ops.CATEGORY_NOT_DIGIT: lambda sign: not "0" <= sign <= "9",
    ops.CATEGORY_SPACE: lambda sign: sign.isspace() or sign == "\ufeff",
    ops.CATEGORY_NOT_SPACE: lambda sign: not (sign.isspace() or sign == "\ufeff"),
    ops.CATEGORY_WORD: lambda sign: _is_word(sign, 0),
    ops.CATEGORY_NOT_WORD: lambda sign: not _is_word(sign, 0),
}


def _one_of(items: Sequence[tuple[Any, Any]]) -> Callable[[str], bool]:
    wanted = bool(items and items[0][0] is not ops.NEGATE)
    tests = [_item(op, value) for op, value in items if op is not ops.NEGATE]
    return lambda sign: any(test(sign) for test in tests) is wanted


def _item(op: Any, value: Any) -> Callable[[str], bool]:
    if op is ops.LITERAL:
        return lambda sign: ord(sign) == value
    if op is ops.RANGE:
        return lambda sign: value[0] <= ord(sign) <= value[1]
    if op is ops.CATEGORY and value in _CATEGORIES:
        return _CATEGORIES[value]
    raise _Unknown


_CHARACTERS: dict[Any, Callable[[Any], Callable[[str], bool]]] = {
    ops.LITERAL: lambda value: lambda sign: ord(sign) == value,
    ops.NOT_LITERAL: lambda value: lambda sign: ord(sign) != value,
    ops.ANY: lambda value: lambda sign: sign not in "\n\r\u2028\u2029",
    ops.IN: _one_of,
}
