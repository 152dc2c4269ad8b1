"""Executions: started, shown, listed; and their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.api.oos import shapes
from app.api.oos.execution_in import ordered_tree
from app.api.oos.fields import Fields
from app.api.oos.ids import execution_id, read_execution_id, read_task_id, read_template_id, template_id
from app.api.oos.operation import Call, operation
from app.api.oos.paging import page_of, paged
from app.api.oos.templates import read, reasons
from app.api.oos.words import EXECUTION_STATES, TRIGGERS
from app.errors import Archived, InvalidInput, NotFound, Problem
from app.services import oos_executions, oos_templates
from app.services.oos_executions import MADE_BY, Execution, ExecutionFilter
from app.services.oos_templates import Stored
from app.services.reading import present
from app.services.tasks import Wish, create_task, create_task_of_tree

_A_WEEK = timedelta(days=7)
_STATES = {theirs: ours for ours, theirs in EXECUTION_STATES.items()}
_LARGEST_SECONDS = 2**31


@operation("POST", "/v2/execution")
def create_execution(call: Call) -> Mapping[str, Any]:
    """Start an execution of a stored template, or of one that comes with the call."""
    problems: list[Problem] = []
    given = Fields(call.body.get("template"), "template", problems)
    if problems:
        raise InvalidInput("template is required: an object with ref, or with name and operators")
    ref, name = given.text("ref", most=64), given.text("name", most=128)
    if ref or not given.items("operators"):
        return _start_stored(call, _by_ref(call, ref) if ref else _by_name(call, name))
    read_one = read(call, given.given)
    told = reasons(call, read_one)
    tree = ordered_tree({**read_one.tree, "oos": {**read_one.tree["oos"], "name": read_one.name}}, call.body, problems)
    _require_none([*(Problem("template", text) for text in told), *problems])
    made = create_task_of_tree(call.actor, call.project, tree, _wish(call, read_one.name), starts=True)
    return {"id": execution_id(made.task_id)}


@operation("GET", "/v2/execution")
def execution_detail(call: Call) -> Mapping[str, Any]:
    """Show an execution with its tasks, and their logs where `withLog` is true."""
    execution = _find(call, call.query.get("id", ""))
    with_log = call.query.get("withLog", "").lower() == "true"
    trace = oos_executions.trace_of(call.actor, call.project, execution, logs=with_log)
    return shapes.execution_body(execution, trace, call.query.get("locale", ""))


@operation("POST", "/v2/execution/list")
def list_executions(call: Call) -> Mapping[str, Any]:
    """List executions by template, state, trigger and time, without their tasks."""
    page = page_of(call, ("startTime", "endTime", "createTime"), "startTime")
    found, total = oos_executions.page_of_executions(
        call.actor, call.project, _filter(call), by_end=page.sort == "endTime", ascending=page.ascending,
        offset=page.offset, limit=page.size,
    )  # fmt: skip
    locale = call.query.get("locale", "")
    return paged(page, "executions", [shapes.execution_body(one, None, locale) for one in found], total)


@operation("GET", "/v2/task")
def task_detail(call: Call) -> Mapping[str, Any]:
    """Show one task of an execution."""
    execution, trace, place = _place(call, call.query.get("dagId", ""), call.query.get("taskId", ""))
    body = shapes.task_detail_body(execution, trace, place, call.query.get("locale", ""))
    return {**body, "children": []} if call.query.get("ignoreChildren", "").lower() == "true" else body


@operation("POST", "/v2/task/children/list")
def list_children(call: Call) -> Mapping[str, Any]:
    """List what is below a task: the elements of its loop, or the tasks of the template that it runs."""
    page = page_of(call)
    problems: list[Problem] = []
    fields = Fields(call.body, "", problems)
    states = [str(state).upper() for state in fields.items("states", 100)]
    ids = fields.text("executionId", most=100), fields.text("taskId", most=100)
    _require_none(problems)
    execution, trace, place = _place(call, *ids)
    children = [shapes.task_body(execution, trace, child, 0) for child in shapes.children_of(trace, place)]
    chosen = shapes.pick(children, states)
    return paged(page, "children", chosen[page.offset : page.offset + page.size], len(chosen), "total")


def _start_stored(call: Call, stored: Stored) -> Mapping[str, Any]:
    problems: list[Problem] = []
    tree = ordered_tree(stored.tree, call.body, problems)
    _require_none(problems)
    wish = _wish(call, stored.row.name, tree, stored.source)
    made = create_task(call.actor, call.project, stored.row.id, wish, starts=True)
    return {"id": execution_id(made.task_id)}


def _wish(call: Call, name: str, tree: Mapping[str, Any] | None = None, source: str = "business") -> Wish:
    problems: list[Problem] = []
    description = Fields(call.body, "", problems).text("description")
    _require_none(problems)
    return Wish(
        name, description=description, create_method=MADE_BY, create_info=call.actor.app_code, template_source=source,
        tree=tree,
    )  # fmt: skip


def _by_ref(call: Call, ref: str) -> Stored:
    number = read_template_id(ref)
    if number is None:
        raise NotFound("template", ref)
    try:
        return oos_templates.find_stored(call.actor, call.project, number)
    except NotFound as error:
        raise NotFound("template", template_id(number)) from error


def _by_name(call: Call, name: str) -> Stored:
    if not name:
        raise InvalidInput("template needs ref, or name and operators")
    return oos_templates.find_named(call.actor, call.project, name)


def _find(call: Call, text: str) -> Execution:
    number = read_execution_id(text)
    if number is None:
        raise NotFound("execution", text[:80] or "(no id)")
    try:
        return oos_executions.find_execution(call.actor, call.project, number)
    except Archived as error:
        raise Archived("execution", text, error.place) from error
    except NotFound as error:
        raise NotFound("execution", text) from error


def _place(call: Call, dag_id: str, task: str) -> tuple[Execution, oos_executions.Trace, shapes.Place]:
    execution = _find(call, dag_id)
    trace = oos_executions.trace_of(call.actor, call.project, execution, logs=True)
    known = read_task_id(task)
    place = shapes.all_places(execution, trace).get(known) if known is not None else None
    if place is None:
        raise NotFound("task", task[:80] or "(no id)")
    return execution, trace, place


def _filter(call: Call) -> ExecutionFilter:
    problems: list[Problem] = []
    fields = Fields(call.body, "", problems)
    template = Fields(fields.mapping("template"), "template", problems).text("name", most=128)
    state, trigger = fields.text("state", most=32).upper(), fields.text("trigger", most=32).upper()
    begin, end = _moment(fields, "startTime"), _moment(fields, "endTime")
    if state and state not in _STATES:
        fields.wrong(f"state is one of {', '.join(_STATES)}")
    for key in ("cronExecutionName", "eventExecutionName"):
        fields.refuse(key, "schedules are made on the pages")
    if trigger not in ("", "MANUAL", *TRIGGERS.values()):
        fields.wrong("trigger is MANUAL or CRON")
    _require_none(problems)
    made_by = () if trigger in ("", "MANUAL") else tuple(TRIGGERS)
    return ExecutionFilter(
        template, (_STATES[state],) if state else (), begin or present() - _A_WEEK, end, made_by,
        leaves_out=tuple(TRIGGERS) if trigger == "MANUAL" else (),
    )  # fmt: skip


def _moment(fields: Fields, key: str) -> datetime | None:
    """Read a time in milliseconds; what fits 32 bits can only be meant as seconds. 0 is none."""
    number = fields.whole(key, least=0, most=253_000_000_000_000)
    if not number:
        return None
    return datetime.fromtimestamp(number if number < _LARGEST_SECONDS else number / 1000, UTC)


def _require_none(problems: list[Problem]) -> None:
    if problems:
        raise InvalidInput.of(problems)
