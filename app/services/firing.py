"""Firing: what is due of all schedules becomes tasks, each fire exactly once, whoever else fires at the same time.

A fire is a row named by schedule and time, written in the transaction that makes its task and moves the schedule to its
next time. That move compares and sets: of two workers at one schedule the second finds the time gone. So a worker that
dies leaves either nothing of a fire, or all of it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import operations
from app.engine.core.cron import next_fires
from app.engine.core.values import plain_text
from app.engine.insisting import DATABASE_ERRORS
from app.errors import Refused, SluiceError
from app.extensions import db
from app.models.projects import Project
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task, TaskTree
from app.services.access import SYSTEM
from app.services.engine import bound, desk, nudge, writing
from app.services.schedules import first_fire
from app.services.tasks import Wish, make_and_start

log = logging.getLogger(__name__)

_LATE = timedelta(seconds=60)
"""A fire that is later than this was missed: nobody was there for it."""

MOST_AT_ONCE = 200
_LATEST = 50
_RUNNING = ("running", "paused")


def fire_due(limit: int = MOST_AT_ONCE) -> int:
    """Fire what is due now, the longest due first, and then the fires that waited for a task to end; returns how many."""
    now = bound().clock()
    due = select(Schedule.id, Schedule.next_at).where(Schedule.next_at <= now)
    found = db.session.execute(due.order_by(Schedule.next_at).limit(limit)).all()
    waiting = db.session.execute(
        select(Fire.schedule_id, Fire.fire_at).where(Fire.state == "queued").limit(limit)
    ).all()
    db.session.rollback()
    for schedule_id, next_at in found:
        assert next_at is not None, "only what has a next time is due"
        _guarded(schedule_id, next_at, now)
    for schedule_id, fire_at in waiting:
        try:
            _release(schedule_id, fire_at, now)
        except SluiceError as error:
            _drop(schedule_id, fire_at, str(error))
    return len(found)


def _guarded(schedule_id: int, next_at: datetime, now: datetime) -> None:
    """Fire one schedule; one that cannot be is written down as failed, and does not hold up the others."""
    try:
        roots = _fire(schedule_id, next_at, now)
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        # Whatever is wrong with one schedule, those behind it are due as well.
        log.warning("fire-failed schedule=%s at=%s", schedule_id, next_at, exc_info=not isinstance(error, SluiceError))
        _fail(schedule_id, next_at, now, plain_text(f"{error}" or type(error).__name__))
        return
    for root_id in roots:
        nudge(root_id)


def _fire(schedule_id: int, next_at: datetime, now: datetime) -> list[int]:
    with writing() as session:
        schedule, project = _claim(session, schedule_id, next_at, now)
        if schedule is None or project is None:
            return []
        roots: list[int] = []
        for fire_at in _to_fire(schedule, project, next_at, now):
            roots += _carry_out(session, schedule, project, fire_at, now)
        return roots


def _claim(
    session: Session, schedule_id: int, next_at: datetime, now: datetime
) -> tuple[Schedule | None, Project | None]:
    """Move a schedule on to its next time; nothing is returned where somebody else was faster."""
    schedule = session.scalar(select(Schedule).where(Schedule.id == schedule_id).with_for_update())
    if schedule is None or schedule.next_at != next_at or not schedule.is_enabled:
        return None, None
    project = session.get_one(Project, schedule.project_id)
    schedule.next_at = first_fire(schedule, project.time_zone, max(now, next_at))
    if schedule.next_at is None:
        schedule.is_enabled = False
    return schedule, project


def _to_fire(schedule: Schedule, project: Project, next_at: datetime, now: datetime) -> Sequence[datetime]:
    """Return the times to fire for now, by the schedule's policy for what was missed."""
    if schedule.form == "once" or now - next_at <= _LATE:
        return [next_at]
    if schedule.misfire == "once":
        return [next_at]
    if schedule.misfire == "all":
        before = next_at - timedelta(seconds=1)
        times = next_fires(schedule.expression, before, schedule.misfire_limit, project.time_zone, schedule.form)  # type: ignore[arg-type]
        return [moment for moment in times if moment <= now]
    db.session.merge(Fire(schedule_id=schedule.id, fire_at=next_at, state="missed", at=now, reason="nobody was there"))
    return []


def _carry_out(session: Session, schedule: Schedule, project: Project, fire_at: datetime, now: datetime) -> list[int]:
    fire = Fire(schedule_id=schedule.id, fire_at=fire_at, state="started", at=now, reason="")
    running = _still_running(session, schedule) if schedule.overlap != "allow" else []
    if running and schedule.overlap in ("skip", "queue"):
        fire.state = "skipped" if schedule.overlap == "skip" else "queued"
        fire.reason = f"task {running[0].id} of the fire before still runs"
        session.add(fire)
        return []
    for task in running:
        _cancel(session, task)
    return [_start(session, schedule, project, fire, now)]


def _start(session: Session, schedule: Schedule, project: Project, fire: Fire, now: datetime) -> int:
    """Make and start the task of a fire; returns its root run."""
    actor = replace(SYSTEM, username=schedule.editor or schedule.creator)
    local = fire.fire_at.astimezone(ZoneInfo(project.time_zone))
    wish = Wish(
        f"{schedule.name[:80]}_{local:%Y%m%d%H%M%S}", create_method="clocked" if schedule.form == "once" else "periodic",
        create_info=str(schedule.id), template_source=schedule.template_source, category=schedule.category,
    )  # fmt: skip
    body = session.get_one(TaskTree, schedule.tree_id).body
    task_id, root_id = make_and_start(session, actor, project, body, wish, schedule.template_id)
    fire.state, fire.task_id, fire.reason = "started", task_id, ""
    session.add(fire)
    schedule.total_run_count += 1
    schedule.last_run_at = now
    return root_id


def _still_running(session: Session, schedule: Schedule) -> Sequence[Task]:
    """Return the tasks of the last fires that have not ended; older ones have, or were let run beside each other."""
    made = select(Fire.task_id).where(Fire.schedule_id == schedule.id, Fire.task_id.is_not(None))
    latest = made.order_by(Fire.fire_at.desc()).limit(_LATEST).scalar_subquery()
    return session.scalars(select(Task).where(Task.id.in_(latest), Task.state.in_(_RUNNING))).all()


def _cancel(session: Session, task: Task) -> None:
    if task.run_id is None:
        return
    try:
        operations.revoke(desk(session), task.run_id)
    except Refused:
        # It has ended by itself in the meantime.
        log.info("nothing-to-cancel task=%s", task.id)


def _release(schedule_id: int, fire_at: datetime, now: datetime) -> None:
    """Carry a fire out that waited, if the task before it has ended."""
    root_id = None
    with writing() as session:
        schedule = session.scalar(select(Schedule).where(Schedule.id == schedule_id).with_for_update())
        fire = session.get(Fire, (schedule_id, fire_at))
        if schedule is None or fire is None or fire.state != "queued" or _still_running(session, schedule):
            return
        if schedule.is_deleted or not schedule.is_enabled:
            fire.state, fire.reason = "skipped", "the schedule was disabled"
            return
        root_id = _start(session, schedule, session.get_one(Project, schedule.project_id), fire, now)
    nudge(root_id)


def _drop(schedule_id: int, fire_at: datetime, reason: str) -> None:
    """Write down that a fire that waited could not be carried out."""
    with writing() as session:
        fire = session.get_one(Fire, (schedule_id, fire_at))
        fire.state, fire.reason = "failed", reason[:2000]


def _fail(schedule_id: int, next_at: datetime, now: datetime, reason: str) -> None:
    """Write down that a fire could not be carried out, and move on."""
    with writing() as session:
        schedule, _ = _claim(session, schedule_id, next_at, now)
        if schedule is None:
            return
        session.merge(Fire(schedule_id=schedule_id, fire_at=next_at, state="failed", at=now, reason=reason[:2000]))
        schedule.failure_count += 1
