"""Functionalized tasks: claimed and listed."""

from __future__ import annotations

from typing import Any

from app.api.bksops.operation import Body, Call, operation
from app.api.bksops.shapes import FLAG, ID, INT, OBJECT, SCOPE, TEXT, TIME, array, defaulting, nullable, obj, told
from app.api.bksops.task_lists import PAGE
from app.api.bksops.translate import read_time, shown_time
from app.services.function_tasks import FunctionFilter, list_function_tasks, status_of
from app.services.tasks import claim_task

_TASK = obj(
    id=INT, name=TEXT, category=TEXT, create_method=TEXT, creator=TEXT, executor=TEXT, start_time=nullable(TIME),
    finish_time=nullable(TIME), is_started=FLAG, is_finished=FLAG, template_source=TEXT, template_id=TEXT,
)  # fmt: skip
_ORDER = obj(
    id=INT, name=TEXT, creator=TEXT, create_time=TIME, claimant=TEXT, claim_time=nullable(TIME), rejecter=TEXT,
    reject_time=nullable(TIME), predecessor=TEXT, transfer_time=nullable(TIME), status=TEXT, task=_TASK,
)  # fmt: skip


@operation(
    "POST",
    "claim_functionalization_task/{task_id}/{project_id}/",
    told(TEXT, "`success`"),
    takes={
        "constants": defaulting(told(OBJECT, "values that the claimant changes"), {}),
        "name": defaulting({**TEXT, "maxLength": 100}, ""),
        "scope": SCOPE,
    },
)
def claim_functionalization_task(call: Call) -> Any:
    """Claim a functionalized task, perhaps with other values or another name; then it can be started."""
    project = call.project
    claim_task(call.actor, project, call.ids["task_id"], call.params["constants"], call.params["name"])
    return Body(data="success", message="success")


@operation(
    "GET",
    "get_functionalization_task_list/",
    array(_ORDER),
    takes={
        "status": told(TEXT, "submitted, claimed, rejected, executed or finished"),
        "id_in": array(ID), "task_id_in": array(ID), "project_id": told(ID, "the project's own id"),
        "create_time_gte": TIME, "create_time_lte": TIME, **PAGE,
    },
)  # fmt: skip
def get_functionalization_task_list(call: Call) -> Any:
    """List the functionalized tasks of the projects that the caller may see, newest first, with their `count`."""
    params = call.params
    times = {
        field: read_time(params[key], "UTC", key)
        for field, key in (("created_from", "create_time_gte"), ("created_to", "create_time_lte")) if params.get(key)
    }  # fmt: skip
    wanted = FunctionFilter(
        params.get("id_in", ()),
        params.get("task_id_in", ()),
        params.get("status", ""),
        params.get("project_id"),
        **times,
    )
    found, count = list_function_tasks(call.actor, wanted, params["offset"], params["limit"])
    return Body(data=[_body(order, task, project.time_zone) for order, task, project in found], count=count, message="")


def _body(order: Any, task: Any, zone: str) -> dict[str, Any]:
    def when(moment: Any) -> str | None:
        return shown_time(moment, zone) or None

    return {
        "id": order.id, "name": task.name, "creator": order.creator, "create_time": shown_time(order.created_at, zone),
        "claimant": order.claimant, "claim_time": when(order.claimed_at), "rejecter": order.rejecter,
        "reject_time": when(order.rejected_at), "predecessor": order.predecessor,
        "transfer_time": when(order.transferred_at), "status": status_of(order, task),
        "task": {
            "id": task.id, "name": task.name, "category": task.category, "create_method": task.create_method,
            "creator": task.creator, "executor": task.executor, "start_time": when(task.started_at),
            "finish_time": when(task.finished_at), "is_started": task.started_at is not None,
            "is_finished": task.finished_at is not None, "template_source": task.template_source,
            "template_id": "" if task.template_id is None else str(task.template_id),
        },
    }  # fmt: skip
