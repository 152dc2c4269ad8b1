"""Nodes of a task: operated, called back, looked at."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint

from app.api.bksops.envelope import Body, Call, operation
from app.api.bksops.templates import kind_of
from app.api.bksops.translate import node_detail_body
from app.errors import InvalidInput, Problem
from app.services.access import find_project
from app.services.nodes import NodeOrder
from app.services.nodes import operate_node as order_node
from app.services.reading import node_detail, output_names, present


def route(blueprint: Blueprint) -> None:
    """Add the operations to the dialect."""
    blueprint.post("/operate_node/<int:project_id>/<int:task_id>/")(operate_node)
    blueprint.post("/node_callback/<int:task_id>/<int:project_id>/")(node_callback)
    blueprint.get("/get_task_node_detail/<int:task_id>/<int:project_id>/")(get_task_node_detail)


@operation
def operate_node(call: Call) -> Any:
    """Retry, skip, fail, pause or resume a node, or choose a gateway's branch."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    inputs = call.object("inputs") if call.given.get("inputs") else None
    flow_ids = call.texts("flow_ids") or ([call.text("flow_id")] if call.given.get("flow_id") else [])
    order = NodeOrder(call.text("node_id"), call.text("action"), inputs, flow_ids, call.given.get("data"))
    order_node(call.actor, project, call.ids["task_id"], order)
    return Body(data="success", message="success")


@operation
def node_callback(call: Call) -> Any:
    """Give a callback to a node."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    order = NodeOrder(call.text("node_id"), "callback", body=call.given.get("callback_data"))
    order_node(call.actor, project, call.ids["task_id"], order)
    return Body(message="success")


@operation
def get_task_node_detail(call: Call) -> Any:
    """Return a node with its inputs, outputs and earlier attempts."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    node_id = call.text("node_id") or call.text("act_id")
    _require_list(call.text("subprocess_stack", "[]"))
    loop = call.text("loop")
    detail = node_detail(call.actor, project, call.ids["task_id"], node_id, int(loop) if loop.isdecimal() else None)
    return node_detail_body(detail, output_names(detail), project.time_zone, present())


def _require_list(text: str) -> None:
    """Nodes are found by their ids alone; the stack of subprocesses is only checked for its form."""
    try:
        is_list = isinstance(json.loads(text), list)
    except ValueError:
        is_list = False
    if not is_list:
        raise InvalidInput(Problem("format", "subprocess_stack is not a valid array json"))
