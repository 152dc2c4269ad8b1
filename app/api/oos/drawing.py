"""Draws operators and links as a tree: the activities, the lines between them, and where they stand on the canvas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.oos.fields import Fields
from app.services.ids import new_id, new_ids

_LEFT, _TOP, _WIDTH, _HEIGHT = 180, 150, 240, 100


@dataclass(slots=True)
class Drawn:
    """An operator as an activity; `switch` are the properties of one that chooses, until all names are known."""

    id: str
    name: str
    activity: dict[str, Any]
    switch: Fields | None = None


def activity_of(name: str, step: Mapping[str, Any], kept: Mapping[str, Any], id_: str | None) -> Drawn:
    """Return an activity without its type, its component and its lines."""
    own = id_ or new_id("node")
    activity = {
        "id": own, "name": name, "stage_name": "", "optional": False, "error_ignorable": False, "skippable": True,
        "retryable": True, "loop": None, "step": dict(step), "oos": dict(kept),
    }  # fmt: skip
    return Drawn(own, name, activity)


def tree_of(
    drawn: Sequence[Drawn], pairs: Sequence[tuple[str, str]], constants: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the tree of a dependency graph: a line for each pair of names, and from the start and to the end."""
    ids = {one.name: one.id for one in drawn}
    start, end = (
        str(((before or {}).get(key) or {}).get("id") or new_id("node")) for key in ("start_event", "end_event")
    )
    inner = [(ids[source], ids[target]) for source, target in pairs if source in ids and target in ids]
    sources, targets = {source for source, _ in inner}, {target for _, target in inner}
    nodes = [one.id for one in drawn]
    ends = [(start, id_) for id_ in nodes if id_ not in targets] + [(id_, end) for id_ in nodes if id_ not in sources]
    lines = dict(zip(new_ids(["line"] * (len(inner) + len(ends))), [*inner, *ends], strict=True))
    incoming: dict[str, list[str]] = {id_: [] for id_ in (*nodes, start, end)}
    outgoing: dict[str, list[str]] = {id_: [] for id_ in (*nodes, start, end)}
    for line, (source, target) in lines.items():
        outgoing[source].append(line)
        incoming[target].append(line)
    for one in drawn:
        one.activity |= {"incoming": incoming[one.id], "outgoing": outgoing[one.id]}
    return {
        "kind": "dependencies", "language": "functions",
        "start_event": {"id": start, "name": "", "type": "EmptyStartEvent", "incoming": "", "outgoing": outgoing[start]},
        "end_event": {"id": end, "name": "", "type": "EmptyEndEvent", "incoming": incoming[end], "outgoing": ""},
        "activities": {one.id: one.activity for one in drawn}, "gateways": {},
        "flows": {i: {"id": i, "source": s, "target": t, "is_default": False} for i, (s, t) in lines.items()},
        "constants": dict(constants), "outputs": [],
        "line": [
            {"id": i, "source": {"id": s, "arrow": "Right"}, "target": {"id": t, "arrow": "Left"}}
            for i, (s, t) in lines.items()
        ],
        "location": _locations(drawn, inner, start, end, before),
    }  # fmt: skip


def _locations(
    drawn: Sequence[Drawn], inner: Sequence[tuple[str, str]], start: str, end: str, before: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Return where the nodes stand: where they stood before, else in columns by what they wait for."""
    stood = {place.get("id"): place for place in (before or {}).get("location") or []}
    column = _columns([one.id for one in drawn], inner)
    rows: dict[int, int] = {}
    places = []
    for one in drawn:
        at = column[one.id]
        row = rows.get(at, 0)
        rows[at] = row + 1
        shape = "subflow" if one.activity.get("type") == "SubProcess" else "tasknode"
        fresh = {"x": _LEFT + at * _WIDTH, "y": _TOP + row * _HEIGHT}
        known = stood.get(one.id, fresh)
        places.append({"id": one.id, "type": shape, "name": one.name, "x": known.get("x"), "y": known.get("y")})
    most = max(column.values(), default=0) + 1
    events = ((start, "startpoint", _LEFT - 130), (end, "endpoint", _LEFT + most * _WIDTH))
    for id_, shape, x in events:
        known = stood.get(id_, {"x": x, "y": _TOP + 10})
        places.append({"id": id_, "type": shape, "x": known.get("x"), "y": known.get("y")})
    return places


def _columns(nodes: Sequence[str], lines: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return how many steps come before each node at most; nodes on a circle stay in the first column."""
    after: dict[str, list[str]] = {id_: [] for id_ in nodes}
    waits = dict.fromkeys(nodes, 0)
    for source, target in lines:
        after[source].append(target)
        waits[target] += 1
    column = dict.fromkeys(nodes, 0)
    free = [id_ for id_ in nodes if not waits[id_]]
    while free:
        source = free.pop()
        for target in after[source]:
            column[target] = max(column[target], column[source] + 1)
            waits[target] -= 1
            if not waits[target]:
                free.append(target)
    return column
