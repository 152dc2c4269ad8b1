"""Tasks as lists, counts and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, get_args

from app.api.bksops.operation import Body, Call, operation
from app.api.bksops.shapes import (
    ANY,
    FLAG,
    ID,
    INT,
    OBJECT,
    SCOPE,
    TEXT,
    TEXTS,
    TIME,
    array,
    defaulting,
    nullable,
    obj,
    told,
)
from app.api.bksops.translate import read_time, shown_time
from app.api.bksops.words import CREATE_METHODS, FLOW_TYPES, STATUS_GROUPS, category_names
from app.errors import InvalidInput, Problem
from app.services.access import Project, may
from app.services.reading import journal
from app.services.task_lists import DRY_RUN, GroupBy, TaskFilter, count_by, count_tasks, find_tasks

PAGE = {
    "offset": defaulting({**INT, "minimum": 0, "maximum": 2**31}, 0),
    "limit": defaulting({**INT, "minimum": 1, "maximum": 200}, 100),
}
_FILTER = {
    "keyword": told(TEXT, "part of the name"), "is_started": FLAG, "is_finished": FLAG, "creator": TEXT, "executor": TEXT,
    "create_method": TEXT, "template_id": ID, "template_ids": array(ID), "create_time_start": TIME,
    "create_time_end": TIME, "scope": SCOPE,
}  # fmt: skip
_TASK = obj(
    id=INT, name=TEXT, category=TEXT, create_method=TEXT, creator=TEXT, executor=TEXT, create_time=TIME, start_time=TIME,
    finish_time=TIME, is_started=FLAG, is_finished=FLAG, template_source=TEXT, template_id=TEXT, project_id=INT,
    project_name=TEXT, bk_biz_id=nullable(INT), bk_biz_name=TEXT, auth_actions=TEXTS,
)  # fmt: skip
_RECORD = obj(id=INT, operator=TEXT, operate_type=TEXT, operate_date=TIME, operate_source=TEXT, instance_id=INT,
              node_id=TEXT, extra_info=OBJECT)  # fmt: skip
_NOT_TOLD = (DRY_RUN,)
"""What is tried while a flow is drawn is no task that other systems know of, unless they ask for this very sort."""

_CONDITIONS = (
    "template_id", "name", "creator", "create_time__gte", "create_time__lte", "executor", "start_time__gte",
    "start_time__lte", "is_started", "is_finished",
)  # fmt: skip


@operation(
    "POST",
    "query_task_count/{project_id}/",
    obj(total=INT, groups=array(obj(code=TEXT, name=TEXT, value=INT))),
    takes={
        "group_by": told(TEXT, "category, create_method, flow_type or status"),
        "conditions": told(ANY, f"an object with any of {', '.join(_CONDITIONS)}"),
        "scope": SCOPE,
    },
)
def query_task_count(call: Call) -> Any:
    """Count a project's tasks in groups; conditions narrow, and never reach beyond the project."""
    project, asked = call.project, call.given.get("group_by")
    by = next((group for group in get_args(GroupBy) if group == asked), None)
    if by is None:
        raise InvalidInput(Problem("format", f"query_task_list params group_by[{asked}] is invalid"))
    conditions = call.given.get("conditions", {})
    if not isinstance(conditions, Mapping):
        raise InvalidInput(Problem("format", f"query_task_list params conditions[{conditions}] are invalid dict data"))
    counts = count_by(call.actor, project, _conditions(conditions, project.time_zone), by)
    names: Mapping[str, str] = {
        "status": STATUS_GROUPS, "create_method": CREATE_METHODS, "flow_type": FLOW_TYPES,
        "category": category_names(counts),
    }[by]  # fmt: skip
    groups = [{"code": code, "name": name, "value": counts.get(code, 0)} for code, name in names.items()]
    return {"total": sum(counts.values()), "groups": groups}


@operation(
    "GET",
    "get_task_list/{project_id}/",
    array(_TASK),
    takes={**_FILTER, **PAGE, "without_count": told(defaulting(FLAG, False), "leave `count` out")},
)
def get_task_list(call: Call) -> Any:
    """List a project's tasks, newest first, with their `count` in all."""
    project, params = call.project, call.params
    wanted = _filter(params, project.time_zone)
    rows = find_tasks(call.actor, project, wanted, params["offset"], params["limit"])
    actions = ["task_view"]
    if may(call.actor, project, "operate"):
        actions += ["task_edit", "task_operate", "task_claim", "task_clone"]
    data = [{**_row(row, project.time_zone), **_of_project(project), "auth_actions": actions} for row in rows]
    body = Body(data=data, message="")
    if not params["without_count"]:
        body["count"] = count_tasks(call.actor, project, wanted)
    return body


@operation("GET", "get_task_count/{project_id}/", obj(count=INT), takes=_FILTER)
def get_task_count(call: Call) -> Any:
    """Count a project's tasks."""
    project = call.project
    return {"count": count_tasks(call.actor, project, _filter(call.params, project.time_zone))}


@operation(
    "GET",
    "get_task_operate_record/{task_id}/{project_id}/",
    array(_RECORD),
    takes={"node_id": told(TEXT, "only what was done to this node"), "scope": SCOPE},
)
def get_task_operate_record(call: Call) -> Any:
    """Return what was asked of a task, by whom and from where, oldest first."""
    project, node_id = call.project, call.params.get("node_id")
    rows = journal(call.actor, project, call.ids["task_id"])
    return [
        {
            "id": row.id, "operator": row.actor, "operate_type": row.action, "operate_source": "api" if row.app_code else "app",
            "operate_date": shown_time(row.at, project.time_zone), "instance_id": call.ids["task_id"],
            "node_id": row.node_id, "extra_info": row.detail or {},
        }
        for row in rows if not node_id or row.node_id == node_id
    ]  # fmt: skip


def _conditions(given: Mapping[str, Any], zone: str) -> TaskFilter:
    """Read the documented conditions; any other key, and a value of a wrong type, is refused."""
    readers: Mapping[str, tuple[str, Callable[[Any, str], Any]]] = {
        "template_id": ("template_ids", lambda value, key: [_whole(value, key)]),
        "name": ("name", _text), "creator": ("creator", _text), "executor": ("executor", _text),
        "create_time__gte": ("created_from", lambda value, key: _time(value, zone, key)),
        "create_time__lte": ("created_to", lambda value, key: _time(value, zone, key)),
        "start_time__gte": ("started_from", lambda value, key: _time(value, zone, key)),
        "start_time__lte": ("started_to", lambda value, key: _time(value, zone, key)),
        "is_started": ("is_started", _flag), "is_finished": ("is_finished", _flag),
    }  # fmt: skip
    wanted: dict[str, Any] = {}
    for key, value in given.items():
        if value in ("", "None", None):
            continue
        if key not in readers:
            raise _wrong_condition(given, f"{key} is not one of {', '.join(_CONDITIONS)}")
        name, read = readers[key]
        try:
            wanted[name] = read(value, key)
        except InvalidInput as error:
            raise _wrong_condition(given, str(error)) from error
    return TaskFilter(**wanted, leaves_out=_NOT_TOLD)


def _wrong_condition(given: Mapping[str, Any], reason: str) -> InvalidInput:
    text = f"query_task_list params conditions[{dict(given)}] have invalid key or value: {reason}"
    return InvalidInput(Problem("format", text[:1000]))


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{key} must be text")
    return value


def _whole(value: Any, key: str) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise InvalidInput(f"{key} must be a whole number")
    return int(text)


def _flag(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"{key} must be true or false")
    return value


def _time(value: Any, zone: str, key: str) -> datetime:
    return read_time(_text(value, key), zone, key)


def _filter(params: Mapping[str, Any], zone: str) -> TaskFilter:
    ids = params.get("template_ids") or ([params["template_id"]] if "template_id" in params else [])
    return TaskFilter(
        params.get("keyword", ""), template_ids=ids, creator=params.get("creator"), executor=params.get("executor"),
        create_method=params.get("create_method"), is_started=params.get("is_started"),
        is_finished=params.get("is_finished"), leaves_out=() if params.get("create_method") else _NOT_TOLD,
        created_from=_bound(params, "create_time_start", zone), created_to=_bound(params, "create_time_end", zone),
    )  # fmt: skip


def _bound(params: Mapping[str, Any], key: str, zone: str) -> datetime | None:
    return read_time(params[key], zone, key) if params.get(key) else None


def _row(row: Any, zone: str) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "category": row.category, "create_method": row.create_method,
        "creator": row.creator, "executor": row.executor, "create_time": shown_time(row.created_at, zone),
        "start_time": shown_time(row.started_at, zone), "finish_time": shown_time(row.finished_at, zone),
        "is_started": row.started_at is not None, "is_finished": row.finished_at is not None,
        "template_source": row.template_source, "template_id": "" if row.template_id is None else str(row.template_id),
    }  # fmt: skip


def _of_project(project: Project) -> dict[str, Any]:
    return {
        "project_id": project.id, "project_name": project.name, "bk_biz_id": project.biz_id, "bk_biz_name": project.name,
    }  # fmt: skip
