"""What has happened in a task: every attempt at every node, the log of one attempt, and what people did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.runs import JournalRow, LogRow, NodeRunRow, RunRow
from app.services.access import Actor
from app.services.tasks import find_task

MOST_LOG = 400
"""How many pieces of a log are returned at once."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one pass of a node; `path` is the node's, ids from the outermost subprocess down, by `/`."""

    path: str
    run_id: int
    loop: int
    attempt: int
    state: str
    skipped: bool
    started_at: datetime
    finished_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class LogPart:
    """A part of a log; `last` is the number of its last piece, to ask on from, and `more` says that there are more."""

    text: str
    last: int
    more: bool


def attempts_of(actor: Actor, project: Project, task_id: int) -> Sequence[Attempt]:
    """Return every attempt at every node of a task, in the order in which they began."""
    task = find_task(actor, project, task_id)
    if task.run_id is None:
        return []
    rows = _session().execute(
        select(
            RunRow.path, NodeRunRow.run_id, NodeRunRow.node_id, NodeRunRow.loop, NodeRunRow.attempt, NodeRunRow.state,
            NodeRunRow.skipped, NodeRunRow.started_at, NodeRunRow.finished_at, NodeRunRow.reason,
        )
        .join(RunRow, RunRow.id == NodeRunRow.run_id)
        .where(RunRow.root_id == task.run_id)
        .order_by(NodeRunRow.started_at, NodeRunRow.run_id)
    )  # fmt: skip
    return [
        Attempt(f"{above}/{node_id}" if above else node_id, run_id, loop, attempt, *facts)
        for above, run_id, node_id, loop, attempt, *facts in rows
    ]


def log_of(actor: Actor, project: Project, task_id: int, at: tuple[int, str, int, int], *, after: int = 0) -> LogPart:
    """Return what one attempt logged since piece `after`; `at` is its run, node, loop and attempt."""
    task = find_task(actor, project, task_id)
    run_id, node_id, loop, attempt = at
    run = _session().get(RunRow, run_id) if run_id > 0 else None
    if run is None or task.run_id is None or run.root_id != task.run_id:
        raise NotFound("run", run_id)
    rows = _session().execute(
        select(LogRow.id, LogRow.body)
        .where(
            LogRow.run_id == run_id, LogRow.node_id == node_id, LogRow.loop == loop, LogRow.attempt == attempt,
            LogRow.id > after,
        )
        .order_by(LogRow.id)
        .limit(MOST_LOG + 1)
    ).all()  # fmt: skip
    shown = rows[:MOST_LOG]
    text = "".join(body if body.endswith("\n") else f"{body}\n" for _, body in shown)
    return LogPart(text, shown[-1][0] if shown else after, len(rows) > MOST_LOG)


def deeds_of(actor: Actor, project: Project, task_id: int) -> Sequence[Mapping[str, object]]:
    """Return what was asked of a task and by whom, oldest first."""
    task = find_task(actor, project, task_id)
    return told(_session().scalars(select(JournalRow).where(JournalRow.task_id == task.id).order_by(JournalRow.id)))


def told(rows: Iterable[JournalRow]) -> Sequence[Mapping[str, object]]:
    """Return rows of the journal as they are shown."""
    return [
        {"at": row.at, "actor": row.actor, "app": row.app_code, "action": row.action, "node_id": row.node_id, "detail": row.detail}
        for row in rows
    ]  # fmt: skip


def _session() -> Session:
    session: Session = db.session()
    return session
