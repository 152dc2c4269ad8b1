"""One node of a flow by itself: a flow of the start, that node and the end, to try the node with given values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.engine.core.values import Json, name_of
from app.errors import InvalidInput, Problem
from app.sentences import say

_WAITS = ("rule", "condition", "manual", "delay_ms", "switch", "pause_on_failure")

START, END, INTO, OUT = "start", "end", "into", "out"


def alone(document: Mapping[str, Json], node_id: str, given: Collection[str]) -> dict[str, Any]:
    """Return the flow of one activity of a tree, which need not be valid besides; raises InvalidInput.

    A step is not made to wait for anything, and decides nothing: it works. Variables keep their values. One that takes an
    output of another node is there only if its key is among `given`.
    """
    activities = document.get("activities")
    node = activities.get(node_id) if isinstance(activities, Mapping) else None
    if not isinstance(node, Mapping):
        raise InvalidInput(
            Problem("node", say("node {node} is no task or subprocess of the flow", node=node_id), node_id)
        )
    ids = {name: name if name != node_id else f"{name}_" for name in (START, END)}
    start, end = ids[START], ids[END]
    return {
        **{key: document[key] for key in ("kind", "language") if document.get(key)},
        "start_event": {"id": start, "name": "", "type": "EmptyStartEvent", "incoming": "", "outgoing": INTO},
        "end_event": {"id": end, "name": "", "type": "EmptyEndEvent", "incoming": OUT, "outgoing": ""},
        "activities": {node_id: {**_at_once(node), "incoming": INTO, "outgoing": OUT}},
        "gateways": {},
        "flows": {
            INTO: {"id": INTO, "source": start, "target": node_id},
            OUT: {"id": OUT, "source": node_id, "target": end},
        },
        "constants": _constants(document, node_id, {name_of(key) for key in given}),
        "outputs": [],
        "line": [_line(INTO, start, node_id), _line(OUT, node_id, end)],
        "location": [
            {"id": start, "type": "startpoint", "x": 40, "y": 150},
            {"id": node_id, "type": "subflow" if node.get("type") == "SubProcess" else "tasknode", "x": 240, "y": 140},
            {"id": end, "type": "endpoint", "x": 540, "y": 150},
        ],
    }


def _at_once(node: Mapping[str, Any]) -> dict[str, Any]:
    step = node.get("step")
    if not isinstance(step, Mapping):
        return dict(node)
    return {**node, "step": {key: value for key, value in step.items() if key not in _WAITS}}


def _constants(document: Mapping[str, Json], node_id: str, given: Collection[str]) -> Any:
    constants = document.get("constants")
    if not isinstance(constants, Mapping):
        return constants
    found: dict[str, Json] = {}
    for key, constant in constants.items():
        if isinstance(constant, Mapping) and constant.get("source_type") == "component_outputs":
            info = constant.get("source_info")
            own = {id_: tags for id_, tags in info.items() if id_ == node_id} if isinstance(info, Mapping) else {}
            if name_of(key) in given:
                found[key] = {**constant, "source_type": "custom", "source_info": {}}
            elif own:
                found[key] = {**constant, "source_info": own}
        else:
            found[key] = constant
    return found


def _line(id_: str, source: str, target: str) -> dict[str, Json]:
    return {"id": id_, "source": {"id": source, "arrow": "Right"}, "target": {"id": target, "arrow": "Left"}}
