"""Tasks: created, claimed, started, operated, looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.api.bksops.operation import Body, Call, operation
from app.api.bksops.shapes import (
    ANY,
    FLAG,
    ID,
    INT,
    MADE_TASK,
    NAME,
    NOTHING,
    OBJECT,
    SCOPE,
    SOURCE,
    STATUS,
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
from app.api.bksops.translate import elapsed, shown_time, task_status_body
from app.errors import InvalidInput, Problem
from app.services import reading
from app.services import tasks as orders
from app.services.callbacks import callback_watcher
from app.services.grants import require_grant
from app.services.notices import Watcher
from app.services.reading import present, task_url
from app.services.templates import find_template

_MOST_STATUSES, _MOST_STATES = 50, 10
_CALLBACK_URL = re.compile(r"https?://\w.+")
_LONGEST_URL, _LARGEST_PRIORITY = 2000, 1000
_CALLBACK = {
    "callback_url": told(
        nullable(TEXT), "is sent `task_id` and `task_success` by POST when the task has ended, or a failure holds it up"
    ),
    "callback_version": told(nullable(TEXT), "`v2`: the POST is JSON and has `task_outputs` too; otherwise it is a form"),
}  # fmt: skip
_PRIORITY = defaulting(told(INT, "of started tasks that wait for room, the one of the highest goes first"), 0)
_CREATE = {
    "name": NAME, "template_source": SOURCE, "flow_type": defaulting(one_of("common", "common_func"), "common"),
    "constants": defaulting(told(OBJECT, "values by key, `${key}`; unknown keys are ignored"), {}),
    "exclude_task_nodes_id": defaulting(told(TEXTS, "optional nodes to leave out"), []),
    "execute_task_nodes_id": told(TEXTS, "optional nodes to take, in place of those to leave out"),
    "template_schemes_id": told(array(TEXT), "execution schemes, whose nodes are taken"),
    "pipeline_tree": told(TREE, "a tree to take in place of the flow's own, with all of its nodes; none with schemes"),
    "description": defaulting(TEXT, ""), "priority": _PRIORITY, **_CALLBACK, "scope": SCOPE,
}  # fmt: skip
_FAST = {
    "name": NAME, "pipeline_tree": TREE, "category": defaulting(TEXT, "Other"), "flow_type": _CREATE["flow_type"],
    "constants": _CREATE["constants"], "description": _CREATE["description"], "priority": _PRIORITY,
    "has_common_subprocess": FLAG, **_CALLBACK,
    "scope": SCOPE,
}  # fmt: skip
_IDS = {"task_id_list": array(ID), "include_children_status": defaulting(FLAG, False), "scope": SCOPE}
_STATUS_ROW = obj(
    id=INT, name=TEXT, status=STATUS, flow_type=TEXT, current_flow=TEXT, is_deleted=FLAG, create_time=TIME,
    start_time=TIME, finish_time=TIME, url=TEXT,
)  # fmt: skip
_DETAIL = obj(
    id=INT, business_id=nullable(INT), business_name=TEXT, project_id=INT, project_name=TEXT, name=TEXT,
    instance_name=TEXT, creator=TEXT, create_time=TIME, create_method=TEXT, executor=TEXT, template_id=TEXT,
    start_time=TIME, finish_time=TIME, end_time=TIME, elapsed_time=INT, task_url=TEXT, pipeline_tree=TREE,
    constants=mapping(OBJECT), outputs=array(obj(key=TEXT, value=ANY, name=TEXT)), ex_data=TEXT,
)  # fmt: skip


@operation("POST", "create_task/{template_id}/{project_id}/", MADE_TASK, takes=_CREATE, required=("name",))
def create_task(call: Call) -> Any:
    """Make a task of a flow. Every id in its tree is new; variables that nothing refers to are dropped first."""
    return _created(call)


@operation("POST", "create_and_start_task/{template_id}/{project_id}/", MADE_TASK, takes=_CREATE, required=("name",))
def create_and_start_task(call: Call) -> Any:
    """Make a task of a flow and start it, both or neither; a functionalized one is left to be claimed."""
    return _created(call, starts=True)


@operation("POST", "fast_create_task/{project_id}/", MADE_TASK, takes=_FAST, required=("name", "pipeline_tree"))
def fast_create_task(call: Call) -> Any:
    """Make a task of a tree that no flow holds."""
    project, watchers, params = call.project, _watchers(call), call.params
    wish = orders.Wish(
        params["name"], params["constants"], description=params["description"], flow_type=params["flow_type"],
        create_method="api", create_info=call.actor.app_code, category=params["category"], watchers=watchers,
        priority=_priority(call),
    )  # fmt: skip
    made = orders.create_task_of_tree(call.actor, project, params["pipeline_tree"], wish)
    return _made(call, made)


@operation("POST", "start_task/{task_id}/{project_id}/", told(TEXT, "`success`"), takes={"scope": SCOPE})
def start_task(call: Call) -> Any:
    """Start a task."""
    orders.start_task(call.actor, call.project, call.ids["task_id"])
    return Body(data="success", message="success", task_url=task_url(call.project, call.ids["task_id"]))


@operation(
    "POST",
    "operate_task/{task_id}/{project_id}/",
    {"anyOf": [told(TEXT, "`success`, after a start"), NOTHING]},
    takes={"action": told(TEXT, "start, pause, resume or revoke"), "scope": SCOPE},
)
def operate_task(call: Call) -> Any:
    """Start, pause, resume or revoke a task."""
    action = str(call.given.get("action"))
    orders.operate_task(call.actor, call.project, call.ids["task_id"], action)
    return Body(data="success" if action == "start" else {}, message="success")


@operation(
    "POST",
    "modify_constants_for_task/{task_id}/{project_id}/",
    told(mapping(OBJECT), "all variables of the task"),
    takes={"constants": OBJECT, "scope": SCOPE},
    required=("constants",),
)
def modify_constants_for_task(call: Call) -> Any:
    """Change variables of a task that has not started."""
    project = call.project
    return orders.modify_constants(call.actor, project, call.ids["task_id"], call.params["constants"])


@operation("GET", "get_task_status/{task_id}/{project_id}/", STATUS, takes={"scope": SCOPE})
def get_task_status(call: Call) -> Any:
    """Return the states of a task and of every node that it has reached; seven keys before it has started."""
    status = reading.task_status(call.actor, call.project, call.ids["task_id"])
    return task_status_body(status, status.root_node_id, call.project.time_zone, present())


@operation("POST", "get_tasks_status/{project_id}/", array(_STATUS_ROW), takes=_IDS, required=("task_id_list",))
def get_tasks_status(call: Call) -> Any:
    """Return the states of up to 50 tasks."""
    project, zone = call.project, call.project.time_zone
    ids = _task_ids(call, _MOST_STATUSES, f"task_id_list is too long, maximum length is {_MOST_STATUSES}")
    rows = []
    for task, status in reading.task_statuses(call.actor, project, ids):
        body = task_status_body(status, status.root_node_id, zone, present())
        if not call.params["include_children_status"]:
            body.pop("children")
        rows.append({
            "id": task.id, "name": task.name, "status": {**body, "name": body.get("name", task.name)},
            "flow_type": task.flow_type, "current_flow": task.current_flow, "is_deleted": task.is_deleted,
            "create_time": shown_time(task.created_at, zone), "start_time": shown_time(task.started_at, zone),
            "finish_time": shown_time(task.finished_at, zone), "url": task_url(project, task.id),
        })  # fmt: skip
    return rows


@operation(
    "POST",
    "get_tasks_manual_intervention_state/{project_id}/",
    array(obj(id=INT, manual_intervention_required=FLAG)),
    takes={"task_id_list": _IDS["task_id_list"], "scope": SCOPE},
    required=("task_id_list",),
)
def get_tasks_manual_intervention_state(call: Call) -> Any:
    """Say of up to 10 tasks which cannot go on without a person."""
    project = call.project
    ids = _task_ids(call, _MOST_STATES, f"task_ids_list length can not exceeds {_MOST_STATES}")
    needed = reading.needs_person(call.actor, project, ids)
    return [{"id": task_id, "manual_intervention_required": needs} for task_id, needs in needed.items()]


@operation("GET", "get_task_detail/{task_id}/{project_id}/", _DETAIL, takes={"scope": SCOPE})
def get_task_detail(call: Call) -> Any:
    """Return a task with its variables, its outputs and its tree; a deleted one too."""
    project = call.project
    detail = reading.task_detail(call.actor, project, call.ids["task_id"])
    task, zone = detail.task, project.time_zone
    end = shown_time(task.finished_at, zone)
    template_id = "" if task.template_id is None else str(task.template_id)
    # The documents say instance_name and end_time, the original's code name and finish_time: both are sent.
    return {
        "id": task.id, "business_id": project.biz_id, "business_name": project.name, "project_id": project.id,
        "project_name": project.name, "name": task.name, "instance_name": task.name, "creator": task.creator,
        "create_time": shown_time(task.created_at, zone), "create_method": task.create_method, "executor": task.executor,
        "template_id": template_id, "start_time": shown_time(task.started_at, zone), "finish_time": end, "end_time": end,
        "elapsed_time": elapsed(task.started_at, task.finished_at, present()), "task_url": task_url(project, task.id),
        "pipeline_tree": detail.tree, "constants": detail.tree.get("constants", {}), "ex_data": "",
        "outputs": [{"key": o.key, "value": o.value, "name": o.name} for o in detail.outputs],
    }  # fmt: skip


def _created(call: Call, *, starts: bool = False) -> dict[str, Any]:
    project, watchers, source = call.project, _watchers(call), str(call.given.get("template_source", "business"))
    # What may not be seen or used is told before what is wrong with the parameters, as the original does.
    template = find_template(project, call.ids["template_id"], source)
    require_grant(call.actor, project, "create_task", (orders.kind_of_template(source), template.id))
    params = call.params
    if "pipeline_tree" in params and params.get("template_schemes_id"):
        raise InvalidInput(Problem("format", "template_schemes_id can not be used with pipeline_tree"))
    wish = orders.Wish(
        params["name"], params["constants"], params["exclude_task_nodes_id"], params.get("execute_task_nodes_id"),
        _scheme_ids(params), description=params["description"], flow_type=params["flow_type"], create_method="api",
        create_info=call.actor.app_code, template_source=params["template_source"], tree=params.get("pipeline_tree"),
        watchers=watchers, priority=_priority(call),
    )  # fmt: skip
    starts = starts and wish.flow_type == "common"
    return _made(call, orders.create_task(call.actor, project, template.id, wish, starts=starts))


def _priority(call: Call) -> int:
    priority: int = call.params["priority"]
    if abs(priority) > _LARGEST_PRIORITY:
        raise InvalidInput(Problem("format", f"priority must be from -{_LARGEST_PRIORITY} to {_LARGEST_PRIORITY}"))
    return priority


def _watchers(call: Call) -> list[Watcher]:
    """Return who is called back for a task, if anybody: `callback_url` is asked about before anything else."""
    url, version = call.given.get("callback_url"), call.given.get("callback_version")
    if not url:
        return []
    if not (isinstance(url, str) and _CALLBACK_URL.fullmatch(url) and len(url) <= _LONGEST_URL):
        raise InvalidInput(Problem("format", r"callback_url format error, must match ^https?://\w.+$"))
    return [callback_watcher(url, str(version or ""))]


def _made(call: Call, made: orders.Made) -> dict[str, Any]:
    return {"task_id": made.task_id, "task_url": task_url(call.project, made.task_id), "pipeline_tree": made.tree}


def _scheme_ids(params: Mapping[str, Any]) -> list[int]:
    """Read scheme ids, which `get_template_schemes` gives as `template-scheme`."""
    numbers = [text.rpartition("-")[2] for text in params.get("template_schemes_id", [])]
    wrong = [n for n in numbers if not (n.isascii() and n.isdecimal())]
    if wrong:
        raise InvalidInput(Problem("params", f"{wrong[0]!r} is not the id of a scheme", "template_schemes_id"))
    return [int(n) for n in numbers]


def _task_ids(call: Call, most: int, too_many: str) -> list[int]:
    ids = call.given.get("task_id_list", [])
    if not isinstance(ids, list):
        raise InvalidInput(Problem("format", "task_id_list must be a list"))
    if len(ids) > most:
        raise InvalidInput(Problem("format", too_many))
    found: list[int] = call.params["task_id_list"]
    return found
