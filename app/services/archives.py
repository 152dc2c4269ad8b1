"""The archive, read: lists of the tasks in it, and one as a report; the files are checked before they are believed."""

from __future__ import annotations

import gzip
import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.engine.core.values import Json
from app.errors import NotFound, Unavailable
from app.extensions import db
from app.models.archives import ArchivedTask
from app.models.notices import Notice
from app.models.projects import Project
from app.models.runs import JournalRow, LogRow, NodeRunRow, RunRow, ValueRow
from app.models.tasks import Task, TaskTree
from app.sentences import say
from app.services.access import Actor, require
from app.services.archive_index import archived_entry
from app.services.archiving import FORMAT
from app.services.histories import told
from app.services.outputs import outputs_from
from app.services.paging import Page, Place, page_of
from app.services.retention import archive_folder
from app.services.row_files import lines_of
from app.services.task_reports import LAST_PIECES, MOST_LOGS, Material, Report, end_of_log, place_of, report_from

_SHOWN: tuple[Any, ...] = (Task, TaskTree, RunRow, NodeRunRow, ValueRow, LogRow, JournalRow, Notice)


@dataclass(frozen=True, slots=True)
class ArchiveFilter:
    """Which archived tasks of a project; `search` is part of the name, or the id, the times are those of the end."""

    search: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class _Rows:
    """What was read of a file: rows by table; of logs only the last pieces of the attempts that failed."""

    by_table: dict[str, list[Any]] = field(default_factory=dict)
    logs: dict[tuple[int, str, int, int], deque[str]] = field(default_factory=dict)

    def take(self, row: Any) -> None:
        """Keep a row."""
        if not isinstance(row, LogRow):
            self.by_table.setdefault(row.__tablename__, []).append(row)
            return
        if not self.logs:
            failed = [at for at in self.of(NodeRunRow) if at.state == "failed"][-MOST_LOGS:]
            self.logs = {place_of(at): deque(maxlen=LAST_PIECES) for at in failed}
        if (pieces := self.logs.get(place_of(row))) is not None:
            pieces.append(row.body)

    def of(self, model: Any) -> list[Any]:
        """Return the rows of a table."""
        return self.by_table.get(model.__tablename__, [])


def page_of_archive(actor: Actor, project: Project, wanted: ArchiveFilter, place: Place, limit: int = 50) -> Page:
    """Return a page of the project's archived tasks, newest first."""
    require(actor, project, "view")
    columns: list[Any] = [
        ArchivedTask.task_id, ArchivedTask.name, ArchivedTask.creator, ArchivedTask.executor, ArchivedTask.state,
        ArchivedTask.created_at, ArchivedTask.ended_at, ArchivedTask.archived_at, ArchivedTask.size_bytes,
    ]  # fmt: skip
    return page_of(select(*columns).where(*_where(project, wanted)), [ArchivedTask.task_id], place, limit)


def is_archived(actor: Actor, project: Project, task_id: int) -> bool:
    """Say whether a task of the project is in the archive."""
    require(actor, project, "view")
    return archived_entry(project, task_id) is not None


def archived_report(actor: Actor, project: Project, task_id: int) -> Report:
    """Read an archived task, as `report_of` reads one that is in the database.

    Raises Unavailable where its file is not there, or is not what was written.
    """
    require(actor, project, "view")
    entry = archived_entry(project, task_id)
    if entry is None:
        raise NotFound("archived task", task_id)
    return report_from(_material(entry, _read(entry)))


def _where(project: Project, wanted: ArchiveFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [ArchivedTask.project_id == project.id, ArchivedTask.is_deleted.is_(False)]
    if wanted.search:
        named = ArchivedTask.name.icontains(wanted.search, autoescape=True)
        is_number = wanted.search.isascii() and wanted.search.isdecimal() and len(wanted.search) < 19
        where.append(or_(named, ArchivedTask.task_id == int(wanted.search)) if is_number else named)
    if wanted.since is not None:
        where.append(ArchivedTask.ended_at >= wanted.since)
    if wanted.until is not None:
        where.append(ArchivedTask.ended_at < wanted.until)
    return where


def _material(entry: ArchivedTask, rows: _Rows) -> Material:
    task, tree = rows.of(Task)[0], rows.of(TaskTree)[0].body
    task.is_deleted = entry.is_deleted
    root = next((run for run in rows.of(RunRow) if run.id == task.run_id), None)
    values: Mapping[str, Json] = {row.name: row.value for row in rows.of(ValueRow) if row.run_id == task.run_id}
    paths = {run.id: run.path for run in rows.of(RunRow)}
    attempts = sorted(rows.of(NodeRunRow), key=lambda at: (at.started_at, at.run_id, at.loop, at.attempt, at.node_id))
    outputs = outputs_from(tree, values if root.outputs is None else root.outputs) if root is not None else []
    logs = {place: end_of_log(list(pieces)) for place, pieces in rows.logs.items()}
    notices = sorted(rows.of(Notice), key=lambda notice: -notice.id)
    return Material(
        task, tree, outputs, [(paths[at.run_id], at) for at in attempts], logs, told(rows.of(JournalRow)), notices
    )


def _read(entry: ArchivedTask) -> _Rows:
    """Read what a report shows of a file, line by line."""
    path = archive_folder() / entry.file
    rows = _Rows()
    try:
        with path.open("rb") as raw:
            if hashlib.file_digest(raw, "sha256").hexdigest() != entry.digest:
                raise Unavailable(
                    say(
                        "the file {file} of the archive is not what was written: bring it back from a copy",
                        file=entry.file,
                    )
                )
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in _rows(lines_of(file)):
                rows.take(row)
    except OSError as error:
        raise Unavailable(
            say(
                "the file {file} of the archive cannot be read here ({error}): SLUICE_ARCHIVE_DIR must be the same folder for"
                " every process",
                file=entry.file, error=type(error).__name__,
            )
        ) from error  # fmt: skip
    return rows


def _rows(lines: Iterator[Any]) -> Iterator[Any]:
    """Yield the rows of a file as what the database would have given; columns that there are no more are passed by."""
    head = next(lines)
    if head.get("sluice_task") != FORMAT:
        raise Unavailable(
            say("the archive has files of format {format}: a newer release reads them", format=head.get("sluice_task"))
        )
    models = {model.__tablename__: model for model in _SHOWN}
    model, columns = None, []
    for line in lines:
        if isinstance(line, dict):
            model, columns = models.get(line.get("table", "")), line.get("columns", [])
        elif model is not None:
            yield _loaded(model, dict(zip(columns, line, strict=True)))


def _loaded(model: Any, stored: Mapping[str, Any]) -> Any:
    """Make a row of its values as they are stored."""
    values = {}
    for column in model.__table__.columns:
        value = stored.get(column.name)
        read = getattr(column.type, "process_result_value", None)
        values[column.name] = read(value, db.engine.dialect) if read else value
    return model(**values)
