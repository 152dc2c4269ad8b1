"""Tasks: created, started, operated, looked at."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint

from app.api.bksops.envelope import Body, Call, operation
from app.api.bksops.templates import kind_of
from app.api.bksops.translate import elapsed, shown_time, task_status_body
from app.errors import InvalidInput, Problem
from app.services import reading
from app.services import tasks as orders
from app.services.access import find_project
from app.services.reading import present, task_url


def route(blueprint: Blueprint) -> None:
    """Add the operations to the dialect."""
    blueprint.post("/create_task/<int:template_id>/<int:project_id>/")(create_task)
    blueprint.post("/start_task/<int:task_id>/<int:project_id>/")(start_task)
    blueprint.post("/operate_task/<int:task_id>/<int:project_id>/")(operate_task)
    blueprint.get("/get_task_status/<int:task_id>/<int:project_id>/")(get_task_status)
    blueprint.get("/get_task_detail/<int:task_id>/<int:project_id>/")(get_task_detail)


@operation
def create_task(call: Call) -> Any:
    """Make a task of a template."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    made = orders.create_task(call.actor, project, call.ids["template_id"], _wish(call))
    return {"task_id": made.task_id, "task_url": task_url(project, made.task_id), "pipeline_tree": made.tree}


@operation
def start_task(call: Call) -> Any:
    """Start a task."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    orders.start_task(call.actor, project, call.ids["task_id"])
    return Body(data="success", message="success", task_url=task_url(project, call.ids["task_id"]))


@operation
def operate_task(call: Call) -> Any:
    """Start, pause, resume or revoke a task."""
    action = call.given.get("action")
    if action not in ("start", "pause", "resume", "revoke"):
        raise InvalidInput(Problem("unknown_action", "action is one of start, pause, resume, revoke", "action"))
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    orders.operate_task(call.actor, project, call.ids["task_id"], cast(orders.Action, action))
    return Body(data="success" if action == "start" else {}, message="success")


@operation
def get_task_status(call: Call) -> Any:
    """Return the states of a task and of what it has reached."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    status = reading.task_status(call.actor, project, call.ids["task_id"])
    return task_status_body(status, status.root_node_id, project.time_zone, present())


@operation
def get_task_detail(call: Call) -> Any:
    """Return a task with its variables, its outputs and its tree."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    detail = reading.task_detail(call.actor, project, call.ids["task_id"])
    task, zone = detail.task, project.time_zone
    end = shown_time(task.finished_at, zone)
    # The documents say instance_name and end_time, the original's code name and finish_time: both are sent.
    return {
        "id": task.id, "business_id": project.biz_id, "business_name": project.name, "project_id": project.id,
        "project_name": project.name, "name": task.name, "instance_name": task.name, "creator": task.creator,
        "create_time": shown_time(task.created_at, zone), "create_method": task.create_method, "executor": task.executor,
        "template_id": task.template_id, "start_time": shown_time(task.started_at, zone), "finish_time": end, "end_time": end,
        "elapsed_time": elapsed(task.started_at, task.finished_at, present()), "task_url": task_url(project, task.id),
        "pipeline_tree": detail.tree, "constants": detail.tree.get("constants", {}), "ex_data": "",
        "outputs": [{"key": o.key, "value": o.value, "name": o.name} for o in detail.outputs],
    }  # fmt: skip


def _wish(call: Call) -> orders.Wish:
    flow_type = call.text("flow_type", "common")
    problems = []
    if "name" not in call.given:
        problems.append(Problem("params", "'name' is a required property", "name"))
    if flow_type not in ("common", "common_func"):
        problems.append(Problem("params", f"{flow_type!r} is not one of ['common', 'common_func']", "flow_type"))
    if problems:
        raise InvalidInput.of(problems)
    return orders.Wish(
        call.text("name"), call.object("constants"), call.texts("exclude_task_nodes_id"), call.text("description"),
        flow_type, "api", call.actor.app_code, call.text("template_source", "business"),
    )  # fmt: skip
