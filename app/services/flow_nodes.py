"""The nodes of flows: given their numbers, kept through changes, and the flows and tasks that they refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, Problem, Refused
from app.extensions import db
from app.models.flows import FlowReference, FlowSettings
from app.models.projects import Project
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.flow_numbers import new_numbers, take_number, template_of_number
from app.services.flow_settings import Flow, find_flow_of, flows_of
from app.services.flow_trees import Definition, FlowRef, FlowTask


def awaited_names(actor: Actor, project: Project, flow: Flow) -> Mapping[str, tuple[str, str]]:
    """Return what the references of a flow mean, by the names that it has now: {node id: (flow, task or "")}."""
    require(actor, project, "view")
    found = {}
    for reference in flow.definition.references:
        template_id = template_of_number(db.session(), reference.task or reference.flow)
        upstream = find_flow_of(project, template_id or 0)
        tasks = {task.number: task.name for task in upstream.definition.tasks}
        found[reference.id] = (upstream.template.name, tasks.get(reference.task, "") if reference.task else "")
    return found


def references_by_name(
    project: Project, references: Sequence[FlowRef], named: Mapping[str, tuple[str, str]]
) -> tuple[list[FlowRef], list[Problem]]:
    """Find the flows and tasks that references name; of several flows of one name the oldest is meant."""
    found, problems = [], []
    for reference in references:
        flow_name, task_name = named[reference.id]
        rows = flows_of(project).where(Template.name == flow_name).order_by(FlowSettings.number).limit(1)
        row = db.session.execute(rows).first()
        if row is None:
            problems.append(Problem("flow", f"there is no flow {flow_name[:100]!r} to wait for", "flowLinks"))
            continue
        flow = Flow(*row)
        if not task_name:
            found.append(replace(reference, flow=flow.number, name=flow_name))
            continue
        task = next((task for task in flow.definition.tasks if task.name == task_name), None)
        if task is None or not task.is_linkable:
            text = f"flow {flow_name[:100]!r} has no task {task_name[:100]!r} that others may wait for"
            problems.append(Problem("flow", text, "taskLinks"))
            continue
        found.append(replace(reference, flow=flow.number, task=task.number, name=f"{task.number}({task_name})"))
    return found, problems


def references_by_number(
    session: Session, project: Project, references: Sequence[FlowRef]
) -> tuple[list[FlowRef], list[Problem]]:
    """Find the flows that references name, or the flows of the tasks that they name."""
    found, problems = [], []
    for reference in references:
        wanted = reference.task or reference.flow
        try:
            flow = find_flow_of(project, template_of_number(session, wanted) or 0)
        except NotFound:
            problems.append(Problem("flow", f"flows: there is nothing with the number {wanted} to wait for", "flows"))
            continue
        awaitable = {task.number for task in flow.definition.tasks if task.is_linkable}
        if reference.task and reference.task not in awaitable:
            text = f"flows: flow {flow.number} has no task {reference.task} that others may wait for"
            problems.append(Problem("flow", text, "flows"))
            continue
        found.append(replace(reference, flow=flow.number, name=reference.name or flow.template.name))
    return found, problems


def numbered(definition: Definition, numbers: Sequence[int]) -> Definition:
    """Give the tasks of an import their numbers, and every node the id that follows from its number."""
    ids: dict[str, str] = {}
    tasks: list[FlowTask] = []
    for task, number in zip(definition.tasks, numbers, strict=True):
        ids[task.id] = f"t_{number}"
        tasks.append(replace(task, id=ids[task.id], number=number))
    references: list[FlowRef] = []
    taken: set[str] = set()
    for reference in definition.references:
        number = reference.task or reference.flow
        id_ = f"f_{number}"
        while id_ in taken:
            id_ += "_"
        taken.add(id_)
        ids[reference.id] = id_
        references.append(replace(reference, id=id_, number=number))
    links = [replace(link, source=ids[link.source], target=ids[link.target]) for link in definition.links]
    return Definition(tasks, references, links, definition.parameters)


def merged(session: Session, flow: Flow, before: Definition, told: Definition) -> Definition:
    """Put what is known of tasks into a definition that tells only where they stand and what they are called.

    A task is known by its number, else by its name; one that is not known is new, without a command.
    """
    by_number = {task.number: task for task in before.tasks}
    by_name = {task.name: task for task in before.tasks}
    numbers = {task.number for task in told.tasks}
    tasks = []
    for task in told.tasks:
        known = by_number.get(task.number) or by_name.get(task.name)
        if known is not None and known.number != task.number and known.number in numbers:
            known = None
        base = known or FlowTask(task.id, details={})
        is_free = task.number != flow.number and take_number(session, flow.template.id, task.number)
        number = task.number if is_free else base.number
        tasks.append(replace(base, id=task.id, x=task.x, y=task.y, name=task.name, number=number))
    return Definition(tasks, told.references, told.links, before.parameters)


def with_numbers(session: Session, flow: Flow, definition: Definition) -> Definition:
    """Give numbers to the tasks that have none yet."""
    without = [task for task in definition.tasks if not task.number]
    numbers = iter(new_numbers(session, flow.template.id, len(without)) if without else ())
    tasks = [task if task.number else replace(task, number=next(numbers)) for task in definition.tasks]
    return replace(definition, tasks=tasks)


def keep_what_is_awaited(session: Session, project: Project, flow: Flow, before: Definition, after: Definition) -> None:
    """Raise Refused where another flow waits for a task that is to go."""
    gone = {task.number for task in before.tasks} - {task.number for task in after.tasks}
    if not gone:
        return
    relying = select(FlowReference.template_id).where(FlowReference.upstream_id == flow.template.id)
    for template_id in session.scalars(relying).all():
        other = find_flow_of(project, template_id)
        awaited = {reference.task for reference in other.definition.references} & gone
        if awaited:
            text = f"flow {other.number} waits for task {min(awaited)}; take its reference away first"
            raise Refused("relied_on", text)
