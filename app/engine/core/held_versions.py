"""How a subprocess node takes another version of the flow that it runs, as the editor does with one node."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.errors import InvalidInput, Problem
from app.sentences import say


def with_version(
    tree: Mapping[str, Any], node_ids: Collection[str], digest: str, variables: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a tree whose subprocess nodes `node_ids` hold the version `digest`, whose shown `variables` are given.

    Values that were given for variables that there still are stay. Raises InvalidInput, with all of them, for inputs that
    are variables of the flow and that the version has no more: what becomes of those a person has to say.
    """
    activities = dict(tree["activities"])
    problems: list[Problem] = []
    for node_id in node_ids:
        made = _taking(activities[node_id], digest, variables)
        problems += _lost(tree, node_id, made)
        activities[node_id] = made
    if problems:
        raise InvalidInput.of(problems)
    return {**tree, "activities": activities}


def _taking(node: Mapping[str, Any], digest: str, variables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    before = node.get("constants") or {}
    constants = {fresh["key"]: _kept(before.get(fresh["key"]), fresh) for fresh in variables}
    hooked = [key for key in node.get("hooked_constants") or [] if key in constants]
    return {**node, "version": digest, "constants": constants, "hooked_constants": hooked}


def _kept(before: Mapping[str, Any] | None, fresh: Mapping[str, Any]) -> dict[str, Any]:
    """Return a variable of the new version with the value that the node has given to it."""
    kept = copy.deepcopy(dict(fresh))
    if before is None or before.get("custom_type") != fresh.get("custom_type"):
        return kept
    kept["value"] = before.get("value")
    if fresh.get("is_meta") and "meta" in before:
        kept |= {"is_meta": before.get("is_meta"), "meta": before["meta"]}
    return kept


def _lost(tree: Mapping[str, Any], node_id: str, made: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(
            "input_gone",
            say(
                "{node} gets its input {key} from the variable {variable}, and the version has no such input; take it in the editor",
                node=made.get("name") or node_id, key=key, variable=name,
            ),
            node_id,
        )
        for name, variable in (tree.get("constants") or {}).items()
        for key in (variable.get("source_info") or {}).get(node_id, [])
        if variable.get("source_type") == "component_inputs" and key not in made["constants"]
    ]  # fmt: skip
