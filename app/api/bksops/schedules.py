"""Periodic and clocked tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.bksops.operation import Call, operation
from app.api.bksops.shapes import (
    FLAG,
    INT,
    OBJECT,
    SCOPE,
    SOURCE,
    TEXT,
    TEXTS,
    TIME,
    TREE,
    array,
    defaulting,
    mapping,
    nullable,
    obj,
    one_of,
    told,
)
from app.api.bksops.translate import read_time, shown_time
from app.engine.core.cron import cron_of
from app.errors import InvalidInput, Problem
from app.services import schedules, timetable
from app.services.schedules import Plan, Schedule
from app.services.templates import find_template
from app.services.timetable import MOST_TIMES

_SUFFIX = " (m/h/d/dM/MY)"
_CRON = told(mapping(TEXT), "any of minute, hour, day_of_week, day_of_month, month_of_year; one that is missing is `*`")
_ITEM = {
    "id": INT, "name": TEXT, "creator": TEXT, "cron": told(TEXT, f"the five fields in that order, and `{_SUFFIX}`"),
    "enabled": FLAG, "last_run_at": told(TIME, "empty before the first run"), "total_run_count": INT,
}  # fmt: skip
_ROW = obj(**_ITEM, template_id=TEXT, template_source=TEXT)
_INFO = obj(
    **_ITEM, template_id={"type": ["string", "integer"]}, template_source=TEXT,
    form=told(mapping(OBJECT), "the variables that are shown"), pipeline_tree=TREE,
)  # fmt: skip
_CLOCKED = obj(
    id=INT, project_id=INT, task_id=nullable(INT), task_name=TEXT, template_id=nullable(INT), template_source=TEXT,
    creator=TEXT, plan_start_time=TIME, state=told(TEXT, "not_started, started or start_failed"),
)  # fmt: skip


@operation("GET", "get_periodic_task_list/{project_id}/", array(_ROW), takes={"scope": SCOPE})
def get_periodic_task_list(call: Call) -> Any:
    """List a project's periodic tasks, newest first."""
    project = call.project
    found = schedules.list_schedules(call.actor, project, once=False)
    return [{**_item(s, project.time_zone), "template_id": _text(s.template_id)} for s in found]


@operation("GET", "get_periodic_task_info/{task_id}/{project_id}/", _INFO, takes={"scope": SCOPE})
def get_periodic_task_info(call: Call) -> Any:
    """Return a periodic task with its form and its own tree."""
    schedule, tree = schedules.read_schedule(call.actor, call.project, call.ids["task_id"])
    return {**_info(schedule, tree, call.project.time_zone), "template_id": _text(schedule.template_id)}


@operation(
    "POST",
    "create_periodic_task/{template_id}/{project_id}/",
    _INFO,
    takes={
        "name": {**TEXT, "minLength": 1, "maxLength": 50}, "cron": _CRON, "template_source": SOURCE,
        "constants": defaulting(OBJECT, {}), "exclude_task_nodes_id": defaulting(TEXTS, []), "scope": SCOPE,
    },
    required=("name", "cron"),
)  # fmt: skip
def create_periodic_task(call: Call) -> Any:
    """Make a periodic task of a flow as it is now; it is disabled until it is enabled."""
    project, source = call.project, str(call.given.get("template_source", "business"))
    # A flow that is not there is told before what is wrong with the parameters, as the original does.
    find_template(project, call.ids["template_id"], source)
    params = call.params
    made = schedules.create_schedule(
        call.actor, project, call.ids["template_id"], params["name"], _plan(params["cron"]),
        constants=params["constants"], exclude=params["exclude_task_nodes_id"], source=params["template_source"],
    )  # fmt: skip
    _, tree = schedules.read_schedule(call.actor, project, made.id)
    # Here alone the original gives the template's id as a number.
    return {**_info(made, tree, project.time_zone), "template_id": made.template_id}


@operation(
    "POST",
    "set_periodic_task_enabled/{task_id}/{project_id}/",
    obj(enabled=FLAG),
    takes={"enabled": told({}, "on or off, by its truth"), "scope": SCOPE},
)
def set_periodic_task_enabled(call: Call) -> Any:
    """Enable or disable a periodic task; what was missed meanwhile does not fire."""
    is_enabled = bool(call.given.get("enabled", False))
    schedules.set_enabled(call.actor, call.project, call.ids["task_id"], is_enabled)
    return {"enabled": is_enabled}


@operation(
    "POST",
    "modify_cron_for_periodic_task/{task_id}/{project_id}/",
    obj(cron=TEXT),
    takes={"cron": defaulting(_CRON, {}), "scope": SCOPE},
)
def modify_cron_for_periodic_task(call: Call) -> Any:
    """Change when a disabled periodic task runs, in the project's zone."""
    plan = _plan(call.params["cron"])
    task_id = call.ids["task_id"]
    changed = schedules.modify_expression(call.actor, call.project, task_id, plan.form, plan.expression)
    return {"cron": _cron(changed)}


@operation(
    "POST",
    "modify_constants_for_periodic_task/{task_id}/{project_id}/",
    told(mapping(OBJECT), "all variables"),
    takes={"constants": defaulting(OBJECT, {}), "scope": SCOPE},
)
def modify_constants_for_periodic_task(call: Call) -> Any:
    """Change variables of a disabled periodic task; unknown keys are ignored."""
    constants = call.params["constants"]
    return schedules.modify_schedule_constants(call.actor, call.project, call.ids["task_id"], constants)


@operation(
    "POST",
    "create_clocked_task/{template_id}/{project_id}/",
    _CLOCKED,
    takes={
        "task_name": {**TEXT, "minLength": 1, "maxLength": 50}, "plan_start_time": TIME,
        "task_parameters": defaulting(told(OBJECT, "constants, exclude_task_nodes_id"), {}), "scope": SCOPE,
    },
    required=("task_name", "plan_start_time"),
)  # fmt: skip
def create_clocked_task(call: Call) -> Any:
    """Make a task of a flow as it is now, to be started once, at a time to come."""
    project, params = call.project, call.params
    given = params["task_parameters"]
    constants, exclude = given.get("constants", {}), given.get("exclude_task_nodes_id", [])
    if not isinstance(constants, Mapping) or not isinstance(exclude, list):
        raise InvalidInput(Problem("params", "constants is an object, exclude_task_nodes_id a list", "task_parameters"))
    plan = Plan("once", starts_at=read_time(params["plan_start_time"], project.time_zone, "plan_start_time"))
    made = schedules.create_schedule(
        call.actor, project, call.ids["template_id"], params["task_name"], plan, constants=constants, exclude=exclude
    )
    return _clocked(call, made)


@operation("GET", "get_clocked_task_list/{project_id}/", array(_CLOCKED), takes={"scope": SCOPE})
def get_clocked_task_list(call: Call) -> Any:
    """List a project's clocked tasks, newest first."""
    return [_clocked(call, schedule) for schedule in schedules.list_schedules(call.actor, call.project, once=True)]


@operation(
    "GET",
    "preview_schedule/{project_id}/",
    obj(description=told(TEXT, "what it says, in English words"), time_zone=TEXT,
        times=told(array(TIME), "fewer than asked for when no more follow; in that zone, with its offset at that time")),
    takes={
        "expression": {**TEXT, "maxLength": 1000},
        "form": defaulting(told(one_of("cron", "bksops", "quartz"), "how it is written"), "cron"),
        "time_zone": told(TEXT, "an IANA name such as `Europe/Berlin`; the project's zone if none is given"),
        "count": defaulting({**INT, "minimum": 1, "maximum": MOST_TIMES}, 10),
        "after": told(TEXT, "`YYYY-MM-DD HH:MM:SS` in the project's zone; now if none is given"), "scope": SCOPE,
    },
    required=("expression",),
)  # fmt: skip
def preview_schedule(call: Call) -> Any:
    """Say what an expression means and when it fires next. Sluice's own: bk-sops has no such operation."""
    project, params = call.project, call.params
    plan = Plan(params["form"], params["expression"].removesuffix(_SUFFIX), time_zone=params.get("time_zone", ""))
    after = read_time(params["after"], project.time_zone, "after") if params.get("after") else None
    preview = timetable.preview_plan(call.actor, project, plan, params["count"], after)
    times = [shown_time(moment, preview.time_zone) for moment in preview.times]
    return {"description": preview.words, "time_zone": preview.time_zone, "times": times}


def _plan(cron: Mapping[str, str]) -> Plan:
    return Plan("bksops", cron_of(cron).removesuffix(_SUFFIX))


def _cron(schedule: Schedule) -> str:
    return schedule.expression + _SUFFIX if schedule.form == "bksops" else schedule.expression


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _item(schedule: Schedule, zone: str) -> dict[str, Any]:
    return {
        "id": schedule.id, "name": schedule.name, "creator": schedule.creator, "cron": _cron(schedule),
        "enabled": schedule.is_enabled, "last_run_at": shown_time(schedule.last_run_at, zone),
        "total_run_count": schedule.total_run_count, "template_source": schedule.template_source,
    }  # fmt: skip


def _info(schedule: Schedule, tree: Mapping[str, Any], zone: str) -> dict[str, Any]:
    form = {key: constant for key, constant in tree["constants"].items() if constant.get("show_type") == "show"}
    return {**_item(schedule, zone), "form": form, "pipeline_tree": tree}


def _clocked(call: Call, schedule: Schedule) -> dict[str, Any]:
    project = call.project
    fires = schedules.fires_of(call.actor, project, schedule.id, 1)
    state = (
        {"started": "started", "failed": "start_failed"}.get(fires[0].state, "not_started") if fires else "not_started"
    )
    return {
        "id": schedule.id, "project_id": project.id, "task_id": fires[0].task_id if fires else None,
        "task_name": schedule.name, "template_id": schedule.template_id, "template_source": schedule.template_source,
        "creator": schedule.creator, "plan_start_time": shown_time(schedule.starts_at, project.time_zone), "state": state,
    }  # fmt: skip
