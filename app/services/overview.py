"""What goes on in a project, for its first page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from app.extensions import db
from app.models.projects import Project
from app.models.runs import NodeRunRow, RunRow, TokenRow
from app.models.tasks import Task, TaskTree
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.task_lists import DRY_RUN

_LATEST = 500
"""Among how many of a project's last tasks somebody's flows are looked for."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A node that has failed and holds its task up, `reason` is what people are told; or, without a node, a task that
    has ended as failed.
    """

    task_id: int
    task_name: str
    node_id: str
    node_name: str
    reason: str
    at: datetime


def running_tasks(actor: Actor, project: Project, most: int = 8) -> Sequence[Row[Any]]:
    """Return the tasks that run or are paused, the newest first, as rows for `shown_states` and `progress_of`."""
    require(actor, project, "view")
    columns: list[Any] = [
        Task.id, Task.name, Task.creator, Task.executor, Task.state, Task.run_id, Task.tree_id, Task.started_at,
    ]  # fmt: skip
    wanted = select(*columns).where(
        Task.project_id == project.id, Task.state.in_(("running", "paused")), Task.is_deleted.is_(False),
        Task.create_method != DRY_RUN,
    )  # fmt: skip
    return db.session.execute(wanted.order_by(Task.id.desc()).limit(most)).all()


def recent_failures(actor: Actor, project: Project, since: datetime, most: int = 8) -> Sequence[Failure]:
    """Return what has failed since a moment and is not mended, the latest first; it asks three times at most."""
    require(actor, project, "view")
    found = [*_held_up(project, since, most), *_ended_as_failed(project, since, most)]
    return sorted(found, key=lambda failure: failure.at, reverse=True)[:most]


def _held_up(project: Project, since: datetime, most: int) -> Sequence[Failure]:
    node_run = and_(
        NodeRunRow.run_id == TokenRow.run_id, NodeRunRow.node_id == TokenRow.node_id, NodeRunRow.loop == TokenRow.loop,
        NodeRunRow.attempt == TokenRow.attempt,
    )  # fmt: skip
    wanted = (
        select(Task.id, Task.name, Task.tree_id, RunRow.path, NodeRunRow.node_id, NodeRunRow.reason, NodeRunRow.finished_at)
        .select_from(Task)
        .join(TokenRow, TokenRow.root_id == Task.run_id)
        .join(RunRow, RunRow.id == TokenRow.run_id)
        .join(NodeRunRow, node_run)
        .where(
            Task.project_id == project.id, Task.state == "running", Task.is_deleted.is_(False), TokenRow.wait == "failed",
            NodeRunRow.finished_at >= since, Task.create_method != DRY_RUN,
        )
    )  # fmt: skip
    rows = db.session.execute(wanted.order_by(NodeRunRow.finished_at.desc()).limit(most)).all()
    bodies = select(TaskTree.id, TaskTree.body).where(TaskTree.id.in_({row.tree_id for row in rows}))
    trees = {tree_id: body for tree_id, body in db.session.execute(bodies)} if rows else {}
    return [
        Failure(r.id, r.name, r.node_id, _node_name(trees[r.tree_id], r.path, r.node_id), r.reason, r.finished_at)
        for r in rows
    ]


def _ended_as_failed(project: Project, since: datetime, most: int) -> Sequence[Failure]:
    wanted = select(Task.id, Task.name, Task.finished_at).where(
        Task.project_id == project.id, Task.state == "failed", Task.is_deleted.is_(False), Task.finished_at >= since
    )
    rows = db.session.execute(wanted.order_by(Task.id.desc()).limit(most))
    return [Failure(row.id, row.name, "", "", "", row.finished_at) for row in rows]


def own_flows(actor: Actor, project: Project, most: int = 6) -> Sequence[Row[Any]]:
    """Return the flows that the actor has run or edited last, as rows with id, name, description, is_draft."""
    require(actor, project, "view")
    latest = (
        select(Task.id, Task.template_id, Task.creator, Task.executor)
        .where(Task.project_id == project.id, Task.template_id.is_not(None))
        .order_by(Task.id.desc())
        .limit(_LATEST)
        .subquery()
    )
    is_own = or_(latest.c.creator == actor.username, latest.c.executor == actor.username)
    used = (
        select(latest.c.template_id, func.max(latest.c.id).label("last")).where(is_own).group_by(latest.c.template_id)
    )
    last = used.subquery()
    by_actor = or_(Template.creator == actor.username, Template.editor == actor.username, last.c.last.is_not(None))
    is_draft = Template.current_version_id.is_(None).label("is_draft")
    columns: list[Any] = [Template.id, Template.name, Template.description, is_draft]
    wanted = select(*columns).outerjoin(last, last.c.template_id == Template.id)
    there = (or_(Template.project_id == project.id, Template.project_id.is_(None)), Template.is_deleted.is_(False))
    order = (last.c.last.is_(None), last.c.last.desc(), Template.edited_at.desc())
    return db.session.execute(wanted.where(*there, by_actor).order_by(*order).limit(most)).all()


def has_flows(actor: Actor, project: Project) -> bool:
    """Say whether a project has any flow, drafts among them."""
    require(actor, project, "view")
    own = select(Template.id).where(Template.project_id == project.id, Template.is_deleted.is_(False))
    return db.session.scalar(own.limit(1)) is not None


def _node_name(tree: Mapping[str, Any], path: str, node_id: str) -> str:
    """Return a node's name; `path` leads through the subprocesses that it is in."""
    for above in path.split("/") if path else ():
        tree = (tree.get("activities", {}).get(above) or {}).get("pipeline") or {}
    node = {**tree.get("activities", {}), **tree.get("gateways", {})}.get(node_id) or {}
    return str(node.get("name") or node_id)


def shown_state(task: Task) -> str:
    """Return a task's state as lists show it: one that only failed nodes hold up is failed."""
    return shown_states([task])[0]


def shown_states(tasks: Sequence[Task | Row[Any]]) -> list[str]:
    """Return the states of tasks, or of rows of a list of tasks, as lists show them."""
    running = [task.run_id for task in tasks if task.state == "running"]
    waits: dict[int, set[str]] = {}
    tokens = select(TokenRow.root_id, TokenRow.wait).where(TokenRow.root_id.in_(running)).distinct()
    for root_id, wait in db.session.execute(tokens) if running else ():
        waits.setdefault(root_id, set()).add(wait)
    return [_shown(task.state, waits.get(task.run_id or 0, set())) for task in tasks]


def _shown(state: str, waits: set[str]) -> str:
    if state != "running":
        return state if state != "created" else "not_started"
    if waits & {"ready", "running", "timer", "callback"}:
        return "running"
    if "failed" in waits:
        return "failed"
    return "waiting_person" if "person" in waits else "running"


def progress(task: Task, total: int) -> int:
    """Return how many percent of a task's own nodes have ended."""
    if task.state == "finished":
        return 100
    if task.run_id is None or not total:
        return 0
    ended = (
        select(NodeRunRow.node_id).where(NodeRunRow.run_id == task.run_id, NodeRunRow.state == "finished").distinct()
    )
    return min(99, 100 * len(list(db.session.scalars(ended))) // total)
