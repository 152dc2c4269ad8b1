"""Which node of a task's own tree is which of its template's: a task's ids are all new.

A node is known by what it is, what it is called and what it calls, or else by where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Node = Mapping[str, Any]


def aligned(tree: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task's tree with the ids that its nodes and lines have in the template's; those that are not in it keep theirs."""
    found: dict[str, Any] = _renamed(tree, same_nodes(tree, model))
    return found


def same_nodes(tree: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, str]:
    """Return {id in a task's tree: id in the template's} of the nodes and lines that are in both, in subprocesses too."""
    ids = {tree[event]["id"]: model[event]["id"] for event in ("start_event", "end_event")}
    for part in ("activities", "gateways"):
        pairs = _paired(tree.get(part) or {}, model.get(part) or {}, _places(tree), _places(model))
        ids |= pairs
        for own, other in pairs.items():
            inner, outer = tree[part][own].get("pipeline"), model[part][other].get("pipeline")
            if isinstance(inner, Mapping) and isinstance(outer, Mapping):
                ids |= same_nodes(inner, outer)
    return ids | _lines(tree, model, ids)


def _paired(
    own: Mapping[str, Node], others: Mapping[str, Node], at: Mapping[str, Any], there: Mapping[str, Any]
) -> dict[str, str]:
    """Pair nodes: those that are alike and stand at the same place first, then those alike, then those at the same place."""
    found: dict[str, str] = {}
    free = dict(others)

    def pair(own_key: Callable[[str, Node], Any], other_key: Callable[[str, Node], Any]) -> None:
        waiting: dict[Any, list[str]] = {}
        for id_, node in free.items():
            waiting.setdefault(other_key(id_, node), []).append(id_)
        for id_, node in own.items():
            if id_ not in found and (there_is := waiting.get(own_key(id_, node))):
                found[id_] = there_is.pop(0)
                del free[found[id_]]

    pair(lambda id_, node: (_likeness(node), at.get(id_)), lambda id_, node: (_likeness(node), there.get(id_)))
    pair(lambda id_, node: _likeness(node), lambda id_, node: _likeness(node))
    pair(
        lambda id_, node: (node.get("type"), at.get(id_, id_)), lambda id_, node: (node.get("type"), there.get(id_, ""))
    )
    return found


def _likeness(node: Node) -> tuple[str, ...]:
    component = node.get("component")
    code = component.get("code") if isinstance(component, Mapping) else node.get("template_id")
    return tuple(str(part or "") for part in (node.get("type"), node.get("name"), code))


def _places(tree: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {str(place.get("id")): (place.get("x"), place.get("y")) for place in tree.get("location") or []}


def _lines(tree: Mapping[str, Any], model: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, str]:
    there: dict[tuple[str, str], list[str]] = {}
    for id_, flow in (model.get("flows") or {}).items():
        there.setdefault((flow["source"], flow["target"]), []).append(id_)
    found = {}
    for id_, flow in (tree.get("flows") or {}).items():
        same = there.get((ids.get(flow["source"], ""), ids.get(flow["target"], "")))
        if same:
            found[id_] = same.pop(0)
    return found


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    """Put other ids in wherever they stand; the ids of tasks are long enough to be nothing else."""
    if isinstance(value, Mapping):
        return {ids.get(key, key): _renamed(part, ids) for key, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, ids) for part in value]
    return ids.get(value, value) if isinstance(value, str) else value


def left_out(tree: Mapping[str, Any], model: Mapping[str, Any]) -> list[str]:
    """Return the optional nodes of a template that a task was made without."""
    kept: Iterable[str] = set(same_nodes(tree, model).values())
    return [id_ for id_, node in model["activities"].items() if node.get("optional") and id_ not in kept]
