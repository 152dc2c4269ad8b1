"""Schedules: made, changed, enabled; each has its own frozen tree, so its template may change or go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.core.creation import exclude_nodes, override_constants, prune_constants
from app.engine.core.cron import next_fires
from app.engine.core.secret_values import with_secrets
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import plugins_of, problems_of
from app.engine.core.values import Json
from app.engine.plugins.registry import known_plugins
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.schedules import Fire, Schedule
from app.models.sealed import seal
from app.models.tasks import TaskTree
from app.services.access import Actor, require
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.templates import find_template, unfolded_tree

__all__ = (
    "Plan", "Schedule", "create_schedule", "delete_schedule", "fires_of", "first_fire", "list_schedules", "modify_plan",
    "modify_schedule_constants", "plan_problems", "read_schedule", "set_enabled",
)  # fmt: skip

MISFIRES, OVERLAPS = ("skip", "once", "all"), ("allow", "skip", "queue", "cancel")
_LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """When and how a schedule fires; `form` is bksops, cron, quartz, or once, which fires at `starts_at`."""

    form: str
    expression: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    misfire: str = "once"
    misfire_limit: int = 10
    overlap: str = "allow"


def create_schedule(
    actor: Actor, project: Project, template_id: int, name: str, plan: Plan, *,
    constants: Mapping[str, Json] | None = None, exclude: Sequence[str] = (), source: str = "business",
) -> Schedule:  # fmt: skip
    """Make a schedule of a template as it is now, disabled unless it fires once; tells all that is wrong at once."""
    with writing() as session:
        require(actor, project, "edit")
        template = find_template(project, template_id, source)
        problems = [*_name_problems(name), *plan_problems(plan, project, bound().clock())]
        document = exclude_nodes(unfolded_tree(template, project), exclude)
        document = override_constants(prune_constants(document), constants or {})
        if problems:
            raise InvalidInput.of(problems)
        schedule = Schedule(
            project_id=project.id, template_id=template.id, template_source=source, name=name.strip(), form=plan.form,
            expression=plan.expression, category=template.category, creator=actor.username, created_at=bound().clock(),
        )  # fmt: skip
        _follow(schedule, plan)
        schedule.tree_id = _store(session, document)
        if plan.form == "once":
            schedule.is_enabled, schedule.next_at = True, plan.starts_at
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
            schedule.next_at = first_fire(schedule, project.time_zone, bound().clock())
        if not is_enabled:
            schedule.next_at = None
        schedule.is_enabled = is_enabled
        _edited(session, actor, project, schedule, "enable" if is_enabled else "disable")


def modify_plan(actor: Actor, project: Project, schedule_id: int, plan: Plan) -> Schedule:
    """Change when a disabled schedule fires."""
    with writing() as session:
        require(actor, project, "edit")
        schedule = _find(session, project, schedule_id, holds=True)
        if schedule.is_enabled:
            raise Refused("enabled", "can not modify cron when task is enabled")
        problems = plan_problems(plan, project, bound().clock())
        if problems:
            raise InvalidInput.of(problems)
        schedule.form, schedule.expression = plan.form, plan.expression
        _follow(schedule, plan)
        _edited(session, actor, project, schedule, "modify_cron")
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
            raise Refused("enabled", "can not modify constants when task is enabled")
        tree = session.get_one(TaskTree, schedule.tree_id)
        changed = override_constants(tree.body, constants)
        schedule.tree_id = _store(session, changed)
        _edited(session, actor, project, schedule, "modify_constants")
        found: Mapping[str, Json] = with_secrets(changed, seal)["constants"]
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
        after = schedule.starts_at
    found = next_fires(schedule.expression, after, 1, zone, schedule.form)  # type: ignore[arg-type]
    return found[0] if found and (schedule.ends_at is None or found[0] <= schedule.ends_at) else None


def plan_problems(plan: Plan, project: Project, now: datetime) -> list[Problem]:
    """Return everything that is wrong with a plan."""
    problems = []
    if plan.misfire not in MISFIRES:
        problems.append(Problem("misfire", f"{plan.misfire!r} is not one of {', '.join(MISFIRES)}", "misfire"))
    if plan.overlap not in OVERLAPS:
        problems.append(Problem("overlap", f"{plan.overlap!r} is not one of {', '.join(OVERLAPS)}", "overlap"))
    if not 1 <= plan.misfire_limit <= 100:
        problems.append(Problem("misfire", "misfire_limit is 1 to 100", "misfire_limit"))
    if plan.form == "once":
        if plan.starts_at is None or plan.starts_at <= now:
            text = "Plan start time should be later than the time to create the plan"
            problems.append(Problem("plan_start_time", text, "plan_start_time"))
        return problems
    try:
        next_fires(plan.expression, now, 1, project.time_zone, plan.form)  # type: ignore[arg-type]
    except InvalidInput as error:
        problems += error.problems
    return problems


def _name_problems(name: str) -> list[Problem]:
    if 1 <= len(name.strip()) <= _LONGEST_NAME:
        return []
    return [Problem("name", f"a schedule's name has 1 to {_LONGEST_NAME} characters", "name")]


def _follow(schedule: Schedule, plan: Plan) -> None:
    schedule.starts_at, schedule.ends_at = plan.starts_at, plan.ends_at
    schedule.misfire, schedule.misfire_limit, schedule.overlap = plan.misfire, plan.misfire_limit, plan.overlap


def _store(session: Session, document: Mapping[str, Json]) -> int:
    """Store a schedule's tree and return its id; the tree before stays for the fires that were made of it."""
    tree = parse_tree(document)
    problems = problems_of(tree, known_plugins())
    if problems:
        raise InvalidInput.of(problems)
    stored = TaskTree(body=with_secrets(document, seal), start=tree.start.id, plugins=sorted(plugins_of(tree)))
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
