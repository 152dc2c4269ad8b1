"""The operators, functions and methods of the expression language; each counts what it makes before it makes it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from app.engine.core.budget import Budget, ExpressionError
from app.sentences import say

_PRIVATE_THAT_ARE_PUBLIC = ("_system", "_loop", "_inner_loop", "_result")


def is_public(name: str) -> bool:
    """Say whether a name may be written in an expression."""
    return not name.startswith("_") or name in _PRIVATE_THAT_ARE_PUBLIC or name.startswith("_env_")


def _add(budget: Budget, left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        budget.spend(len(left) + len(right))
    elif isinstance(left, list) and isinstance(right, list):
        budget.spend(budget.weigh(left) + budget.weigh(right))
    else:
        _whole(budget, left, right, _longest(left, right) + 1)
    return left + right


def _multiply(budget: Budget, left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, str | list):
        left, right = right, left
    if isinstance(left, str | list):
        if not isinstance(right, int):
            raise ExpressionError(say("a text or list is repeated a whole number of times"))
        budget.spend(max(right, 0) * max(budget.weigh(left), 1))
    else:
        _whole(budget, left, right, _bits(left) + _bits(right))
    return left * right


def _power(budget: Budget, base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        budget.number(_bits(base) * exponent)
    _require_numbers(base, exponent)
    result = base**exponent
    if isinstance(result, complex):
        raise ExpressionError(say("the result is not a real number"))
    return result


def _arithmetic(operate: Callable[[Any, Any], Any]) -> Callable[[Budget, Any, Any], Any]:
    def act(budget: Budget, left: Any, right: Any) -> Any:
        _require_numbers(left, right)
        return operate(left, right)

    return act


OPERATORS: Mapping[type, Callable[[Budget, Any, Any], Any]] = {
    ast.Add: _add,
    ast.Mult: _multiply,
    ast.Pow: _power,
    ast.Sub: _arithmetic(lambda a, b: a - b),
    ast.Div: _arithmetic(lambda a, b: a / b),
    ast.FloorDiv: _arithmetic(lambda a, b: a // b),
    ast.Mod: _arithmetic(lambda a, b: a % b),
}

UNARY: Mapping[type, Callable[[Any], Any]] = {
    ast.Not: lambda a: not a,
    ast.USub: lambda a: -a,
    ast.UAdd: lambda a: +a,
    ast.Invert: lambda a: _refuse("the operator ~ is not part of the expression language"),
}


def _to_int(budget: Budget, value: Any = 0, base: int = 10) -> int:
    if isinstance(value, str):
        budget.spend(len(value))
        budget.number(len(value) * 4)
        return int(value, base)
    return int(value)


def _to_str(budget: Budget, value: Any = "") -> str:
    budget.spend(2 * budget.weigh(value))
    return str(value)


def _to_list(budget: Budget, value: Any = ()) -> list[Any]:
    budget.spend(len(value))
    return budget.made(list(value))


def _to_set(budget: Budget, value: Any = ()) -> list[Any]:
    """Sets are lists without repetition, in the order of first sight: JSON has no sets."""
    budget.spend(len(value))
    seen: list[Any] = []
    for item in value:
        budget.spend(len(seen) // 8)
        if item not in seen:
            seen.append(item)
    return budget.made(seen)


def _to_dict(budget: Budget, value: Any = ()) -> dict[str, Any]:
    made = dict(value)
    if not all(isinstance(key, str) for key in made):
        raise ExpressionError(say("the keys of an object are texts"))
    return budget.made(made)


def _range(budget: Budget, *arguments: int) -> list[int]:
    numbers = range(*arguments)
    budget.spend(2 * len(numbers) * max(map(budget.weigh, arguments)))
    return list(numbers)


def _round(budget: Budget, value: float, digits: int | None = None) -> float:
    if digits is not None and abs(digits) > 30:
        raise ExpressionError(say("a number is rounded to at most 30 digits"))
    return round(value, digits)


def _pow(budget: Budget, base: Any, exponent: Any) -> Any:
    return _power(budget, base, exponent)


def _over(gather: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of a list one that counts the list's length first."""

    def act(budget: Budget, *arguments: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, str | list | dict):
                budget.spend(len(argument))
        return budget.made(gather(*arguments))

    return act


def _enumerate(budget: Budget, items: Any, start: int = 0) -> list[Any]:
    budget.spend(len(items) * (1 + budget.weigh(start)))
    return budget.made([[i, item] for i, item in enumerate(items, start)])


def _zip(budget: Budget, *lists: Any) -> list[Any]:
    budget.spend(min(map(len, lists), default=0) * (1 + len(lists)))
    return budget.made([list(row) for row in zip(*lists, strict=False)])


def _sum(numbers: list[Any]) -> Any:
    _require_numbers(*numbers)
    return sum(numbers)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "bool": lambda budget, value=False: bool(value),
    "int": _to_int,
    "float": lambda budget, value=0.0: float(value),
    "str": _to_str,
    "list": _to_list,
    "tuple": _to_list,
    "set": _to_set,
    "dict": _to_dict,
    "abs": lambda budget, value: abs(value),
    "round": _round,
    "pow": _pow,
    "range": _range,
    "len": lambda budget, value: len(value),
    "sum": _over(_sum),
    "min": _over(min),
    "max": _over(max),
    "sorted": _over(sorted),
    "reversed": _over(lambda items: list(reversed(items))),
    "enumerate": _enumerate,
    "zip": _zip,
    "all": _over(all),
    "any": _over(any),
}


def _replace(budget: Budget, text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(text.count(old), count)
    budget.spend(len(text) + found * len(new))
    return text.replace(old, new, count)


def _join(budget: Budget, separator: str, parts: list[str]) -> str:
    budget.spend(sum(len(part) + len(separator) for part in parts))
    return separator.join(parts)


def _split(budget: Budget, text: str, separator: str | None = None, most: int = -1) -> list[str]:
    budget.spend(2 * len(text))
    return text.split(separator, most)


def _of_text(method: Callable[..., Any]) -> Callable[..., Any]:
    def act(budget: Budget, text: str, *arguments: Any) -> Any:
        budget.spend(3 * len(text))
        return method(text, *arguments)

    return act


METHODS: Mapping[tuple[type, str], Callable[..., Any]] = {
    (str, "replace"): _replace,
    (str, "join"): _join,
    (str, "split"): _split,
    (str, "splitlines"): _of_text(str.splitlines),
    **{
        (str, name): _of_text(getattr(str, name))
        for name in (
            "strip", "lstrip", "rstrip", "upper", "lower", "title", "capitalize", "startswith", "endswith", "find",
            "index", "count", "isdigit", "isalpha", "isalnum", "isspace", "removeprefix", "removesuffix",
        )
    },
    (list, "index"): _over(list.index),
    (list, "count"): _over(list.count),
    (dict, "get"): lambda budget, holder, key, default=None: holder.get(key, default),
    (dict, "keys"): _over(list),
    (dict, "values"): _over(lambda holder: list(holder.values())),
    (dict, "items"): _over(lambda holder: [[key, value] for key, value in holder.items()]),
}  # fmt: skip


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _longest(left: Any, right: Any) -> int:
    return max(_bits(left), _bits(right))


def _whole(budget: Budget, left: Any, right: Any, bits: int) -> None:
    _require_numbers(left, right)
    budget.number(bits)


def _require_numbers(*values: Any) -> None:
    for value in values:
        if not isinstance(value, int | float):
            raise ExpressionError(say("arithmetic takes numbers, not {kind} values", kind=type(value).__name__))


def _refuse(reason: str) -> Any:
    raise ExpressionError(reason)
