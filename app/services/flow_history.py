"""What happened to a flow: what people did to it, its last tasks, and how long its nodes took in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from app.engine.core.aligning import same_nodes
from app.extensions import db
from app.models.projects import Project
from app.models.runs import NodeRunRow
from app.models.tasks import Task, TaskTree
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor
from app.services.audit import AuditFilter, page_of_journal
from app.services.overview import shown_states
from app.services.paging import FIRST
from app.services.task_lists import DRY_RUN, TaskFilter, find_tasks
from app.services.template_uses import template_seen

MOST_RECORDS, MOST_TASKS = 50, 20
MOST_READ = 10
"""Of how many tasks the nodes are told: the tree of each is read for it."""
MOST_TIMES = 5
"""How many passes of a node are told."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One attempt at a node that has ended: when it began, how long it took, and how it ended."""

    task_id: int
    at: datetime
    took_ms: int
    state: str


def records_of(actor: Actor, project: Project, template_id: int) -> Sequence[Row[Any]]:
    """Return the last entries of the journal about a flow, for those who see the project's audit."""
    template = template_seen(actor, project, template_id)
    wanted = AuditFilter(kind="template", key=str(template.id))
    return page_of_journal(actor, project, wanted, FIRST, MOST_RECORDS).rows


def tasks_of(actor: Actor, project: Project, template_id: int) -> Sequence[tuple[Row[Any], str]]:
    """Return the last tasks of a flow as rows of `task_lists.COLUMNS`, each with its state as lists show it."""
    rows = _last_tasks(actor, project, template_seen(actor, project, template_id), MOST_TASKS)
    return list(zip(rows, shown_states(rows), strict=True))


def node_times(actor: Actor, project: Project, template_id: int) -> Mapping[str, Sequence[Pass]]:
    """Return how the nodes of a flow went in its last tasks, by their ids in the flow, the latest first.

    It asks a fixed number of times. Nodes within subprocesses are not told.
    """
    template = template_seen(actor, project, template_id)
    tasks = {row.run_id: row for row in _last_tasks(actor, project, template, MOST_READ) if row.run_id}
    ids = _template_ids(template, list(tasks.values()))
    found: dict[str, list[Pass]] = {}
    for row in db.session.execute(_ended_in(list(tasks))) if ids else ():
        passes = found.setdefault(ids.get(row.node_id, ""), [])
        if len(passes) < MOST_TIMES:
            took = (row.finished_at - row.started_at).total_seconds() * 1000
            state = "skipped" if row.skipped else row.state
            passes.append(Pass(tasks[row.run_id].id, row.started_at, round(took), state))
    found.pop("", None)
    return found


def _last_tasks(actor: Actor, project: Project, template: Template, most: int) -> Sequence[Row[Any]]:
    wanted = TaskFilter(template_ids=(template.id,), leaves_out=(DRY_RUN,))
    return find_tasks(actor, project, wanted, limit=most)


def _template_ids(template: Template, tasks: Sequence[Row[Any]]) -> Mapping[str, str]:
    """Return {id of a node in a task's own tree: its id in the flow}; each task is held against the version it was made of."""
    made_of = select(Task.id, Task.template_version_id, TaskTree.body).join(TaskTree, TaskTree.id == Task.tree_id)
    rows = db.session.execute(made_of.where(Task.id.in_([task.id for task in tasks]))).all()
    numbers = {row.template_version_id for row in rows} | {template.current_version_id}
    versions = select(TemplateVersion.id, TemplateVersion.tree).where(TemplateVersion.id.in_(numbers - {None}))
    trees = {id_: tree for id_, tree in db.session.execute(versions)}
    ids: dict[str, str] = {}
    for row in rows:
        model = trees.get(row.template_version_id) or trees.get(template.current_version_id)
        ids |= same_nodes(row.body, model) if model else {}
    return ids


def _ended_in(run_ids: Sequence[int]) -> Any:
    """Select the last attempts at each node of some runs, the latest first."""
    latest = func.row_number().over(
        partition_by=(NodeRunRow.run_id, NodeRunRow.node_id),
        order_by=(NodeRunRow.loop.desc(), NodeRunRow.attempt.desc()),
    )
    ended = (
        select(NodeRunRow.run_id, NodeRunRow.node_id, NodeRunRow.state, NodeRunRow.skipped, NodeRunRow.started_at,
               NodeRunRow.finished_at, latest.label("place"))
        .where(NodeRunRow.run_id.in_(run_ids), NodeRunRow.finished_at.is_not(None))
        .where(NodeRunRow.state.in_(("finished", "failed")))
        .subquery()
    )  # fmt: skip
    return select(ended).where(ended.c.place <= MOST_TIMES).order_by(ended.c.started_at.desc())
