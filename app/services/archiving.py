"""Takes tasks that are over out of the database: each into a file of its own, which is read by `archives.py`.

First the file is on the disk, then one transaction names it and hides the task, then its rows are taken out in portions. So
whoever dies in between leaves nothing half done that the next one does not end: the file is written again with the same bytes,
or the rows that are left are taken out.

The file is one of rows (`row_files.py`), with values as they are stored, so that secrets stay sealed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import ColumnElement, Connection, Text, delete, func, or_, select, tuple_, type_coerce, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.archives import ArchivedTask
from app.models.flows import FlowInstance, FlowWait
from app.models.notices import Notice
from app.models.projects import Grant
from app.models.runs import (
    CallbackRow,
    JournalRow,
    LogRow,
    NodeRunRow,
    RunRow,
    StepOutputRow,
    TokenRow,
    ValueRow,
)
from app.models.schedules import Fire
from app.models.tasks import FunctionTask, Task, TaskTree
from app.services.archive_files import unfinished_folder
from app.services.engine import bound, writing
from app.services.row_files import RowFile, unfinished_file

FORMAT = 1
"""Of the files; it grows when what stands in them means something else. Columns may come and go without that."""

_PORTION, _MOST_ROWS = 500, 2000
"""How many rows are held while a file is written, and how many one transaction takes out."""

Condition = Callable[[int], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A task as it was when its file was written: what must still be so for the file to stand for it."""

    task: Task
    version: int | None
    deeds: int


def archive_task(task_id: int, folder: Path) -> bool:
    """Take a task that is over out of the database; False where somebody has changed it meanwhile, and it stays."""
    session: Session = db.session()
    is_named = session.get(ArchivedTask, task_id) is not None
    session.rollback()
    if not is_named and not _put_away(task_id, folder):
        return False
    while not _take_out(task_id):
        pass
    return True


def _put_away(task_id: int, folder: Path) -> bool:
    """Write a task's file, and name it in the database as what stands for the task from now on."""
    read = _read(task_id)
    if read is None:
        return False
    place = Path(str(read.task.project_id)) / f"{_ended(read.task):%Y-%m}"
    (folder / place).mkdir(parents=True, exist_ok=True, mode=0o700)
    with unfinished_file(unfinished_folder(folder), str(task_id)) as (lines, unfinished):
        _write(lines, task_id)
    with unfinished.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    # The digest is in the name: of two who archive the same task, neither writes over what the other has named.
    name = place / f"{task_id}-{digest[:16]}.jsonl.gz"
    size = unfinished.stat().st_size
    unfinished.replace(folder / name)
    _flush(folder / place)
    if _name(read, str(name), digest, size):
        return True
    if not _is_named(task_id, str(name)):
        (folder / name).unlink(missing_ok=True)
    return False


def _read(task_id: int) -> _Read | None:
    session: Session = db.session()
    task = session.get(Task, task_id)
    if task is None or (task.run_id is not None and task.finished_at is None):
        return None
    session.expunge(task)
    version = session.scalar(select(RunRow.version).where(RunRow.id == task.run_id)) if task.run_id else None
    deeds = session.scalar(_count_of_deeds(task_id)) or 0
    session.rollback()
    return _Read(task, version, deeds)


def _name(read: _Read, file: str, digest: str, size: int) -> bool:
    """Say in the database that a file stands for a task from now on, unless the task has changed since it was read."""
    task = read.task
    with writing() as session:
        # The lock that orders all moves of a task; a version that is not the one that was read is a move meanwhile.
        root = update(RunRow).where(RunRow.id == task.run_id, RunRow.version == read.version)
        same = Task.id == task.id, Task.state == task.state, Task.is_deleted == task.is_deleted
        hidden: Any = session.execute(update(Task).where(*same).values(is_deleted=True))
        moved: Any = session.execute(root.values(version=RunRow.version + 1)) if task.run_id else None
        is_same = hidden.rowcount == 1 and (moved is None or moved.rowcount == 1)
        if not is_same or session.scalar(_count_of_deeds(task.id)) != read.deeds or session.get(ArchivedTask, task.id):
            session.rollback()
            return False
        session.add(
            ArchivedTask(
                task_id=task.id, project_id=task.project_id, name=task.name, creator=task.creator, executor=task.executor,
                state=task.state, is_deleted=task.is_deleted, created_at=task.created_at, ended_at=_ended(task),
                archived_at=bound().clock(), file=file, digest=digest, size_bytes=size,
            )
        )  # fmt: skip
    return True


def _is_named(task_id: int, file: str) -> bool:
    session: Session = db.session()
    known = session.get(ArchivedTask, task_id)
    is_named = known is not None and known.file == file
    session.rollback()
    return is_named


def _ended(task: Task) -> datetime:
    """Return when a task was over; one that was deleted before its start was when it was made."""
    return task.finished_at or task.created_at


def _count_of_deeds(task_id: int) -> Any:
    return select(func.count()).select_from(JournalRow).where(JournalRow.task_id == task_id)


def _flush(folder: Path) -> None:
    """Have a folder's names on the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _runs(task_id: int) -> Any:
    return select(RunRow.id).where(RunRow.task_id == task_id)


def _instances(task_id: int) -> Any:
    return select(FlowInstance.id).where(FlowInstance.task_id == task_id)


def _in_its_runs(model: Any) -> Condition:
    return lambda task_id: model.run_id.in_(_runs(task_id))


_WRITTEN: Sequence[tuple[Any, Condition]] = (
    (Task, lambda task_id: Task.id == task_id),
    (TaskTree, lambda task_id: TaskTree.id == select(Task.tree_id).where(Task.id == task_id).scalar_subquery()),
    (RunRow, lambda task_id: RunRow.task_id == task_id),
    (TokenRow, _in_its_runs(TokenRow)),
    (NodeRunRow, _in_its_runs(NodeRunRow)),
    (ValueRow, _in_its_runs(ValueRow)),
    (StepOutputRow, _in_its_runs(StepOutputRow)),
    (CallbackRow, _in_its_runs(CallbackRow)),
    (LogRow, _in_its_runs(LogRow)),
    (JournalRow, lambda task_id: JournalRow.task_id == task_id),
    (FunctionTask, lambda task_id: FunctionTask.task_id == task_id),
    (Notice, lambda task_id: Notice.task_id == task_id),
    (FlowInstance, lambda task_id: FlowInstance.task_id == task_id),
    (FlowWait, lambda task_id: FlowWait.instance_id.in_(_instances(task_id))),
)
"""What belongs to a task, in the order in which it stands in the file: whoever reads it knows of a run before its logs."""

_TAKEN_FIRST = (
    LogRow,
    CallbackRow,
    StepOutputRow,
    ValueRow,
    TokenRow,
    NodeRunRow,
    FlowWait,
    FlowInstance,
    FunctionTask,
)
"""What refers to others of these, or is plenty."""


def _write(lines: IO[str], task_id: int) -> None:
    with db.engine.connect() as connection:
        file = RowFile(lines, {"sluice_task": FORMAT, "task": task_id})
        for model, condition in _WRITTEN:
            file.table(
                model.__tablename__, model.__table__.columns.keys(), _stored(connection, model, condition(task_id))
            )
        file.end()


def _stored(connection: Connection, model: Any, condition: ColumnElement[bool]) -> Any:
    """Return rows with their values as they are stored, in the order of their keys."""
    columns = model.__table__.columns
    wanted = select(*(type_coerce(column, Text).label(column.name) for column in columns)).where(condition)
    ordered = wanted.order_by(*model.__table__.primary_key.columns)
    return connection.execution_options(yield_per=_PORTION).execute(ordered)


def _take_out(task_id: int) -> bool:
    """Take a portion of a task's rows out of the database, and say whether that was the last."""
    left = _MOST_ROWS
    conditions = dict(_WRITTEN)
    with writing() as session:
        for model in _TAKEN_FIRST:
            left -= _delete(session, model, conditions[model](task_id), left)
            if left <= 0:
                return False
        session.execute(delete(Notice).where(Notice.task_id == task_id, Notice.state != "owed"))
        session.execute(delete(Grant).where(Grant.kind == "task", Grant.object_id == task_id))
        session.execute(delete(JournalRow).where(JournalRow.task_id == task_id))
        session.execute(update(Fire).where(Fire.task_id == task_id).values(task_id=None))
        session.execute(delete(RunRow).where(RunRow.task_id == task_id))
        tree_id = session.scalar(select(Task.tree_id).where(Task.id == task_id))
        session.execute(delete(Task).where(Task.id == task_id))
        session.execute(delete(TaskTree).where(TaskTree.id == tree_id))
    return True


def _delete(session: Session, model: Any, condition: ColumnElement[bool], most: int) -> int:
    keys = model.__table__.primary_key.columns
    portion = select(*keys).where(condition).limit(most)
    deleted: Any = session.execute(
        delete(model).where(tuple_(*keys).in_(portion)).execution_options(synchronize_session=False)
    )
    count: int = deleted.rowcount
    return count


def newest_stay() -> ColumnElement[bool]:
    """Return the condition that a task holds none of the highest ids: SQLite would give them out a second time."""
    tops = [
        Task.id != select(func.max(Task.id)).scalar_subquery(),
        Task.tree_id != select(func.max(TaskTree.id)).scalar_subquery(),
    ]
    for model in (RunRow, FunctionTask, FlowInstance):
        top = select(model.task_id).order_by(model.id.desc()).limit(1).scalar_subquery()
        tops.append(or_(top.is_(None), Task.id != top))
    return tops[0] & tops[1] & tops[2] & tops[3] & tops[4]
