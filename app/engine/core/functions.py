"""The language of references and functions: `{"Ref": name}` and `{"Fn::Name": arguments}` objects anywhere in a value.

An object with one key, `Ref` or the name of a function that is known, stands for a value, with its type. Everything else,
`${…}` in a text too, stays as it is written. A `Ref` to a name that has no value stays as written, and so does a function
that such a reference is given to: what it would make of it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.core.budget import Budget, ExpressionError
from app.engine.core.expressions import Lookup, evaluate, names_in
from app.engine.core.function_table import FUNCTIONS, is_true, placeholders
from app.engine.core.values import Json

__all__ = ["FUNCTION_NAMES", "problems_in", "references", "render"]

REF, EVAL, IF, SUB, EXISTS = "Ref", "Fn::Eval", "Fn::If", "Fn::Sub", "Fn::Exists"
_LAZY = (EVAL, IF, SUB, EXISTS, "Fn::And", "Fn::Or")
"""The functions that look at their arguments before these are rendered, or that need names themselves."""

FUNCTION_NAMES = frozenset({*FUNCTIONS, *_LAZY})
"""Every function that there is."""

_DEEPEST = 60
_LARGEST = 5_000_000
_UNKNOWN = object()


def references(value: Json) -> frozenset[str]:
    """Return the names that a value refers to, at any depth, those in expressions and substitutions included."""
    found: set[str] = set()
    left: list[Any] = [value]
    while left:
        part = left.pop()
        if isinstance(part, list | tuple):
            left.extend(part)
        elif isinstance(part, Mapping):
            call = _call_of(part)
            if call is None:
                left.extend(part.values())
                continue
            name, given = call
            if name == REF:
                found.add(given)
                continue
            found |= _names_of(name, given)
            left.append(given)
    return frozenset(found)


def render(value: Json, lookup: Lookup) -> Json:
    """Return `value` with its references and functions put in.

    `lookup` raises KeyError for a name without a value: that reference stays as written. Raises ExpressionError for a
    function whose arguments are wrong, and for what takes or makes too much.
    """
    rendered, _ = _Rendering(lookup).render(value, 0)
    return rendered


def problems_in(value: Json) -> list[str]:
    """Say what is wrong with the functions in a value, as far as that can be told before it is rendered."""
    problems: list[str] = []
    left: list[Any] = [value]
    while left:
        part = left.pop()
        if isinstance(part, list | tuple):
            left.extend(part)
        elif isinstance(part, Mapping):
            left.extend(part.values())
            name = next(iter(part)) if len(part) == 1 else ""
            if isinstance(name, str) and name.startswith("Fn::") and name not in FUNCTION_NAMES:
                problems.append(f"there is no function {name[:60]}; there are {', '.join(sorted(FUNCTION_NAMES))}")
            elif name == EVAL and isinstance(part[name], str):
                problems += _wrong_expression(part[name])
    return problems


class _Rendering:
    """One rendering of a value, with one budget for all of its functions."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup, self._budget, self._room = lookup, Budget(), _LARGEST

    def render(self, value: Json, depth: int) -> tuple[Json, bool]:
        """Return a value rendered, and whether every reference in it had a value."""
        if depth > _DEEPEST:
            raise ExpressionError(f"the value is nested more than {_DEEPEST} levels deep")
        if isinstance(value, Mapping):
            call = _call_of(value)
            if call is not None:
                self._budget.step()
                return self._called(value, *call, depth)
            pairs = {key: self.render(part, depth + 1) for key, part in value.items()}
            return {key: part for key, (part, _) in pairs.items()}, all(known for _, known in pairs.values())
        if isinstance(value, list | tuple):
            parts = [self.render(part, depth + 1) for part in value]
            return [part for part, _ in parts], all(known for _, known in parts)
        return value, True

    def _called(self, written: Json, name: str, given: Any, depth: int) -> tuple[Json, bool]:
        if name == REF:
            found = self._find(given)
            return (written, False) if found is _UNKNOWN else (found, True)
        if name in _LAZY:
            return self._lazily(written, name, given, depth)
        arguments, is_known = self.render(given, depth + 1)
        if not is_known:
            return written, False
        return self._apply(name, lambda: FUNCTIONS[name](self._budget, arguments)), True

    def _lazily(self, written: Json, name: str, given: Any, depth: int) -> tuple[Json, bool]:
        match name:
            case "Fn::Eval":
                return self._evaluated(written, given, depth)
            case "Fn::If":
                return self._chosen(written, given, depth)
            case "Fn::Exists":
                return self._exists(written, given, depth)
            case "Fn::Sub":
                return self._substituted(written, given, depth)
            case _:
                return self._joined(written, name, given, depth)

    def _find(self, name: str) -> Any:
        """Return the value of a name, which is counted: a few variables that name one another fill any memory."""
        try:
            found = self._lookup(name)
        except KeyError:
            return _UNKNOWN
        left: list[Any] = [found]
        while left:
            part = left.pop()
            self._room -= len(part) if isinstance(part, str) else 1
            if self._room < 0:
                raise ExpressionError(f"what is referred to is larger than {_LARGEST} characters and items")
            left.extend(part if isinstance(part, list | tuple) else part.values() if isinstance(part, Mapping) else ())
        return found

    def _evaluated(self, written: Json, given: Any, depth: int) -> tuple[Json, bool]:
        """`Fn::Eval: "count + 1"`: an expression of our own language, which may read the names that `Ref` may."""
        source, is_known = self.render(given, depth + 1)
        if not is_known:
            return written, False
        if isinstance(source, list) and len(source) == 1:
            source = source[0]
        if not isinstance(source, str):
            raise ExpressionError(f"{EVAL} takes a text, the expression, not {type(source).__name__}")
        if any(self._find(name) is _UNKNOWN for name in names_in(source)):
            return written, False
        return self._budget.made(evaluate(source, self._lookup)), True

    def _chosen(self, written: Json, given: Any, depth: int) -> tuple[Json, bool]:
        """`Fn::If: [condition, then, else]`: the branch that is not taken is not looked at."""
        if not isinstance(given, list | tuple) or len(given) != 3:
            raise ExpressionError(f"{IF} takes a list: [condition, value if it holds, value if not]")
        condition, is_known = self.render(given[0], depth + 1)
        if not is_known:
            return written, False
        return self.render(given[1] if is_true(condition) else given[2], depth + 1)

    def _joined(self, written: Json, name: str, given: Any, depth: int) -> tuple[Json, bool]:
        """`Fn::And` and `Fn::Or` of a list: what decides ends the search."""
        parts = given if isinstance(given, list | tuple) and _call_of(given) is None else None
        if parts is None:
            rendered, is_known = self.render(given, depth + 1)
            if not is_known:
                return written, False
            if not isinstance(rendered, list):
                raise ExpressionError(f"{name} takes a list of conditions")
            parts = rendered
        ends_with = name == "Fn::Or"
        is_whole = True
        for part in parts:
            value, is_known = self.render(part, depth + 1)
            is_whole = is_whole and is_known
            if is_known and is_true(value) is ends_with:
                return ends_with, True
        return (not ends_with, True) if is_whole else (written, False)

    def _exists(self, written: Json, given: Any, depth: int) -> tuple[Json, bool]:
        """`Fn::Exists: name`, or `[key, object]`: whether there is such a name, or such a key (or item)."""
        if isinstance(given, Mapping) and _call_of(given) is not None and _call_of(given)[0] == REF:  # type: ignore[index]
            return self._find(given[REF]) is not _UNKNOWN, True
        rendered, is_known = self.render(given, depth + 1)
        if not is_known:
            # Where the object itself is not there, neither is its key.
            return False, True
        if isinstance(rendered, str):
            return self._find(rendered) is not _UNKNOWN, True
        if isinstance(rendered, list) and len(rendered) == 2 and isinstance(rendered[1], list | Mapping):
            key, holder = rendered
            self._budget.read(rendered[1])
            return (key in holder if isinstance(holder, list) or isinstance(key, str) else False), True
        raise ExpressionError(f"{EXISTS} takes a name, or a list: [key, object]")

    def _substituted(self, written: Json, given: Any, depth: int) -> tuple[Json, bool]:
        """`Fn::Sub: "text with ${name}"`, or `[text, {name: value}]`; names that have no value stay as written."""
        rendered, is_known = self.render(given, depth + 1)
        if not is_known:
            return written, False
        text, own = (rendered, {}) if isinstance(rendered, str) else _pair_of_sub(rendered)
        parts: list[str] = []
        for part, name in placeholders(text):
            found = own[name] if name in own else self._find(name) if name else _UNKNOWN
            shown = part if found is _UNKNOWN else found if isinstance(found, str) else str(found)
            self._budget.spend(len(shown))
            parts.append(shown)
        return "".join(parts), True

    def _apply(self, name: str, call: Any) -> Json:
        try:
            result: Json = call()
        except ExpressionError as error:
            raise ExpressionError(f"{name}: {error}") from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise ExpressionError(f"{name} cannot take what it was given: {error}"[:500]) from error
        return self._budget.made(result)


def _call_of(value: Any) -> tuple[str, Any] | None:
    """Return what an object calls and with what, if it is a reference or a function."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((name, given),) = value.items()
    if name == REF:
        return (name, given) if isinstance(given, str) else None
    return (name, given) if name in FUNCTION_NAMES else None


def _names_of(name: str, given: Any) -> frozenset[str]:
    """Return the names that stand in the text of an expression or a substitution, or that are asked for."""
    text = given[0] if isinstance(given, list | tuple) and given else given
    if not isinstance(text, str):
        return frozenset()
    if name == EVAL:
        try:
            return names_in(text)
        except ExpressionError:
            return frozenset()
    if name == SUB:
        return frozenset(found for _, found in placeholders(text) if found)
    return frozenset({text}) if name == EXISTS and isinstance(given, str) else frozenset()


def _pair_of_sub(given: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(given, list) and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], Mapping):
        return given[0], given[1]
    raise ExpressionError(f"{SUB} takes a text, or a list: [text, {{name: value}}]")


def _wrong_expression(source: str) -> list[str]:
    try:
        names_in(source)
    except ExpressionError as error:
        return [f"{EVAL}: {error}"]
    return []
