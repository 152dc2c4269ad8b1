"""Tasks as lists and counts, by filters that no caller can use to see beyond the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, or_, select

from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.paging import Page, Place, page_of
from app.services.task_states import is_shown_as

GroupBy = Literal["category", "create_method", "flow_type", "status"]


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks of a project; what is None is not asked. `keyword` is part of the name, `name` the whole of it.

    A task that was revoked counts as finished: nothing of it will go on. With `before_id` only older tasks than that are
    meant, so that a list can be gone through page by page while it grows. Tasks made in the ways that `leaves_out` names are
    left out. `states` are those that lists show; `search` is part of the name, or the id.
    """

    keyword: str = ""
    search: str = ""
    states: Sequence[str] = ()
    name: str | None = None
    template_ids: Sequence[int] = ()
    creator: str | None = None
    executor: str | None = None
    create_method: str | None = None
    is_started: bool | None = None
    is_finished: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    before_id: int | None = None
    leaves_out: Sequence[str] = ()


DRY_RUN = "dry_run"
"""The create_method of tasks that try one node while a flow is drawn."""

COLUMNS: list[Any] = [
    Task.id, Task.name, Task.category, Task.create_method, Task.creator, Task.executor, Task.created_at,
    Task.started_at, Task.finished_at, Task.template_source, Task.template_id, Task.state, Task.flow_type,
    Task.current_flow, Task.run_id, Task.waits_for_room,
]  # fmt: skip
"""What a list shows of a task; the tree is never read for it."""


def find_tasks(
    actor: Actor, project: Project, wanted: TaskFilter, offset: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """Return tasks of the project, newest first, each as a row of `COLUMNS`."""
    require(actor, project, "view")
    rows = select(*COLUMNS).where(*_where(project, wanted)).order_by(Task.id.desc())
    return db.session.execute(rows.offset(offset).limit(limit)).all()


def page_of_tasks(actor: Actor, project: Project, wanted: TaskFilter, place: Place, limit: int = 50) -> Page:
    """Return a page of the project's tasks, newest first: rows of `COLUMNS`, `tree_id` and the name of the template."""
    require(actor, project, "view")
    rows = select(*COLUMNS, Task.tree_id, Template.name.label("template_name"))
    rows = rows.outerjoin(Template, Template.id == Task.template_id).where(*_where(project, wanted))
    return page_of(rows, [Task.id], place, limit)


def count_tasks(actor: Actor, project: Project, wanted: TaskFilter) -> int:
    """Count tasks of the project."""
    require(actor, project, "view")
    return db.session.scalar(select(func.count()).select_from(Task).where(*_where(project, wanted))) or 0


def count_by(actor: Actor, project: Project, wanted: TaskFilter, by: GroupBy) -> Mapping[str, int]:
    """Count tasks of the project by category, create_method, flow_type or status (CREATED, EXECUTING, FINISHED)."""
    require(actor, project, "view")
    column = {"category": Task.category, "create_method": Task.create_method, "flow_type": Task.flow_type}.get(
        by, Task.state
    )
    rows = db.session.execute(select(column, func.count()).where(*_where(project, wanted)).group_by(column))
    counts: dict[str, int] = {}
    for value, count in rows:
        key = _STATUSES.get(value, "EXECUTING") if by == "status" else value
        counts[key] = counts.get(key, 0) + count
    return counts


_STATUSES = {"created": "CREATED", "finished": "FINISHED", "failed": "FINISHED", "revoked": "FINISHED"}


def _where(project: Project, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Task.project_id == project.id, Task.is_deleted.is_(False)]
    if wanted.keyword:
        where.append(Task.name.contains(wanted.keyword, autoescape=True))
    if wanted.search:
        named = Task.name.icontains(wanted.search, autoescape=True)
        number = int(wanted.search) if wanted.search.isdecimal() and len(wanted.search) < 19 else 0
        where.append(or_(named, Task.id == number) if number else named)
    if wanted.states:
        where.append(is_shown_as(tuple(wanted.states)))
    for column, value in (
        (Task.name, wanted.name), (Task.creator, wanted.creator), (Task.executor, wanted.executor),
        (Task.create_method, wanted.create_method),
    ):  # fmt: skip
        if value is not None:
            where.append(column == value)
    if wanted.leaves_out:
        where.append(Task.create_method.not_in(wanted.leaves_out))
    if wanted.template_ids:
        where.append(Task.template_id.in_(wanted.template_ids))
    if wanted.is_started is not None:
        where.append(Task.started_at.is_not(None) if wanted.is_started else Task.started_at.is_(None))
    if wanted.is_finished is not None:
        where.append(Task.finished_at.is_not(None) if wanted.is_finished else Task.finished_at.is_(None))
    if wanted.created_from is not None:
        where.append(Task.created_at >= wanted.created_from)
    if wanted.created_to is not None:
        where.append(Task.created_at <= wanted.created_to)
    if wanted.started_from is not None:
        where.append(Task.started_at >= wanted.started_from)
    if wanted.started_to is not None:
        where.append(Task.started_at <= wanted.started_to)
    if wanted.before_id is not None:
        where.append(Task.id < wanted.before_id)
    return where
