"""Nodes of a task: operated, called back, looked at."""

from __future__ import annotations

import json
from typing import Any

from app.api.bksops.operation import Body, Call, operation
from app.api.bksops.shapes import (
    ANY,
    ID,
    INT,
    NOTHING,
    OBJECT,
    OUTPUT_ROW,
    SCOPE,
    STATUS,
    TEXT,
    TEXTS,
    array,
    defaulting,
    obj,
    told,
)
from app.api.bksops.translate import node_detail_body, outputs_body
from app.errors import InvalidInput, Problem
from app.services.nodes import NodeOrder
from app.services.nodes import operate_node as order_node
from app.services.reading import NodeDetail, node_detail, node_log, output_names, present
from app.services.tasks import require_operable

_HISTORY = obj(
    history_id=INT, elapsed_time=INT, inputs=OBJECT, outputs=array(OUTPUT_ROW), ex_data=TEXT, loop=INT, state=TEXT,
    start_time=TEXT, finish_time=TEXT, children=NOTHING,
)  # fmt: skip
_OF_NODE = {name: type_ for name, type_ in STATUS["properties"].items() if name != "waits_for_room"}
_DETAIL = obj(
    **_OF_NODE, histories=told(array(_HISTORY), "earlier attempts, the first first"), inputs=OBJECT,
    outputs=array(OUTPUT_ROW), ex_data=TEXT,
)  # fmt: skip
_LOOK = {
    "node_id": told(TEXT, "the node; `act_id` is understood too"),
    "act_id": TEXT,
    "component_code": told(TEXT, "not needed: the node knows its plugin"),
    "subprocess_stack": defaulting(
        told(TEXT, "not needed: nodes are found by their id; the text of a JSON list"), "[]"
    ),
    "loop": told(ID, "a pass of the node, the last one by default"),
    "scope": SCOPE,
}


@operation(
    "POST",
    "operate_node/{project_id}/{task_id}/",
    told(TEXT, "`success`"),
    takes={
        "node_id": TEXT,
        "action": told(
            TEXT,
            "retry (with `inputs`), skip, callback (`data`), forced_fail, pause, resume, skip_exg (`flow_id`), "
            "skip_cpg (`flow_ids`), pause_subproc, resume_subproc, retry_subprocess",
        ),
        "inputs": told(OBJECT, "the inputs of a retry, in place of all of the node's own"),
        "data": told(OBJECT, "the body of a callback"),
        "flow_id": TEXT,
        "flow_ids": defaulting(TEXTS, []),
        "scope": SCOPE,
    },
    required=("node_id", "action"),
)
def operate_node(call: Call) -> Any:
    """Retry, skip, fail, call back, pause or resume a node, or choose a gateway's branch."""
    project = call.project
    require_operable(call.actor, project, call.ids["task_id"])
    _require_objects(call, "data", "inputs")
    params = call.params
    flow_ids = params["flow_ids"] or ([params["flow_id"]] if params.get("flow_id") else [])
    order = NodeOrder(params["node_id"], params["action"], params.get("inputs") or None, flow_ids, params.get("data"))
    order_node(call.actor, project, call.ids["task_id"], order)
    return Body(data="success", message="success")


@operation(
    "POST",
    "node_callback/{task_id}/{project_id}/",
    NOTHING,
    takes={"node_id": TEXT, "callback_data": told(ANY, "the body of the callback"), "version": TEXT, "scope": SCOPE},
    required=("node_id",),
)
def node_callback(call: Call) -> Any:
    """Give a callback to a node, which may be working still or not have been reached yet."""
    project = call.project
    require_operable(call.actor, project, call.ids["task_id"])
    order = NodeOrder(call.params["node_id"], "callback", body=call.given.get("callback_data"))
    order_node(call.actor, project, call.ids["task_id"], order)
    return Body(message="success")


@operation("GET", "get_task_node_detail/{task_id}/{project_id}/", _DETAIL, takes=_LOOK)
def get_task_node_detail(call: Call) -> Any:
    """Return a node with its state, inputs, outputs and earlier attempts."""
    detail = _detail(call)
    return node_detail_body(detail, output_names(detail), call.project.time_zone, present())


@operation(
    "GET",
    "get_task_node_data/{project_id}/{task_id}/",
    obj(inputs=OBJECT, outputs=array(OUTPUT_ROW), ex_data=TEXT),
    takes=_LOOK,
)
def get_task_node_data(call: Call) -> Any:
    """Return a node's inputs and outputs."""
    detail = _detail(call)
    current = detail.attempts[-1]
    return {
        "inputs": current.inputs,
        "outputs": outputs_body(current.outputs, output_names(detail)),
        "ex_data": current.reason,
    }


@operation(
    "GET",
    "get_task_node_log/{task_id}/{project_id}/",
    told(TEXT, "all that was logged"),
    takes={"node_id": TEXT, "version": told(TEXT, "not needed: a node has one log"), "scope": SCOPE},
    required=("node_id",),
)
def get_task_node_log(call: Call) -> Any:
    """Return what a node has logged so far."""
    text, _ = node_log(call.actor, call.project, call.ids["task_id"], call.params["node_id"])
    return Body(data=text, message="success", page={})


def _detail(call: Call) -> NodeDetail:
    project, params = call.project, call.params
    _require_list(params["subprocess_stack"])
    node_id = params.get("node_id") or params.get("act_id") or ""
    return node_detail(call.actor, project, call.ids["task_id"], node_id, params.get("loop"))


def _require_objects(call: Call, *names: str) -> None:
    for name in names:
        if not isinstance(call.given.get(name, {}), dict):
            raise InvalidInput(Problem("format", f"{name} field is not a valid object"))


def _require_list(text: str) -> None:
    """Nodes are found by their ids alone; the stack of subprocesses is only checked for its form."""
    try:
        is_list = isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        is_list = False
    if not is_list:
        raise InvalidInput(Problem("format", "subprocess_stack is not a valid array json"))
