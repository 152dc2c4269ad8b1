"""A part of a flow by itself, to try it with given values: one node, or all from a node on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.engine.core.tree_reading import parse_tree
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
        raise _no_activity(node_id)
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
        "constants": _constants(document, {node_id}, {name_of(key) for key in given}),
        "outputs": [],
        "line": [_line(INTO, start, node_id), _line(OUT, node_id, end)],
        "location": [
            {"id": start, "type": "startpoint", "x": 40, "y": 150},
            {"id": node_id, "type": "subflow" if node.get("type") == "SubProcess" else "tasknode", "x": 240, "y": 140},
            {"id": end, "type": "endpoint", "x": 540, "y": 150},
        ],
    }


def onward(document: Mapping[str, Json], node_id: str, given: Collection[str]) -> dict[str, Any]:
    """Return the flow of an activity and of all that comes after it; raises InvalidInput.

    Lines from elsewhere are gone, so a converge waits only for branches that are still there. Where a loop leads back to
    before the gateway of the activity's branch, this branch alone is open first, and all are once the gateway has been
    passed. Variables are as in `alone`.
    """
    if node_id not in parse_tree(document).activities:
        raise _no_activity(node_id)
    raw: Mapping[str, Any] = document
    reached = _reached(raw["flows"].values(), node_id)
    flows = {id_: flow for id_, flow in raw["flows"].items() if flow["source"] in reached}
    start, into = raw["start_event"]["id"], INTO
    while into in flows:
        into += "_"
    nodes = {
        part: {id_: _led_to(node, flows) for id_, node in raw.get(part, {}).items() if id_ in reached}
        for part in ("activities", "gateways")
    }
    first = nodes["activities"].pop(node_id)
    is_on_loop = bool(_listed(first["incoming"]))
    return {
        **raw, "gateways": nodes["gateways"],
        "start_event": {**raw["start_event"], "outgoing": into, **({"midway": True} if is_on_loop else {})},
        "end_event": _led_to(raw["end_event"], flows),
        "activities": {node_id: {**first, "incoming": [into, *_listed(first["incoming"])]}, **nodes["activities"]},
        "flows": {into: {"id": into, "source": start, "target": node_id}, **flows},
        "constants": _constants(document, reached, {name_of(key) for key in given}),
        "outputs": [],
        "line": [_line(into, start, node_id), *(line for line in raw.get("line") or [] if line.get("id") in flows)],
        "location": [p for p in raw.get("location") or [] if p.get("id") in {start, *reached}],
    }  # fmt: skip


def _reached(flows: Collection[Mapping[str, Any]], node_id: str) -> set[str]:
    """Return a node and all that can come after it."""
    after: dict[str, list[str]] = {}
    for flow in flows:
        after.setdefault(flow["source"], []).append(flow["target"])
    reached, todo = {node_id}, [node_id]
    while todo:
        fresh = set(after.get(todo.pop(), ())) - reached
        reached |= fresh
        todo += fresh
    return reached


def _led_to(node: Mapping[str, Any], flows: Collection[str]) -> dict[str, Any]:
    """Return a node without the lines to it that are gone."""
    return {**node, "incoming": [flow_id for flow_id in _listed(node["incoming"]) if flow_id in flows]}


def _listed(lines: str | list[str]) -> list[str]:
    return [lines] if isinstance(lines, str) else lines


def _no_activity(node_id: str) -> InvalidInput:
    return InvalidInput(Problem("node", say("node {node} is no task or subprocess of the flow", node=node_id), node_id))


def _at_once(node: Mapping[str, Any]) -> dict[str, Any]:
    step = node.get("step")
    if not isinstance(step, Mapping):
        return dict(node)
    return {**node, "step": {key: value for key, value in step.items() if key not in _WAITS}}


def _constants(document: Mapping[str, Json], node_ids: Collection[str], given: Collection[str]) -> Any:
    constants = document.get("constants")
    if not isinstance(constants, Mapping):
        return constants
    found: dict[str, Json] = {}
    for key, constant in constants.items():
        if isinstance(constant, Mapping) and constant.get("source_type") == "component_outputs":
            info = constant.get("source_info")
            own = {id_: tags for id_, tags in info.items() if id_ in node_ids} if isinstance(info, Mapping) else {}
            if name_of(key) in given:
                found[key] = {**constant, "source_type": "custom", "source_info": {}}
            elif own:
                found[key] = {**constant, "source_info": own}
        else:
            found[key] = constant
    return found


def _line(id_: str, source: str, target: str) -> dict[str, Json]:
    return {"id": id_, "source": {"id": source, "arrow": "Right"}, "target": {"id": target, "arrow": "Left"}}
