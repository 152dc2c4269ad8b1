"""The rows of fires, many at a time: what a fire's task, its run and its history cost is mostly the way they are written.

One by one through the ORM a fire took 5 ms; a hundred together take a fiftieth of that for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session, aliased

from app.engine.admission import hold_back
from app.engine.core.moulds import Cast, cast, mould_of
from app.engine.core.values import Json
from app.engine.rows import insert_roots
from app.engine.store import Tx
from app.engine.store import insert as insert_into
from app.errors import InvalidInput
from app.models.base import Base, to_micros
from app.models.projects import Project
from app.models.runs import RunRow
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task, TaskTree
from app.models.templates import Template
from app.services.access import SYSTEM
from app.services.engine import bound
from app.services.ids import new_ids
from app.services.notices import stored_watchers
from app.services.project_constants import env_of
from app.services.schedules import watchers_of, zone_of
from app.services.tasks import missing_plugins

RUNNING = ("running", "paused")
_LATEST = 50


@dataclass(frozen=True, slots=True)
class Start:
    """A fire whose task is to be made and started; `plugins` are those of its tree, as they are stored."""

    schedule: Schedule
    project: Project
    fire_at: datetime
    tree: Cast
    plugins: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The task that was made of a start, and its root run, to nudge for after the commit."""

    start: Start
    task_id: int
    root_id: int


def start_of(schedule: Schedule, project: Project, mould: str, plugins: str, fire_at: datetime) -> Start:
    """Make the tree of a fire's task; raises InvalidInput for one that calls plugins that are gone.

    Everything else about a schedule's tree was found valid when it was stored.
    """
    problems = missing_plugins((code, version) for code, version in json.loads(plugins))
    if problems:
        raise InvalidInput.of(problems)
    return Start(schedule, project, fire_at, cast(mould, new_ids), plugins)


def make_mould(session: Session, schedule: Schedule) -> str:
    """Make, and keep, the mould of a tree that was stored before there were any."""
    mould = mould_of(session.get_one(TaskTree, schedule.tree_id).body)
    session.execute(update(TaskTree).where(TaskTree.id == schedule.tree_id).values(mould=mould))
    return mould


def write_starts(session: Session, starts: Sequence[Start], now: datetime) -> Sequence[Begun]:
    """Make and start the tasks of many fires in the caller's transaction."""
    if not starts:
        return ()
    tree_ids, task_ids, root_ids = (_reserve(session, table, len(starts)) for table in (TaskTree, Task, RunRow))
    begun = [Begun(*entry) for entry in zip(starts, task_ids, root_ids, strict=True)]
    envs = {project.id: env_of(session, project) for project in {start.project for start in starts}}
    proxies = _proxies(session, starts)
    tx, at = Tx.of_session(session), to_micros(now)
    trees = [(id_, 1, s.tree.text, s.tree.start, s.plugins) for id_, s in zip(tree_ids, starts, strict=True)]
    tx.many(_INSERT_TREE, trees)
    session.execute(
        _INSERT_TASK, [_task_row(b, tree_id, envs, proxies, now) for b, tree_id in zip(begun, tree_ids, strict=True)]
    )
    insert_roots(tx, [(b.root_id, b.task_id, b.start.tree.start) for b in begun], now)
    hold_back(tx, bound().loader.limits, [(b.task_id, b.root_id, b.start.project.id) for b in begun])
    tx.many(_INSERT_JOURNAL, [row for b in begun for row in _journal_rows(b, at)])
    tx.many(_COUNT_RUN, [(at, start.schedule.id) for start in starts])
    return begun


def still_running(session: Session, schedule_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Return the tasks of the last fires that have not ended, by schedule, each as (id, root run).

    Older ones have ended, or were let run beside each other.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    wanted = (
        select(Schedule.id, Task.id, Task.run_id)
        .join(Fire, Fire.schedule_id == Schedule.id)
        .join(Task, Task.id == Fire.task_id)
        .where(Schedule.id.in_(schedule_ids), Task.state.in_(RUNNING), Fire.fire_at >= _oldest_of_latest())
    )
    for schedule_id, task_id, root_id in session.execute(wanted.order_by(Task.id)):
        assert root_id is not None, "a task that has started has a run"
        found.setdefault(schedule_id, []).append((task_id, root_id))
    return found


def has_running() -> Any:
    """Return the condition, on a query over schedules, that one of the tasks of the last fires has not ended."""
    running = select(Fire.fire_at).join(Task, Task.id == Fire.task_id).where(Fire.schedule_id == Schedule.id)
    running = running.where(Task.state.in_(RUNNING), Fire.fire_at >= _oldest_of_latest())
    return running.correlate(Schedule).exists()


def _oldest_of_latest() -> Any:
    earlier = aliased(Fire)
    made = select(earlier.fire_at).where(earlier.schedule_id == Schedule.id, earlier.task_id.is_not(None))
    oldest = made.order_by(earlier.fire_at.desc()).offset(_LATEST - 1).limit(1).correlate(Schedule).scalar_subquery()
    return func.coalesce(oldest, text("0"))


def _reserve(session: Session, table: type[Base], count: int) -> list[int]:
    """Take ids for rows that are about to be written, so that rows can name one another before any of them is.

    On SQLite the transaction is the only one that writes; PostgreSQL's sequences give an id once, whatever becomes of it.
    """
    name = table.__tablename__
    if session.connection().dialect.name == "sqlite":
        first = session.scalar(text(f"SELECT coalesce(max(id), 0) + 1 FROM {name}")) or 1
        return list(range(first, first + count))
    numbers = text(f"SELECT nextval(pg_get_serial_sequence('{name}', 'id')) FROM generate_series(1, :count)")
    return sorted(session.scalars(numbers, {"count": count}))


# By plain SQL, as the engine writes; a task has columns enough to leave their defaults to its table.
_INSERT_TREE = insert_into("task_tree", ("id", "format", "body", "start", "plugins"))
_INSERT_TASK = insert(Task.__table__)  # type: ignore[arg-type]
_JOURNAL = ("project_id", "kind", "key", "app_code", "address", "task_id", "run_id", "node_id", "at", "actor", "action")
_INSERT_JOURNAL = insert_into("journal", _JOURNAL)
_COUNT_RUN = "UPDATE schedule SET total_run_count = total_run_count + 1, last_run_at = ? WHERE id = ?"


def _proxies(session: Session, starts: Sequence[Start]) -> Mapping[int | None, str]:
    """Return the names in which the tasks of templates run, for those that name somebody."""
    ids = {start.schedule.template_id for start in starts}
    wanted = select(Template.id, Template.executor_proxy).where(Template.id.in_(ids), Template.executor_proxy != "")
    return {template_id: name for template_id, name in session.execute(wanted)}


def _task_row(
    begun: Begun, tree_id: int, envs: Mapping[int, Mapping[str, Json]], proxies: Mapping[int | None, str], now: datetime
) -> dict[str, Any]:
    schedule, project = begun.start.schedule, begun.start.project
    local = begun.start.fire_at.astimezone(ZoneInfo(zone_of(schedule, project)))
    watchers = watchers_of(schedule)
    return {
        "id": begun.task_id, "project_id": project.id, "template_id": schedule.template_id, "tree_id": tree_id,
        "template_source": schedule.template_source, "name": f"{schedule.name[:80]}_{local:%Y%m%d%H%M%S}",
        "creator": _actor_of(schedule), "executor": _actor_of(schedule), "category": schedule.category,
        "create_method": "clocked" if schedule.form == "once" else "periodic", "create_info": str(schedule.id),
        "run_id": begun.root_id, "state": "running", "created_at": now, "started_at": now, "env": envs[project.id],
        "watchers": stored_watchers(watchers) if watchers else None,
        "executor_proxy": proxies.get(schedule.template_id, project.executor_proxy),
    }  # fmt: skip


def _journal_rows(begun: Begun, at: int) -> Iterable[tuple[Any, ...]]:
    actor, key = _actor_of(begun.start.schedule), str(begun.task_id)
    task = (begun.start.project.id, "task", key, SYSTEM.app_code, SYSTEM.address, begun.task_id)
    return (*task, None, "", at, actor, "create"), (*task, begun.root_id, "", at, actor, "start")


def _actor_of(schedule: Schedule) -> str:
    return schedule.editor or schedule.creator
