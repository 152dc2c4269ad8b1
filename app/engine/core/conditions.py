"""Gateway conditions: comparisons joined by and/or, over typed values.

The grammar is boolrule's, which bk-sops uses: `value op value`, groups in parentheses, `*` for always. Unlike there a
`${…}` is a value, not pasted text; `and` binds tighter than `or`; `not` and a lone truth value are understood; numbers
compare as numbers, and a text that reads as a number compares with numbers (docs/expressions.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.engine.core.expressions import ExpressionError, Lookup
from app.engine.core.schema import as_number
from app.engine.core.templating import piece_at, references, render_strictly
from app.engine.core.values import Json
from app.sentences import say

LONGEST = 20_000
"""How many characters a condition may have."""

_DEEPEST = 50
_TOKEN = re.compile(
    r"\s+|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|(?P<op>==|!=|<=|>=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z_][\w.]*)"
)
_WORD_OPERATORS = ("in", "notin", "issuperset", "notissuperset")


class ConditionError(ValueError):
    """A condition cannot be read or decided; the text says why."""


Decide = Callable[[Lookup], bool]
Operand = Callable[[Lookup], Json]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that has been read. `references` are the bare names of the variables that it needs."""

    text: str
    references: frozenset[str]
    decide: Decide

    def holds(self, lookup: Lookup) -> bool:
        """Say whether it holds; raises ConditionError when a variable has no value or values do not compare."""
        try:
            return self.decide(lookup)
        except (ExpressionError, ArithmeticError, RecursionError) as error:
            raise ConditionError(say("{error} in {text!r}", error=error, text=self.text)) from error


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """Read a condition; raises ConditionError, saying where, when it is not one."""
    if text.strip() == "*":
        return Condition(text, frozenset(), lambda lookup: True)
    if len(text) > LONGEST:
        raise ConditionError(say("a condition has at most {most} characters", most=LONGEST))
    reader = _Reader(text)
    decide = reader.any_of(0)
    reader.end()
    return Condition(text, references(text), decide)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Reader:
    """A recursive descent over the tokens, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def any_of(self, depth: int) -> Decide:
        """Read `a or b or …`."""
        if depth > _DEEPEST:
            raise ConditionError(say("the condition is nested more than {most} levels deep", most=_DEEPEST))
        parts = [self._all_of(depth)]
        while self._takes_word("or"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else lambda lookup: any(part(lookup) for part in parts)

    def end(self) -> None:
        """Require that everything has been read."""
        if self._peek().kind != "end":
            raise self._unexpected(say("the end, `and` or `or`"))

    def _all_of(self, depth: int) -> Decide:
        parts = [self._one(depth)]
        while self._takes_word("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda lookup: all(part(lookup) for part in parts)

    def _one(self, depth: int) -> Decide:
        if self._takes_word("not"):
            if depth > _DEEPEST:
                raise ConditionError(say("the condition is nested more than {most} levels deep", most=_DEEPEST))
            negated = self._one(depth + 1)
            return lambda lookup: not negated(lookup)
        start = self._next
        left = self._operand()
        if left is None:
            self._next = start
            return self._group(depth)
        operator = self._operator()
        if operator is None:
            if self._tokens[start].text == "(":
                self._next = start
                return self._group(depth)
            return lambda lookup: _truth(left(lookup))
        right = self._operand()
        if right is None:
            raise self._unexpected(say("a value"))
        return lambda lookup: operator(left(lookup), right(lookup))

    def _group(self, depth: int) -> Decide:
        if not self._takes("("):
            raise self._unexpected(say("a value or a group in parentheses"))
        inside = self.any_of(depth + 1)
        if not self._takes(")"):
            raise self._unexpected("`)`")
        return inside

    def _operand(self) -> Operand | None:
        """Read a value; None, with nothing decided, when none stands here."""
        token = self._peek()
        if token.text == "(" and token.kind == "mark":
            return self._list()
        if token.kind in ("mark", "op", "end") or token.text.lower() in ("and", "or", "not"):
            return None
        self._next += 1
        return _value(token)

    def _list(self) -> Operand | None:
        """Read `( v, v )`; None when it turns out to be a group."""
        self._next += 1
        parts: list[Operand] = []
        while True:
            token = self._peek()
            if token.kind in ("mark", "op", "end"):
                return None
            self._next += 1
            parts.append(_value(token))
            if self._takes(")"):
                return lambda lookup: [part(lookup) for part in parts]
            if not self._takes(","):
                return None

    def _operator(self) -> Callable[[Json, Json], bool] | None:
        token = self._peek()
        if token.kind == "op" or (token.kind == "word" and token.text.lower() in _WORD_OPERATORS):
            self._next += 1
            return _OPERATORS[token.text.lower()]
        return None

    def _takes(self, mark: str) -> bool:
        if self._peek().kind == "mark" and self._peek().text == mark:
            self._next += 1
            return True
        return False

    def _takes_word(self, word: str) -> bool:
        if self._peek().kind == "word" and self._peek().text.lower() == word:
            self._next += 1
            return True
        return False

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _unexpected(self, wanted: str) -> ConditionError:
        token = self._peek()
        at, text = token.at + 1, self._text
        if token.kind == "end":
            return ConditionError(
                say("at character {at} of {text!r}: {wanted} is wanted, not the end", at=at, text=text, wanted=wanted)
            )
        return ConditionError(
            say(
                "at character {at} of {text!r}: {wanted} is wanted, not {found!r}",
                at=at, text=text, wanted=wanted, found=token.text,
            )
        )  # fmt: skip


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        character = text[at]
        if character in "'\"":
            end = _end_of_quote(text, at)
            tokens.append(_Token("quoted", text[at + 1 : end], at))
            at = end + 1
            continue
        if text.startswith("${", at):
            piece = piece_at(text, at)
            if piece is None:
                raise ConditionError(
                    say("at character {at} of {text!r}: this is not a `${{…}}` that can be read", at=at + 1, text=text)
                )
            tokens.append(_Token("piece", "${" + piece + "}", at))
            at += len(piece) + 3
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(
                say(
                    "at character {at} of {text!r}: {character!r} has no meaning here",
                    at=at + 1,
                    text=text,
                    character=character,
                )
            )
        if match.lastgroup is not None:
            tokens.append(_Token(match.lastgroup, match.group(), at))
        at = match.end()
    return [*tokens, _Token("end", "", len(text))]


def _end_of_quote(text: str, start: int) -> int:
    """Return where a quote ends; quotes inside a `${…}` do not end it."""
    at, quote = start + 1, text[start]
    while at < len(text):
        if text.startswith("${", at):
            piece = piece_at(text, at)
            at += 2 if piece is None else len(piece) + 3
        elif text[at] == quote:
            return at
        else:
            at += 1
    raise ConditionError(say("at character {at} of {text!r}: the quote is not closed", at=start + 1, text=text))


def _value(token: _Token) -> Operand:
    if token.kind == "number":
        number: Json = float(token.text) if "." in token.text else int(token.text)
        return lambda lookup: number
    if token.kind == "piece":
        return lambda lookup: render_strictly(token.text, lookup)
    if token.kind == "quoted":
        return lambda lookup: _as_text(render_strictly(token.text, lookup))
    if token.text.lower() in ("true", "false"):
        truth = token.text.lower() == "true"
        return lambda lookup: truth
    return lambda lookup: _path(token.text, lookup)


def _path(path: str, lookup: Lookup) -> Json:
    """Follow `a.b.c`; a word that names nothing stands for itself, as in boolrule."""
    name, *keys = path.split(".")
    try:
        value = lookup(name)
        for key in keys:
            if not isinstance(value, Mapping):
                raise KeyError(key)
            value = value[key]
    except KeyError:
        return path
    return value


def _truth(value: Json) -> bool:
    if isinstance(value, str) and value.strip().lower() in ("false", "0", ""):
        return False
    return bool(value)


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else str(value)


def equal(left: Json, right: Json) -> bool:
    """Say whether two values are equal: numbers as numbers, a number and a text by what the text reads as."""
    if isinstance(left, bool) or isinstance(right, bool):
        return _as_text(left).lower() == _as_text(right).lower()
    if isinstance(left, int | float) or isinstance(right, int | float):
        a, b = as_number(left), as_number(right)
        return a is not None and b is not None and a == b
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, list | Mapping) and isinstance(right, list | Mapping):
        return left == right
    return _as_text(left) == _as_text(right)


def _order(left: Json, right: Json) -> int:
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    raise ConditionError(
        say("{left!r} and {right!r} have no order: compare two numbers or two texts", left=left, right=right)
    )


def _contains(holder: Json, item: Json) -> bool:
    if isinstance(holder, str):
        return _as_text(item) in holder
    if isinstance(holder, list | Mapping):
        return any(equal(part, item) for part in holder)
    raise ConditionError(say("nothing can be in {holder!r}: a list or a text is wanted", holder=holder))


def _is_superset(left: Json, right: Json) -> bool:
    if not isinstance(right, list):
        raise ConditionError(say("a list is wanted, not {right!r}", right=right))
    return all(_contains(left, item) for item in right)


_OPERATORS: Mapping[str, Callable[[Json, Json], bool]] = {
    "==": equal,
    "!=": lambda a, b: not equal(a, b),
    "<": lambda a, b: _order(a, b) < 0,
    "<=": lambda a, b: _order(a, b) <= 0,
    ">": lambda a, b: _order(a, b) > 0,
    ">=": lambda a, b: _order(a, b) >= 0,
    "in": lambda a, b: _contains(b, a),
    "notin": lambda a, b: not _contains(b, a),
    "issuperset": _is_superset,
    "notissuperset": lambda a, b: not _is_superset(a, b),
}
