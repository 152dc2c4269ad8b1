"""Flows as the pages list them: favourites first, with labels, drafts and what became of their last tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, or_, select, type_coerce, union_all

from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task
from app.models.templates import Template, TemplateDraft, TemplateLabel, TemplateVersion
from app.services.access import Actor, require
from app.services.favourites import is_favourite
from app.services.overview import shown_states
from app.services.paging import Page, Place, page_of
from app.services.task_lists import DRY_RUN
from app.services.template_lists import COLUMNS

LAST = 10
"""How many tasks of a flow a list shows."""


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """Which flows of a project, or which common ones; `labels` must all be there, `search` is part of the name or the id.

    `kind` is published, draft (never published, or with a draft of the next version) or empty for all.
    """

    is_common: bool = False
    search: str = ""
    labels: Sequence[str] = ()
    category: str = ""
    owner: str = ""
    kind: str = ""
    is_favourite: bool = False


@dataclass(frozen=True, slots=True)
class LastTask:
    """A task of a flow as one of its dots; `state` is as lists show it."""

    id: int
    name: str
    state: str
    micros: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list tells of its flows besides their rows: labels and last tasks, the latest first, by the flow's id."""

    labels: Mapping[int, Sequence[str]]
    last: Mapping[int, Sequence[LastTask]]


def page_of_flows(actor: Actor, project: Project, wanted: FlowFilter, place: Place, limit: int = 50) -> Page:
    """Return a page of flows, favourites first, then the last edited.

    Each is a row of `template_lists.COLUMNS` with `is_favourite`, `version` (None for a mere draft) and `draft_by`.
    """
    require(actor, project, "view")
    first = is_favourite(actor, project)
    columns: list[Any] = [
        *COLUMNS, Template.project_id, first.label("is_favourite"), TemplateVersion.number.label("version"),
        TemplateDraft.by.label("draft_by"),
    ]  # fmt: skip
    rows = select(*columns).where(*_where(project, wanted))
    rows = rows.outerjoin(TemplateVersion, TemplateVersion.id == Template.current_version_id)
    rows = rows.outerjoin(TemplateDraft, TemplateDraft.template_id == Template.id)
    if wanted.is_favourite:
        rows = rows.where(first == 1)
    return page_of(rows, [first, type_coerce(Template.edited_at, BigInteger), Template.id], place, limit)


def facts_of(actor: Actor, project: Project, template_ids: Sequence[int]) -> Facts:
    """Return labels and the last tasks of flows that a list shows; it asks three times, however many there are."""
    require(actor, project, "view")
    labels: dict[int, list[str]] = {}
    wanted = select(TemplateLabel.template_id, TemplateLabel.label).where(TemplateLabel.template_id.in_(template_ids))
    for template_id, label in db.session.execute(wanted.order_by(TemplateLabel.label)):
        labels.setdefault(template_id, []).append(label)
    return Facts(labels, _last_tasks(project, template_ids))


def labels_in_use(actor: Actor, project: Project, *, is_common: bool) -> Sequence[tuple[str, int]]:
    """Return the labels of a project's flows, or of the common ones, with how many flows have each, by name."""
    require(actor, project, "view")
    wanted = select(TemplateLabel.label, func.count()).join(Template, Template.id == TemplateLabel.template_id)
    wanted = wanted.where(*_there(project, is_common)).group_by(TemplateLabel.label).order_by(TemplateLabel.label)
    return [(label, count) for label, count in db.session.execute(wanted)]


def categories_in_use(actor: Actor, project: Project, *, is_common: bool) -> Sequence[str]:
    """Return the categories of a project's flows, or of the common ones."""
    require(actor, project, "view")
    wanted = select(Template.category).where(*_there(project, is_common)).distinct().order_by(Template.category)
    return list(db.session.scalars(wanted))


def flow_names(actor: Actor, project: Project, limit: int = 500) -> Sequence[tuple[int, str]]:
    """Return the flows that tasks of a project can be of, as (id, name), by name: its own and the common ones."""
    require(actor, project, "view")
    there = or_(Template.project_id == project.id, Template.project_id.is_(None))
    wanted = select(Template.id, Template.name).where(there, Template.is_deleted.is_(False))
    wanted = wanted.where(Template.current_version_id.is_not(None)).order_by(Template.name, Template.id)
    return [(id_, name) for id_, name in db.session.execute(wanted.limit(limit))]


def _there(project: Project, is_common: bool) -> list[ColumnElement[bool]]:
    owner: ColumnElement[bool] = Template.project_id.is_(None) if is_common else Template.project_id == project.id
    return [owner, Template.is_deleted.is_(False)]


def _where(project: Project, wanted: FlowFilter) -> list[ColumnElement[bool]]:
    where = _there(project, wanted.is_common)
    if wanted.search:
        named = Template.name.icontains(wanted.search, autoescape=True)
        number = int(wanted.search) if wanted.search.isdecimal() and len(wanted.search) < 19 else 0
        where.append(or_(named, Template.id == number) if number else named)
    for label in wanted.labels:
        with_label = select(TemplateLabel.template_id).where(TemplateLabel.label == label)
        where.append(Template.id.in_(with_label))
    if wanted.category:
        where.append(Template.category == wanted.category)
    if wanted.owner:
        where.append(Template.creator == wanted.owner)
    if wanted.kind == "published" or wanted.is_common:
        where.append(Template.current_version_id.is_not(None))
    elif wanted.kind == "draft":
        where.append(Template.id.in_(select(TemplateDraft.template_id)))
    return where


def _last_tasks(project: Project, template_ids: Sequence[int]) -> Mapping[int, Sequence[LastTask]]:
    """Read the last tasks of all flows at once: for each the end of its index, whatever the number of its tasks."""
    if not template_ids:
        return {}
    rows = db.session.execute(union_all(*(_last_of(project, template_id) for template_id in template_ids))).all()
    last: dict[int, list[LastTask]] = {}
    for row, state in zip(rows, shown_states(rows), strict=True):
        last.setdefault(row.template_id, []).append(LastTask(row.id, row.name, state, row.micros))
    return {template_id: sorted(tasks, key=lambda task: -task.id) for template_id, tasks in last.items()}


def _last_of(project: Project, template_id: int) -> Select[Any]:
    when = type_coerce(func.coalesce(Task.started_at, Task.created_at), BigInteger).label("micros")
    own = select(Task.id, Task.name, Task.template_id, Task.state, Task.run_id, when)
    own = own.where(Task.template_id == template_id, Task.project_id == project.id, Task.is_deleted.is_(False))
    end = own.where(Task.create_method != DRY_RUN).order_by(Task.id.desc()).limit(LAST).subquery()
    return select(end)
