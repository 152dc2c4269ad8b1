"""What a task would be, before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine.core.creation import exclude_nodes, prune_constants
from app.models.projects import Project
from app.services.access import Actor, require
from app.services.templates import find_template, unfolded_tree


@dataclass(frozen=True, slots=True)
class Preview:
    """The tree with its nodes left out and its variables pruned, ids as in the template; and the pruned variables."""

    tree: Mapping[str, Any]
    dropped: Mapping[str, Any]


def preview(
    actor: Actor, project: Project, template_id: int, source: str, exclude: Sequence[str], version: str = ""
) -> Preview:
    """Return what a task of a template would be made of; `version` is the digest of an older version, if one is meant."""
    require(actor, project, "view")
    return preview_of(unfolded_tree(find_template(project, template_id, source), project, version), exclude)


def preview_of(document: Mapping[str, Any], exclude: Sequence[str]) -> Preview:
    """Return what a task of a tree, its subprocesses' trees in it, would be made of; raises InvalidInput for other nodes."""
    tree = exclude_nodes(document, exclude)
    pruned = prune_constants(tree)
    dropped = {key: constant for key, constant in tree["constants"].items() if key not in pruned["constants"]}
    return Preview(pruned, dropped)
