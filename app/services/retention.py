"""How long tasks stay in the database after their end: by age and by number, for each project; then they go to the archive.

What a project does not say itself the installation's settings do. 0 is for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.extensions import db
from app.models.archives import ArchivedTask
from app.models.flows import FlowInstance, FlowWait
from app.models.projects import Project
from app.models.tasks import Task
from app.sentences import say
from app.services.access import Actor, require
from app.services.archive_files import tidy
from app.services.archiving import archive_task, newest_stay
from app.services.engine import bound, writing
from app.services.journal import record

MOST_DAYS, MOST_TASKS = 36_500, 1_000_000_000
_WINDOW = 200
"""How many tasks are looked at a time."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the installation is set to, where its archive is, and how long what is there stays."""

    days: int = 0
    tasks: int = 0
    folder: Path = Path()
    archive_days: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """What a project says of its own, None where nothing, and what holds; how much of it is in the archive."""

    own_days: int | None
    own_tasks: int | None
    days: int
    tasks: int
    archived: int
    archived_bytes: int


class Place(NamedTuple):
    """How far a round through the projects and their tasks has come."""

    project_id: int = 0
    task_id: int = 0


START = Place()


class _Binding:
    defaults = Defaults()


def bind(defaults: Defaults) -> None:
    """Set what the installation is set to; called once by the factory."""
    _Binding.defaults = defaults


def archive_folder() -> Path:
    """Return the folder of archives."""
    return _Binding.defaults.folder


def retention_of(actor: Actor, project: Project) -> Retention:
    """Return how long a project's tasks are kept."""
    require(actor, project, "view")
    days, tasks, given = project.keep_days, project.keep_tasks, _Binding.defaults
    archived = select(func.count(), func.coalesce(func.sum(ArchivedTask.size_bytes), 0))
    count, size = db.session.execute(archived.where(ArchivedTask.project_id == project.id)).one()
    return Retention(
        days, tasks, given.days if days is None else days, given.tasks if tasks is None else tasks, count, int(size)
    )


def set_retention(actor: Actor, project: Project, *, days: int | None, tasks: int | None) -> None:
    """Say how long a project's tasks are kept after their end, and how many; None: as the installation is set."""
    problems = [
        Problem("retention", say("a whole number from 0 to {most} is wanted, 0 for ever, or nothing", most=most), field)
        for field, value, most in (("days", days, MOST_DAYS), ("tasks", tasks, MOST_TASKS))
        if value is not None and not 0 <= value <= most
    ]
    if problems:
        raise InvalidInput.of(problems)
    with writing() as session:
        require(actor, project, "manage")
        session.execute(update(Project).where(Project.id == project.id).values(keep_days=days, keep_tasks=tasks))
        detail = {"keep_days": days, "keep_tasks": tasks}
        record(session, actor, "project", project.id, "update", project_id=project.id, detail=detail)


def archive_due(begin: Place, is_enough: Callable[[], bool]) -> Place:
    """Archive what is kept for too long, from a place on until it is enough; returns where to go on, START at the end.

    Never what still goes on. May be called by several processes at once.
    """
    for project in _projects(begin.project_id):
        after = begin.task_id if project.id == begin.project_id else 0
        for task_id in _due(project, after):
            archive_task(task_id, archive_folder())
            if is_enough():
                return Place(project.id, task_id)
    return START


def tidy_archive(is_enough: Callable[[], bool]) -> None:
    """Delete what has been in the archive for too long, and what was left half written there, until it is enough."""
    tidy(archive_folder(), _Binding.defaults.archive_days, is_enough)


def _projects(first: int) -> Sequence[Row[Any]]:
    """Return the projects that do not keep everything for ever, each with the two numbers that hold."""
    given = _Binding.defaults
    days, tasks = func.coalesce(Project.keep_days, given.days), func.coalesce(Project.keep_tasks, given.tasks)
    columns: list[Any] = [Project.id, days.label("days"), tasks.label("tasks")]
    wanted = select(*columns).where(or_(days > 0, tasks > 0))
    found: Sequence[Row[Any]] = db.session.execute(wanted.where(Project.id >= first).order_by(Project.id)).all()
    db.session.rollback()
    return found


def _due(project: Row[Any], after: int) -> Iterator[int]:
    """Yield the ids of a project's tasks that are to go, oldest first.

    It goes through the tasks in the order of their ids, a few at a time, and ends at the first that could not be due.
    """
    session: Session = db.session()
    before = bound().clock() - timedelta(days=project.days) if project.days else None
    last = _last_to_go(session, project)
    while True:
        window = session.execute(_tasks(project.id, after)).all()
        session.rollback()
        for row in window:
            is_old = before is not None and row.ended_at < before
            # One that has its file already was left by a process that died: its rows are still to be taken out.
            if row.has_file or (row.may_go and (is_old or row.id <= last)):
                yield row.id
        if len(window) < _WINDOW:
            return
        after, made_at = window[-1].id, window[-1].created_at
        if after > last and (before is None or made_at >= before):
            return


def _tasks(project_id: int, after: int) -> Any:
    is_over = or_(Task.state.in_(_OVER), and_(Task.state == "created", Task.is_deleted.is_(True)))
    return (
        select(
            Task.id, Task.created_at, func.coalesce(Task.finished_at, Task.created_at).label("ended_at"),
            and_(is_over, newest_stay(), ~_is_awaited()).label("may_go"),
            exists().where(ArchivedTask.task_id == Task.id).label("has_file"),
        )
        .where(Task.project_id == project_id, Task.id > after)
        .order_by(Task.id)
        .limit(_WINDOW)
    )  # fmt: skip


def _is_awaited() -> Any:
    """Return the condition that an instance of another flow still waits for the one that a task has carried out."""
    own = select(FlowInstance.id).join(FlowWait, FlowWait.upstream_id == FlowInstance.template_id)
    in_period = (FlowInstance.trigger_at >= FlowWait.starts_at, FlowInstance.trigger_at <= FlowWait.ends_at)
    return exists(own.where(FlowInstance.task_id == Task.id, FlowWait.is_over.is_(False), *in_period).correlate(Task))


def _last_to_go(session: Session, project: Row[Any]) -> int:
    """Return the id up to which tasks go because there are enough newer ones, 0 for none."""
    if not project.tasks:
        return 0
    newest = select(Task.id).where(Task.project_id == project.id, Task.state.in_(_OVER), Task.is_deleted.is_(False))
    return session.scalar(newest.order_by(Task.id.desc()).offset(project.tasks).limit(1)) or 0


_OVER = ("finished", "revoked", "failed")
