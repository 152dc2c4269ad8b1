"""Executions: the tasks that run templates in OOS's language, as lists and as everything that is known of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.runs import LogRow, NodeRunRow, RunRow, TokenRow
from app.models.tasks import Task, TaskTree
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.archive_index import no_task
from app.services.oos_templates import LANGUAGE

MADE_BY = "oos"
"""The create_method of tasks that the dialect has made."""

_MOST_LOG_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """Which executions; what is None or empty is not asked. Those made in the ways that `leaves_out` names are left out."""

    template_name: str = ""
    states: Sequence[str] = ()
    began_from: datetime | None = None
    began_to: datetime | None = None
    made_by: Sequence[str] = ()
    leaves_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution without what has happened in it; `template` is the row of the one that it runs, if it is a stored one."""

    task: Task
    tree: Mapping[str, Any]
    template_name: str
    template_id: int | None
    is_template_deleted: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """What has happened in an execution: its runs, and by run their node runs, oldest first, and where tokens stand.

    `below` gives the child runs of a node of a run, the latest of each element; `logs` is filled only when asked for.
    """

    root: Row[Any] | None
    runs: Mapping[int, Row[Any]]
    below: Mapping[tuple[int, str], Sequence[Row[Any]]]
    node_runs: Mapping[tuple[int, str], Row[Any]]
    tokens: Mapping[tuple[int, str], Row[Any]]
    logs: Mapping[tuple[int, str], Sequence[Row[Any]]] = field(default_factory=dict)


def find_execution(actor: Actor, project: Project, task_id: int) -> Execution:
    """Find an execution of the project."""
    require(actor, project, "view")
    known = task_id if 0 < task_id < 2**63 else 0
    task = db.session.scalar(
        select(Task).where(Task.id == known, Task.project_id == project.id, Task.is_deleted.is_(False))
    )
    if task is None:
        raise no_task(project, task_id, "execution")
    tree = db.session.get_one(TaskTree, task.tree_id).body
    if tree.get("language") != LANGUAGE:
        raise NotFound("execution", task_id)
    return _with_template(task, tree)


def page_of_executions(
    actor: Actor, project: Project, wanted: ExecutionFilter, *, by_end: bool, ascending: bool, offset: int, limit: int
) -> tuple[Sequence[Execution], int]:
    """Return some of the executions, in order, and how many there are."""
    require(actor, project, "view")
    where = _where(project, wanted)
    column = Task.finished_at if by_end else Task.created_at
    order = (column.asc(), Task.id.asc()) if ascending else (column.desc(), Task.id.desc())
    rows = db.session.scalars(select(Task).where(*where).order_by(*order).offset(offset).limit(limit)).all()
    trees = {
        row.id: row.body
        for row in db.session.scalars(select(TaskTree).where(TaskTree.id.in_([r.tree_id for r in rows])))
    }
    total = db.session.scalar(select(func.count()).select_from(Task).where(*where)) or 0
    return [_with_template(row, trees[row.tree_id]) for row in rows], total


def trace_of(actor: Actor, project: Project, execution: Execution, *, logs: bool = False) -> Trace:
    """Return what has happened in an execution that was found for the actor."""
    require(actor, project, "view")
    root_id = execution.task.run_id
    if root_id is None:
        return Trace(None, {}, {}, {}, {})
    session = db.session
    of_runs: list[Any] = [
        RunRow.id, RunRow.parent_id, RunRow.path, RunRow.element, RunRow.state, RunRow.started_at, RunRow.finished_at,
    ]  # fmt: skip
    runs = session.execute(
        select(*of_runs).where(or_(RunRow.root_id == root_id, RunRow.id == root_id)).order_by(RunRow.id)
    ).all()
    columns: list[Any] = [
        NodeRunRow.run_id, NodeRunRow.node_id, NodeRunRow.loop, NodeRunRow.attempt, NodeRunRow.state, NodeRunRow.skipped,
        NodeRunRow.error_ignored, NodeRunRow.started_at, NodeRunRow.finished_at, NodeRunRow.reason, NodeRunRow.outputs,
        NodeRunRow.auto_retries,
    ]  # fmt: skip
    ids = select(RunRow.id).where(or_(RunRow.root_id == root_id, RunRow.id == root_id))
    passed = session.execute(
        select(*columns)
        .where(NodeRunRow.run_id.in_(ids))
        .order_by(NodeRunRow.run_id, NodeRunRow.loop, NodeRunRow.attempt)
    )
    of_tokens: list[Any] = [TokenRow.run_id, TokenRow.node_id, TokenRow.wait, TokenRow.phase, TokenRow.attempt]
    tokens = session.execute(
        select(*of_tokens).where(TokenRow.run_id.in_(ids)).order_by(TokenRow.run_id, TokenRow.id.desc())
    )
    by_id = {row.id: row for row in runs}
    return Trace(
        by_id.get(root_id), by_id, _below(runs), {(row.run_id, row.node_id): row for row in passed},
        {(row.run_id, row.node_id): row for row in tokens if row.wait != "joining"}, _logs(ids) if logs else {},
    )  # fmt: skip


def _below(runs: Sequence[Row[Any]]) -> dict[tuple[int, str], list[Row[Any]]]:
    """Return the child runs of each node: of each element of a loop, and of a subprocess, the latest one."""
    latest: dict[tuple[int, str, int | None], Row[Any]] = {}
    for run in runs:
        if run.parent_id is not None:
            latest[run.parent_id, run.path.rpartition("/")[2], run.element] = run
    below: dict[tuple[int, str], list[Row[Any]]] = {}
    for (parent_id, node_id, _), run in sorted(latest.items(), key=lambda item: (item[0][2] is None, item[0][2] or 0)):
        below.setdefault((parent_id, node_id), []).append(run)
    return below


def _logs(ids: Any) -> dict[tuple[int, str], list[Row[Any]]]:
    columns: list[Any] = [LogRow.run_id, LogRow.node_id, LogRow.attempt, LogRow.at, LogRow.body]
    rows = db.session.execute(
        select(*columns).where(LogRow.run_id.in_(ids)).order_by(LogRow.id.desc()).limit(_MOST_LOG_ROWS)
    ).all()
    found: dict[tuple[int, str], list[Row[Any]]] = {}
    for row in reversed(rows):
        found.setdefault((row.run_id, row.node_id), []).append(row)
    return found


def _with_template(task: Task, tree: Mapping[str, Any]) -> Execution:
    template = db.session.get(Template, task.template_id) if task.template_id else None
    if template is None:
        return Execution(task, tree, str((tree.get("oos") or {}).get("name") or task.name), None, False)
    return Execution(task, tree, template.name, template.id, template.is_deleted)


def _where(project: Project, wanted: ExecutionFilter) -> list[ColumnElement[bool]]:
    templates = select(Template.id).where(Template.language == LANGUAGE)
    where = [
        Task.project_id == project.id, Task.is_deleted.is_(False),
        or_(Task.create_method == MADE_BY, Task.template_id.in_(templates)),
    ]  # fmt: skip
    if wanted.template_name:
        named = templates.where(Template.name == wanted.template_name)
        where.append(
            or_(Task.template_id.in_(named), and_(Task.template_id.is_(None), Task.name == wanted.template_name))
        )
    if wanted.states:
        where.append(Task.state.in_(wanted.states))
    if wanted.began_from is not None:
        where.append(Task.created_at >= wanted.began_from)
    if wanted.began_to is not None:
        where.append(Task.created_at <= wanted.began_to)
    if wanted.made_by:
        where.append(Task.create_method.in_(wanted.made_by))
    if wanted.leaves_out:
        where.append(Task.create_method.not_in(wanted.leaves_out))
    return where
