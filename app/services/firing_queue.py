"""Fires that wait: by the policy `queue` a fire waits for the task before it to end, and then starts in its turn."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, bindparam, func, or_, select, type_coerce, update

from app.engine.core.values import plain_text
from app.engine.insisting import DATABASE_ERRORS
from app.errors import SluiceError
from app.extensions import db
from app.models.projects import Project
from app.models.schedules import Fire, Schedule
from app.models.tasks import TaskTree
from app.services.engine import bound, writing
from app.services.firing_rows import has_running, make_mould, start_of, still_running, write_starts
from app.services.schedules import first_fire, owe_failed_fire, zone_of

log = logging.getLogger(__name__)

_TOGETHER = 100
_MOST_REASON = 2000


def release_waiting(limit: int) -> list[int]:
    """Start the fires that have waited long enough, of each schedule the oldest; returns the root runs to nudge for."""
    found = _released(limit)
    roots: list[int] = []
    for first in range(0, len(found), _TOGETHER):
        roots += _release_apart(found[first : first + _TOGETHER])
    return roots


def _released(limit: int) -> Sequence[int]:
    """Return the schedules whose oldest waiting fire waits no longer; looks only, so that who waits costs no write."""
    now = bound().clock()
    rows = db.session.execute(
        _waiting(Project, has_running().label("is_running"))
        .where(or_(~has_running(), ~Schedule.is_enabled))
        .order_by(Schedule.is_enabled.desc(), Schedule.id)
        .limit(limit)
    ).all()
    found = [s.id for s, _, project, is_running in rows if not is_running or _is_switched_off(s, project, now)]
    db.session.rollback()
    return found


def _waiting(*columns: Any) -> Select[Any]:
    """Ask for schedules with the time of their oldest waiting fire."""
    oldest = select(Fire.schedule_id, func.min(Fire.fire_at).label("fire_at")).where(Fire.state == "queued")
    waiting = oldest.group_by(Fire.schedule_id).subquery()
    wanted = select(Schedule, waiting.c.fire_at, *columns).join(waiting, waiting.c.schedule_id == Schedule.id)
    return wanted.join(Project, Project.id == Schedule.project_id)


def _is_switched_off(schedule: Schedule, project: Project, now: datetime) -> bool:
    """Say whether somebody has switched the schedule off; one that has come to its end has not been."""
    if schedule.is_deleted:
        return True
    return not schedule.is_enabled and first_fire(schedule, zone_of(schedule, project), now) is not None


def _release_apart(ids: Sequence[int]) -> list[int]:
    """Start waiting fires together, or apart from one that cannot start: that one is told as failed."""
    try:
        return _release(ids)
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        # Whatever is wrong with one fire, those beside it are to start as well.
        if len(ids) == 1:
            _drop(ids[0], error)
            return []
    half = len(ids) // 2
    return _release_apart(ids[:half]) + _release_apart(ids[half:])


def _release(ids: Sequence[int]) -> list[int]:
    with writing() as session:
        now = bound().clock()
        wanted = _waiting(Project, TaskTree.mould, type_coerce(TaskTree.plugins, Text))
        wanted = wanted.join(TaskTree, TaskTree.id == Schedule.tree_id).where(Schedule.id.in_(ids))
        rows = session.execute(wanted.with_for_update(of=Schedule, skip_locked=True)).all()
        running = still_running(session, ids)
        starts, ended = [], []
        for schedule, fire_at, project, mould, plugins in rows:
            if _is_switched_off(schedule, project, now):
                ended.append(_end(schedule.id, fire_at, "skipped", "the schedule was disabled"))
            elif schedule.id not in running:
                starts.append(start_of(schedule, project, mould or make_mould(session, schedule), plugins, fire_at))
        begun = write_starts(session, starts, now)
        ended += [_end(b.start.schedule.id, b.start.fire_at, "started", "", b.task_id) for b in begun]
        if ended:
            session.execute(_END_WAIT, ended)
        return [made.root_id for made in begun]


def _drop(schedule_id: int, error: Exception) -> None:
    """Write down that the oldest waiting fire of a schedule could not be carried out."""
    reason = plain_text(f"{error}" or type(error).__name__)[:_MOST_REASON]
    log.warning("fire-failed schedule=%s", schedule_id, exc_info=None if isinstance(error, SluiceError) else error)
    with writing() as session:
        row = session.execute(_waiting().where(Schedule.id == schedule_id).with_for_update(of=Schedule)).first()
        if row is None:
            return
        schedule, fire_at = row
        session.execute(_END_WAIT, _end(schedule_id, fire_at, "failed", reason))
        counted = {"failure_count": Schedule.failure_count + 1}
        session.execute(update(Schedule).where(Schedule.id == schedule_id).values(**counted))
        owe_failed_fire(session, schedule, fire_at, reason)


_FIRE: Any = Fire.__table__
_END_WAIT = (
    update(_FIRE)
    .where(_FIRE.c.schedule_id == bindparam("of"), _FIRE.c.fire_at == bindparam("due"))
    .values(state=bindparam("to"), reason=bindparam("why"), task_id=bindparam("task"))
)


def _end(schedule_id: int, fire_at: datetime, state: str, reason: str, task_id: int | None = None) -> dict[str, Any]:
    return {"of": schedule_id, "due": fire_at, "to": state, "why": reason, "task": task_id}
