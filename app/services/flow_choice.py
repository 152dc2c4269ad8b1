"""Flows that can be put into a flow as subprocesses: found and opened, and which nodes of a flow run one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, select

from app.extensions import db
from app.models.projects import Project
from app.models.schemes import Scheme
from app.models.templates import Template, TemplateLabel, TemplateVersion
from app.services.access import Actor, require
from app.services.templates import OWN, find_template, subprocesses_of, version_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A flow that a subprocess can run; `variables` are those that are asked of who runs it, in their order.

    `schemes` are {id, name} of its execution schemes; a list of flows leaves them out.
    """

    id: int
    name: str
    category: str
    description: str
    source: str
    version: int
    digest: str
    variables: Sequence[Mapping[str, Any]]
    schemes: Sequence[Mapping[str, Any]] = ()

    @property
    def number(self) -> int:
        """The number of the version, under the name that lists of versions give it."""
        return self.version


def find_choices(
    actor: Actor,
    project: Project,
    source: str,
    *,
    search: str = "",
    label: str = "",
    before: int | None = None,
    limit: int = 20,
) -> tuple[Sequence[Choice], int | None]:
    """Return flows that subprocesses can run, newest first, those with an id below `before`; and where to go on."""
    require(actor, project, "view")
    wanted = (
        select(Template, TemplateVersion)
        .join(TemplateVersion, TemplateVersion.id == Template.current_version_id)
        .where(_of_source(project, source), Template.is_deleted.is_(False))
    )
    if search:
        wanted = wanted.where(Template.name.icontains(search, autoescape=True))
    if label:
        wanted = wanted.where(Template.id.in_(select(TemplateLabel.template_id).where(TemplateLabel.label == label)))
    if before is not None:
        wanted = wanted.where(Template.id < before)
    rows = db.session.execute(wanted.order_by(Template.id.desc()).limit(limit + 1)).all()
    choices = [_choice(template, version) for template, version in rows[:limit]]
    return choices, choices[-1].id if len(rows) > limit else None


def labels_to_choose(actor: Actor, project: Project, source: str) -> Sequence[str]:
    """Return the labels that flows which subprocesses can run have, in order."""
    require(actor, project, "view")
    wanted = (
        select(TemplateLabel.label)
        .distinct()
        .join(Template, Template.id == TemplateLabel.template_id)
        .where(_of_source(project, source), Template.is_deleted.is_(False), Template.current_version_id.is_not(None))
        .order_by(TemplateLabel.label)
    )
    return list(db.session.scalars(wanted))


def open_choice(
    actor: Actor, project: Project, template_id: int, source: str, digest: str = ""
) -> tuple[Choice, Mapping[str, Any]]:
    """Return a flow with the tree of the version with that digest, or of its current one."""
    require(actor, project, "view")
    template = find_template(project, template_id, source)
    version = version_of(template, digest)
    schemes = db.session.scalars(select(Scheme).where(Scheme.template_id == template.id).order_by(Scheme.id))
    named = [{"id": scheme.id, "name": scheme.name} for scheme in schemes]
    return replace(_choice(template, version), schemes=named), version.tree


def nodes_running(tree: Mapping[str, Any], template: Template, *, is_common: bool) -> dict[str, Mapping[str, Any]]:
    """Return the subprocess nodes of a tree that run a template; those of a common tree name common ones whatever they say."""
    own = template.project_id is not None
    return {
        node_id: node
        for node_id, node in subprocesses_of(tree)
        if str(node.get("template_id")) == str(template.id)
        and (not is_common and str(node.get("template_source") or "business") in OWN) == own
    }


def _choice(template: Template, version: TemplateVersion) -> Choice:
    return Choice(
        template.id, template.name, template.category, template.description, _source_of(template), version.number,
        version.digest, shown_variables(version),
    )  # fmt: skip


def shown_variables(version: TemplateVersion) -> Sequence[Mapping[str, Any]]:
    """Return the variables that are asked of who runs a version, in their order."""
    constants = version.tree["constants"].values()
    return sorted((c for c in constants if c.get("show_type") == "show"), key=lambda c: c.get("index", 0))


def _source_of(template: Template) -> str:
    return "common" if template.project_id is None else "project"


def _of_source(project: Project, source: str) -> ColumnElement[bool]:
    return Template.project_id == project.id if source in OWN else Template.project_id.is_(None)
