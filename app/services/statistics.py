"""Statistics of a project: how many tasks ended and how, and how long they took; by week, by flow and by node.

All of it is computed by the database, over a bounded number of its last tasks. Percentiles are nearest-rank: a value that
really occurred, found by numbering the durations of a group in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, case, func, literal, select, type_coerce

from app.extensions import db
from app.models.base import to_micros
from app.models.projects import Project
from app.models.tasks import Task
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.engine import bound
from app.services.task_lists import DRY_RUN

SPANS, USUAL = (4, 13, 26, 52), 13
"""For how many weeks statistics can be asked."""

MOST_TASKS = 20_000
_MOST_FLOWS = 50
_ENDED = ("finished", "revoked", "failed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which stretch of time, of all flows or of one."""

    weeks: int = USUAL
    template_id: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of some tasks, or attempts at a node: how many ended, how many of them well, and how long half and 95 % of those took.

    The durations are seconds, None where nothing ended well.
    """

    ended: int = 0
    well: int = 0
    p50_s: float | None = None
    p95_s: float | None = None

    @property
    def rate(self) -> float | None:
        """Which part ended well, from 0 to 1."""
        return self.well / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class Week:
    """The tasks that ended in a week, which begins on a Monday in the project's zone."""

    begins: datetime
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class FlowNumbers:
    """The tasks of one flow; without an id those that were made of none."""

    template_id: int | None
    name: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is shown; `is_cut` says that there are more tasks than were counted."""

    total: Numbers
    weeks: Sequence[Week]
    flows: Sequence[FlowNumbers]
    is_cut: bool


def statistics(actor: Actor, project: Project, wanted: Wanted) -> Statistics:
    """Count the tasks of a project that have ended in the last weeks; it asks five times at most."""
    require(actor, project, "view")
    begins = weeks_of(bound().clock(), wanted.weeks, project.time_zone)
    tasks = ended_tasks(project, wanted, begins[0])
    rows = select(tasks.c.ended_at, tasks.c.template_id, tasks.c.is_well, tasks.c.took).where(
        tasks.c.ended_at >= to_micros(begins[0])
    )
    by_week = numbers_by(rows, _week(tasks.c.ended_at, begins))
    flows = numbers_by(rows, tasks.c.template_id)
    total = numbers_by(rows, literal(0)).get(0, Numbers())
    return Statistics(
        total,
        [Week(begin, by_week.get(number, Numbers())) for number, begin in enumerate(begins)],
        _named(flows),
        (db.session.scalar(select(func.count()).select_from(tasks)) or 0) >= MOST_TASKS,
    )


def weeks_of(now: datetime, count: int, zone: str) -> list[datetime]:
    """Return the beginnings of the last weeks, the current one last: Mondays at midnight, whatever the clocks did."""
    today = now.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    return [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) for day in days]


def ended_tasks(project: Project, wanted: Wanted, since: datetime) -> Subquery:
    """Return the last tasks of a project that have ended, as rows with id, run_id, tree_id, template_id, ended_at (in
    microseconds), is_well and took.
    """
    started, ended = (type_coerce(column, BigInteger) for column in (Task.started_at, Task.finished_at))
    rows = select(
        Task.id, Task.run_id, Task.tree_id, Task.template_id, ended.label("ended_at"),
        case((Task.state == "finished", 1), else_=0).label("is_well"), (ended - started).label("took"),
    ).where(
        Task.project_id == project.id, Task.state.in_(_ENDED), Task.is_deleted.is_(False), Task.create_method != DRY_RUN,
        Task.started_at.is_not(None), Task.finished_at >= since,
    )  # fmt: skip
    if wanted.template_id is not None:
        rows = rows.where(Task.template_id == wanted.template_id)
    return rows.order_by(Task.id.desc()).limit(MOST_TASKS).subquery()


def numbers_by(rows: Select[Any], key: ColumnElement[Any]) -> Mapping[Any, Numbers]:
    """Return the numbers of rows, which have is_well and took, by the value of a key."""
    found = rows.add_columns(key.label("key")).subquery()
    counts = select(found.c.key, func.count(), func.sum(found.c.is_well)).group_by(found.c.key)
    order = func.row_number().over(partition_by=found.c.key, order_by=found.c.took)
    size = func.count().over(partition_by=found.c.key)
    ranked = select(found.c.key, found.c.took, order.label("rank"), size.label("size")).where(found.c.is_well == 1)
    of = ranked.subquery()
    ranks = [func.max(case((of.c.rank == (of.c.size * p + 99) // 100, of.c.took))) for p in (50, 95)]
    durations = {row[0]: row[1:] for row in db.session.execute(select(of.c.key, *ranks).group_by(of.c.key))}
    return {
        row[0]: Numbers(row[1], int(row[2] or 0), *(_seconds(took) for took in durations.get(row[0], (None, None))))
        for row in db.session.execute(counts)
    }


def _seconds(micros: int | None) -> float | None:
    return None if micros is None else max(0, int(micros)) / 1_000_000


def _week(ended_at: ColumnElement[int], begins: Sequence[datetime]) -> ColumnElement[int]:
    """Return the number of the week that a moment is in, counted from 0."""
    later = [(ended_at >= to_micros(begin), number) for number, begin in reversed(list(enumerate(begins)))]
    return case(*later, else_=0)


def _named(flows: Mapping[Any, Numbers]) -> list[FlowNumbers]:
    most = sorted(flows.items(), key=lambda item: -item[1].ended)[:_MOST_FLOWS]
    ids = [id_ for id_, _ in most if id_ is not None]
    rows = db.session.execute(select(Template.id, Template.name).where(Template.id.in_(ids))) if ids else ()
    names = {row.id: row.name for row in rows}
    return [FlowNumbers(id_ if id_ in names else None, names.get(id_, ""), numbers) for id_, numbers in most]
