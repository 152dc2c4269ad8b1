"""What has changed from one tree to another: nodes, lines, variables and all the rest, each change with its path.

Trees are compared as JSON, so a draft that is no valid tree can be compared too. Secrets are compared and never told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from app.engine.core.scope import MASK
from app.engine.core.secret_values import with_secrets
from app.engine.core.values import Json

_EVENTS = ("start_event", "end_event")
_PARTS = (*_EVENTS, "activities", "gateways", "flows", "constants", "line", "location")
_TOLD_BY_LINES = ("id", "incoming", "outgoing")


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is another now; `path` leads to it (`component.data.x.value`), None is what is absent."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Item:
    """A node, line or variable that was added or removed; `kind` is its type, of a line `source > target`."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A node, line or variable that is not as it was. A node that was moved has changes of `location.x` and `.y`."""

    id: str
    name: str
    kind: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Section:
    """What has become of the nodes, of the lines, or of the variables."""

    added: Sequence[Item]
    removed: Sequence[Item]
    changed: Sequence[Changed]


@dataclass(frozen=True, slots=True)
class Differences:
    """All that has changed; `rest` is of the flow itself, its outputs and whatever else stands in the tree."""

    nodes: Section
    flows: Section
    variables: Section
    rest: Sequence[Change]


def differences(before: Mapping[str, Json], after: Mapping[str, Json]) -> Differences:
    """Compare two trees; either may be any JSON object."""
    old, new = (with_secrets(tree, _Hidden) for tree in (before, after))
    return Differences(
        _section(_nodes(old, new), _nodes(new, old)),
        _section(_flows(old), _flows(new)),
        _section(_objects(old, "constants"), _objects(new, "constants")),
        list(_changes({k: v for k, v in old.items() if k not in _PARTS}, {k: v for k, v in new.items() if k not in _PARTS})),
    )  # fmt: skip


class _Hidden(str):
    """A secret on its way through the comparison."""

    __slots__ = ()


def _section(before: Mapping[str, Any], after: Mapping[str, Any]) -> Section:
    both = [(_item(id_, after[id_]), list(_changes(before[id_], after[id_]))) for id_ in after if id_ in before]
    return Section(
        [_item(id_, after[id_]) for id_ in after if id_ not in before],
        [_item(id_, before[id_]) for id_ in before if id_ not in after],
        [Changed(item.id, item.name, item.kind, changes) for item, changes in both if changes],
    )


def _item(id_: str, value: Mapping[str, Any]) -> Item:
    kind = str(value.get("type") or value.get("custom_type") or value.get("source_type") or "")
    if "source" in value and "target" in value:
        kind = f"{value['source']} > {value['target']}"
    return Item(id_, str(value.get("name") or ""), kind)


def _nodes(tree: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nodes by id, each with where it stands; which lines it has is told by the lines.

    A gateway that decides has the order in which it asks those of its branches that the other tree has too.
    """
    found = {**_objects(tree, "activities"), **_objects(tree, "gateways")}
    for event in (tree.get(name) for name in _EVENTS):
        if isinstance(event, Mapping):
            found[str(event.get("id"))] = event
    places = _entries(tree, "location")
    common = _objects(tree, "flows").keys() & _objects(other, "flows").keys()
    return {
        id_: {**_without(node, *_TOLD_BY_LINES), **_order(node, common), "location": places.get(id_)}
        for id_, node in found.items()
    }


def _order(node: Mapping[str, Any], common: Set[str]) -> dict[str, Any]:
    branches = node.get("outgoing")
    if "conditions" not in node or not isinstance(branches, list):
        return {}
    # A tuple is compared as a whole.
    return {"order": tuple(id_ for id_ in branches if isinstance(id_, str) and id_ in common)}


def _flows(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lines by id, each with how it is drawn."""
    drawn = _entries(tree, "line")
    for line in drawn.values():
        line.update(
            {end: _without(line[end], "id") for end in ("source", "target") if isinstance(line.get(end), Mapping)}
        )
    return {id_: {**_without(flow, "id"), "line": drawn.get(id_)} for id_, flow in _objects(tree, "flows").items()}


def _objects(tree: Mapping[str, Any], part: str) -> dict[str, Mapping[str, Any]]:
    entries = tree.get(part)
    return {k: v for k, v in entries.items() if isinstance(v, Mapping)} if isinstance(entries, Mapping) else {}


def _entries(tree: Mapping[str, Any], part: str) -> dict[str, dict[str, Any]]:
    """Return the objects of a list by their ids, which they then go without."""
    entries = tree.get(part)
    objects = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return {str(entry.get("id")): _without(entry, "id") for entry in objects}


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in keys}


def _changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Go into objects, and into lists of the same length; what is neither is compared as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _changes(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(one, other, f"{path}[{i}]")
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield Change(path, _shown(before), _shown(after))


def _shown(value: Any) -> Any:
    if isinstance(value, _Hidden):
        return MASK
    if isinstance(value, Mapping):
        return {key: _shown(part) for key, part in value.items()}
    return [_shown(part) for part in value] if isinstance(value, list) else value
