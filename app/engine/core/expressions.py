"""The one expression language of `${…}`: a small part of Python's expressions over JSON-plain values.

Nothing is compiled to code: a checked syntax tree is walked with a budget of steps and of size, and every value that
would be large is refused before it is made. So a hostile expression costs no more than a dull one.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.engine.core.allowed import FUNCTIONS, METHODS, OPERATORS, UNARY, is_public
from app.engine.core.budget import Budget, ExpressionError, UnknownName
from app.engine.core.values import Json, plain_text
from app.sentences import say

__all__ = ["ExpressionError", "Lookup", "UnknownName", "evaluate", "names_in"]

Lookup = Callable[[str], Json]
"""Gives a name's value; raises KeyError when there is none."""

_LONGEST_SOURCE = 2000
_DEEPEST = 40
_NODES = (
    ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Subscript, ast.Slice,
    ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp,
    ast.comprehension, ast.JoinedStr, ast.FormattedValue, ast.Attribute, ast.Call, ast.Load, ast.Store,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.keyword,
)  # fmt: skip


def evaluate(source: str, lookup: Lookup) -> Json:
    """Return the value of an expression; raises ExpressionError for whatever is not allowed, too large or wrong."""
    tree = _parse(source)
    if isinstance(tree, ast.Name):
        return _named(tree.id, lookup)
    try:
        return _plain(_Evaluator(lookup).value(tree))
    except ExpressionError:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ExpressionError(say("{source!r} cannot be evaluated: {error}", source=source, error=error)) from error


def names_in(source: str) -> frozenset[str]:
    """Return the names that an expression reads; raises ExpressionError when it is not one."""
    return _names(source)


def _named(name: str, lookup: Lookup) -> Json:
    try:
        return lookup(name)
    except KeyError as error:
        raise UnknownName(name) from error


@lru_cache(maxsize=4096)
def _names(source: str) -> frozenset[str]:
    tree = _parse(source)
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called}
    return frozenset(read - bound)


@lru_cache(maxsize=4096)
def _parse(source: str) -> ast.expr:
    if len(source) > _LONGEST_SOURCE:
        raise ExpressionError(
            say(
                "an expression has at most {most} characters, this one {count}", most=_LONGEST_SOURCE, count=len(source)
            )
        )
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(say("{source!r} is not an expression", source=source[:80])) from error
    _check(tree)
    return tree


def _check(tree: ast.expr) -> None:
    """Refuse what is not in the language, before anything is evaluated."""
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        for node in level:
            _check_node(node)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise ExpressionError(say("the expression is nested more than {most} levels deep", most=_DEEPEST))


def _check_node(node: ast.AST) -> None:
    if not isinstance(node, _NODES):
        raise ExpressionError(say("{kind} is not part of the expression language", kind=type(node).__name__))
    if isinstance(node, ast.Name) and not is_public(node.id):
        raise ExpressionError(say("the name {name} is not allowed", name=node.id))
    if isinstance(node, ast.Attribute) and not is_public(node.attr):
        raise ExpressionError(say("the attribute {attr} is not allowed", attr=node.attr))
    if isinstance(node, ast.FormattedValue) and (node.format_spec is not None or node.conversion not in (-1, 115)):
        raise ExpressionError(say("formats are not part of the expression language"))
    if isinstance(node, ast.comprehension) and (node.is_async or not isinstance(node.target, ast.Name | ast.Tuple)):
        raise ExpressionError(say("a comprehension binds names only"))
    if isinstance(node, ast.Call) and (node.keywords or any(isinstance(a, ast.Starred) for a in node.args)):
        raise ExpressionError(say("a call takes plain arguments only"))
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
        raise ExpressionError(
            say("{kind} values are not part of the expression language", kind=type(node.value).__name__)
        )
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != plain_text(node.value):
        raise ExpressionError(say("texts hold neither NUL nor halves of surrogate pairs"))


class _Evaluator:
    """Walks a checked tree."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._budget = Budget()
        self._bound: dict[str, Any] = {}
        self._walks: Mapping[type, Callable[[Any], Any]] = {
            ast.Constant: lambda n: n.value,
            ast.Name: self._name,
            ast.BinOp: self._binary,
            ast.UnaryOp: lambda n: UNARY[type(n.op)](self.value(n.operand)),
            ast.BoolOp: self._logic,
            ast.Compare: self._compare,
            ast.IfExp: lambda n: self.value(n.body if self.value(n.test) else n.orelse),
            ast.Subscript: self._subscript,
            ast.List: lambda n: self._list(n.elts),
            ast.Tuple: lambda n: self._list(n.elts),
            ast.Set: lambda n: FUNCTIONS["set"](self._budget, self._list(n.elts)),
            ast.Dict: self._dict,
            ast.ListComp: lambda n: self._budget.made([self.value(n.elt) for _ in self._loop(n.generators)]),
            ast.GeneratorExp: lambda n: self._budget.made([self.value(n.elt) for _ in self._loop(n.generators)]),
            ast.SetComp: lambda n: FUNCTIONS["set"](
                self._budget, [self.value(n.elt) for _ in self._loop(n.generators)]
            ),
            ast.DictComp: lambda n: self._budget.made(
                {_key(self.value(n.key)): self.value(n.value) for _ in self._loop(n.generators)}
            ),
            ast.JoinedStr: self._text,
            ast.FormattedValue: lambda n: FUNCTIONS["str"](self._budget, self.value(n.value)),
            ast.Attribute: self._attribute,
            ast.Call: self._call,
        }

    def value(self, node: ast.AST) -> Any:
        """Evaluate one node; a number that JSON cannot write is refused wherever it comes up."""
        self._budget.step()
        made = self._walks[type(node)](node)
        if isinstance(made, float) and not math.isfinite(made):
            raise ExpressionError(say("the result is not a finite number"))
        return made

    def _name(self, node: ast.Name) -> Any:
        return self._bound[node.id] if node.id in self._bound else _named(node.id, self._lookup)

    def _binary(self, node: ast.BinOp) -> Any:
        operator = OPERATORS.get(type(node.op))
        if operator is None:
            raise ExpressionError(
                say("the operator {kind} is not part of the expression language", kind=type(node.op).__name__)
            )
        return operator(self._budget, self.value(node.left), self.value(node.right))

    def _logic(self, node: ast.BoolOp) -> Any:
        is_and = isinstance(node.op, ast.And)
        result: Any = is_and
        for part in node.values:
            result = self.value(part)
            if bool(result) is not is_and:
                return result
        return result

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node)
            self._budget.read(left)
            self._budget.read(right)
            if not _COMPARISONS[type(op)](left, right):
                return False
            left = right
        return True

    def _subscript(self, node: ast.Subscript) -> Any:
        holder = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            parts = [
                None if p is None else self.value(p) for p in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            if not isinstance(holder, str | list):
                raise ExpressionError(say("only texts and lists can be sliced"))
            return self._budget.made(holder[slice(*parts)])
        key = self.value(node.slice)
        return holder[_key(key)] if isinstance(holder, Mapping) else holder[key]

    def _list(self, nodes: Iterable[ast.expr]) -> list[Any]:
        made: list[Any] = self._budget.made([self.value(n) for n in nodes])
        return made

    def _dict(self, node: ast.Dict) -> Any:
        if any(key is None for key in node.keys):
            raise ExpressionError(say("** is not part of the expression language"))
        pairs = zip(node.keys, node.values, strict=True)
        return self._budget.made({_key(self.value(k)): self.value(v) for k, v in pairs if k is not None})

    def _loop(self, generators: Sequence[ast.comprehension]) -> Iterable[None]:
        first, *rest = generators
        items = self.value(first.iter)
        for item in list(items) if isinstance(items, str | list | Mapping) else _no_loop(items):
            self._budget.step()
            self._bind(first.target, item)
            if all(self.value(test) for test in first.ifs):
                if rest:
                    yield from self._loop(rest)
                else:
                    yield None

    def _bind(self, target: ast.expr, item: Any) -> None:
        if isinstance(target, ast.Name):
            self._bound[target.id] = item
            return
        assert isinstance(target, ast.Tuple), "checked: a comprehension binds names or tuples of names"
        if not isinstance(item, list) or len(item) != len(target.elts):
            raise ExpressionError(say("the names of a comprehension do not fit its items"))
        for part, value in zip(target.elts, item, strict=True):
            self._bind(part, value)

    def _text(self, node: ast.JoinedStr) -> str:
        parts = [self.value(part) for part in node.values]
        self._budget.spend(sum(map(len, parts)))
        return "".join(parts)

    def _attribute(self, node: ast.Attribute) -> Any:
        holder = self.value(node.value)
        if isinstance(holder, Mapping) and node.attr in holder:
            return holder[node.attr]
        raise ExpressionError(say("there is no {attr}", attr=node.attr))

    def _call(self, node: ast.Call) -> Any:
        arguments = [self.value(a) for a in node.args]
        if isinstance(node.func, ast.Name):
            function = FUNCTIONS.get(node.func.id)
            if function is None:
                raise ExpressionError(
                    say(
                        "there is no function {func}; there are {functions}",
                        func=node.func.id,
                        functions=sorted(FUNCTIONS),
                    )
                )
            return function(self._budget, *arguments)
        if isinstance(node.func, ast.Attribute):
            holder = self.value(node.func.value)
            method = METHODS.get((type(holder), node.func.attr))
            if method is None:
                raise ExpressionError(
                    say("{kind} values have no method {attr} here", kind=type(holder).__name__, attr=node.func.attr)
                )
            return method(self._budget, holder, *arguments)
        raise ExpressionError(say("only functions and methods can be called"))


_COMPARISONS: Mapping[type, Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: lambda a, b: a is b if b is None or isinstance(b, bool) else a == b,
    ast.IsNot: lambda a, b: a is not b if b is None or isinstance(b, bool) else a != b,
}


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ExpressionError(say("the keys of an object are texts, not {key!r}", key=key))
    return key


def _no_loop(items: Any) -> list[Any]:
    raise ExpressionError(say("{kind} values cannot be gone through", kind=type(items).__name__))


def _plain(value: Any) -> Json:
    """Check a result."""
    if not isinstance(value, str | int | float | bool | list | Mapping | None):
        raise ExpressionError(say("the result is of type {kind}", kind=type(value).__name__))
    return value
