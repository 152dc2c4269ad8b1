"""Finds flows, tasks and nodes of a project by a part of their names, in a time that does not grow with the project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Text, or_, select, type_coerce

from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor, require
from app.services.overview import shown_states
from app.services.task_lists import DRY_RUN

LONGEST_QUERY = 100
MOST_FLOWS, MOST_TASKS, MOST_NODES = 8, 6, 6
_LATEST_TASKS, _LATEST_FLOWS, _TREES = 5_000, 500, 8
"""Among how many of the last tasks and of the last edited flows is searched, and how many trees are read for nodes."""


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task with its state as lists show it."""

    id: int
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A node of a flow, which may be in one of its subprocesses."""

    template_id: int
    template_name: str
    node_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found: flows are rows with id, name, is_draft and is_common."""

    flows: Sequence[Row[Any]] = ()
    tasks: Sequence[FoundTask] = ()
    nodes: Sequence[FoundNode] = ()


def search(actor: Actor, project: Project, text: str) -> Found:
    """Find what has a text in its name, upper and lower case alike; a number finds the task that has it, too."""
    require(actor, project, "view")
    text = text.strip()[:LONGEST_QUERY]
    if not text:
        return Found()
    return Found(_flows(project, text), _tasks(project, text), _nodes(project, text))


def _flows(project: Project, text: str) -> Sequence[Row[Any]]:
    columns: list[Any] = [
        Template.id, Template.name, Template.current_version_id.is_(None).label("is_draft"),
        Template.project_id.is_(None).label("is_common"),
    ]  # fmt: skip
    there = (_visible(project), Template.is_deleted.is_(False), Template.name.icontains(text, autoescape=True))
    wanted = select(*columns).where(*there).order_by(Template.project_id.is_(None), Template.edited_at.desc())
    return db.session.execute(wanted.limit(MOST_FLOWS)).all()


def _tasks(project: Project, text: str) -> Sequence[FoundTask]:
    latest = (
        select(Task.id, Task.name, Task.state, Task.run_id)
        .where(Task.project_id == project.id, Task.is_deleted.is_(False), Task.create_method != DRY_RUN)
        .order_by(Task.id.desc())
    )
    near = latest.limit(_LATEST_TASKS).subquery()
    rows = db.session.execute(
        select(near).where(near.c.name.icontains(text, autoescape=True)).order_by(near.c.id.desc()).limit(MOST_TASKS)
    ).all()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    if number is not None and all(row.id != number for row in rows):
        rows = [*db.session.execute(latest.where(Task.id == number)).all(), *rows]
    return [FoundTask(row.id, row.name, state) for row, state in zip(rows, shown_states(rows), strict=True)]


def _nodes(project: Project, text: str) -> Sequence[FoundNode]:
    """Find nodes of the last edited flows by the text of their trees; only trees that hold it are read."""
    latest = (
        select(Template.id, Template.name, Template.current_version_id)
        .where(Template.project_id == project.id, Template.is_deleted.is_(False), Template.current_version_id.is_not(None))
        .order_by(Template.edited_at.desc())
        .limit(_LATEST_FLOWS)
        .subquery()
    )  # fmt: skip
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    body = type_coerce(TemplateVersion.tree, Text)
    rows = db.session.execute(
        select(latest.c.id, latest.c.name, TemplateVersion.tree)
        .join(TemplateVersion, TemplateVersion.id == latest.c.current_version_id)
        .where(body.icontains(written, autoescape=True))
        .limit(_TREES)
    )
    found = [
        FoundNode(row.id, row.name, node_id, name)
        for row in rows
        for node_id, name in _named(row.tree)
        if text.casefold() in name.casefold()
    ]
    return found[:MOST_NODES]


def _named(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the ids and names of a tree's nodes; those in a subprocess under the id of the node that holds it."""
    for node_id, node in tree.get("activities", {}).items():
        yield node_id, str(node.get("name") or "")
        if isinstance(node.get("pipeline"), dict):
            yield from ((node_id, name) for _, name in _named(node["pipeline"]))


def _visible(project: Project) -> Any:
    return or_(Template.project_id == project.id, Template.project_id.is_(None))
