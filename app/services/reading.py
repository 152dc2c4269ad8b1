"""What people and other systems see of a task: states as a tree, one node in detail, its log, the outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.core.graph import Graph
from app.engine.core.run import OVER
from app.engine.core.status import NodeStatus, Standing, node_statuses
from app.engine.core.values import Json
from app.engine.loading import Compiled, compile_stored
from app.engine.plugins.registry import find_plugin
from app.engine.store import Tx
from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.runs import JournalRow, LogRow, NodeRunRow, RunRow, TokenRow
from app.models.tasks import Task, TaskTree
from app.sentences import say
from app.services.access import Actor, require
from app.services.archive_index import no_task
from app.services.engine import bound
from app.services.outputs import TaskOutput, outputs_of
from app.services.tasks import find_task

_NODE_RUN_FACTS = (
    NodeRunRow.run_id, NodeRunRow.node_id, NodeRunRow.loop, NodeRunRow.attempt, NodeRunRow.state, NodeRunRow.skipped,
    NodeRunRow.error_ignored, NodeRunRow.auto_retries, NodeRunRow.started_at, NodeRunRow.finished_at, NodeRunRow.reason,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """A task's state and those of the nodes that it has reached.

    `state` is the root run's, "created" before it starts; `root_node_id` is the id of the task's own tree.
    """

    task_id: int
    name: str
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    root_node_id: str = ""
    nodes: Mapping[str, NodeStatus] = field(default_factory=dict)
    waits_for_room: bool = False


@dataclass(frozen=True, slots=True)
class AttemptDetail:
    """One attempt at one pass of a node, with its inputs as they were rendered and its outputs."""

    loop: int
    attempt: int
    state: str
    skipped: bool
    error_ignored: bool
    started_at: datetime
    finished_at: datetime | None
    reason: str
    inputs: Mapping[str, Json]
    outputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class NodeDetail:
    """A node's state and all of its attempts, the current one last."""

    status: NodeStatus
    plugin: str
    version: str
    attempts: Sequence[AttemptDetail]


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task with its own tree and its outputs."""

    task: Task
    tree: Mapping[str, Any]
    outputs: Sequence[TaskOutput]


def task_status(actor: Actor, project: Project, task_id: int) -> TaskStatus:
    """Return the states of a task and of every node that it has reached."""
    return _status_of(find_task(actor, project, task_id))


def task_statuses(actor: Actor, project: Project, task_ids: Sequence[int]) -> Sequence[tuple[Task, TaskStatus]]:
    """Return the tasks of the project among `task_ids`, deleted ones too, each with its status."""
    require(actor, project, "view")
    wanted = select(Task).where(Task.project_id == project.id, Task.id.in_(task_ids)).order_by(Task.id.desc())
    return [(task, _status_of(task)) for task in _session().scalars(wanted).all()]


def needs_person(actor: Actor, project: Project, task_ids: Sequence[int]) -> Mapping[int, bool]:
    """Say of the tasks of the project among `task_ids` which cannot go on without a person.

    That is: paused itself or in a subprocess, with a failed node, or with one that waits for a person.
    """
    require(actor, project, "view")
    own = select(Task.id, Task.run_id).where(Task.project_id == project.id, Task.id.in_(task_ids))
    roots = {task_id: run_id for task_id, run_id in _session().execute(own.order_by(Task.id.desc()))}
    started = [run_id for run_id in roots.values() if run_id is not None]
    stuck = select(TokenRow.root_id).where(TokenRow.root_id.in_(started), TokenRow.wait.in_(("person", "failed")))
    paused = select(RunRow.root_id).where(RunRow.root_id.in_(started), RunRow.state == "paused")
    waiting = {*_session().scalars(stuck), *_session().scalars(paused)}
    return {task_id: run_id in waiting for task_id, run_id in roots.items()}


def task_detail(actor: Actor, project: Project, task_id: int) -> TaskDetail:
    """Return a task with its tree and outputs; a deleted task too, as bk-sops does."""
    require(actor, project, "view")
    task = _session().scalar(select(Task).where(Task.id == task_id, Task.project_id == project.id))
    if task is None:
        raise no_task(project, task_id)
    tree = _session().get_one(TaskTree, task.tree_id).body
    return TaskDetail(task, tree, outputs_of(task, tree))


def node_detail(actor: Actor, project: Project, task_id: int, node_id: str, loop: int | None = None) -> NodeDetail:
    """Return a node's state and attempts, of its latest pass or of pass `loop`; raises NotFound of kind `node run` before it is reached."""
    task = find_task(actor, project, task_id)
    if task.run_id is None:
        known = compile_stored(Tx.of_session(_session()), task.tree_id).paths
        raise NotFound(say("node run") if node_id in known else say("node"), node_id)
    compiled, nodes = _nodes_of(task)
    path = compiled.paths.get(node_id)
    if path is None:
        raise NotFound("node", node_id)
    status = _find(nodes, (*path, node_id))
    if status is None or not status.loop:
        raise NotFound("node run", node_id)
    node = compiled.graph.at(path).nodes[node_id]
    pass_ = loop or status.loop
    rows = _session().scalars(
        select(NodeRunRow)
        .where(NodeRunRow.run_id == status.run_id, NodeRunRow.node_id == node_id, NodeRunRow.loop == pass_)
        .order_by(NodeRunRow.attempt)
    )
    return NodeDetail(status, node.plugin, node.version, [_attempt(row) for row in rows])


def node_log(actor: Actor, project: Project, task_id: int, node_id: str, after: int = 0) -> tuple[str, int]:
    """Return what a node's current run has logged since entry `after`, and the number of the last entry returned."""
    detail = node_detail(actor, project, task_id, node_id)
    rows = _session().execute(
        select(LogRow.id, LogRow.body)
        .where(LogRow.run_id == detail.status.run_id, LogRow.node_id == node_id, LogRow.id > after)
        .order_by(LogRow.id)
    ).all()  # fmt: skip
    return "".join(body if body.endswith("\n") else body + "\n" for _, body in rows), rows[-1][0] if rows else after


def output_names(detail: NodeDetail) -> Mapping[str, str]:
    """Return the labels of the outputs that a node's plugin declares, by key."""
    plugin = find_plugin(detail.plugin, detail.version)
    return {field_.key: field_.name for field_ in plugin.outputs} if plugin is not None else {}


def task_url(project: Project, task_id: int) -> str:
    """Return the address of a task's page."""
    return f"{bound().loader.base_url}/taskflow/execute/{project.id}/?instance_id={task_id}"


def present() -> datetime:
    """Return the present by the engine's clock."""
    return bound().clock()


def journal(actor: Actor, project: Project, task_id: int) -> Sequence[JournalRow]:
    """Return what was asked of a task and by whom, oldest first."""
    task = find_task(actor, project, task_id)
    return list(_session().scalars(select(JournalRow).where(JournalRow.task_id == task.id).order_by(JournalRow.id)))


def _session() -> Session:
    session: Session = db.session()
    return session


def _status_of(task: Task) -> TaskStatus:
    if task.run_id is None:
        return TaskStatus(task.id, task.name, task.state, task.started_at, task.finished_at)
    compiled, nodes = _nodes_of(task)
    times = (task.started_at, task.finished_at)
    return TaskStatus(task.id, task.name, task.state, *times, compiled.id, nodes, task.waits_for_room)


def _nodes_of(task: Task) -> tuple[Compiled, Mapping[str, NodeStatus]]:
    session = _session()
    assert task.run_id is not None, "only a task that has started has nodes"
    compiled = bound().loader.compiled(Tx.of_session(session), task.run_id)
    # Plain rows: a flow has thousands of nodes, and a page asks again every second.
    runs = session.execute(
        select(RunRow.id, RunRow.path, RunRow.state).where(RunRow.root_id == task.run_id).order_by(RunRow.id)
    ).all()
    node_runs = session.execute(
        select(*_NODE_RUN_FACTS)
        .join(RunRow, RunRow.id == NodeRunRow.run_id)
        .where(RunRow.root_id == task.run_id)
        .order_by(NodeRunRow.run_id, NodeRunRow.started_at, NodeRunRow.loop, NodeRunRow.attempt)
    )
    tokens = session.execute(
        select(TokenRow.run_id, TokenRow.node_id, TokenRow.wait, TokenRow.phase, TokenRow.attempt).where(
            TokenRow.root_id == task.run_id
        )
    )
    # A subprocess that is passed several times has a run for each pass, a loop one for each element. The one that lives is
    # shown, as orders go to it, else the latest.
    shown = {run.path: run for run in runs} | {run.path: run for run in reversed(runs) if run.state not in OVER}
    return compiled, _statuses(compiled.graph, shown, _by_run(node_runs), _by_run(tokens), "")


def _statuses(
    graph: Graph,
    runs: Mapping[str, Any],
    node_runs: Mapping[int, list[Any]],
    tokens: Mapping[int, list[Any]],
    path: str,
) -> Mapping[str, NodeStatus]:
    run = runs.get(path)
    if run is None:
        return {}
    children = {
        node.id: (runs[below].state, _statuses(node.child, runs, node_runs, tokens, below))
        for node in graph.nodes.values()
        if node.child is not None and (below := f"{path}/{node.id}" if path else node.id) in runs
    }
    standings = [Standing(t.node_id, t.wait, t.phase, t.attempt) for t in tokens.get(run.id, [])]
    return node_statuses(graph, run.id, node_runs.get(run.id, []), standings, children)


def _by_run(rows: Iterable[Any]) -> dict[int, list[Any]]:
    by_run: dict[int, list[Any]] = {}
    for row in rows:
        by_run.setdefault(row.run_id, []).append(row)
    return by_run


def _find(nodes: Mapping[str, NodeStatus], path: Sequence[str]) -> NodeStatus | None:
    status = None
    for node_id in path:
        status = nodes.get(node_id)
        if status is None:
            return None
        nodes = status.children
    return status


def _attempt(row: NodeRunRow) -> AttemptDetail:
    return AttemptDetail(
        row.loop, row.attempt, row.state, row.skipped, row.error_ignored, row.started_at, row.finished_at, row.reason,
        row.inputs or {}, row.outputs or {},
    )  # fmt: skip
