"""What goes on in a project, for its first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from app.extensions import db
from app.models.projects import Project
from app.models.runs import NodeRunRow, TokenRow
from app.models.tasks import Task
from app.services.access import Actor, require


@dataclass(frozen=True, slots=True)
class Overview:
    """Tasks that run, that wait for a person, that have a failed node; and the ones that ended last."""

    running: Sequence[Task]
    waiting: Sequence[Task]
    failed: Sequence[Task]
    ended: Sequence[Task]


def overview(actor: Actor, project: Project, most: int = 8) -> Overview:
    """Return what goes on, the newest first."""
    require(actor, project, "view")
    own = (
        select(Task)
        .where(Task.project_id == project.id, Task.is_deleted.is_(False))
        .order_by(Task.id.desc())
        .limit(most)
    )

    def with_token(wait: str) -> Sequence[Task]:
        roots = select(TokenRow.root_id).where(TokenRow.wait == wait)
        return list(db.session.scalars(own.where(Task.state == "running", Task.run_id.in_(roots))))

    return Overview(
        list(db.session.scalars(own.where(Task.state.in_(("running", "paused"))))),
        with_token("person"),
        with_token("failed"),
        list(db.session.scalars(own.where(Task.state.in_(("finished", "revoked"))))),
    )


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
