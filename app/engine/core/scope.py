"""The variables of a run as a node sees them: each resolved once, in the order of reference, cycles refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.engine.core.expressions import ExpressionError
from app.engine.core.languages import EXPRESSIONS, Language
from app.engine.core.values import Json
from app.engine.core.variables import resolve
from app.sentences import say

MASK = "******"
_SHORTEST_SECRET = 4
_DEEPEST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as the tree declares it: bare name, value as written, type, and whether its value is secret."""

    name: str
    value: Json
    kind: str = ""
    renders: bool = True
    secret: bool = False


class CircularReference(ExpressionError):
    """Variables refer to one another in a circle; `path` names them, the first again at the end."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path
        super().__init__(say("the variables refer to one another in a circle: {path}", path=" -> ".join(path)))


class Scope:
    """Looks names up: `extra` first (`_system`, `_loop`), then `values` that are known, then the variables.

    A step sees more: its `own` inputs before all these, and what `upstream` gives (KeyError: nothing) before `values`.
    What an own input refers to is looked up behind the own ones, so none can need itself.
    """

    def __init__(
        self, variables: Mapping[str, Variable], values: Mapping[str, Json], extra: Mapping[str, Json],
        language: Language = EXPRESSIONS, own: Mapping[str, Json] | None = None,
        upstream: Callable[[str], Json] | None = None,
    ) -> None:  # fmt: skip
        self._variables, self._values, self._extra = variables, values, extra
        self._language, self._own, self._upstream = language, own or {}, upstream
        self._resolved: dict[str, Json] = {}
        self._resolved_own: dict[str, Json] = {}
        self._open: list[str] = []

    def value(self, name: str) -> Json:
        """Return a name's value; raises KeyError when it has none, CircularReference when it needs itself."""
        if name in self._own:
            if name not in self._resolved_own:
                self._resolved_own[name] = self._language.render(self._own[name], self._behind)
            return self._resolved_own[name]
        return self._behind(name)

    def _behind(self, name: str) -> Json:
        if name in self._extra:
            return self._extra[name]
        if self._upstream is not None:
            try:
                return self._upstream(name)
            except KeyError:
                pass
        if name in self._resolved:
            return self._resolved[name]
        variable = self._variables.get(name)
        try:
            value = self._values[name]
        except KeyError:
            if variable is None:
                raise
            value = self._render(variable)
        if variable is not None:
            value = self._as_seen(variable, value)
        self._resolved[name] = value
        return value

    def render(self, template: Json) -> Json:
        """Return `template` with its references rendered."""
        return self._language.render(template, self.value)

    def redact(self, value: Json) -> Json:
        """Return `value` with every secret in it masked."""
        secrets = sorted(
            {text for v in self._variables.values() if v.secret for text in self._secret_texts(v)}, key=len
        )
        return _masked(value, secrets[::-1]) if secrets else value

    def _render(self, variable: Variable) -> Json:
        if not variable.renders:
            return variable.value
        if variable.name in self._open:
            raise CircularReference((*self._open[self._open.index(variable.name) :], variable.name))
        if len(self._open) >= _DEEPEST_AT_ONCE:
            self._resolve_below(variable)
        self._open.append(variable.name)
        try:
            return self._language.render(variable.value, self._behind)
        finally:
            self._open.pop()

    def _as_seen(self, variable: Variable, value: Json) -> Json:
        """Return what a variable's type makes of its value; raises ExpressionError for one that it cannot read."""
        try:
            return resolve(variable.kind, value, self._extra)
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
            reason = say("{name} holds what its type cannot read: {error}", name=variable.name, error=error)
            raise ExpressionError(reason) from error

    def _resolve_below(self, variable: Variable) -> None:
        """Resolve what a variable refers to from the bottom up, so that a long chain needs no deep stack."""
        order: list[str] = []
        path: list[str] = []
        references = self._language.references
        work = [(name, False) for name in references(variable.value)]
        seen: set[str] = set()
        while work:
            name, is_left = work.pop()
            if is_left:
                order.append(path.pop())
                continue
            if name in path or name in self._open:
                raise CircularReference((*self._open, *path, name))
            below = self._variables.get(name)
            if name in seen or name in self._resolved or below is None or not below.renders:
                continue
            seen.add(name)
            path.append(name)
            work.append((name, True))
            work.extend((deeper, False) for deeper in references(below.value))
        opened, self._open = self._open, []
        try:
            for name in order:
                self.value(name)
        finally:
            self._open = opened

    def _secret_texts(self, variable: Variable) -> list[str]:
        try:
            value = self.value(variable.name)
        except (KeyError, ExpressionError):
            return []
        return [value] if isinstance(value, str) and len(value) >= _SHORTEST_SECRET else []


def closure(
    variables: Mapping[str, Variable], names: Iterable[str], language: Language = EXPRESSIONS
) -> frozenset[str]:
    """Return `names` and all that the variables among them refer to, transitively."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        variable = variables.get(name)
        if variable is not None and variable.renders:
            left.extend(language.references(variable.value))
    return frozenset(found)


def cycle_in(variables: Mapping[str, Variable], language: Language = EXPRESSIONS) -> tuple[str, ...] | None:
    """Return the names on a circle of references, the first again at the end; None when there is no circle."""
    done: set[str] = set()
    for start in variables:
        path: list[str] = []
        on_path: set[str] = set()
        work = [(start, False)]
        while work:
            name, is_left = work.pop()
            if is_left:
                on_path.discard(path.pop())
                done.add(name)
                continue
            if name in on_path:
                return (*path[path.index(name) :], name)
            if name in done or name not in variables:
                continue
            path.append(name)
            on_path.add(name)
            work.append((name, True))
            work.extend((below, False) for below in sorted(language.references(variables[name].value)))
    return None


def _masked(value: Json, secrets: list[str]) -> Json:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {key: _masked(part, secrets) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part, secrets) for part in value]
    return value
