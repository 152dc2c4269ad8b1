"""Schedules: made, changed, enabled; each has its own frozen tree, so its template may change or go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.core.creation import exclude_nodes, override_constants, prune_constants
from app.engine.core.cron import next_fires
from app.engine.core.cron_zones import zone_of as zone_info
from app.engine.core.moulds import mould_of
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import plugins_of, problems_of
from app.engine.core.values import Json
from app.engine.plugins.registry import known_plugins
from app.engine.store import Tx
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.schedules import Fire, Schedule
from app.models.tasks import TaskTree
from app.models.templates import Template
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.notices import (
    News,
    Watcher,
    owe,
    read_watchers,
    stored_watchers,
    watcher_problems,
    watchers_of_notify,
)
from app.services.sealing import given_problems, sealed_for_task
from app.services.templates import find_template, unfolded_tree

__all__ = (
    "Plan", "Schedule", "create_schedule", "delete_schedule", "edit_schedule", "fires_of", "first_fire", "list_schedules",
    "modify_expression", "modify_plan", "modify_schedule_constants", "owe_failed_fire", "plan_of", "plan_problems",
    "read_schedule", "set_enabled", "watchers_of", "zone_of",
)  # fmt: skip

MISFIRES, OVERLAPS = ("skip", "once", "all"), ("allow", "skip", "queue", "cancel")
_LONGEST_NAME, _LONGEST_EXPRESSION = 50, 255


@dataclass(frozen=True, slots=True)
class Plan:
    """When and how a schedule fires; `form` is bksops, cron, quartz, or once, which fires at `starts_at`.

    `time_zone` is the one that the expression is read in; empty, it is the project's, and follows it.
    """

    form: str
    expression: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    misfire: str = "once"
    misfire_limit: int = 10
    overlap: str = "allow"
    time_zone: str = ""


def create_schedule(
    actor: Actor, project: Project, template_id: int, name: str, plan: Plan, *,
    constants: Mapping[str, Json] | None = None, exclude: Sequence[str] = (), source: str = "business",
    watchers: Sequence[Watcher] | None = None, is_enabled: bool = False, problems: Sequence[Problem] = (),
) -> Schedule:  # fmt: skip
    """Make a schedule of a template as it is now; one that fires once is enabled in any case.

    Without `watchers` those are told whom the template names. Raises InvalidInput with everything that is wrong, and
    with the `problems` that the caller has found in what it was given.
    """
    with writing() as session:
        require(actor, project, "edit")
        template = find_template(project, template_id, source)
        if watchers is None:
            watchers = watchers_of_notify(template.notify_type, template.notify_receivers)
        found, tree = _frozen(template, project, exclude, constants or {})
        found += [*problems, *_name_problems(name), *plan_problems(plan, project, bound().clock())]
        found += watcher_problems(watchers)
        if found:
            raise InvalidInput.of(found)
        schedule = Schedule(
            project_id=project.id, template_id=template.id, template_source=source, name=name.strip(), form=plan.form,
            expression=plan.expression, category=template.category, creator=actor.username, created_at=bound().clock(),
        )  # fmt: skip
        _follow(schedule, plan)
        schedule.watchers, schedule.tree_id = stored_watchers(watchers), _store(session, project, tree)
        if is_enabled or plan.form == "once":
            _enable(schedule, project)
        session.add(schedule)
        session.flush()
        record(session, actor, "schedule", schedule.id, "create", project_id=project.id, detail={"name": schedule.name})
        session.expunge(schedule)
    return schedule


def set_enabled(actor: Actor, project: Project, schedule_id: int, is_enabled: bool) -> None:
    """Enable or disable a schedule; what it missed while it was disabled never fires."""
    with writing() as session:
        require(actor, project, "edit")
        schedule = _find(session, project, schedule_id, holds=True)
        if is_enabled and not schedule.is_enabled:
            _enable(schedule, project)
        if not is_enabled:
            schedule.is_enabled, schedule.next_at = False, None
        _edited(session, actor, project, schedule, "enable" if is_enabled else "disable")


def modify_plan(actor: Actor, project: Project, schedule_id: int, plan: Plan) -> Schedule:
    """Change when a disabled schedule fires."""
    with writing() as session:
        require(actor, project, "edit")
        schedule = _find(session, project, schedule_id, holds=True)
        if schedule.is_enabled:
            raise Refused("enabled", say("can not modify cron when task is enabled"))
        problems = plan_problems(plan, project, bound().clock())
        if problems:
            raise InvalidInput.of(problems)
        _follow(schedule, plan)
        _edited(session, actor, project, schedule, "modify_cron")
        session.flush()
        session.expunge(schedule)
    return schedule


def modify_expression(actor: Actor, project: Project, schedule_id: int, form: str, expression: str) -> Schedule:
    """Change the expression of a disabled schedule, to be read in the project's zone; the rest of its plan stays."""
    require(actor, project, "edit")
    plan = plan_of(_find(db.session(), project, schedule_id))
    return modify_plan(actor, project, schedule_id, replace(plan, form=form, expression=expression, time_zone=""))


def edit_schedule(
    actor: Actor, project: Project, schedule_id: int, name: str, plan: Plan, *, constants: Mapping[str, Json],
    watchers: Sequence[Watcher], is_enabled: bool = False, problems: Sequence[Problem] = (),
) -> Schedule:  # fmt: skip
    """Change all of a disabled schedule at once and leave it enabled or not, or one that fires once and has not yet.

    Raises InvalidInput with everything that is wrong, and with the `problems` that the caller has found.
    """
    with writing() as session:
        require(actor, project, "edit")
        schedule = _find(session, project, schedule_id, holds=True)
        _require_editable(session, schedule)
        tree = session.get_one(TaskTree, schedule.tree_id).body
        wrong, changed = _overridden(project, tree, constants)
        wrong += [*problems, *_name_problems(name), *plan_problems(plan, project, bound().clock())]
        wrong += watcher_problems(watchers)
        if (plan.form == "once") != (schedule.form == "once"):
            wrong.append(
                Problem("form", say("a schedule that fires once stays one, and so does one that repeats"), "form")
            )
        if wrong:
            raise InvalidInput.of(wrong)
        schedule.name, schedule.watchers = name.strip(), stored_watchers(watchers)
        _follow(schedule, plan)
        if constants:
            schedule.tree_id = _store(session, project, changed)
        if is_enabled or plan.form == "once":
            _enable(schedule, project)
        _edited(session, actor, project, schedule, "edit")
        session.flush()
        session.expunge(schedule)
    return schedule


def modify_schedule_constants(
    actor: Actor, project: Project, schedule_id: int, constants: Mapping[str, Json]
) -> Mapping[str, Json]:
    """Change variables of a disabled schedule; unknown keys are ignored. Returns all of its variables."""
    with writing() as session:
        require(actor, project, "edit")
        schedule = _find(session, project, schedule_id, holds=True)
        if schedule.is_enabled:
            raise Refused("enabled", say("can not modify constants when task is enabled"))
        tree = session.get_one(TaskTree, schedule.tree_id)
        problems, changed = _overridden(project, tree.body, constants)
        if problems:
            raise InvalidInput.of(problems)
        schedule.tree_id = _store(session, project, changed)
        _edited(session, actor, project, schedule, "modify_constants")
        found: Mapping[str, Json] = session.get_one(TaskTree, schedule.tree_id).body["constants"]
        return found


def delete_schedule(actor: Actor, project: Project, schedule_id: int) -> None:
    """Take a schedule away; the tasks that it made stay."""
    with writing() as session:
        require(actor, project, "edit")
        schedule = _find(session, project, schedule_id, holds=True)
        schedule.is_enabled, schedule.is_deleted, schedule.next_at = False, True, None
        _edited(session, actor, project, schedule, "delete")


def list_schedules(actor: Actor, project: Project, *, once: bool | None = None) -> Sequence[Schedule]:
    """Return a project's schedules, newest first: all, those that fire once, or the others."""
    require(actor, project, "view")
    wanted = select(Schedule).where(Schedule.project_id == project.id, Schedule.is_deleted.is_(False))
    if once is not None:
        wanted = wanted.where(Schedule.form == "once" if once else Schedule.form != "once")
    return list(db.session.scalars(wanted.order_by(Schedule.id.desc())))


def read_schedule(actor: Actor, project: Project, schedule_id: int) -> tuple[Schedule, Mapping[str, Any]]:
    """Return a schedule and its tree."""
    require(actor, project, "view")
    schedule = _find(db.session(), project, schedule_id)
    return schedule, db.session.get_one(TaskTree, schedule.tree_id).body


def fires_of(actor: Actor, project: Project, schedule_id: int, limit: int = 50) -> Sequence[Fire]:
    """Return what a schedule's fires came to, the latest first."""
    require(actor, project, "view")
    schedule = _find(db.session(), project, schedule_id)
    wanted = select(Fire).where(Fire.schedule_id == schedule.id).order_by(Fire.fire_at.desc()).limit(limit)
    return list(db.session.scalars(wanted))


def first_fire(schedule: Schedule, zone: str, after: datetime) -> datetime | None:
    """Return when a schedule fires next after a moment; None when it never will."""
    if schedule.form == "once":
        return schedule.starts_at if schedule.starts_at is not None and schedule.starts_at > after else None
    if schedule.starts_at is not None and schedule.starts_at > after:
        # A fire at the very start counts.
        after = schedule.starts_at - timedelta(microseconds=1)
    found = next_fires(schedule.expression, after, 1, zone, schedule.form)  # type: ignore[arg-type]
    return found[0] if found and (schedule.ends_at is None or found[0] <= schedule.ends_at) else None


def plan_of(schedule: Schedule) -> Plan:
    """Return when and how a schedule fires."""
    return Plan(
        schedule.form, schedule.expression, schedule.starts_at, schedule.ends_at, schedule.misfire,
        schedule.misfire_limit, schedule.overlap, schedule.time_zone,
    )  # fmt: skip


def zone_of(schedule: Schedule, project: Project) -> str:
    """Return the time zone that a schedule's expression is read in."""
    return schedule.time_zone or project.time_zone


def watchers_of(schedule: Schedule) -> list[Watcher]:
    """Return who is told of what becomes of a schedule's tasks, and of the fires that made none."""
    return [replace(watcher, schedule_id=schedule.id) for watcher in read_watchers(schedule.watchers)]


def owe_failed_fire(session: Session, schedule: Schedule, fire_at: datetime, reason: str) -> None:
    """Owe a schedule's watchers, in the caller's transaction, the news that a fire made no task."""
    address = f"{bound().loader.base_url}/projects/{schedule.project_id}/schedules/{schedule.id}/"
    told: dict[str, Json] = {"id": schedule.id, "name": schedule.name, "reason": reason[:2000], "url": address}
    news = News(
        "fire_failed", bound().clock(), schedule.project_id, payload={"schedule": told, "fire_at": fire_at.isoformat()}
    )
    owe(Tx.of_session(session), watchers_of(schedule), news)


def plan_problems(plan: Plan, project: Project, now: datetime) -> list[Problem]:
    """Return everything that is wrong with a plan."""
    problems = []
    if plan.misfire not in MISFIRES:
        problems.append(
            Problem(
                "misfire", say("{given!r} is not one of {known}", given=plan.misfire, known=list(MISFIRES)), "misfire"
            )
        )
    if plan.overlap not in OVERLAPS:
        problems.append(
            Problem(
                "overlap", say("{given!r} is not one of {known}", given=plan.overlap, known=list(OVERLAPS)), "overlap"
            )
        )
    if not 1 <= plan.misfire_limit <= 100:
        problems.append(Problem("misfire", say("misfire_limit is 1 to 100"), "misfire_limit"))
    zone = plan.time_zone or project.time_zone
    if plan.form == "once":
        if plan.starts_at is None or plan.starts_at <= now:
            text = say("Plan start time should be later than the time to create the plan")
            problems.append(Problem("plan_start_time", text, "plan_start_time"))
        return problems + _zone_problems(zone)
    if plan.ends_at is not None and plan.ends_at <= max(now, plan.starts_at or now):
        problems.append(Problem("ends_at", say("the end must come after the start, and after now"), "ends_at"))
    if len(plan.expression) > _LONGEST_EXPRESSION:
        text = say("a schedule's expression has at most {most} characters", most=_LONGEST_EXPRESSION)
        problems.append(Problem("length", text, "expression"))
    try:
        next_fires(plan.expression, now, 1, zone, plan.form)  # type: ignore[arg-type]
    except InvalidInput as error:
        problems += error.problems
    return problems


def _zone_problems(zone: str) -> list[Problem]:
    try:
        zone_info(zone)
    except InvalidInput as error:
        return list(error.problems)
    return []


def _name_problems(name: str) -> list[Problem]:
    if 1 <= len(name.strip()) <= _LONGEST_NAME:
        return []
    return [Problem("name", say("a schedule's name has 1 to {most} characters", most=_LONGEST_NAME), "name")]


def _follow(schedule: Schedule, plan: Plan) -> None:
    schedule.form, schedule.expression, schedule.time_zone = plan.form, plan.expression, plan.time_zone
    schedule.starts_at, schedule.ends_at = plan.starts_at, plan.ends_at
    schedule.misfire, schedule.misfire_limit, schedule.overlap = plan.misfire, plan.misfire_limit, plan.overlap


def _enable(schedule: Schedule, project: Project) -> None:
    schedule.is_enabled = True
    schedule.next_at = first_fire(schedule, zone_of(schedule, project), bound().clock())


def _require_editable(session: Session, schedule: Schedule) -> None:
    """Raise Refused for a schedule that is enabled, or that fires once and has."""
    if schedule.form != "once":
        if schedule.is_enabled:
            raise Refused("enabled", say("can not modify cron when task is enabled"))
    elif session.scalar(select(Fire.state).where(Fire.schedule_id == schedule.id).limit(1)) is not None:
        raise Refused("started", say("the task has been started already; it can not be changed any more"))


def _frozen(
    template: Template, project: Project, exclude: Sequence[str], constants: Mapping[str, Json]
) -> tuple[list[Problem], Mapping[str, Json]]:
    """Return what is wrong with the tree that a schedule of the template would get, and that tree."""
    try:
        tree = prune_constants(exclude_nodes(unfolded_tree(template, project), exclude))
    except InvalidInput as error:
        return list(error.problems), {}
    return _overridden(project, tree, constants)


def _overridden(
    project: Project, tree: Mapping[str, Json], constants: Mapping[str, Json]
) -> tuple[list[Problem], Mapping[str, Json]]:
    """Return what is wrong with a tree once its variables have the values that somebody gives, and that tree."""
    problems, document = given_problems(tree, constants, project.id), override_constants(tree, constants)
    try:
        problems += problems_of(parse_tree(document), known_plugins())
    except InvalidInput as error:
        problems += error.problems
    return problems, document


def _store(session: Session, project: Project, document: Mapping[str, Json]) -> int:
    """Store a schedule's tree and return its id; the tree before stays for the fires that were made of it."""
    tree = parse_tree(document)
    body, plugins = sealed_for_task(document, project.id), sorted(plugins_of(tree))
    stored = TaskTree(body=body, start=tree.start.id, plugins=plugins, mould=mould_of(body))
    session.add(stored)
    session.flush()
    return stored.id


def _find(session: Session, project: Project, schedule_id: int, *, holds: bool = False) -> Schedule:
    wanted = select(Schedule).where(Schedule.id == schedule_id, Schedule.project_id == project.id)
    found = session.scalar(wanted.with_for_update() if holds else wanted)
    if found is None or found.is_deleted:
        raise NotFound("schedule", schedule_id)
    return found


def _edited(session: Session, actor: Actor, project: Project, schedule: Schedule, action: str) -> None:
    schedule.editor, schedule.edited_at = actor.username, bound().clock()
    record(session, actor, "schedule", schedule.id, action, project_id=project.id)
