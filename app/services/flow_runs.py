"""Instances of flows as they are looked at: lists of them, their states, their tasks' states and logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.engine.core.status import NodeStatus
from app.errors import NotFound
from app.extensions import db
from app.models.flows import FlowInstance, FlowSettings
from app.models.projects import Project
from app.models.runs import LogRow, NodeRunRow, RunRow
from app.models.tasks import Task, TaskTree
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.flow_instances import find_instance
from app.services.flow_numbers import template_of_number
from app.services.flow_settings import Flow, escaped, find_flow_of
from app.services.flow_trees import Definition, FlowTask, definition_of
from app.services.reading import AttemptDetail, node_detail, task_status

WAITING, RUNNING, PAUSED, SUCCEEDED, FAILED, CANCELLED, BROKEN = (
    "waiting", "running", "paused", "succeeded", "failed", "cancelled", "broken"
)  # fmt: skip
"""What an instance's state can be. It has failed as soon as one of its nodes has, though others may still run."""

MOST_LOG = 2**24


@dataclass(frozen=True, slots=True)
class Search:
    """Which instances are wanted; `like` stands in the id or the flow's name, and what is empty does not matter."""

    start: datetime
    until: datetime
    kinds: Sequence[int] = ()
    like: str = ""
    owner: str = ""
    mine: bool = False
    states: Sequence[str] = ()
    order: Sequence[tuple[str, bool]] = ()
    first: int = 0
    most: int = 10


@dataclass(frozen=True, slots=True)
class InstanceView:
    """An instance with its flow, its state, and when it really began and ended."""

    flow: Flow
    instance: FlowInstance
    state: str
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def id(self) -> str:
        """Its id: the number of the flow, and its stamp."""
        return f"{self.flow.number}-{self.instance.stamp}"


@dataclass(frozen=True, slots=True)
class NodesView:
    """What an instance consists of, and how its nodes stand: by the ids that they have in the definition."""

    definition: Definition
    states: Mapping[str, NodeStatus] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task of an instance, its state, its attempts and the command as it was run."""

    instance: InstanceView
    task: FlowTask
    status: NodeStatus | None
    attempts: Sequence[AttemptDetail]

    @property
    def id(self) -> str:
        """Its id: the number of the task, and the stamp of its instance."""
        return f"{self.task.number}-{self.instance.instance.stamp}"


def search_instances(actor: Actor, project: Project, search: Search) -> tuple[Sequence[InstanceView], int]:
    """Return one page of the instances that are wanted, the latest first, and how many there are in all."""
    require(actor, project, "view")
    state = _state()
    wanted = _instances(state).where(
        FlowInstance.project_id == project.id,
        FlowInstance.trigger_at >= search.start,
        FlowInstance.trigger_at < search.until,
    )
    if search.kinds:
        wanted = wanted.where(FlowInstance.kind.in_(search.kinds))
    if search.like:
        part = f"%{escaped(search.like)}%"
        shown = cast(FlowSettings.number, String) + "-" + FlowInstance.stamp
        wanted = wanted.where(or_(Template.name.ilike(part, escape="\\"), shown.like(part, escape="\\")))
    for name in filter(None, (search.owner, actor.username if search.mine else "")):
        wanted = wanted.where(FlowSettings.owners.like(f"%;{escaped(name)};%", escape="\\"))
    if search.states:
        wanted = wanted.where(state.in_(search.states))
    count = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    columns = {
        "trigger_time": FlowInstance.trigger_at, "create_time": FlowInstance.created_at, "start_time": Task.started_at,
        "end_time": Task.finished_at, "update_time": func.coalesce(Task.finished_at, Task.started_at, FlowInstance.created_at),
    }  # fmt: skip
    for name, is_down in search.order or (("trigger_time", True),):
        column: Any = columns[name]
        wanted = wanted.order_by(column.desc() if is_down else column.asc())
    rows = db.session.execute(wanted.order_by(FlowInstance.id.desc()).offset(search.first).limit(search.most))
    return [_view(row) for row in rows], count


def read_instance(actor: Actor, project: Project, instance_id: str) -> InstanceView:
    """Return one instance; raises NotFound."""
    _, instance = find_instance(actor, project, instance_id)
    row = db.session.execute(_instances(_state()).where(FlowInstance.id == instance.id)).one()
    return _view(row)


def nodes_of(actor: Actor, project: Project, view: InstanceView) -> NodesView:
    """Return how the nodes of an instance stand; of one that has not started, what it would consist of now."""
    if view.instance.task_id is None:
        return NodesView(view.flow.definition)
    task = db.session.get_one(Task, view.instance.task_id)
    tree = db.session.get_one(TaskTree, task.tree_id).body
    ids = {made: id_ for id_, made in (view.instance.ids or {}).get("nodes", {}).items()}
    states = {ids[n.node_id]: n for n in task_status(actor, project, task.id).nodes.values() if n.node_id in ids}
    return NodesView(_renamed(definition_of(tree), ids), states)


def read_task(actor: Actor, project: Project, task_instance_id: str) -> TaskView:
    """Return one task of an instance by its number and the instance's stamp; raises NotFound."""
    view, number = _instance_of_task(actor, project, task_instance_id)
    nodes = nodes_of(actor, project, view)
    task = next((task for task in nodes.definition.tasks if task.number == number), None)
    if task is None:
        raise NotFound("task instance", task_instance_id)
    node_id = (view.instance.ids or {}).get("tasks", {}).get(str(number))
    attempts: Sequence[AttemptDetail] = ()
    if node_id is not None and view.instance.task_id is not None:
        try:
            attempts = node_detail(actor, project, view.instance.task_id, node_id).attempts
        except NotFound:
            # It has not been reached yet.
            attempts = ()
    return TaskView(view, task, nodes.states.get(task.id), attempts)


def read_log(actor: Actor, project: Project, task_instance_id: str, most: int) -> str:
    """Return the last characters of what a task has logged in all its attempts; raises NotFound."""
    view, number = _instance_of_task(actor, project, task_instance_id)
    node_id = (view.instance.ids or {}).get("tasks", {}).get(str(number))
    if node_id is None or view.instance.task_id is None:
        raise NotFound("log of task instance", task_instance_id)
    # A task that runs for several keys has a run below the instance's for each of them.
    runs = select(RunRow.id).join(Task, Task.run_id == RunRow.root_id).where(Task.id == view.instance.task_id)
    pieces = db.session.scalars(
        select(LogRow.body)
        .where(LogRow.run_id.in_(runs), LogRow.node_id.in_((node_id, f"{node_id}_each")))
        .order_by(LogRow.id.desc())
    )
    kept, room = [], min(most, MOST_LOG)
    for piece in pieces:
        if room <= 0:
            break
        kept.append(piece[-room:])
        room -= len(kept[-1])
    return "".join(reversed(kept))


def _instance_of_task(actor: Actor, project: Project, task_instance_id: str) -> tuple[InstanceView, int]:
    number, _, stamp = task_instance_id.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 11 and stamp):
        raise NotFound("task instance", task_instance_id)
    template_id = template_of_number(db.session(), int(number))
    try:
        flow = find_flow_of(project, template_id or 0)
        return read_instance(actor, project, f"{flow.number}-{stamp}"), int(number)
    except NotFound as error:
        raise NotFound("task instance", task_instance_id) from error


def _state() -> ColumnElement[str]:
    """Return the state of an instance as a column."""
    later = aliased(NodeRunRow)
    again = select(later.run_id).where(
        later.run_id == NodeRunRow.run_id, later.node_id == NodeRunRow.node_id,
        or_(later.loop > NodeRunRow.loop, and_(later.loop == NodeRunRow.loop, later.attempt > NodeRunRow.attempt)),
    )  # fmt: skip
    failed = (
        select(NodeRunRow.run_id)
        .where(NodeRunRow.run_id == Task.run_id, NodeRunRow.state == "failed", ~exists(again.correlate(NodeRunRow)))
        .correlate(Task)
    )
    return case(
        (FlowInstance.state == "cancelled", CANCELLED),
        (FlowInstance.state == "broken", BROKEN),
        (FlowInstance.state == "waiting", WAITING),
        (Task.state == "revoked", CANCELLED),
        (Task.state == "finished", SUCCEEDED),
        (or_(Task.state == "failed", exists(failed)), FAILED),
        (Task.state == "paused", PAUSED),
        else_=RUNNING,
    )


def _instances(state: ColumnElement[str]) -> Any:
    return (
        select(FlowInstance, Template, FlowSettings, state.label("shown"), Task.started_at, Task.finished_at)
        .join(Template, Template.id == FlowInstance.template_id)
        .join(FlowSettings, FlowSettings.template_id == FlowInstance.template_id)
        .outerjoin(Task, Task.id == FlowInstance.task_id)
    )


def _view(row: Any) -> InstanceView:
    instance, template, settings, state, started_at, finished_at = row
    return InstanceView(Flow(template, settings), instance, state, started_at, finished_at)


def _renamed(definition: Definition, ids: Mapping[str, str]) -> Definition:
    """Give the nodes of a task's own tree the ids back that they have in the flow."""
    tasks = [replace(task, id=ids[task.id]) for task in definition.tasks]
    references = [replace(reference, id=ids[reference.id]) for reference in definition.references]
    links = [replace(link, source=ids[link.source], target=ids[link.target]) for link in definition.links]
    return replace(definition, tasks=tasks, references=references, links=links)
