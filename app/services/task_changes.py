"""What has changed between the flow that a task runs, frozen when it was made, and the flow as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine.core.aligning import aligned, left_out
from app.engine.core.differences import Differences, differences
from app.engine.core.scope import MASK
from app.engine.core.secret_values import with_secrets
from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.tasks import TaskTree
from app.models.templates import TemplateVersion
from app.services.access import Actor, require
from app.services.previews import preview_of
from app.services.tasks import find_task
from app.services.templates import find_template, unfolded_tree, version_of


@dataclass(frozen=True, slots=True)
class Changes:
    """Both flows with the same ids, without secrets; `version` is the one that the task was made of, None if not known.

    `left_out` names the optional nodes that the task was made without: they are in neither flow.
    """

    template_id: int
    source: str
    version: int | None
    current: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    left_out: Sequence[str]
    differences: Differences


def changes_since(actor: Actor, project: Project, task_id: int) -> Changes:
    """Compare a task's own tree with what a task of its template would be made of now, with the same values.

    Raises NotFound where the template is gone, or there never was one.
    """
    require(actor, project, "view")
    task = find_task(actor, project, task_id)
    if task.template_id is None:
        raise NotFound("flow of task", task_id)
    template = find_template(project, task.template_id, task.template_source)
    frozen = db.session.get_one(TaskTree, task.tree_id).body
    now = unfolded_tree(template, project)
    gone = left_out(frozen, now)
    after = preview_of(now, gone).tree
    then = aligned(frozen, after)
    before, after = _without_id(_hidden(then)), _without_id(_hidden(_with_values_of(then, after)))
    made_of = db.session.get(TemplateVersion, task.template_version_id) if task.template_version_id else None
    return Changes(
        template.id, task.template_source, made_of.number if made_of is not None else None, version_of(template).number,
        before, after, [now["activities"][id_].get("name") or id_ for id_ in gone], differences(before, after),
    )  # fmt: skip


def _with_values_of(then: Mapping[str, Any], tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the variables of a tree the values of the task: what somebody filled in is no change of the flow."""
    constants = {key: _with_value(constant, then["constants"].get(key)) for key, constant in tree["constants"].items()}
    return {**tree, "constants": constants}


def _with_value(constant: Mapping[str, Any], before: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if before is None or constant.get("show_type") != "show":
        return constant
    given = {part: before[part] for part in ("value", "meta") if part in before}
    return {**{k: v for k, v in constant.items() if k != "meta"}, **given}


def _hidden(tree: Mapping[str, Any]) -> dict[str, Any]:
    return with_secrets(tree, lambda text: MASK)


def _without_id(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in tree.items() if key != "id"}
