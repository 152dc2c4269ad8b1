"""Waits between flows: a node that stands for another flow goes on when that one has run for the period it is to.

What a node waits for is a row, written with the start of its instance; `settle_waits` looks which are over and gives
their nodes the callback that they wait for, in the transaction that closes the row. So neither a crash nor a second
process loses or doubles one, and who waits costs no worker anything.

A wait is over when every instance of the other flow in the period has succeeded and no time of it is still to come. One
that was cancelled is not waited for; one that failed no longer, once a later one by hand has succeeded. Where there is no
instance, a flow that runs by its times had nothing to do in the period; any other is waited for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.engine import operations
from app.engine.core.business_time import period, read_gap
from app.engine.core.cron import next_fires
from app.engine.insisting import DATABASE_ERRORS
from app.errors import NotFound, Refused
from app.extensions import db
from app.models.flows import FlowInstance, FlowSettings, FlowWait
from app.models.projects import Project
from app.models.runs import NodeRunRow
from app.models.tasks import Task
from app.services.engine import bound, desk, nudge, writing
from app.services.flow_numbers import template_of_number
from app.services.flow_settings import BY_TIMES, Flow
from app.services.flow_trees import Definition

log = logging.getLogger(__name__)

RUNNING = ("running", "paused")
MOST_AT_ONCE = 500
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Awaited:
    """What is waited for: a flow, or a task of it by its number, in a period."""

    upstream_id: int
    task: int | None
    starts_at: datetime
    ends_at: datetime


def open_waits(
    session: Session, instance: FlowInstance, flow: Flow, definition: Definition, project: Project, ids: Mapping[str, str]
) -> None:  # fmt: skip
    """Write down what the nodes of an instance wait for; `ids` are those that its task gave them."""
    gaps: dict[str, set[str]] = {reference.id: set() for reference in definition.references}
    for link in definition.links:
        if link.source in gaps:
            gaps[link.source].add(link.gap)
    for reference in definition.references:
        upstream_id = template_of_number(session, reference.task or reference.flow)
        for gap in gaps[reference.id] or {"D0"}:
            starts_at, ends_at = period(instance.trigger_at, *read_gap(gap), project.time_zone)
            session.merge(
                FlowWait(
                    instance_id=instance.id, node_id=ids[reference.id], upstream_id=upstream_id or flow.template.id,
                    upstream_task=reference.task or None, starts_at=starts_at, ends_at=ends_at, is_over=False,
                )
            )  # fmt: skip


def close_waits(session: Session, instance_id: int) -> None:
    """Wait no longer for anything in an instance that has been cancelled."""
    session.execute(update(FlowWait).where(FlowWait.instance_id == instance_id).values(is_over=True))


def settle_waits(limit: int = MOST_AT_ONCE) -> int:
    """Close the waits that are over and call their nodes back; returns how many."""
    waits = _candidates(limit)
    over = {awaited: _is_over(db.session(), awaited) for awaited in {_Awaited(*wait[3:]) for wait in waits}}
    db.session.rollback()
    return sum(_apart((wait[0], wait[1], wait[2])) for wait in waits if over[_Awaited(*wait[3:])])


def _candidates(limit: int) -> Sequence[tuple[Any, ...]]:
    """Return waits that may be over, in no order, so that none stands before another for ever."""
    waiting, other = aliased(FlowInstance), aliased(FlowInstance)
    in_period = (
        (other.template_id == FlowWait.upstream_id)
        & (other.trigger_at >= FlowWait.starts_at)
        & (other.trigger_at < FlowWait.ends_at)
    )
    unfinished = (
        select(other.id)
        .outerjoin(Task, Task.id == other.task_id)
        .where(in_period, (other.state == "waiting") | ((other.state == "started") & Task.state.in_(RUNNING)))
    )
    wanted = (
        select(FlowWait.instance_id, FlowWait.node_id, FlowWait.starts_at, FlowWait.upstream_id, FlowWait.upstream_task,
               FlowWait.starts_at, FlowWait.ends_at)
        .join(waiting, waiting.id == FlowWait.instance_id)
        .where(FlowWait.is_over.is_(False))
        .where(FlowWait.upstream_task.is_not(None) | ~exists(unfinished.correlate(FlowWait)))
        .order_by(func.random())
        .limit(limit)
    )  # fmt: skip
    found = [tuple(row) for row in db.session.execute(wanted)]
    db.session.rollback()
    return found


def _is_over(session: Session, awaited: _Awaited) -> bool:
    settings = session.get(FlowSettings, awaited.upstream_id)
    if settings is None:
        return True
    project = session.get_one(Project, settings.project_id)
    if _comes_again(settings, awaited, project.time_zone):
        return False
    rows = session.execute(
        select(FlowInstance, Task)
        .outerjoin(Task, Task.id == FlowInstance.task_id)
        .where(FlowInstance.template_id == awaited.upstream_id)
        .where(FlowInstance.trigger_at >= awaited.starts_at, FlowInstance.trigger_at < awaited.ends_at)
        .order_by(FlowInstance.id.desc())
    ).all()
    if not rows:
        return settings.kind == BY_TIMES and settings.is_active
    has_later = False
    for instance, task in rows:
        if instance.state == "cancelled" or (task is not None and task.state == "revoked"):
            continue
        if task is not None and _has_succeeded(session, instance, task, awaited.task):
            has_later = has_later or instance.is_by_hand
        elif not has_later or instance.state == "waiting" or (task is not None and task.state in RUNNING):
            return False
    return True


def _comes_again(settings: FlowSettings, awaited: _Awaited, zone: str) -> bool:
    """Say whether a flow is to run by itself in the period and has not been made to yet."""
    if settings.next_at is None or settings.next_at >= awaited.ends_at:
        return False
    after = max(settings.next_at, awaited.starts_at) - _MOMENT
    coming = next_fires(settings.expression, after, 1, zone, "quartz")
    return bool(coming) and coming[0] < awaited.ends_at


def _has_succeeded(session: Session, instance: FlowInstance, task: Task, number: int | None) -> bool:
    if task.state == "finished" or number is None:
        return task.state == "finished"
    node_id = (instance.ids or {}).get("tasks", {}).get(str(number))
    state = session.scalar(
        select(NodeRunRow.state)
        .where(NodeRunRow.run_id == task.run_id, NodeRunRow.node_id == node_id)
        .order_by(NodeRunRow.loop.desc(), NodeRunRow.attempt.desc())
        .limit(1)
    )
    return state == "finished"


def _apart(key: tuple[int, str, datetime]) -> int:
    """Settle one wait; what is wrong with it must not hold up the others."""
    try:
        return _settle(*key)
    except DATABASE_ERRORS:
        raise
    except Exception:
        log.exception("wait-not-settled instance=%s node=%s", key[0], key[1])
        db.session.rollback()
        return 0


def _settle(instance_id: int, node_id: str, starts_at: datetime) -> int:
    root_id = None
    with writing() as session:
        wait = session.get(
            FlowWait, (instance_id, node_id, starts_at), with_for_update={"skip_locked": True}, populate_existing=True
        )
        if wait is None or wait.is_over:
            return 0
        instance = session.get_one(FlowInstance, instance_id)
        task = session.get(Task, instance.task_id) if instance.task_id is not None else None
        wait.is_over = True
        session.flush()
        if task is None or task.state not in RUNNING:
            return 0
        others = select(FlowWait.node_id).where(
            FlowWait.instance_id == instance_id, FlowWait.node_id == node_id, FlowWait.is_over.is_(False)
        )
        if session.scalar(others.limit(1)) is None and task.run_id is not None:
            root_id = task.run_id
            try:
                operations.take_callback(desk(session), root_id, node_id, {"awaited": True})
            except (Refused, NotFound):
                # The node does not wait now: skipped, perhaps, or not reached. Look again until its task has ended.
                wait.is_over, root_id = False, None
                session.flush()
                return 0
    if root_id is not None:
        nudge(root_id)
    log.info("wait-over instance=%s node=%s at=%s", instance_id, node_id, bound().clock().isoformat())
    return 1
