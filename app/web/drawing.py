"""Turns a tree's `location` and `line` into what an SVG needs: boxes with marks, and lines with bends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

_SIZES = {"tasknode": (154, 54), "subflow": (154, 54)}
_SMALL = (34, 34)
_SIGNS = {
    "parallelgateway": "+",
    "branchgateway": "×",
    "conditionalparallelgateway": "○",
    "convergegateway": "⊢",
}
MARKS = {
    "not_started": "○", "running": "◠", "finished": "✓", "failed": "✕", "paused": "‖", "waiting_person": "☝",
    "waiting_callback": "◷", "waiting_timer": "◷", "retrying": "↻", "skipped": "»", "revoked": "⊘", "upstream_failed": "⊝",
}  # fmt: skip
"""The mark of each state: colour never tells it alone."""


WORDS = {
    "not_started": lazy_gettext("not started"),
    "running": lazy_gettext("running"),
    "finished": lazy_gettext("finished"),
    "failed": lazy_gettext("failed"),
    "paused": lazy_gettext("paused"),
    "waiting_person": lazy_gettext("waits for a person"),
    "waiting_callback": lazy_gettext("waits for a callback"),
    "waiting_timer": lazy_gettext("waits for its time"),
    "retrying": lazy_gettext("retrying"),
    "skipped": lazy_gettext("skipped"),
    "revoked": lazy_gettext("revoked"),
    "upstream_failed": lazy_gettext("failed upstream"),
    "created": lazy_gettext("not started"),
}
"""What the states are called."""

SHAPES = {
    "box": lazy_gettext("a node"),
    "circle": lazy_gettext("start or end"),
    "diamond": lazy_gettext("a gateway"),
}
"""What a box without a name is called."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node on the picture; `shape` is box, circle or diamond, `sign` what stands in a gateway."""

    id: str
    shape: str
    x: float
    y: float
    width: int
    height: int
    name: str
    stage: str
    sign: str
    state: str
    is_double: bool

    @property
    def points(self) -> str:
        """The corners of a diamond."""
        x, y, w, h = self.x, self.y, self.width, self.height
        return f"{x + w / 2},{y} {x + w},{y + h / 2} {x + w / 2},{y + h} {x},{y + h / 2}"


@dataclass(frozen=True, slots=True)
class Path:
    """A line on the picture, with the label of its branch and where that stands."""

    id: str
    path: str
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A flow as it is drawn."""

    boxes: Sequence[Box]
    paths: Sequence[Path]
    view_box: str
    width: float
    height: float


def draw(tree: Mapping[str, Any], states: Mapping[str, str]) -> Picture:
    """Draw a tree; nodes without a state are not started. One in which a node has no place is laid out in columns."""
    places = {place["id"]: place for place in tree.get("location") or []}
    nodes = {tree[e]["id"]: tree[e] for e in ("start_event", "end_event")} | tree["activities"] | tree["gateways"]
    if not nodes.keys() <= places.keys():
        places = _arranged(tree, nodes)
    boxes = {id_: _box(id_, node, places[id_], states) for id_, node in nodes.items()}
    arrows = {line["id"]: line for line in tree.get("line") or [] if isinstance(line, Mapping)}
    labels = _labels(tree)
    paths = [
        _path(flow, boxes[flow["source"]], boxes[flow["target"]], arrows.get(id_, {}), labels.get(id_, ""))
        for id_, flow in tree["flows"].items()
        if flow["source"] in boxes and flow["target"] in boxes
    ]
    left, top = min(b.x for b in boxes.values()) - 30, min(b.y for b in boxes.values()) - 30
    width = max(b.x + b.width for b in boxes.values()) - left + 30
    height = max(b.y + b.height for b in boxes.values()) - top + 40
    return Picture(list(boxes.values()), paths, f"{left} {top} {width} {height}", width, height)


def _arranged(tree: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Place nodes in columns by their distance from the start, as the canvas does (`tree/arranging.js`)."""
    after: dict[str, list[str]] = {id_: [] for id_ in nodes}
    for flow in tree["flows"].values():
        after.get(flow["source"], []).append(flow["target"])
    start = tree["start_event"]["id"]
    column, queue = {start: 0}, [start]
    for id_ in queue:
        for target in after.get(id_, ()):
            if target not in column:
                column[target] = column[id_] + 1
                queue.append(target)
    last, rows, places = max(column.values()) + 1, Counter[int](), dict[str, dict[str, float]]()
    for id_, node in nodes.items():
        at = column.get(id_, last)
        width, height = _SIZES.get(_type_of(node), _SMALL)
        places[id_] = {"x": 220 * at + (154 - width) / 2, "y": 100 * rows[at] + (54 - height) / 2}
        rows[at] += 1
    return places


def _box(id_: str, node: Mapping[str, Any], place: Mapping[str, Any], states: Mapping[str, str]) -> Box:
    type_ = str(place.get("type") or _type_of(node))
    width, height = _SIZES.get(type_, _SMALL)
    shape = "box" if type_ in _SIZES else "circle" if type_ in ("startpoint", "endpoint") else "diamond"
    x, y = place.get("x", 0), place.get("y", 0)
    return Box(
        id_, shape, float(x), float(y), width, height, str(node.get("name") or ""), str(node.get("stage_name") or ""),
        _SIGNS.get(type_, ""), states.get(id_, "not_started"), type_ in ("subflow", "endpoint"),
    )  # fmt: skip


def _type_of(node: Mapping[str, Any]) -> str:
    known = {
        "SubProcess": "subflow", "ServiceActivity": "tasknode", "EmptyStartEvent": "startpoint", "EmptyEndEvent": "endpoint",
        "ParallelGateway": "parallelgateway", "ExclusiveGateway": "branchgateway", "ConvergeGateway": "convergegateway",
        "ConditionalParallelGateway": "conditionalparallelgateway",
    }  # fmt: skip
    return known.get(str(node.get("type")), "tasknode")


def _labels(tree: Mapping[str, Any]) -> dict[str, str]:
    labels = {}
    for gateway in tree["gateways"].values():
        for flow_id, condition in (gateway.get("conditions") or {}).items():
            labels[flow_id] = str(condition.get("name") or condition.get("evaluate") or "")
        default = gateway.get("default_condition") or {}
        if default.get("flow_id"):
            labels[default["flow_id"]] = str(default.get("name") or gettext("default"))
    return labels


def _path(flow: Mapping[str, Any], source: Box, target: Box, line: Mapping[str, Any], label: str) -> Path:
    out = str((line.get("source") or {}).get("arrow") or "Right")
    into = str((line.get("target") or {}).get("arrow") or "Left")
    (x1, y1), (x2, y2) = _anchor(source, out), _anchor(target, into)
    across = ("Left", "Right")
    if out in across and into in across:
        middle = (x1 + x2) / 2
        path = f"M{x1},{y1} H{middle} V{y2} H{x2}"
    elif out in across:
        path = f"M{x1},{y1} H{x2} V{y2}"
    elif into in across:
        path = f"M{x1},{y1} V{y2} H{x2}"
    else:
        path = f"M{x1},{y1} V{(y1 + y2) / 2} H{x2} V{y2}"
    place = ((x1 + x2) / 2, y1 - 6) if y1 == y2 else (x1 + 6, y2 - 6) if out not in across else ((x1 + x2) / 2, y2 - 6)
    return Path(str(flow["id"]), path, label, *place)


def _anchor(box: Box, side: str) -> tuple[float, float]:
    x, y, w, h = box.x, box.y, box.width, box.height
    return {
        "Left": (x, y + h / 2),
        "Right": (x + w, y + h / 2),
        "Top": (x + w / 2, y),
        "Bottom": (x + w / 2, y + h),
    }.get(side, (x + w, y + h / 2))
