"""Circles of waits between flows: such flows would wait for one another for ever, so they are refused.

What matters are nodes, not flows: two flows may well wait for tasks of each other as long as the tasks do not. A wait for
an earlier period breaks a circle, unless a wait for a longer period of the same time leads back into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.core.business_time import UNITS, read_gap
from app.errors import NotFound
from app.models.flows import FlowReference
from app.models.projects import Project
from app.services.flow_numbers import template_of_number
from app.services.flow_settings import Flow, find_flow_of
from app.services.flow_trees import Definition

Place = tuple[int, int | str]
"""A node of a flow, by the flow's template and the number of a task or the id of a reference; "" is the whole flow."""

_WHOLE = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """That one place waits for another: `unit` is the index of its gap's unit, -1 inside a flow; `earlier` how many."""

    source: Place
    target: Place
    unit: int = -1
    earlier: int = 0


def circle_through(session: Session, project: Project, flow: Flow, definition: Definition) -> Sequence[Flow]:
    """Return the flows of a circle that a flow is on, if it were as the definition says; empty where there is none."""
    flows = _flows_awaited(session, project, flow, definition)
    if not any(flow.template.id in _awaited(session, known) for _, known in flows.values()):
        return ()
    edges = [e for id_, (_, known) in flows.items() for e in _edges_of(session, id_, known)]
    for places in circle_in(edges):
        ids = {template_id for template_id, _ in places}
        if flow.template.id in ids:
            return [flows[id_][0] for id_ in sorted(ids)]
    return ()


def circle_in(edges: Sequence[Edge]) -> Iterable[set[Place]]:
    """Yield the places of each circle in which no wait goes back in time.

    Going round, the period of the longest unit on the way stays the same unless one of its waits goes to an earlier one.
    """
    for unit in range(len(UNITS)):
        within = [e for e in edges if e.unit < unit or (e.unit == unit and not e.earlier)]
        forth = _neighbours((e.source, e.target) for e in within)
        back = _neighbours((e.target, e.source) for e in within)
        for edge in within:
            if edge.unit == unit:
                after = _reached(edge.target, forth)
                if edge.source in after:
                    yield after & _reached(edge.source, back)


def _flows_awaited(
    session: Session, project: Project, flow: Flow, definition: Definition
) -> dict[int, tuple[Flow, Definition]]:
    """Return a flow and all that it waits for, directly or not, by their templates."""
    found: dict[int, tuple[Flow, Definition]] = {flow.template.id: (flow, definition)}
    todo = list(_awaited(session, definition))
    while todo:
        template_id = todo.pop()
        if template_id in found:
            continue
        try:
            other = find_flow_of(project, template_id)
        except NotFound:
            continue
        found[template_id] = (other, other.definition)
        todo += session.scalars(select(FlowReference.upstream_id).where(FlowReference.template_id == template_id))
    return found


def _awaited(session: Session, definition: Definition) -> set[int]:
    numbers = {reference.task or reference.flow for reference in definition.references}
    return {found for number in numbers if (found := template_of_number(session, number)) is not None}


def _edges_of(session: Session, template_id: int, definition: Definition) -> Iterable[Edge]:
    key: dict[str, int | str] = {task.id: task.number or task.id for task in definition.tasks}
    key |= {reference.id: reference.id for reference in definition.references}
    gaps: dict[str, set[str]] = {}
    for link in definition.links:
        yield Edge((template_id, key[link.target]), (template_id, key[link.source]))
        gaps.setdefault(link.source, set()).add(link.gap)
    for node in key.values():
        yield Edge((template_id, _WHOLE), (template_id, node))
    for reference in definition.references:
        upstream = template_of_number(session, reference.task or reference.flow)
        for gap in gaps.get(reference.id, {"D0"}):
            unit, earlier = read_gap(gap)
            target = (upstream or 0, reference.task or _WHOLE)
            yield Edge((template_id, reference.id), target, UNITS.index(unit), earlier)


def _neighbours(pairs: Iterable[tuple[Place, Place]]) -> dict[Place, list[Place]]:
    found: dict[Place, list[Place]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found


def _reached(start: Place, neighbours: dict[Place, list[Place]]) -> set[Place]:
    seen, todo = {start}, [start]
    while todo:
        fresh = [place for place in neighbours.get(todo.pop(), ()) if place not in seen]
        seen.update(fresh)
        todo += fresh
    return seen
