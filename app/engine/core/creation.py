"""What happens to a template's tree when a task is made of it. Trees come and go as JSON; nothing is changed in place.

In this order, which clients can see: optional nodes are left out, gateways that this empties vanish, variables that
nobody refers to are dropped, the given values are set, and every id is made anew.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine.core.languages import LANGUAGES
from app.engine.core.tree_reading import DEPENDENCIES
from app.engine.core.values import Json, name_of
from app.errors import InvalidInput, Problem
from app.sentences import say

Document = dict[str, Any]
NewId = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class NewTree:
    """A task's own tree, and which new id each id of the template became."""

    document: Document
    ids: Mapping[str, str]


def make_task_tree(
    document: Mapping[str, Json], *, exclude: Sequence[str], constants: Mapping[str, Json], new_id: NewId
) -> NewTree:
    """Make a task's tree; `new_id("node")` gives ids. Raises InvalidInput for nodes that cannot be left out."""
    tree = exclude_nodes(document, exclude)
    tree = prune_constants(tree)
    tree = override_constants(tree, constants)
    return regenerate_ids(tree, new_id)


def exclude_nodes(document: Mapping[str, Json], node_ids: Sequence[str]) -> Document:
    """Leave optional nodes out: what led to one leads to its successor, and parallel gateways left empty vanish."""
    tree: Document = copy.deepcopy(dict(document))
    problems, left = [], set(tree["activities"])
    for node_id in node_ids:
        if node_id not in left:
            problems.append(Problem("not_in_tree", say("node {node} is not in the flow", node=node_id), node_id))
        elif not tree["activities"][node_id].get("optional"):
            problems.append(Problem("not_optional", say("node {node} is not optional", node=node_id), node_id))
        left.discard(node_id)
    if problems:
        raise InvalidInput.of(problems)
    for node_id in node_ids:
        if tree.get("kind") == DEPENDENCIES:
            _bypass_step(tree, node_id)
        else:
            _bypass(tree, node_id)
        del tree["activities"][node_id]
    if node_ids:
        _drop_empty_forks(tree)
        _forget_sources(tree, set(node_ids))
    return tree


def prune_constants(document: Mapping[str, Json]) -> Document:
    """Drop the variables that no node, condition or kept variable refers to; outputs of nodes are always kept."""
    tree: Document = copy.deepcopy(dict(document))
    constants = tree.get("constants", {})
    by_name = {name_of(key): key for key in constants}
    references = LANGUAGES[tree.get("language") or ""].references
    kept: set[str] = set()
    left = [by_name[name] for name in _referenced(tree) if name in by_name]
    left += [key for key, c in constants.items() if c.get("source_type") == "component_outputs"]
    while left:
        key = left.pop()
        if key not in kept:
            kept.add(key)
            left += [by_name[name] for name in references(constants[key].get("value")) if name in by_name]
    ordered = sorted((key for key in constants if key in kept), key=lambda key: constants[key].get("index", 0))
    tree["constants"] = {key: {**constants[key], "index": index} for index, key in enumerate(ordered)}
    tree["outputs"] = [key for key in tree.get("outputs", []) if key in kept]
    return tree


def override_constants(document: Mapping[str, Json], values: Mapping[str, Json]) -> Document:
    """Set values by key; a key that the tree does not have is ignored. A definition keeps itself under `meta`."""
    tree: Document = copy.deepcopy(dict(document))
    by_name = {name_of(key): key for key in tree.get("constants", {})}
    for given, value in values.items():
        key = by_name.get(name_of(given))
        if key is None:
            continue
        constant = tree["constants"][key]
        if constant.get("is_meta") and not constant.get("meta"):
            constant["meta"] = copy.deepcopy(constant)
        constant["value"] = value
    return tree


def regenerate_ids(document: Mapping[str, Json], new_id: NewId) -> NewTree:
    """Give every node and line a new id, in the trees of subprocesses too; returns which became which.

    Where an id stands in several trees, what is told is that of the outermost.
    """
    ids: dict[str, str] = {}
    return NewTree(_renamed(dict(document), new_id, ids, new_id("node")), ids)


def _renamed(document: Mapping[str, Any], new_id: NewId, all_ids: dict[str, str], own_id: str) -> Document:
    tree: Document = copy.deepcopy({k: v for k, v in document.items() if k != "activities"})
    activities = document["activities"]
    # Two subprocesses may hold the same template, so ids are mapped tree by tree.
    ids = {id_: new_id("node") for id_ in (*activities, *document["gateways"])}
    ids |= {document[event]["id"]: new_id("node") for event in ("start_event", "end_event")}
    # A line may have the id of a node.
    line_ids = {id_: new_id("line") for id_ in document["flows"]}
    for old, fresh in (*ids.items(), *line_ids.items()):
        all_ids.setdefault(old, fresh)

    def renamed(value: Any) -> Any:
        return ids.get(value, value) if isinstance(value, str) else value

    def renamed_line(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed_line(part) for part in value]
        return line_ids.get(value, value) if isinstance(value, str) else value

    def of_node(id_: str, node: Mapping[str, Any]) -> Document:
        made = {k: copy.deepcopy(v) for k, v in node.items() if k != "pipeline"}
        made["id"] = ids[id_]
        for key, fresh in (("incoming", renamed_line), ("outgoing", renamed_line), ("converge_gateway_id", renamed)):
            if key in made:
                made[key] = fresh(made[key])
        if isinstance(made.get("conditions"), Mapping):
            made["conditions"] = {renamed_line(flow_id): c for flow_id, c in made["conditions"].items()}
        if isinstance(made.get("step"), Mapping) and isinstance(made["step"].get("switch"), Mapping):
            _rename_switch(made["step"]["switch"], renamed)
        if isinstance(made.get("default_condition"), Mapping):
            made["default_condition"]["flow_id"] = renamed_line(made["default_condition"].get("flow_id"))
        if isinstance(node.get("pipeline"), Mapping):
            made["pipeline"] = _renamed(node["pipeline"], new_id, all_ids, made["id"])
        return made

    tree["activities"] = {ids[id_]: of_node(id_, node) for id_, node in activities.items()}
    tree["gateways"] = {ids[id_]: of_node(id_, node) for id_, node in tree["gateways"].items()}
    for event in ("start_event", "end_event"):
        tree[event] = of_node(tree[event]["id"], tree[event])
    tree["flows"] = {
        line_ids[id_]: {**f, "id": line_ids[id_], "source": renamed(f["source"]), "target": renamed(f["target"])}
        for id_, f in tree["flows"].items()
    }
    for line in tree.get("line") or []:
        line["id"] = renamed_line(line.get("id"))
        for end in ("source", "target"):
            if isinstance(line.get(end), dict):
                line[end]["id"] = renamed(line[end].get("id"))
    for place in tree.get("location") or []:
        place["id"] = renamed(place.get("id"))
    for constant in (tree.get("constants") or {}).values():
        if isinstance(constant.get("source_info"), Mapping):
            constant["source_info"] = {renamed(n): tags for n, tags in constant["source_info"].items()}
    tree["id"] = own_id
    return tree


def _referenced(tree: Document) -> set[str]:
    """The names that nodes and conditions refer to."""
    references = LANGUAGES[tree.get("language") or ""].references
    found: set[str] = set()
    for node in tree["activities"].values():
        data = (node.get("component") or {}).get("data") or {}
        found |= references(node.get("step"))
        found |= references([entry.get("value") if isinstance(entry, Mapping) else entry for entry in data.values()])
        # What the editor made a variable stands as the variable's key, whatever the language.
        found |= {name_of(str(e.get("value"))) for e in data.values() if isinstance(e, Mapping) and e.get("hook")}
        found |= references([c.get("value") for c in (node.get("constants") or {}).values() if isinstance(c, Mapping)])
        child = node.get("pipeline")
        if isinstance(child, Mapping):
            shown = [c.get("value") for c in (child.get("constants") or {}).values() if c.get("show_type") == "show"]
            found |= references(shown)
    for gateway in tree["gateways"].values():
        found |= references([c.get("evaluate") for c in (gateway.get("conditions") or {}).values()])
    return found


def _bypass(tree: Document, node_id: str) -> None:
    """Lead what comes to a node with one line out to that line's target, and drop the line."""
    node = tree["activities"].get(node_id) or tree["gateways"][node_id]
    (out_id,) = _list(node["outgoing"])
    target_id = tree["flows"].pop(out_id)["target"]
    incoming = _list(node["incoming"])
    for flow_id in incoming:
        tree["flows"][flow_id]["target"] = target_id
    target = _find(tree, target_id)
    arrow = next((x.get("target", {}).get("arrow") for x in tree.get("line") or [] if x.get("id") == out_id), None)
    target["incoming"] = _as_was(target["incoming"], [f for f in _list(target["incoming"]) if f != out_id] + incoming)
    tree["line"] = [line for line in tree.get("line") or [] if line.get("id") != out_id]
    for line in tree["line"]:
        if line.get("id") in incoming:
            line["target"] = {"id": target_id, "arrow": arrow or line["target"].get("arrow", "Left")}
    _remove_place(tree, node_id)


def _bypass_step(tree: Document, node_id: str) -> None:
    """Let what waits for a step wait for what the step waits for; lines that would double are not drawn twice."""
    node = tree["activities"][node_id]
    before = [tree["flows"][f]["source"] for f in _list(node["incoming"])]
    after = [tree["flows"][f]["target"] for f in _list(node["outgoing"])]
    there = {(f["source"], f["target"]) for f in tree["flows"].values()}
    ids = iter([*_list(node["incoming"]), *_list(node["outgoing"])])
    arrows = {line.get("id"): line for line in tree.get("line") or []}
    joined = [(source, target) for source in before for target in after if (source, target) not in there]
    if len(tree["activities"]) > 1:
        joined = [pair for pair in joined if pair != (tree["start_event"]["id"], tree["end_event"]["id"])]
    for flow_id in [*_list(node["incoming"]), *_list(node["outgoing"])]:
        _cut(tree, flow_id)
    for number, (source, target) in enumerate(joined):
        flow_id = next(ids, f"{node_id[:50]}_{number}")
        tree["flows"][flow_id] = {"id": flow_id, "source": source, "target": target, "is_default": False}
        for end_id, side in ((source, "outgoing"), (target, "incoming")):
            end = _find(tree, end_id)
            end[side] = [*_list(end[side]), flow_id]
        was = arrows.get(flow_id, {})
        tree["line"].append({
            "id": flow_id,
            "source": {"id": source, "arrow": (was.get("source") or {}).get("arrow", "Right")},
            "target": {"id": target, "arrow": (was.get("target") or {}).get("arrow", "Left")},
        })  # fmt: skip
    _remove_place(tree, node_id)


def _rename_switch(switch: Document, renamed: Callable[[Any], Any]) -> None:
    switch["default"] = renamed(switch.get("default"))
    for case in switch.get("cases") or ():
        case["next"] = renamed(case["next"])


def _drop_empty_forks(tree: Document) -> None:
    """Drop branches of parallel gateways that lead straight to a converge, and gateways that are left with none."""
    is_settled = False
    while not is_settled:
        is_settled = True
        for gateway in list(tree["gateways"].values()):
            if gateway["type"] != "ParallelGateway" or gateway["id"] not in tree["gateways"]:
                continue
            flows = _list(gateway["outgoing"])
            bare = [f for f in flows if _is_converge(tree, tree["flows"][f]["target"])]
            if not bare:
                continue
            is_settled = False
            if len(bare) == len(flows):
                _drop_fork(tree, gateway, bare)
            else:
                for flow_id in bare:
                    _cut(tree, flow_id)


def _drop_fork(tree: Document, gateway: Document, flows: list[str]) -> None:
    """Take out a parallel gateway, all of whose branches are bare, together with a converge that only they reach."""
    converge_id = tree["flows"][flows[0]]["target"]
    for flow_id in flows[1:]:
        _cut(tree, flow_id)
    _bypass(tree, gateway["id"])
    del tree["gateways"][gateway["id"]]
    if len(_list(tree["gateways"][converge_id]["incoming"])) == 1:
        _bypass(tree, converge_id)
        del tree["gateways"][converge_id]


def _cut(tree: Document, flow_id: str) -> None:
    flow = tree["flows"].pop(flow_id)
    for node_id, side in ((flow["source"], "outgoing"), (flow["target"], "incoming")):
        node = _find(tree, node_id)
        node[side] = _as_was(node[side], [f for f in _list(node[side]) if f != flow_id])
    tree["line"] = [line for line in tree.get("line") or [] if line.get("id") != flow_id]


def _forget_sources(tree: Document, gone: set[str]) -> None:
    """Take nodes that are gone out of the variables that they were the source of."""
    kept = {}
    for key, constant in (tree.get("constants") or {}).items():
        info = constant.get("source_info") or {}
        constant["source_info"] = {n: tags for n, tags in info.items() if n not in gone}
        if constant.get("source_type") == "component_outputs" and info and not constant["source_info"]:
            continue
        kept[key] = constant
    tree["constants"] = kept


def _is_converge(tree: Document, node_id: str) -> bool:
    return bool(tree["gateways"].get(node_id, {}).get("type") == "ConvergeGateway")


def _find(tree: Document, node_id: str) -> Document:
    for holder in (tree["activities"], tree["gateways"]):
        if node_id in holder:
            found: Document = holder[node_id]
            return found
    event: Document = tree["end_event"] if tree["end_event"]["id"] == node_id else tree["start_event"]
    return event


def _remove_place(tree: Document, node_id: str) -> None:
    tree["location"] = [place for place in tree.get("location") or [] if place.get("id") != node_id]


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else list(value or [])


def _as_was(before: Any, flows: Iterable[str]) -> str | list[str]:
    """Write lines as they were written: one as a text where it was a text."""
    found = list(flows)
    return found[0] if len(found) == 1 and isinstance(before, str) else found
