"""What a text or a condition comes to, tried out while a flow is drawn. No secret is ever told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.engine.core.budget import Budget, ExpressionError
from app.engine.core.compile import variables_of
from app.engine.core.conditions import LONGEST as LONGEST_CONDITION
from app.engine.core.conditions import ConditionError, parse
from app.engine.core.scope import MASK, Scope, Variable, closure, cycle_in
from app.engine.core.templating import references, render
from app.engine.core.tree_reading import parse_constants
from app.engine.core.values import Json, dumps, key_of, name_of
from app.engine.core.variables.moments import BEGAN, WRITTEN
from app.errors import InvalidInput, Problem
from app.extensions import db
from app.models.projects import Project
from app.sentences import say, sentence_of
from app.services.access import Actor, require
from app.services.project_constants import env_of

_MOST_WRITTEN, _MOST_MADE = 200_000, 1_000_000
"""How many characters may be tried at once, and come of it: a person waits for the answer, in a process for all."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a value comes to at present; `missing` are the keys of what has no value before a task runs."""

    value: Json
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether a condition holds, and how it reads with its variables' values in it."""

    result: bool
    rendered: str


def try_value(actor: Actor, project: Project, constants: Mapping[str, Json], value: Json) -> Tried:
    """Render a value with a flow's variables as they are at present; raises InvalidInput."""
    require(actor, project, "view")
    declared = variables_of(parse_constants(constants))
    used = closure(declared, references(value))
    variables = {name: _masked(variable) for name, variable in declared.items() if name in used}
    _check_size([value, [variable.value for variable in variables.values()]])
    circle = cycle_in(variables)
    if circle:
        path = " -> ".join(map(key_of, circle))
        message = say("variables refer to one another in a circle: {path}", path=path)
        raise InvalidInput(Problem("circular_reference", message, key_of(circle[0])))
    now = datetime.now(UTC)
    given = {
        **env_of(db.session(), project), "_system": _system(actor, project, now), BEGAN: now.isoformat(),
        "_loop": 0, "_inner_loop": 0,
    }  # fmt: skip
    missing = sorted(key_of(name) for name in used if name not in variables and name not in given)
    return Tried(_FrugalScope(variables, {}, given).all_of(value), missing)


def try_condition(
    actor: Actor, project: Project, evaluate: str, values: Mapping[str, Json], types: Mapping[str, str]
) -> Decided:
    """Decide a condition with given values, by the keys of their variables; raises InvalidInput when it cannot be.

    A value whose variable is of a type is what a person gives: the type makes of it what the condition sees, as in a run.
    """
    require(actor, project, "view")
    if len(evaluate) <= LONGEST_CONDITION:
        _check_size(list(values.values()))
    given = [Variable(name_of(key), value, str(types.get(key, "")), renders=False) for key, value in values.items()]
    now = datetime.now(UTC)
    scope = _FrugalScope(
        {each.name: each for each in given}, {}, {"_system": _system(actor, project, now), BEGAN: now.isoformat()}
    )
    try:
        result = parse(evaluate).holds(scope.value)
    except (ConditionError, ExpressionError) as error:
        raise InvalidInput(Problem("condition", sentence_of(error), "evaluate")) from error
    rendered = render(evaluate, scope.value)
    return Decided(result, rendered if isinstance(rendered, str) else dumps(rendered))


class _FrugalScope(Scope):
    """A scope that stops giving values when it has given very much; what is left stays as it is written."""

    def __init__(
        self, variables: Mapping[str, Variable], values: Mapping[str, Json], extra: Mapping[str, Json]
    ) -> None:
        super().__init__(variables, values, extra)
        self._left = _MOST_MADE

    def value(self, name: str) -> Json:
        """Return a name's value, and count it."""
        if self._left < 0:
            raise ExpressionError(say("too much comes of it"))
        value = super().value(name)
        self._left -= Budget().weigh(value)
        return value

    def all_of(self, value: Json) -> Json:
        """Render a value text by text, so that the texts together do not become too much either."""
        if isinstance(value, Mapping):
            return {key: self.all_of(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.all_of(part) for part in value]
        if not isinstance(value, str) or self._left < 0:
            return value
        rendered = self.render(value)
        self._left -= Budget().weigh(rendered)
        return rendered


def _masked(variable: Variable) -> Variable:
    """Return a variable whose value can be told."""
    return replace(variable, value=MASK, secret=False, renders=False) if variable.secret else variable


def _check_size(value: Json) -> None:
    if len(dumps(value)) > _MOST_WRITTEN:
        raise InvalidInput(
            Problem("too_large", say("at most {most} characters can be tried at once", most=_MOST_WRITTEN))
        )


def _system(actor: Actor, project: Project, now: datetime) -> Mapping[str, Json]:
    """Return what `_system` holds for a task of the project that begins `now`, as far as it is known without one."""
    return {
        "operator": actor.username, "executor": actor.username, "project_id": project.id, "project_name": project.name,
        "bk_biz_id": project.biz_id, "bk_biz_name": project.name, "biz_cc_id": project.biz_id,
        "biz_cc_name": project.name, "time_zone": project.time_zone, "language": "en",
        "task_start_time": f"{now.astimezone(ZoneInfo(project.time_zone)):{WRITTEN}}",
    }  # fmt: skip
