"""The work of an installation, for its administrators: what is parked and why, what is overdue, and what is stuck.

Stuck is what nobody is owed and nothing names; by the engine's rules that cannot be, so this list must be empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models.projects import Project
from app.models.runs import RunRow, TokenRow
from app.models.tasks import Task
from app.services.access import Actor
from app.services.engine import bound
from app.services.users import require_admin

OVERDUE_AFTER = timedelta(seconds=10)
"""The sweep finds what is due every few seconds; what has been due for longer is late."""

WAITS = ("ready", "running", "timer", "callback", "person", "child", "joining", "failed", "paused", "limit")
_LATE_PLACES = 20
_OWED = ("ready", "running", "timer")


@dataclass(frozen=True, slots=True)
class Late:
    """A place in a task that should have moved on: since when, or that nothing says what it waits for."""

    project_id: int
    project_name: str
    task_id: int
    task_name: str
    node_id: str
    wait: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """What an installation has to do: the number of places that wait for each reason, and of those that are late.

    `groups` are the places that are due for workers of a group, `waiting_tasks` the tasks that wait for room.
    """

    parked: Mapping[str, int]
    overdue: int
    overdue_places: Sequence[Late]
    stuck: Sequence[Late]
    groups: Mapping[str, int]
    waiting_tasks: int


def work(actor: Actor) -> Work:
    """Return what there is to do; it asks seven times, and counts only what has not ended."""
    require_admin(actor)
    counts = dict.fromkeys(WAITS, 0)
    for wait, count in db.session.execute(select(TokenRow.wait, func.count()).group_by(TokenRow.wait)):
        counts[wait] = count
    before = bound().clock() - OVERDUE_AFTER
    overdue = db.session.scalar(select(func.count()).select_from(TokenRow).where(TokenRow.claim_at <= before)) or 0
    late = _places().where(TokenRow.claim_at <= before).order_by(TokenRow.claim_at).limit(_LATE_PLACES)
    stuck = [*_without_a_token(), *_owed_by_nobody(), *_waiting_for_no_child()]
    waiting = db.session.scalar(select(func.count()).select_from(Task).where(Task.waits_for_room)) or 0
    return Work(counts, overdue, _read(late), stuck, _due_in_groups(), waiting)


def _due_in_groups() -> Mapping[str, int]:
    due = select(TokenRow.worker_group, func.count()).where(TokenRow.claim_at <= bound().clock())
    # Written as the index is, which has only these rows.
    due = due.where(text("worker_group NOT IN ('default', '*')")).group_by(TokenRow.worker_group)
    return {group: count for group, count in db.session.execute(due.order_by(TokenRow.worker_group))}


def _places() -> Select[Any]:
    columns: list[Any] = [
        Task.project_id, Project.name.label("project_name"), Task.id, Task.name, TokenRow.node_id, TokenRow.wait,
        TokenRow.claim_at.label("since"),
    ]  # fmt: skip
    return (
        select(*columns)
        .select_from(TokenRow)
        .join(RunRow, RunRow.id == TokenRow.run_id)
        .join(Task, Task.run_id == TokenRow.root_id)
        .join(Project, Project.id == Task.project_id)
    )


def _read(wanted: Select[Any]) -> Sequence[Late]:
    return [Late(*row) for row in db.session.execute(wanted)]


def _without_a_token() -> Sequence[Late]:
    """Find tasks that are said to run, and have no place where anything could go on."""
    tokens = select(TokenRow.id).where(TokenRow.root_id == Task.run_id).correlate(Task).exists()
    columns = (Task.project_id, Project.name.label("project_name"), Task.id, Task.name)
    wanted = select(*columns).join(Project, Project.id == Task.project_id).where(Task.state == "running", ~tokens)
    return [Late(*row, node_id="", wait="", since=None) for row in db.session.execute(wanted.limit(_LATE_PLACES))]


def _owed_by_nobody() -> Sequence[Late]:
    """Find places that a worker is to see to, without a time at which one would."""
    is_live = and_(RunRow.state == "running", RunRow.is_blocked.is_(False), Task.state == "running")
    has_no_time = and_(TokenRow.claim_at.is_(None), TokenRow.deadline.is_(None))
    return _read(_places().where(is_live, TokenRow.wait.in_(_OWED), has_no_time).limit(_LATE_PLACES))


def _waiting_for_no_child() -> Sequence[Late]:
    """Find places that wait for a child run which has ended, or was never there."""
    child = aliased(RunRow)
    lives = or_(child.state == "running", child.state == "paused")
    children = select(child.id).where(child.parent_id == TokenRow.run_id, child.parent_token == TokenRow.id, lives)
    there = children.where(child.root_id == TokenRow.root_id).correlate(TokenRow).exists()
    return _read(_places().where(TokenRow.wait == "child", Task.state == "running", ~there).limit(_LATE_PLACES))
