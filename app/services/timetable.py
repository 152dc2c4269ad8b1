"""The timetable: what schedules are still to do, and what they have done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.engine.core import cron
from app.engine.core.cron_words import ENGLISH
from app.errors import InvalidInput
from app.extensions import db
from app.models.projects import Project
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task
from app.services.access import Actor, require
from app.services.engine import bound
from app.services.overview import shown_states
from app.services.schedules import Plan, plan_of, plan_problems, zone_of

MOST_TIMES = 100
"""How many fires can be asked for at once."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan comes to: in words, and when it fires next, each moment with the offset of its zone."""

    words: str
    times: Sequence[datetime]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A schedule with its fires in a stretch of time; one that `goes_on` has more of them than are listed."""

    schedule: Schedule
    times: Sequence[datetime]
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Past:
    """A fire with the task that it made, if it made one that is still there, and that task's state as lists show it."""

    fire: Fire
    task: Task | None
    state: str


def preview_plan(actor: Actor, project: Project, plan: Plan, count: int, after: datetime | None = None) -> Preview:
    """Return what a plan comes to from now on, or after a moment; raises InvalidInput with all that is wrong with it."""
    require(actor, project, "view")
    now = bound().clock()
    problems = plan_problems(plan, project, now)
    if problems:
        raise InvalidInput.of(problems)
    zone = plan.time_zone or project.time_zone
    return Preview(words_of(plan), _times(plan, zone, after or now, count), zone)


def next_times(schedule: Schedule, project: Project, count: int) -> list[datetime]:
    """Return when a schedule fires next, if it is enabled."""
    if schedule.next_at is None:
        return []
    if schedule.form == "once":
        return [schedule.next_at]
    before = schedule.next_at - timedelta(microseconds=1)
    return _times(plan_of(schedule), zone_of(schedule, project), before, count) or [schedule.next_at]


def words_of(plan: Plan, locale: str = ENGLISH) -> str:
    """Say in words when a plan fires, in English or in another language that cron-descriptor knows."""
    return "once" if plan.form == "once" else cron.describe(plan.expression, plan.form, locale)  # type: ignore[arg-type]


def upcoming(actor: Actor, project: Project, until: datetime, *, schedules: int, fires: int) -> list[Lane]:
    """Return the enabled schedules that fire before a moment, the next first, with their fires up to it.

    At most `schedules` of them, with at most `fires` each.
    """
    require(actor, project, "view")
    wanted = select(Schedule).where(
        Schedule.project_id == project.id, Schedule.is_deleted.is_(False), Schedule.next_at <= until
    )
    found = db.session.scalars(wanted.order_by(Schedule.next_at, Schedule.id).limit(schedules))
    return [_lane(schedule, project, until, fires) for schedule in found]


def page_of_schedules(
    actor: Actor, project: Project, *, once: bool, search: str = "", before_id: int | None = None, limit: int = 50
) -> Sequence[Schedule]:
    """Return schedules of a project, newest first: those that fire once, or the others, whose names hold a text."""
    require(actor, project, "view")
    wanted = _own(project).where(Schedule.form == "once" if once else Schedule.form != "once")
    if search:
        wanted = wanted.where(Schedule.name.icontains(search, autoescape=True))
    if before_id is not None:
        wanted = wanted.where(Schedule.id < before_id)
    return list(db.session.scalars(wanted.order_by(Schedule.id.desc()).limit(limit)))


def has_schedules(actor: Actor, project: Project) -> bool:
    """Say whether a project has any schedule."""
    require(actor, project, "view")
    return db.session.scalar(_own(project).with_only_columns(Schedule.id).limit(1)) is not None


def history(
    actor: Actor, project: Project, schedule_id: int, *, failures: bool = False, before: datetime | None = None,
    limit: int = 25,
) -> Sequence[Past]:  # fmt: skip
    """Return what a schedule's fires came to, the latest first: all of them, or those that made no task."""
    require(actor, project, "view")
    wanted = _past().where(Fire.schedule_id == schedule_id, Schedule.project_id == project.id)
    if failures:
        wanted = wanted.where(or_(Fire.state == "failed", Fire.state == "missed"))
    if before is not None:
        wanted = wanted.where(Fire.fire_at < before)
    rows = db.session.execute(wanted.order_by(Fire.fire_at.desc()).limit(limit)).all()
    return _with_states(rows)


def last_fires(actor: Actor, project: Project, schedule_ids: Iterable[int]) -> Mapping[int, Past]:
    """Return the last fire of each schedule that has fired, by the schedule's id."""
    require(actor, project, "view")
    latest = select(Fire.schedule_id, func.max(Fire.fire_at).label("at")).where(Fire.schedule_id.in_(schedule_ids))
    of_each = latest.group_by(Fire.schedule_id).subquery()
    wanted = _past().join(of_each, (of_each.c.schedule_id == Fire.schedule_id) & (of_each.c.at == Fire.fire_at))
    rows = db.session.execute(wanted.where(Schedule.project_id == project.id)).all()
    return {past.fire.schedule_id: past for past in _with_states(rows)}


def _own(project: Project) -> Select[Schedule]:
    return select(Schedule).where(Schedule.project_id == project.id, Schedule.is_deleted.is_(False))


def _past() -> Select[Fire, Task]:
    return (
        select(Fire, Task)
        .join(Schedule, Schedule.id == Fire.schedule_id)
        .outerjoin(Task, (Task.id == Fire.task_id) & Task.is_deleted.is_(False))
    )


def _with_states(rows: Sequence[Any]) -> list[Past]:
    """Return fires with their tasks and the states of these, which are asked for all at once."""
    tasks = [task for _, task in rows if task is not None]
    states = {task.id: state for task, state in zip(tasks, shown_states(tasks), strict=True)}
    return [Past(fire, task, states[task.id] if task is not None else "") for fire, task in rows]


def _lane(schedule: Schedule, project: Project, until: datetime, most: int) -> Lane:
    times = next_times(schedule, project, most)
    return Lane(schedule, [moment for moment in times if moment <= until], len(times) == most and times[-1] <= until)


def _times(plan: Plan, zone: str, after: datetime, count: int) -> list[datetime]:
    if plan.form == "once":
        return [plan.starts_at] if plan.starts_at is not None and plan.starts_at > after else []
    if plan.starts_at is not None:
        after = max(after, plan.starts_at - timedelta(microseconds=1))
    times = cron.next_fires(plan.expression, after, count, zone, plan.form)  # type: ignore[arg-type]
    return [moment for moment in times if plan.ends_at is None or moment <= plan.ends_at]
