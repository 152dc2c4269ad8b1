"""Where a flow is used: in which flows as a subprocess, by which schedules, and which of its versions they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Text, or_, select, type_coerce

from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.schedules import Schedule
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor, require
from app.services.flow_choice import nodes_running
from app.services.templates import OWN, find_template, find_with_drafts

MOST = 200
"""How many flows, and how many schedules, are told of."""


@dataclass(frozen=True, slots=True)
class Used:
    """A flow that has this one as a subprocess; `version` is what its nodes hold, None where that is always the latest."""

    id: int
    name: str
    is_common: bool
    nodes: Sequence[str]
    version: int | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule that starts this flow, as it was in `version` when the schedule was made."""

    id: int
    name: str
    is_enabled: bool
    next_at: datetime | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Uses:
    """Where a flow is used; `current` is the number of its current version."""

    current: int | None
    flows: Sequence[Used]
    schedules: Sequence[Scheduled]


def template_seen(actor: Actor, project: Project, template_id: int) -> Template:
    """Find a flow that a project sees: its own, draft or not, or a common one."""
    require(actor, project, "view")
    try:
        return find_with_drafts(project, template_id)
    except NotFound:
        return find_template(None, template_id, "common")


def uses_of(actor: Actor, project: Project, template: Template) -> Uses:
    """Return where a flow, found for the actor, is used in the project; it reads the flows that may name it, no others."""
    require(actor, project, "view")
    columns: list[Any] = [
        TemplateVersion.id, TemplateVersion.number, TemplateVersion.digest, TemplateVersion.created_at
    ]  # fmt: skip
    versions = db.session.execute(
        select(*columns).where(TemplateVersion.template_id == template.id).order_by(TemplateVersion.number)
    ).all()
    current = next((row.number for row in versions if row.id == template.current_version_id), None)
    numbers = {row.digest: row.number for row in versions}
    flows = [used for row in _naming(project, template) for used in _uses_in(row, template, numbers, current)]
    return Uses(current, flows, [_scheduled(row, versions) for row in _schedules(project, template)])


def _naming(project: Project, template: Template) -> Sequence[Row[Any]]:
    """Return flows whose text holds the id where subprocess nodes have it; which of them really use it is read off."""
    text = type_coerce(TemplateVersion.tree, Text)
    named = or_(text.contains(f'"template_id":"{template.id}"'), text.contains(f'"template_id":{template.id}'))
    there = or_(Template.project_id == project.id, Template.project_id.is_(None))
    wanted = select(Template.id, Template.name, Template.project_id, TemplateVersion.tree)
    wanted = wanted.join(TemplateVersion, TemplateVersion.id == Template.current_version_id)
    return db.session.execute(
        wanted.where(there, Template.is_deleted.is_(False), named).order_by(Template.name, Template.id).limit(MOST)
    ).all()


def _uses_in(
    row: Row[Any], template: Template, numbers: Mapping[str, int], current: int | None
) -> Sequence[Used]:  # fmt: skip
    """Return the uses in one flow: one for each version that its nodes hold."""
    by_version: dict[int | None, list[str]] = {}
    for node_id, node in nodes_running(row.tree, template, is_common=row.project_id is None).items():
        held = None if node.get("always_use_latest") else numbers.get(str(node.get("version") or ""), current)
        by_version.setdefault(held, []).append(str(node.get("name") or node_id))
    return [Used(row.id, row.name, row.project_id is None, nodes, held) for held, nodes in by_version.items()]


def _schedules(project: Project, template: Template) -> Sequence[Row[Any]]:
    is_own = Schedule.template_source.in_(OWN)
    columns: list[Any] = [Schedule.id, Schedule.name, Schedule.is_enabled, Schedule.next_at, Schedule.created_at]
    wanted = select(*columns).where(
        Schedule.project_id == project.id, Schedule.is_deleted.is_(False), Schedule.template_id == template.id,
        is_own if template.project_id is not None else ~is_own,
    )  # fmt: skip
    return db.session.execute(wanted.order_by(Schedule.name, Schedule.id).limit(MOST)).all()


def _scheduled(row: Row[Any], versions: Sequence[Row[Any]]) -> Scheduled:
    # A schedule keeps the tree that the flow had when it was made; its tree does not say which version that was.
    held = [version.number for version in versions if version.created_at <= row.created_at]
    return Scheduled(row.id, row.name, row.is_enabled, row.next_at, held[-1] if held else None)
