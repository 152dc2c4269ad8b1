"""Instances of flows: asked for by hand or by their times, and started one after another.

An instance is a row named by flow and trigger time, so there is never a second one. It waits while its time has not come
or another of its flow runs. `advance` lets what is due happen; any number of processes may call it at any time, for each
step is one transaction that holds what it moves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.engine.core.expressions import ExpressionError
from app.engine.core.values import plain_text
from app.engine.insisting import DATABASE_ERRORS
from app.errors import InvalidInput, NotFound, Refused, SluiceError
from app.extensions import db
from app.models.flows import FlowInstance, FlowSettings
from app.models.projects import Project
from app.models.tasks import Task
from app.models.templates import Template
from app.services.access import SYSTEM, Actor
from app.services.engine import bound, nudge, writing
from app.services.firing_times import turn_of
from app.services.flow_alerts import tell_broken, watchers_of_flow
from app.services.flow_rendering import tree_of_instance
from app.services.flow_settings import (
    Flow,
    find_flow,
    find_flow_of,
    hold_flow,
    require_owner,
    require_unlocked,
    timing_of,
)
from app.services.flow_trees import downstream
from app.services.flow_waits import close_waits, open_waits, settle_waits
from app.services.journal import record
from app.services.tasks import Wish, end_task_of, make_started_task

log = logging.getLogger(__name__)

RUNNING = ("running", "paused")
MOST_AT_ONCE = 200
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_MOST_REASON = 2000


def trigger(
    actor: Actor, project: Project, number: int, at: datetime, *, parameters: Sequence[tuple[str, str]] | None = None,
    from_task: int | None = None,
) -> str:  # fmt: skip
    """Ask for an instance of a flow by hand, and return its id; it starts at once unless `at` lies ahead or another runs.

    `parameters` are those of this instance, above the flow's own. `from_task` runs only that task and what comes after.
    Raises Refused with rule `no_task`, or `repeated` where there is an instance of that minute.
    """
    if not _EARLIEST <= at <= _LATEST:
        raise InvalidInput("a trigger time lies between 1970 and 2200")
    root_id = None
    with writing() as session:
        flow = hold_flow(actor, project, number)
        require_owner(actor, project, flow, "operate")
        require_unlocked(flow)
        definition = flow.definition
        if not definition.tasks:
            raise Refused("no_task", "this flow has no task, so there is nothing to run")
        first = ""
        if from_task is not None:
            task = next((task for task in definition.tasks if task.number == from_task), None)
            if task is None:
                raise NotFound("task of the flow", from_task)
            first = task.id
        stamp = f"{at.astimezone(UTC):%Y%m%d%H%M}00"
        if session.scalar(_with_stamp(flow, stamp)) is not None:
            raise Refused("repeated", f"there is an instance {number}-{stamp} already: one a minute is what can be")
        instance = FlowInstance(
            project_id=project.id, template_id=flow.template.id, stamp=stamp, trigger_at=at, kind=flow.settings.kind,
            is_by_hand=True, creator=actor.username, created_at=bound().clock(), from_node=first,
            parameters=[list(pair) for pair in parameters or ()],
        )  # fmt: skip
        session.add(instance)
        session.flush()
        record(session, actor, "flow", number, "trigger", project_id=project.id, detail={"instance": stamp})
        if at <= bound().clock() and _is_next(session, instance):
            root_id = _start_or_break(session, instance)
    if root_id is not None:
        nudge(root_id)
    return f"{number}-{stamp}"


def cancel_instance(actor: Actor, project: Project, instance_id: str) -> None:
    """End an instance that waits or runs, or one that has failed; raises Refused with rule `ended` for any other."""
    root_id = None
    with writing() as session:
        flow, found = find_instance(actor, project, instance_id)
        flow = hold_flow(actor, project, flow.number)
        require_owner(actor, project, flow, "operate")
        require_unlocked(flow)
        instance = session.get_one(FlowInstance, found.id, with_for_update=True, populate_existing=True)
        task = session.get(Task, instance.task_id) if instance.task_id is not None else None
        if instance.state == "cancelled" or (task is not None and task.state in ("finished", "revoked")):
            raise Refused("ended", "the instance has ended, so it cannot be cancelled")
        # The waits first, and then the run: in this order they are held wherever waits are settled.
        close_waits(session, instance.id)
        if task is not None:
            root_id = end_task_of(session, actor, project, task)
        instance.state = "cancelled"
        record(
            session, actor, "flow", flow.number, "cancel", project_id=project.id, detail={"instance": instance.stamp}
        )
    if root_id is not None:
        nudge(root_id)


def find_instance(actor: Actor, project: Project, instance_id: str) -> tuple[Flow, FlowInstance]:
    """Find an instance of the project by its id, number and stamp; raises NotFound."""
    number, _, stamp = instance_id.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 11):
        raise NotFound("instance", instance_id)
    flow = find_flow(actor, project, int(number))
    instance = db.session.scalar(
        select(FlowInstance).where(FlowInstance.template_id == flow.template.id, FlowInstance.stamp == stamp)
    )
    if instance is None:
        raise NotFound("instance", instance_id)
    return flow, instance


def advance(limit: int = MOST_AT_ONCE) -> int:
    """Make the instances whose time has come, and start those that nothing stands before; returns how many moved."""
    roots: list[int] = []
    moved = 0
    for template_id in _due_flows(limit):
        moved += _apart(template_id, _make_due)
    for instance_id in _ready_instances(limit):
        moved += _apart(instance_id, lambda id_: _start_waiting(id_, roots))
    for root_id in roots:
        nudge(root_id)
    return moved + settle_waits()


def _apart(key: int, step: Callable[[int], int]) -> int:
    """Take one step; what is wrong with one flow must not hold up the others."""
    try:
        return step(key)
    except DATABASE_ERRORS:
        raise
    except Exception:
        log.exception("flow-not-advanced key=%s", key)
        return 0


def _due_flows(limit: int) -> Sequence[int]:
    now = bound().clock()
    due = select(FlowSettings.template_id).join(Template, Template.id == FlowSettings.template_id)
    due = due.where(FlowSettings.next_at <= now, Template.is_deleted.is_(False)).order_by(FlowSettings.next_at)
    found = db.session.scalars(due.limit(limit)).all()
    db.session.rollback()
    return found


def _make_due(template_id: int) -> int:
    """Write the instances of the times of one flow that have come, and move it on to its next time."""
    with writing() as session:
        now = bound().clock()
        row = session.execute(
            select(FlowSettings, Project)
            .join(Project, Project.id == FlowSettings.project_id)
            .where(FlowSettings.template_id == template_id, FlowSettings.next_at <= now)
            .with_for_update(of=FlowSettings, skip_locked=True)
        ).first()
        if row is None:
            return 0
        settings, project = row
        turn = turn_of(timing_of(settings, project.time_zone), project.time_zone, now)
        for at in turn.fires:
            stamp = _free_stamp(session, settings, at.astimezone(UTC))
            if stamp is not None:
                session.add(_by_times(settings, stamp, at, now))
                session.flush()
        settings.next_at = turn.next_at
        return len(turn.fires)


def _by_times(settings: FlowSettings, stamp: str, at: datetime, now: datetime) -> FlowInstance:
    return FlowInstance(
        project_id=settings.project_id, template_id=settings.template_id, stamp=stamp, trigger_at=at, kind=settings.kind,
        is_by_hand=False, creator=SYSTEM.username, created_at=now,
    )  # fmt: skip


def _free_stamp(session: Session, settings: FlowSettings, at: datetime) -> str | None:
    """Return the short form of a time by a flow's cycle, or a longer one where that is taken; None if it has been made."""
    made = select(FlowInstance.id).where(
        FlowInstance.template_id == settings.template_id, FlowInstance.trigger_at == at, ~FlowInstance.is_by_hand
    )
    if session.scalar(made) is not None:
        return None
    forms = (f"{at:%Y%m%d%H}", f"{at:%Y%m%d%H%M}", f"{at:%Y%m%d%H%M%S}", f"{at:%Y%m%d%H%M%S}1")
    taken = set(session.scalars(select(FlowInstance.stamp).where(
        FlowInstance.template_id == settings.template_id, FlowInstance.stamp.in_(forms))))  # fmt: skip
    return next((form for form in forms[settings.cycle == "mi" :] if form not in taken), None)


def _ready_instances(limit: int) -> Sequence[int]:
    """Return the instances that may start: of each flow the earliest one that waits, where none runs."""
    now, other = bound().clock(), aliased(FlowInstance)
    running = (
        select(other.id)
        .join(Task, Task.id == other.task_id)
        .where(other.template_id == FlowInstance.template_id, other.state == "started", Task.state.in_(RUNNING))
    )
    wanted = (
        select(FlowInstance.id)
        .where(
            FlowInstance.state == "waiting", FlowInstance.trigger_at <= now, ~exists(running.correlate(FlowInstance))
        )
        .order_by(FlowInstance.trigger_at, FlowInstance.id)
        .limit(limit)
    )
    found = db.session.scalars(wanted).all()
    db.session.rollback()
    return found


def _start_waiting(instance_id: int, roots: list[int]) -> int:
    with writing() as session:
        template_id = session.scalar(select(FlowInstance.template_id).where(FlowInstance.id == instance_id))
        held = select(FlowSettings).where(FlowSettings.template_id == (template_id or 0))
        if session.scalar(held.with_for_update(skip_locked=True)) is None:
            return 0
        instance = session.get(FlowInstance, instance_id, populate_existing=True)
        if instance is None or instance.state != "waiting" or not _is_next(session, instance):
            return 0
        root_id = _start_or_break(session, instance)
        roots += [root_id] if root_id is not None else []
        return 1


def _is_next(session: Session, instance: FlowInstance) -> bool:
    """Say whether none of the flow runs, and none that is due waits before this one. The caller holds the flow."""
    own = select(FlowInstance.id).where(
        FlowInstance.template_id == instance.template_id, FlowInstance.id != instance.id
    )
    running = own.join(Task, Task.id == FlowInstance.task_id).where(
        FlowInstance.state == "started", Task.state.in_(RUNNING)
    )
    earlier = own.where(
        FlowInstance.state == "waiting", FlowInstance.trigger_at <= bound().clock(),
        (FlowInstance.trigger_at < instance.trigger_at)
        | ((FlowInstance.trigger_at == instance.trigger_at) & (FlowInstance.id < instance.id)),
    )  # fmt: skip
    return session.scalar(running.limit(1)) is None and session.scalar(earlier.limit(1)) is None


def _start_or_break(session: Session, instance: FlowInstance) -> int | None:
    """Start an instance, or write down why it cannot be; returns its root run, to nudge for."""
    try:
        with session.begin_nested():
            return _start(session, instance)
    except (SluiceError, ExpressionError) as error:
        instance.state, instance.reason = "broken", plain_text(str(error))[:_MOST_REASON]
        log.warning("instance-broken instance=%s reason=%s", instance.id, instance.reason)
        _tell_broken(session, instance)
        return None


def _tell_broken(session: Session, instance: FlowInstance) -> None:
    project = session.get_one(Project, instance.project_id)
    try:
        flow = find_flow_of(project, instance.template_id)
    except NotFound:
        # It was deleted meanwhile: nobody owns it any more.
        return
    tell_broken(session, project, flow, instance)


def _start(session: Session, instance: FlowInstance) -> int:
    project = session.get_one(Project, instance.project_id)
    flow = find_flow_of(project, instance.template_id)
    definition = flow.definition
    if instance.from_node:
        definition = downstream(definition, instance.from_node)
    rendered = tree_of_instance(definition, flow, project, instance)
    name = f"{flow.template.name[:80]}-{instance.stamp}"
    wish = Wish(
        name, create_method="api" if instance.is_by_hand else "periodic", create_info=f"{flow.number}-{instance.stamp}",
        watchers=watchers_of_flow(session, flow),
    )  # fmt: skip
    actor = Actor(instance.creator) if instance.is_by_hand else Actor(flow.template.creator)
    made, root_id = make_started_task(session, actor, project, rendered, wish)
    task = session.get_one(Task, made.task_id)
    task.template_id, task.template_version_id = flow.template.id, flow.template.current_version_id
    nodes = {node.id: made.ids[node.id] for node in (*definition.tasks, *definition.references)}
    numbered = {str(node.number): made.ids[node.id] for node in definition.tasks}
    instance.state, instance.task_id = "started", made.task_id
    instance.ids = {"nodes": nodes, "tasks": numbered}
    open_waits(session, instance, flow, definition, project, made.ids)
    return root_id


def _with_stamp(flow: Flow, stamp: str) -> Select[Any]:
    return select(FlowInstance.id).where(FlowInstance.template_id == flow.template.id, FlowInstance.stamp == stamp)
