"""What becomes of an order that waits for somebody: it is rejected, or handed on by who has claimed it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem, Refused
from app.models.projects import Project
from app.models.tasks import FunctionTask
from app.sentences import say
from app.services.access import Actor, may
from app.services.engine import bound, writing
from app.services.journal import record_task
from app.services.members import list_members
from app.services.tasks import hold_task


def reject_order(actor: Actor, project: Project, task_id: int) -> None:
    """Reject an order that nobody has claimed; its task never starts."""
    with writing() as session:
        order = _held(session, actor, project, task_id)
        if order.status != "submitted":
            raise Refused("wrong_status", say("task with status:{status} cannot be rejected", status=order.status))
        order.rejecter, order.rejected_at, order.status = actor.username, bound().clock(), "rejected"
        record_task(session, actor, project.id, task_id, "reject")


def transfer_order(actor: Actor, project: Project, task_id: int, to: str) -> None:
    """Hand an order that the actor has claimed, and not started, to another operator of the project."""
    with writing() as session:
        order = _held(session, actor, project, task_id)
        if order.status != "claimed":
            raise Refused("wrong_status", say("task with status:{status} cannot be transferred", status=order.status))
        if order.claimant != actor.username:
            raise Refused("not_claimant", say("task can only be transferred by claimant"))
        if to == actor.username or not may(Actor(to), project, "operate"):
            raise InvalidInput(Problem("claimant", say("choose another operator of this project"), "claimant"))
        order.predecessor, order.claimant, order.transferred_at = actor.username, to, bound().clock()
        record_task(session, actor, project.id, task_id, "transfer", detail={"to": to})


def takers(actor: Actor, project: Project) -> Sequence[str]:
    """Return to whom the actor may hand an order of the project on, by name."""
    members = list_members(actor, project)
    return [m.username for m in members if m.is_active and m.role != "viewer" and m.username != actor.username]


def _held(session: Session, actor: Actor, project: Project, task_id: int) -> FunctionTask:
    hold_task(actor, project, task_id, "execute_task")
    order = session.scalar(select(FunctionTask).where(FunctionTask.task_id == task_id))
    if order is None:
        raise Refused("not_functional", say("task is not functional"))
    return order
