"""Functionalized tasks: one person submits the order, another claims it and carries it out (bk-sops' `common_func`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.tasks import FunctionTask, Task
from app.sentences import say
from app.services.access import Actor, visible_projects
from app.services.engine import bound

STATUSES = ("submitted", "claimed", "rejected", "executed", "finished")


@dataclass(frozen=True, slots=True)
class FunctionFilter:
    """Which orders to list: by their own ids, by the ids of their tasks, by status, project and time of submission."""

    ids: Sequence[int] = ()
    task_ids: Sequence[int] = ()
    status: str = ""
    project_id: int | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


def submit_function_task(session: Session, actor: Actor, task: Task) -> None:
    """Write down that a task waits to be claimed; part of the transaction that makes the task."""
    session.add(
        FunctionTask(
            task_id=task.id, project_id=task.project_id, creator=actor.username, created_at=task.created_at, status="submitted"
        )
    )  # fmt: skip


def follow_function_task(session: Session, task_id: int, status: str) -> None:
    """Let the order of a task, if it has one, follow what happens to the task."""
    session.execute(update(FunctionTask).where(FunctionTask.task_id == task_id).values(status=status))


def take(session: Session, actor: Actor, task_id: int, step: str, flow_type: str) -> None:
    """Let the actor claim an order; part of the transaction that brings the task to its next step."""
    if flow_type != "common_func":
        raise Refused("not_functional", say("task is not functional"))
    order = session.scalar(select(FunctionTask).where(FunctionTask.task_id == task_id))
    if step != "func_claim" or order is None:
        raise Refused(
            "wrong_step", say("task with current_flow:{step} cannot be claimed", step=step), step=step, action="claim"
        )
    if order.status == "rejected":
        raise Refused("rejected", say("task has been rejected by {name}", name=order.rejecter))
    if order.status != "submitted" and order.claimant != actor.username:
        raise Refused("claimed", say("task has been claimed by others"))
    order.claimant, order.claimed_at, order.status = actor.username, bound().clock(), "claimed"


def list_function_tasks(
    actor: Actor, wanted: FunctionFilter, offset: int = 0, limit: int = 100
) -> tuple[Sequence[tuple[FunctionTask, Task, Project]], int]:
    """Return orders in the projects that the actor may see, newest first, and how many there are in all."""
    if wanted.status and wanted.status not in STATUSES:
        raise InvalidInput(
            Problem(
                "status", say("{given!r} is not one of {known}", given=wanted.status, known=list(STATUSES)), "status"
            )
        )
    projects = {project.id: project for project in visible_projects(actor)}
    where: list[ColumnElement[bool]] = [FunctionTask.project_id.in_(projects)]
    if wanted.project_id is not None:
        where.append(FunctionTask.project_id == wanted.project_id)
    if wanted.ids:
        where.append(FunctionTask.id.in_(wanted.ids))
    if wanted.task_ids:
        where.append(FunctionTask.task_id.in_(wanted.task_ids))
    if wanted.status:
        where.append(_has_status(wanted.status))
    if wanted.created_from is not None:
        where.append(FunctionTask.created_at >= wanted.created_from)
    if wanted.created_to is not None:
        where.append(FunctionTask.created_at <= wanted.created_to)
    rows = db.session.execute(
        select(FunctionTask, Task)
        .join(Task, Task.id == FunctionTask.task_id)
        .where(*where)
        .order_by(FunctionTask.id.desc())
        .offset(offset)
        .limit(limit)
    )
    found = [(order, task, projects[order.project_id]) for order, task in rows]
    return found, db.session.scalar(
        select(func.count()).select_from(FunctionTask).join(Task, Task.id == FunctionTask.task_id).where(*where)
    ) or 0


def order_of(task: Task) -> Mapping[str, str] | None:
    """Return how far the order is that a task waits for to start: {status, creator, claimant, rejecter}; else None."""
    if task.flow_type != "common_func" or task.run_id is not None:
        return None
    order = db.session.scalar(select(FunctionTask).where(FunctionTask.task_id == task.id))
    if order is None:
        return None
    return {
        "status": order.status, "creator": order.creator, "claimant": order.claimant, "rejecter": order.rejecter,
    }  # fmt: skip


def status_of(order: FunctionTask, task: Task) -> str:
    """Return an order's status: one that is carried out is finished when its task is."""
    return "finished" if task.finished_at is not None else order.status


def _has_status(status: str) -> ColumnElement[bool]:
    if status == "finished":
        return Task.finished_at.is_not(None)
    return and_(FunctionTask.status == status, Task.finished_at.is_(None))
