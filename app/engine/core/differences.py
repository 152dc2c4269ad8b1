"""What has changed from one tree to another: nodes, lines, variables and all the rest, each change with its path.

Trees are compared as JSON, so a draft that is no valid tree can be compared too. Secrets are compared and never told.
Where something is drawn, or stands in a list, is told apart from what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from app.engine.core.scope import MASK
from app.engine.core.secret_values import with_secrets
from app.engine.core.values import Json

_EVENTS = ("start_event", "end_event")
_PARTS = (*_EVENTS, "activities", "gateways", "flows", "constants", "line", "location", "notes")
_TOLD_BY_LINES = ("id", "incoming", "outgoing")
_PLACES = ("x", "y", "width", "height")
_WHOLE = ("value", "meta", "pipeline")
"""What is told as one value where the other tree has none: a person gave it as one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is another now; `path` leads to it (`component.data.x.value`), None is what is absent."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Held:
    """A value of what was added or removed; `path` leads to it, as that of a change does."""

    path: str
    value: Json


@dataclass(frozen=True, slots=True)
class Item:
    """A node, line, variable, note or output that was added or removed; `kind` is its type, of a line `source > target`.

    A line holds the condition that its gateway has for it; a subprocess does not hold what is inside of it.
    """

    id: str
    name: str
    kind: str
    holds: Sequence[Held] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A node, line, variable or note that is not as it was; one that was only `drawn` elsewhere has no other changes.

    A variable with another key that is otherwise the same was renamed: its first change is of its `key`.
    """

    id: str
    name: str
    kind: str
    changes: Sequence[Change]
    drawn: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What has become of the nodes, of the lines, of the variables, of the notes, or of the outputs."""

    added: Sequence[Item]
    removed: Sequence[Item]
    changed: Sequence[Changed]


@dataclass(frozen=True, slots=True)
class Differences:
    """All that has changed; `rest` is of the flow itself and whatever else stands in the tree."""

    nodes: Section
    flows: Section
    variables: Section
    notes: Section
    outputs: Section
    rest: Sequence[Change]


def differences(before: Mapping[str, Json], after: Mapping[str, Json]) -> Differences:
    """Compare two trees; either may be any JSON object."""
    old, new = (with_secrets(tree, _Hidden) for tree in (before, after))
    outputs = _outputs(old, new)
    told = (*_PARTS, "outputs") if outputs.added or outputs.removed else _PARTS
    return Differences(
        _section(_nodes(old, new), _nodes(new, old), ("location",)),
        _with_conditions(_section(_flows(old), _flows(new), ("line",)), _conditions(old), _conditions(new)),
        _variables(_objects(old, "constants"), _objects(new, "constants")),
        _section(_entries(old, "notes"), _entries(new, "notes"), _PLACES),
        outputs,
        list(_changes(_without(old, *told), _without(new, *told))),
    )


class _Hidden(str):
    """A secret on its way through the comparison."""

    __slots__ = ()


def _section(before: Mapping[str, Any], after: Mapping[str, Any], drawn: Sequence[str]) -> Section:
    """Compare things by their ids; the values under the keys `drawn` are where they stand."""
    # Most of a large flow is as it was, and so is its text.
    both = [id_ for id_ in after if id_ in before and repr(before[id_]) != repr(after[id_])]
    changed = [_changed(id_, before[id_], after[id_], drawn) for id_ in both]
    return Section(
        [_item(id_, after[id_], drawn) for id_ in after if id_ not in before],
        [_item(id_, before[id_], drawn) for id_ in before if id_ not in after],
        [found for found in changed if found.changes or found.drawn],
    )


def _item(id_: str, value: Mapping[str, Any], drawn: Sequence[str]) -> Item:
    held = _changes({}, _without(value, *drawn, "name", "type", "pipeline"))
    return Item(id_, _name(value), _kind(value), [Held(change.path, change.after) for change in held])


def _changed(id_: str, before: Mapping[str, Any], after: Mapping[str, Any], drawn: Sequence[str]) -> Changed:
    of_place = [(re.split(r"[.\[]", c.path, maxsplit=1)[0] in drawn, c) for c in _changes(before, after)]
    changes, places = ([c for is_place, c in of_place if is_place is wanted] for wanted in (False, True))
    return Changed(id_, _name(after), _kind(after), changes, places)


def _name(value: Mapping[str, Any]) -> str:
    return str(value.get("name") or "")


def _kind(value: Mapping[str, Any]) -> str:
    if "source" in value and "target" in value:
        return f"{value['source']} > {value['target']}"
    return str(value.get("type") or value.get("custom_type") or value.get("source_type") or "")


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


def _conditions(tree: Mapping[str, Any]) -> dict[str, list[Held]]:
    """Return what the gateways of a tree say of the lines that leave them."""
    found = {}
    for gateway in _objects(tree, "gateways").values():
        for id_, condition in _objects(gateway, "conditions").items():
            found[id_] = [Held("condition", condition.get("evaluate")), Held("condition_name", condition.get("name"))]
        default = gateway.get("default_condition")
        if isinstance(default, Mapping) and default.get("flow_id"):
            found[str(default["flow_id"])] = [Held("is_default", True)]
    return found


def _with_conditions(lines: Section, old: Mapping[str, list[Held]], new: Mapping[str, list[Held]]) -> Section:
    added, removed = (
        [replace(item, holds=[*item.holds, *said.get(item.id, ())]) for item in items]
        for items, said in ((lines.added, new), (lines.removed, old))
    )
    return Section(added, removed, lines.changed)


def _variables(before: Mapping[str, Any], after: Mapping[str, Any]) -> Section:
    """Compare variables; one that went and one that came that differ by nothing but their keys are one."""
    found = _section(before, after, ("index",))
    gone: dict[str, list[str]] = {}
    for item in found.removed:
        gone.setdefault(_apart_from_key(before[item.id]), []).append(item.id)
    keys = {item.id: alike.pop(0) for item in found.added if (alike := gone.get(_apart_from_key(after[item.id])))}
    renamed = [_renamed(old, new, before[old], after[new]) for new, old in keys.items()]
    return Section(
        [item for item in found.added if item.id not in keys],
        [item for item in found.removed if item.id not in keys.values()],
        [*renamed, *found.changed],
    )


def _apart_from_key(variable: Mapping[str, Any]) -> str:
    return repr(sorted(_without(variable, "key", "index").items()))


def _renamed(old: str, new: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Changed:
    found = _changed(new, _without(before, "key"), _without(after, "key"), ("index",))
    return replace(found, changes=[Change("key", old, new)])


def _outputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Section:
    """Compare the outputs; what are no lists of keys, and the same ones in another order, have none added or removed."""
    before, after = (tree.get("outputs", []) for tree in (old, new))
    if not all(isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in (before, after)):
        return Section([], [], [])
    added, removed = (
        [Item(key, _name(_objects(tree, "constants").get(key, {})), "output") for key in keys if key not in others]
        for tree, keys, others in ((new, after, before), (old, before, after))
    )
    return Section(added, removed, [])


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
    """Go into objects, and into lists of the same length; what is neither is compared as a whole.

    An object that the other tree does not have is gone into too, unless it is one value to people.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            one, other = before.get(key), after.get(key)
            if key not in _WHOLE:
                one, other = _opened(one, other), _opened(other, one)
            yield from _changes(one, other, f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(one, other, f"{path}[{i}]")
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield Change(path, _shown(before), _shown(after))


def _opened(value: Any, other: Any) -> Any:
    """Return an empty object in place of one that is not there."""
    return {} if value is None and isinstance(other, Mapping) and other else value


def _shown(value: Any) -> Any:
    if isinstance(value, _Hidden):
        return MASK
    if isinstance(value, Mapping):
        return {key: _shown(part) for key, part in value.items()}
    return [_shown(part) for part in value] if isinstance(value, list) else value
