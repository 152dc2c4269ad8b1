"""The audit: what was changed in a project, by whom, and from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from app.extensions import db
from app.models.projects import Project
from app.models.runs import JournalRow
from app.models.schedules import Schedule
from app.models.tasks import Task
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.paging import Page, Place, page_of

KINDS = ("task", "template", "schedule", "scheme", "host", "credential", "member", "grant", "app", "notice")
"""What journals tell of, as far as projects have it."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of a project's journal; what is empty is not asked. `key` names one thing of a kind."""

    actor: str = ""
    kind: str = ""
    key: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page_of_journal(actor: Actor, project: Project, wanted: AuditFilter, place: Place, limit: int = 50) -> Page:
    """Return a page of a project's journal, the latest first; for those who manage it."""
    require(actor, project, "manage")
    columns: list[Any] = [
        JournalRow.id, JournalRow.at, JournalRow.actor, JournalRow.app_code, JournalRow.address, JournalRow.kind,
        JournalRow.key, JournalRow.action, JournalRow.node_id, JournalRow.detail,
    ]  # fmt: skip
    return page_of(select(*columns).where(*_where(project, wanted)), [JournalRow.id], place, limit)


def names_of(actor: Actor, project: Project, rows: Sequence[Row[Any]]) -> Mapping[tuple[str, str], str]:
    """Return what the things in rows of the journal are called now, by (kind, key); it asks once for each kind."""
    require(actor, project, "manage")
    named: dict[tuple[str, str], str] = {}
    for kind, (id_, name, owner) in _NAMED.items():
        keys = {int(row.key) for row in rows if row.kind == kind and row.key.isdecimal() and len(row.key) < 19}
        if keys:
            found = db.session.execute(select(id_, name).where(id_.in_(keys), owner == project.id))
            named |= {(kind, str(key)): text for key, text in found}
    return named


_NAMED: Mapping[str, tuple[Any, Any, Any]] = {
    "task": (Task.id, Task.name, Task.project_id),
    "template": (Template.id, Template.name, Template.project_id),
    "schedule": (Schedule.id, Schedule.name, Schedule.project_id),
}


def _where(project: Project, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [JournalRow.project_id == project.id]
    for column, value in (
        (JournalRow.actor, wanted.actor),
        (JournalRow.kind, wanted.kind),
        (JournalRow.key, wanted.key),
    ):
        if value:
            where.append(column == value)
    if wanted.since is not None:
        where.append(JournalRow.at >= wanted.since)
    if wanted.until is not None:
        where.append(JournalRow.at < wanted.until)
    return where
