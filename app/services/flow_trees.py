"""The trees of flows that are run in cycles: made of tasks, references and links, and read back without loss.

Such a tree is a dependency graph in the language "names". Each activity keeps, under `cyclic`, what the tree has no place
for: its number, its exact position, and how it was described. A position is told exactly as long as nobody has moved the
node on the canvas.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.engine.core.values import Json, key_of, name_of

TASK, REFERENCE = "batch_command", "wait_for_flow"
"""The plugins that the two kinds of nodes call."""

START, END = "flow_start", "flow_end"
SCALE = 10_000
"""How many points of the canvas a unit of a position is."""

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LEFT, _TOP, _WIDTH, _HEIGHT = 180.0, 120.0, 240.0, 100.0


@dataclass(frozen=True, slots=True)
class Node:
    """What tasks and references have in common: the id in the tree, and the position, None to be laid out."""

    id: str
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, slots=True)
class FlowTask(Node):
    """A task: a command of a flow. `details` is how it was described, with keys of its describer's.

    One with `keys` runs once for each of them, `parallel` at a time; `${key}` in its command is the key. Other flows may
    refer to it where it is `is_linkable`. `cores` and `memory_gb` are what it may use, 0 as much as there is.
    """

    number: int = 0
    name: str = ""
    command: str = ""
    success_code: str = "0"
    host: str = ""
    priority: int = 0
    timeout_s: int = 0
    retries: int = 0
    retry_after_s: int = 0
    keys: Sequence[str] = ()
    parallel: int = 0
    is_linkable: bool = True
    cores: float = 0
    memory_gb: float = 0
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowRef(Node):
    """A node that stands for another flow, or with a `task` for that task of it."""

    flow: int = 0
    task: int = 0
    number: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """That one node comes after another; from a reference, `gap` says how many cycles earlier its run was."""

    source: str
    target: str
    gap: str = "D0"
    rerun: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A flow as it is described."""

    tasks: Sequence[FlowTask]
    references: Sequence[FlowRef] = ()
    links: Sequence[Link] = ()
    parameters: Sequence[tuple[str, str]] = ()


def tree_of(flow: Definition) -> dict[str, Any]:
    """Return the tree of a definition without problems."""
    nodes: list[FlowTask | FlowRef] = [*flow.tasks, *flow.references]
    lines = [(link.source, link.target, link) for link in flow.links]
    targets, sources = {t for _, t, _ in lines}, {s for s, _, _ in lines}
    ends: list[tuple[str, str, Link | None]] = [(START, n.id, None) for n in nodes if n.id not in targets]
    ends += [(n.id, END, None) for n in nodes if n.id not in sources] if nodes else [(START, END, None)]
    drawn = {f"line_{i + 1}": line for i, line in enumerate([*lines, *ends])}
    into: dict[str, list[str]] = {}
    out_of: dict[str, list[str]] = {}
    for id_, (source, target, _) in drawn.items():
        out_of.setdefault(source, []).append(id_)
        into.setdefault(target, []).append(id_)
    places = _places(nodes, [(s, t) for s, t, _ in lines])
    gaps: dict[str, str] = {}
    for link in flow.links:
        known = gaps.get(link.source, "")
        gaps[link.source] = known if link.gap in known.split(",") else f"{known},{link.gap}".strip(",")
    return {
        "kind": "dependencies", "language": "names", "parallelism": 0,
        "start_event": _event(START, "EmptyStartEvent", [], out_of.get(START, [])),
        "end_event": _event(END, "EmptyEndEvent", into.get(END, []), []),
        "activities": {n.id: _activity(n, into[n.id], out_of[n.id], places[n.id], gaps.get(n.id, "D0")) for n in nodes},
        "gateways": {},
        "flows": {id_: _flow(id_, *line) for id_, line in drawn.items()},
        "constants": {key_of(k): _constant(k, v, i) for i, (k, v) in enumerate(flow.parameters) if _IDENTIFIER.fullmatch(k)},
        "parameters": [[k, v] for k, v in flow.parameters if not _IDENTIFIER.fullmatch(k)],
        "outputs": [],
        "line": [
            {"id": id_, "source": {"id": s, "arrow": "Right"}, "target": {"id": t, "arrow": "Left"}}
            for id_, (s, t, _) in drawn.items()
        ],
        "location": _locations(nodes, places),
    }  # fmt: skip


def definition_of(tree: Mapping[str, Any]) -> Definition:
    """Return the definition of a tree: what was described, with what has been changed on the canvas since."""
    places = {entry.get("id"): entry for entry in tree.get("location") or []}
    tasks, references = [], []
    for id_, activity in tree["activities"].items():
        kept = activity.get("cyclic") or {}
        x, y = _exact(kept, places.get(id_) or {})
        if (activity.get("component") or {}).get("code") == REFERENCE:
            number = int(kept.get("number") or 0)
            references.append(
                FlowRef(id_, x, y, int(kept.get("flow") or 0), int(kept.get("task") or 0), number, kept.get("name", ""))
            )
        else:
            tasks.append(_task_of(id_, x, y, activity, kept))
    links = [
        Link(line["source"], line["target"], line.get("gap") or "D0", bool(line.get("rerun")))
        for line in tree["flows"].values()
        if line["source"] in tree["activities"] and line["target"] in tree["activities"]
    ]
    constants = sorted(tree.get("constants", {}).items(), key=lambda entry: entry[1].get("index") or 0)
    parameters = [(name_of(key), str(c.get("value", ""))) for key, c in constants]
    return Definition(tasks, references, links, [*parameters, *((k, v) for k, v in tree.get("parameters") or [])])


def downstream(flow: Definition, node_id: str) -> Definition:
    """Return what is left of a flow from a node on: the node and all that comes after it."""
    after: dict[str, list[str]] = {}
    for link in flow.links:
        after.setdefault(link.source, []).append(link.target)
    kept, todo = {node_id}, [node_id]
    while todo:
        fresh = [target for target in after.get(todo.pop(), []) if target not in kept]
        kept.update(fresh)
        todo += fresh
    links = [link for link in flow.links if {link.source, link.target} <= kept]
    return Definition([t for t in flow.tasks if t.id in kept], (), links, flow.parameters)


def _task_of(id_: str, x: float, y: float, activity: Mapping[str, Any], kept: Mapping[str, Any]) -> FlowTask:
    given, step = (activity.get("component") or {}).get("data") or {}, activity.get("step") or {}

    def value(key: str, default: str) -> str:
        return str((given.get(key) or {}).get("value", default))

    return FlowTask(
        id_, x, y, int(kept.get("number") or 0), str(activity.get("name") or ""), value("command", ""),
        value("success_code", "0"), value("host", ""), int(step.get("priority") or 0), int(step.get("timeout_ms") or 0) // 1000,
        int(step.get("retries") or 0), int(step.get("retry_after_ms") or 0) // 1000, tuple(kept.get("keys") or ()),
        int(kept.get("parallel") or 0), kept.get("is_linkable") is not False, float(value("cores", "0") or 0),
        float(value("memory_mb", "0") or 0) / 1024, kept.get("details") or {},
    )  # fmt: skip


def _activity(
    node: FlowTask | FlowRef, incoming: list[str], outgoing: list[str], place: tuple[float, float], gap: str
) -> dict[str, Any]:
    common = {
        "id": node.id, "type": "ServiceActivity", "name": node.name[:128], "incoming": incoming, "outgoing": outgoing,
        "optional": False, "error_ignorable": False, "stage_name": "", "loop": None, "skippable": True, "retryable": True,
    }  # fmt: skip
    position = {"x": node.x, "y": node.y} if node.x is not None and node.y is not None else {}
    kept: dict[str, Any] = {"number": node.number, **position}
    if isinstance(node, FlowRef):
        kept |= {"flow": node.flow, "task": node.task, "name": node.name}
        given = {"flow": str(node.flow), "task": str(node.task or ""), "gap": gap}
        return {**common, "component": _component(REFERENCE, given), "cyclic": kept}
    given = {"command": node.command, "success_code": node.success_code, "host": node.host, **_limits_of(node)}
    step = {
        "priority": node.priority, "retries": node.retries, "retry_after_ms": node.retry_after_s * 1000,
        "timeout_ms": node.timeout_s * 1000,
    }  # fmt: skip
    kept |= {"keys": list(node.keys), "parallel": node.parallel, "is_linkable": node.is_linkable}
    kept["details"] = dict(node.details)
    return {**common, "component": _component(TASK, given), "step": step, "cyclic": kept}


def _limits_of(task: FlowTask) -> dict[str, str]:
    """Return what a task may use as its plugin's inputs.

    A share of a core is the CPU time that it comes to until the time-out: who needs more would not have ended in time.
    """
    given = {}
    if task.cores:
        given["cores"] = f"{task.cores:g}"
        if task.timeout_s:
            given["cpu_s"] = str(max(1, math.ceil(task.cores * task.timeout_s)))
    if task.memory_gb:
        given["memory_mb"] = str(math.ceil(task.memory_gb * 1024))
    return given


def _component(code: str, given: Mapping[str, str]) -> dict[str, Any]:
    return {"code": code, "version": "legacy", "data": {key: {"hook": False, "value": v} for key, v in given.items()}}


def _event(id_: str, type_: str, incoming: list[str], outgoing: list[str]) -> dict[str, Any]:
    return {"id": id_, "name": "", "type": type_, "incoming": incoming or "", "outgoing": outgoing or ""}


def _flow(id_: str, source: str, target: str, link: Link | None) -> dict[str, Any]:
    more = {} if link is None else {"gap": link.gap, "rerun": link.rerun}
    return {"id": id_, "source": source, "target": target, "is_default": False, **more}


def _constant(key: str, value: str, index: int) -> dict[str, Any]:
    return {
        "key": key_of(key), "name": key, "index": index, "desc": "", "source_type": "custom", "custom_type": "input",
        "source_tag": "", "source_info": {}, "show_type": "show", "value": value, "validation": "",
    }  # fmt: skip


def _places(nodes: Sequence[Node], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return where nodes stand on the canvas; those without a position are laid out in columns by what they wait for."""
    before: dict[str, list[str]] = {}
    for source, target in pairs:
        before.setdefault(target, []).append(source)
    column: dict[str, int] = {}
    for id_ in in_order({n.id for n in nodes}, pairs):
        column[id_] = max((column[b] + 1 for b in before.get(id_, ())), default=0)
    rows: dict[int, int] = {}
    places = {}
    for node in nodes:
        at = column.get(node.id, 0)
        row = rows[at] = rows.get(at, 0) + 1
        if node.x is not None and node.y is not None:
            places[node.id] = (node.x * SCALE, node.y * SCALE)
        else:
            places[node.id] = (_LEFT + at * _WIDTH, _TOP + (row - 1) * _HEIGHT)
    return places


def _locations(nodes: Sequence[FlowTask | FlowRef], places: Mapping[str, tuple[float, float]]) -> list[dict[str, Any]]:
    xs, ys = [x for x, _ in places.values()] or [_LEFT], [y for _, y in places.values()] or [_TOP]
    # The events are lower than the nodes beside them.
    middle = (min(ys) + max(ys)) / 2 + 10
    drawn = [
        {"id": n.id, "type": "tasknode", "name": n.name, "x": places[n.id][0], "y": places[n.id][1]} for n in nodes
    ]
    start = {"id": START, "type": "startpoint", "x": min(xs) - 160, "y": middle}
    return [start, *drawn, {"id": END, "type": "endpoint", "x": max(xs) + _WIDTH, "y": middle}]


def _exact(kept: Mapping[str, Any], place: Mapping[str, Any]) -> tuple[float, float]:
    def of(axis: str) -> float:
        stands = place.get(axis)
        shown = float(stands) if isinstance(stands, int | float) else None
        told = kept.get(axis)
        if told is not None and (shown is None or abs(told * SCALE - shown) < 0.5):
            return float(told)
        return (shown or 0.0) / SCALE

    return of("x"), of("y")


def in_order(ids: set[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return ids in an order in which what comes before stands before; those on a circle are left out."""
    waits = dict.fromkeys(ids, 0)
    after: dict[str, list[str]] = {}
    for source, target in pairs:
        waits[target] += 1
        after.setdefault(source, []).append(target)
    ready, ordered = sorted(id_ for id_, count in waits.items() if not count), []
    while ready:
        id_ = ready.pop()
        ordered.append(id_)
        for target in after.get(id_, []):
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return ordered
