"""Dry runs: one node of a flow that is being drawn, or all from that node on, run by itself with given values.

It is a task like any other, so what the node does, it does; only lists and counts for other systems leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.core.alone import alone, onward
from app.engine.core.values import Json, plain_text
from app.errors import NotFound
from app.models.projects import Project
from app.services.access import Actor
from app.services.overview import shown_state
from app.services.reading import node_detail, task_detail
from app.services.run_views import run_view
from app.services.task_lists import DRY_RUN
from app.services.tasks import Made, Wish, create_task_of_tree


@dataclass(frozen=True, slots=True)
class Watched:
    """What a canvas shows of a task: its nodes as in the run view, outputs by key, and why it stands still."""

    state: str
    nodes: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Json]
    error: str


def dry_run(
    actor: Actor, project: Project, tree: Mapping[str, Json], node_id: str, values: Mapping[str, Json], *, goes_on: bool
) -> Made:
    """Start a task of one node of a tree, or of all from it on; `values` are those of variables, by key.

    Raises InvalidInput.
    """
    document = (onward if goes_on else alone)(tree, node_id, values)
    name = plain_text(str(document["activities"][node_id].get("name") or node_id)).strip()[:100]
    return create_task_of_tree(actor, project, document, Wish(name, values, create_method=DRY_RUN), starts=True)


def watch(actor: Actor, project: Project, task_id: int) -> Watched:
    """Return how a task is; the outputs of a dry run are those of its node."""
    view = run_view(actor, project, task_id)
    detail = task_detail(actor, project, task_id)
    outputs: Mapping[str, Json] = {output.key: output.value for output in detail.outputs}
    if detail.task.create_method == DRY_RUN:
        outputs = _outputs_of(actor, project, task_id, next(iter(detail.tree["activities"])))
    failed = next((node for node in view.nodes.values() if node["state"] == "failed"), None)
    return Watched(shown_state(detail.task), view.nodes, outputs, str(failed["reason"]) if failed else "")


def _outputs_of(actor: Actor, project: Project, task_id: int, node_id: str) -> Mapping[str, Json]:
    try:
        return node_detail(actor, project, task_id, node_id).attempts[-1].outputs
    except NotFound:
        # No worker has come to it yet.
        return {}
