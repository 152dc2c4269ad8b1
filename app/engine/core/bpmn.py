"""A flow as BPMN 2.0 XML with its picture, for other tools to draw and read.

Ids become NCNames, as XML wants them. A converge becomes the gateway that waits as it does: a parallel one where each
branch of a parallel gateway comes by one line, an inclusive one where fewer or more tokens may come, and an exclusive one
where it only merges. What BPMN has no word for stands in attributes of our own namespace; values of inputs do not, since
they may be secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as Xml

from app.engine.core.kinds import DECIDING
from app.engine.core.matching import converges_of
from app.engine.core.tree import AnyNode, Gateway, ServiceActivity, SubProcess, Tree

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI, DC, EDGE = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
)
OURS = "https://sluice.invalid/bpmn"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES = {"bpmn": MODEL, "bpmndi": DI, "dc": DC, "di": EDGE, "sluice": OURS, "xsi": _XSI}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIZES: Mapping[str, tuple[float, float]] = {"task": (154, 54), "gateway": (34, 34), "event": (34, 34)}
_APART = 200

Point = tuple[float, float]


def write_bpmn(tree: Tree, name: str, description: str = "") -> str:
    """Write a tree that `problems_of` has found valid."""
    return _Writing(tree).document(name, description)


class _Writing:
    """One writing of a tree; keeps the ids that it has given."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._taken: set[str] = set()
        nodes = tree.nodes
        self._node_ids = {id_: self._id(id_, "node") for id_ in nodes}
        self._flow_ids = {id_: self._id(id_, "line") for id_ in tree.flows}
        self._tags = _tags(tree)
        self._boxes = _boxes(tree)

    def document(self, name: str, description: str) -> str:
        """Write the whole."""
        for prefix, uri in _PREFIXES.items():
            Xml.register_namespace(prefix, uri)
        root = Xml.Element(_q(MODEL, "definitions"), {"id": self._id("definitions", ""), "targetNamespace": OURS})
        process_id = self._id("process", "")
        process = _add(root, MODEL, "process", id=process_id, name=_text(name), isExecutable="false")
        if description:
            _add(process, MODEL, "documentation").text = _text(description)
        for node in self._tree.nodes.values():
            self._node(process, node)
        for flow_id in self._tree.flows:
            self._flow(process, flow_id)
        self._picture(root, process_id)
        Xml.indent(root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"

    def _node(self, process: Xml.Element, node: AnyNode) -> None:
        element = _add(process, MODEL, self._tags[node.id], id=self._node_ids[node.id], name=_text(node.name))
        if isinstance(node, ServiceActivity):
            element.set(_q(OURS, "plugin"), _text(node.code))
            element.set(_q(OURS, "version"), _text(node.version))
        elif isinstance(node, SubProcess) and node.template_id:
            element.set("calledElement", "flow_" + re.sub(r"[^A-Za-z0-9_.-]", "_", node.template_id))
        elif isinstance(node, Gateway):
            element.set("gatewayDirection", _direction(node))
            if node.default_flow is not None and node.type in DECIDING:
                element.set("default", self._flow_ids[node.default_flow])
        for side, ids in (("incoming", node.incoming), ("outgoing", node.outgoing)):
            for flow_id in ids:
                _add(element, MODEL, side).text = self._flow_ids[flow_id]

    def _flow(self, process: Xml.Element, flow_id: str) -> None:
        flow = self._tree.flows[flow_id]
        element = _add(
            process, MODEL, "sequenceFlow", id=self._flow_ids[flow_id], sourceRef=self._node_ids[flow.source],
            targetRef=self._node_ids[flow.target],
        )  # fmt: skip
        label = _label(self._tree, flow.source, flow_id)
        if label:
            element.set("name", _text(label))
        gateway = self._tree.gateways.get(flow.source)
        conditions = gateway.conditions if gateway is not None and gateway.type in DECIDING else {}
        if gateway is not None and flow_id in conditions and flow_id != gateway.default_flow:
            expression = _add(element, MODEL, "conditionExpression")
            expression.set(_q(_XSI, "type"), "bpmn:tFormalExpression")
            expression.text = _text(conditions[flow_id])

    def _picture(self, root: Xml.Element, process_id: str) -> None:
        diagram = _add(root, DI, "BPMNDiagram", id=self._id("diagram", ""))
        plane = _add(diagram, DI, "BPMNPlane", id=self._id("plane", ""), bpmnElement=process_id)
        for id_, (x, y, width, height) in self._boxes.items():
            own = self._node_ids[id_]
            shape = _add(plane, DI, "BPMNShape", id=self._id(f"{own}_shape", ""), bpmnElement=own)
            if self._tags[id_] == "exclusiveGateway":
                shape.set("isMarkerVisible", "true")
            _add(shape, DC, "Bounds", x=_number(x), y=_number(y), width=_number(width), height=_number(height))
        arrows = _arrows(self._tree)
        for id_, flow in self._tree.flows.items():
            own = self._flow_ids[id_]
            edge = _add(plane, DI, "BPMNEdge", id=self._id(f"{own}_edge", ""), bpmnElement=own)
            for x, y in _bends(self._boxes[flow.source], self._boxes[flow.target], *arrows.get(id_, ("Right", "Left"))):
                _add(edge, EDGE, "waypoint", x=_number(x), y=_number(y))

    def _id(self, wanted: str, prefix: str) -> str:
        """Return an NCName that nothing else in the document has, the wanted one if it can be."""
        plain = wanted if _NAME.fullmatch(wanted) else f"{prefix}_{re.sub(r'[^A-Za-z0-9_.-]', '_', wanted)}"
        found, number = plain, 1
        while found in self._taken:
            number += 1
            found = f"{plain}_{number}"
        self._taken.add(found)
        return found


def _tags(tree: Tree) -> dict[str, str]:
    """Return the element that each node becomes."""
    joins = {converge: fork for fork, converge in converges_of(tree).items() if converge is not None}
    tags = {tree.start.id: "startEvent", tree.end.id: "endEvent"}
    for id_, activity in tree.activities.items():
        tags[id_] = "serviceTask" if isinstance(activity, ServiceActivity) else "callActivity"
    for id_, gateway in tree.gateways.items():
        tags[id_] = {
            "ExclusiveGateway": "exclusiveGateway",
            "ParallelGateway": "parallelGateway",
            "ConditionalParallelGateway": "inclusiveGateway",
        }.get(gateway.type) or _join(gateway, tree.gateways.get(joins.get(id_, "")))
    return tags


def _join(converge: Gateway, fork: Gateway | None) -> str:
    if fork is None:
        return "exclusiveGateway"
    is_plain = fork.type == "ParallelGateway" and len(converge.incoming) == len(fork.outgoing)
    return "parallelGateway" if is_plain else "inclusiveGateway"


def _direction(gateway: Gateway) -> str:
    many = (len(gateway.incoming) > 1, len(gateway.outgoing) > 1)
    return {(True, True): "Mixed", (True, False): "Converging", (False, True): "Diverging"}.get(many, "Unspecified")


def _label(tree: Tree, node_id: str, flow_id: str) -> str:
    """Return what a branch is called."""
    gateways = tree.document.get("gateways")
    written = gateways.get(node_id) if isinstance(gateways, Mapping) else None
    conditions = written.get("conditions") if isinstance(written, Mapping) else None
    condition = conditions.get(flow_id) if isinstance(conditions, Mapping) else None
    return str(condition.get("name") or "") if isinstance(condition, Mapping) else ""


def _boxes(tree: Tree) -> dict[str, tuple[float, float, float, float]]:
    """Return where each node stands and how large it is; one without a place stands in a row with the others."""
    places = {entry.get("id"): entry for entry in _entries(tree, "location") if isinstance(entry.get("id"), str)}
    found: dict[str, tuple[float, float, float, float]] = {}
    for i, (id_, node) in enumerate(tree.nodes.items()):
        kind = (
            "task"
            if isinstance(node, ServiceActivity | SubProcess)
            else "gateway"
            if isinstance(node, Gateway)
            else "event"
        )
        place = places.get(id_, {})
        x, y = _coordinate(place.get("x"), 60 + _APART * i), _coordinate(place.get("y"), 100)
        width, height = _SIZES[kind]
        found[id_] = (x, y, width, height)
    return found


def _arrows(tree: Tree) -> dict[str, tuple[str, str]]:
    """Return on which sides each line begins and ends."""
    found = {}
    for entry in _entries(tree, "line"):
        sides = [entry.get(end) for end in ("source", "target")]
        out, into = (str(side.get("arrow") or "") if isinstance(side, Mapping) else "" for side in sides)
        found[str(entry.get("id"))] = (out or "Right", into or "Left")
    return found


def _entries(tree: Tree, part: str) -> Iterable[Mapping[str, Any]]:
    entries = tree.document.get(part)
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _coordinate(value: Any, fallback: float) -> float:
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
        else fallback
    )


def _bends(
    source: tuple[float, float, float, float], target: tuple[float, float, float, float], out: str, into: str
) -> list[Point]:
    """Return the points of a line that goes only across and down."""
    (x1, y1), (x2, y2) = _anchor(source, out, (1, 0.5)), _anchor(target, into, (0, 0.5))
    leaves_across, comes_across = (side not in ("Top", "Bottom") for side in (out, into))
    if leaves_across and comes_across:
        middle = (x1 + x2) / 2
        points = [(x1, y1), (middle, y1), (middle, y2), (x2, y2)]
    elif leaves_across:
        points = [(x1, y1), (x2, y1), (x2, y2)]
    elif comes_across:
        points = [(x1, y1), (x1, y2), (x2, y2)]
    else:
        points = [(x1, y1), (x1, (y1 + y2) / 2), (x2, (y1 + y2) / 2), (x2, y2)]
    return [points[0], *(p for before, p in pairwise(points[:-1]) if p != before), points[-1]]


def _anchor(box: tuple[float, float, float, float], side: str, other: Point) -> Point:
    x, y, width, height = box
    sides = {"Left": (0, 0.5), "Right": (1, 0.5), "Top": (0.5, 0), "Bottom": (0.5, 1)}
    across, down = sides.get(side, other)
    return x + width * across, y + height * down


def _add(parent: Xml.Element, namespace: str, tag: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, _q(namespace, tag), attributes)


def _q(namespace: str, tag: str) -> str:
    return f"{{{namespace}}}{tag}"


def _text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("\ufffd", text)


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"
