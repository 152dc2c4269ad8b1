"""What the editor opens: a flow with its draft, or a new one; and what is wrong with a tree while it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.engine.core.values import Json
from app.errors import NotFound, Problem
from app.extensions import db
from app.models.projects import Host, Project
from app.models.templates import Template
from app.services.access import Actor, may, require
from app.services.drafts import Draft, draft_of
from app.services.ids import new_id
from app.services.input_problems import input_problems
from app.services.template_details import labels_of
from app.services.templates import find_with_drafts, template_problems, version_of

_START, _TASK, _END = (40, 150), (240, 140), (540, 150)
"""Where bk-sops' editor puts the nodes of a new flow."""

LOCAL = "127.0.0.1"
"""The worker's own machine, which is in every inventory."""

_MOST_HOSTS = 5000


@dataclass(frozen=True, slots=True)
class Head:
    """What there is to a flow beside its tree; `version` and `digest` are None for one that is a draft only."""

    id: int | None
    name: str
    category: str
    description: str
    labels: Sequence[str]
    version: int | None
    digest: str | None
    pipeline_id: str | None
    notify_type: Json = None
    notify_receivers: Json = None
    executor_proxy: str = ""
    flow_type: str = "common"


@dataclass(frozen=True, slots=True)
class Opened:
    """A flow as the editor opens it: the tree of its current version (of a draft only the draft's), and the draft.

    `hosts` are the addresses of the project's inventory, for who may edit to choose from.
    """

    template: Head
    tree: Mapping[str, Any]
    draft: Draft | None
    hosts: Sequence[str] = ()


def open_flow(actor: Actor, project: Project, template_id: int) -> Opened:
    """Open a flow of the project, also one that is a draft only."""
    require(actor, project, "view")
    template = find_with_drafts(project, template_id)
    draft = draft_of(template)
    if template.current_version_id is None:
        if draft is None:
            # It was published or discarded between the two reads.
            raise NotFound("draft of template", template_id)
        return Opened(_head(template, None, None), draft.tree, draft, _hosts(actor, project))
    version = version_of(template)
    head = _head(template, version.number, version.digest)
    return Opened(head, version.tree, draft, _hosts(actor, project))


def open_new(actor: Actor, project: Project) -> Opened:
    """Open a new flow: a start, a task that is to be filled in, an end."""
    require(actor, project, "edit")
    return Opened(Head(None, "", "Other", "", (), None, None, None), new_tree(), None, _hosts(actor, project))


def check(actor: Actor, project: Project, tree: Mapping[str, Json], template_id: int | None = None) -> list[Problem]:
    """Return everything that is wrong with a tree that is to be a new template, or the next version of one."""
    require(actor, project, "view")
    own_id = None if template_id is None else find_with_drafts(project, template_id).id
    return [*template_problems(project, tree, own_id), *input_problems(tree)]


def new_tree() -> dict[str, Any]:
    """Return the tree of a new flow; its ids are new."""
    start, task, end = (new_id("node") for _ in range(3))
    into, out = new_id("line"), new_id("line")
    activity = {
        "id": task, "type": "ServiceActivity", "name": "", "stage_name": "", "incoming": [into], "outgoing": out,
        "component": {"code": "", "data": {}}, "error_ignorable": False, "optional": False, "skippable": True,
        "retryable": True, "loop": None,
    }  # fmt: skip
    places = ((start, "startpoint", _START), (task, "tasknode", _TASK), (end, "endpoint", _END))
    return {
        "start_event": {"id": start, "name": "", "type": "EmptyStartEvent", "incoming": "", "outgoing": into},
        "end_event": {"id": end, "name": "", "type": "EmptyEndEvent", "incoming": [out], "outgoing": ""},
        "activities": {task: activity}, "gateways": {},
        "flows": {into: _flow(into, start, task), out: _flow(out, task, end)},
        "constants": {}, "outputs": [],
        "line": [_line(into, start, task), _line(out, task, end)],
        "location": [{"id": id_, "type": type_, "x": x, "y": y} for id_, type_, (x, y) in places],
    }  # fmt: skip


def _hosts(actor: Actor, project: Project) -> list[str]:
    if not may(actor, project, "edit"):
        return []
    wanted = select(Host.address).where(Host.project_id == project.id).order_by(Host.address).limit(_MOST_HOSTS)
    return [LOCAL, *db.session.scalars(wanted)]


def _head(template: Template, version: int | None, digest: str | None) -> Head:
    return Head(
        template.id, template.name, template.category, template.description, labels_of(template), version, digest,
        template.pipeline_id, template.notify_type, template.notify_receivers, template.executor_proxy,
        template.flow_type,
    )  # fmt: skip


def _flow(id_: str, source: str, target: str) -> dict[str, Any]:
    return {"id": id_, "source": source, "target": target, "is_default": False}


def _line(id_: str, source: str, target: str) -> dict[str, Any]:
    return {"id": id_, "source": {"id": source, "arrow": "Right"}, "target": {"id": target, "arrow": "Left"}}
