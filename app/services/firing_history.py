"""How long the history of schedules is kept: the newest fires of each, whatever is younger than a day, and what goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select

from app.extensions import db
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task
from app.services.engine import bound, writing
from app.services.firing_rows import RUNNING

_SCHEDULES, _FIRES = 20, 100
"""How many schedules are looked at, and how many fires of each are forgotten, at a time: never a long transaction."""

_YOUNG = timedelta(days=1)
"""A row is also what keeps its time from firing again when a clock is set back, so it is kept for longer than that goes."""


def forget_fires(after: int, kept: int) -> int:
    """Forget fires of the next few schedules behind the id `after`, all but the `kept` newest of each.

    Returns the id to go on after, 0 at the end. Kept in any case is what is younger than a day, what still waits, and
    the fire of a task that still runs: by it the next fire knows of the task.
    """
    now = bound().clock()
    newer = select(Fire.fire_at).where(Fire.schedule_id == Schedule.id).order_by(Fire.fire_at.desc())
    oldest = newer.offset(kept).limit(1).correlate(Schedule).scalar_subquery()
    wanted = select(Schedule.id, oldest).where(Schedule.id > after).order_by(Schedule.id).limit(_SCHEDULES)
    found = db.session.execute(wanted).all()
    old = [row for id_, until in found if until is not None for row in _forgettable(id_, min(until, now - _YOUNG))]
    db.session.rollback()
    if old:
        _drop(old)
    return found[-1][0] if len(found) == _SCHEDULES else 0


def _forgettable(schedule_id: int, until: datetime) -> Sequence[dict[str, Any]]:
    wanted = (
        select(Fire.fire_at)
        .outerjoin(Task, Task.id == Fire.task_id)
        .where(Fire.schedule_id == schedule_id, Fire.fire_at <= until, Fire.state != "queued")
        .where(or_(Task.id.is_(None), Task.state.not_in(RUNNING)))
    )
    times = db.session.scalars(wanted.order_by(Fire.fire_at).limit(_FIRES))
    return [{"of": schedule_id, "due": fire_at} for fire_at in times]


def _drop(fires: Sequence[dict[str, Any]]) -> None:
    with writing() as session:
        session.execute(_FORGET, fires)


_FIRE: Any = Fire.__table__
_FORGET = delete(_FIRE).where(_FIRE.c.schedule_id == bindparam("of"), _FIRE.c.fire_at == bindparam("due"))
