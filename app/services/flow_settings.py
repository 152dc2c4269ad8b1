"""Flows that are run in cycles: found, and who may do what with them.

Owners change and run a flow, and so may who manages the project; everybody who may see the project may read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, cast, or_, select

from app.engine.core.business_time import UNITS
from app.engine.core.cron import check
from app.errors import NotAllowed, NotFound, Problem, Refused
from app.extensions import db
from app.models.flows import FlowSettings
from app.models.projects import Project
from app.models.schedules import Schedule
from app.models.templates import Template
from app.services.access import Actor, may, require
from app.services.flow_trees import Definition, definition_of
from app.services.schedules import first_fire
from app.services.templates import version_of

BY_HAND, BY_TIMES, TEMPORARY = 0, 1, 2
"""How a flow is run: its `kind`."""

LONGEST_NAME, LONGEST_EXPRESSION = 100, 255
_USER = re.compile(r"[^;\x00-\x1f]{1,64}")


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that is run in cycles."""

    template: Template
    settings: FlowSettings

    @property
    def number(self) -> int:
        """The number by which other systems know it."""
        return self.settings.number

    @property
    def owners(self) -> list[str]:
        """The names of its owners; its creator is always one of them."""
        return names_of(self.settings.owners)

    @property
    def visitors(self) -> list[str]:
        """The names of those who may see it besides."""
        return names_of(self.settings.visitors)

    @property
    def definition(self) -> Definition:
        """What it consists of, as its current version says."""
        return definition_of(version_of(self.template).tree)


def names_of(stored: str) -> list[str]:
    """Read names that are kept, or given, as `a;b` with or without semicolons around."""
    return list(dict.fromkeys(name for part in stored.split(";") if (name := part.strip())))


def stored_names(names: Iterable[str]) -> str:
    """Write names as they are kept."""
    return "".join(f";{name}" for name in dict.fromkeys(names)) + ";"


def find_flow(actor: Actor, project: Project, number: int) -> Flow:
    """Find a flow of the project by its number; raises NotFound."""
    require(actor, project, "view")
    return flow_in(project, FlowSettings.number == number, number)


def find_flow_of(project: Project, template_id: int) -> Flow:
    """Find the flow that a template is; raises NotFound."""
    return flow_in(project, FlowSettings.template_id == template_id, template_id)


def hold_flow(actor: Actor, project: Project, number: int) -> Flow:
    """Find a flow and hold its row: of two who change or run it at once one waits."""
    found = find_flow(actor, project, number)
    wanted = select(FlowSettings).where(FlowSettings.template_id == found.template.id)
    held = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if held is None:
        raise NotFound("flow", number)
    return Flow(found.template, held)


def flow_in(project: Project, is_it: ColumnElement[bool], key: object) -> Flow:
    """Find the one flow of the project that a condition holds for; raises NotFound."""
    row = db.session.execute(flows_of(project).where(is_it)).first()
    if row is None:
        raise NotFound("flow", key)
    return Flow(*row)


def flows_of(project: Project) -> Any:
    """Ask for the flows of a project."""
    wanted = select(Template, FlowSettings).join(FlowSettings, FlowSettings.template_id == Template.id)
    return wanted.where(FlowSettings.project_id == project.id, Template.is_deleted.is_(False))


def list_flows(
    actor: Actor, project: Project, *, like: str = "", mine: bool = False, order: Sequence[tuple[str, bool]] = (),
    first: int = 0, most: int | None = None,
) -> list[Flow]:  # fmt: skip
    """Return the flows of a project, or those that the actor made, owns or visits.

    `like` stands in the name or the number; `order` is (create_time, update_time or start_time, whether downwards).
    """
    require(actor, project, "view")
    wanted = flows_of(project)
    if mine:
        member = _contains(actor.username)
        is_mine = (Template.creator == actor.username, FlowSettings.owners.like(member, escape="\\"))
        wanted = wanted.where(or_(*is_mine, FlowSettings.visitors.like(member, escape="\\")))
    if like:
        part = f"%{escaped(like)}%"
        named = Template.name.ilike(part, escape="\\")
        wanted = wanted.where(or_(named, cast(FlowSettings.number, String).like(part, escape="\\")))
    columns = {
        "create_time": Template.created_at,
        "update_time": Template.edited_at,
        "start_time": FlowSettings.starts_on,
    }
    for name, is_down in order:
        column = columns[name]
        wanted = wanted.order_by(column.desc() if is_down else column.asc())
    wanted = wanted.order_by(FlowSettings.number).offset(first)
    return [Flow(*row) for row in db.session.execute(wanted.limit(most) if most is not None else wanted)]


def escaped(text: str) -> str:
    """Return a text whose characters mean themselves in LIKE, with a backslash as the mark."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def owns(actor: Actor, project: Project, flow: Flow) -> bool:
    """Say whether the actor may do what owners may."""
    is_owner = actor.username in flow.owners or actor.username == flow.template.creator
    return is_owner or may(actor, project, "manage")


def may_edit(actor: Actor, project: Project, flow: Flow) -> bool:
    """Say whether the actor may change the flow."""
    return owns(actor, project, flow) and may(actor, project, "edit")


def require_owner(actor: Actor, project: Project, flow: Flow, permission: Literal["operate", "edit"]) -> None:
    """Raise NotAllowed unless the actor owns the flow and may do this in the project."""
    require(actor, project, permission)
    if not owns(actor, project, flow):
        raise NotAllowed(actor.username, "change", f"flow {flow.number}, which others own")


def require_unlocked(flow: Flow) -> None:
    """Raise Refused for a flow that somebody has locked."""
    if flow.settings.is_locked:
        raise Refused("locked", "the flow is locked: a manager of the project can unlock it")


def times_problems(kind: int, expression: str, cycle: str, starts_on: str) -> list[Problem]:
    """Return what is wrong with when a flow is run."""
    problems = []
    if kind not in (BY_HAND, BY_TIMES, TEMPORARY):
        problems.append(_wrong("type", f"0, 1 or 2 is wanted, not {kind}"))
    if cycle not in UNITS:
        problems.append(_wrong("cycle", f"one of {', '.join(UNITS)} is wanted, not {cycle[:20]!r}"))
    if len(expression) > LONGEST_EXPRESSION:
        problems.append(_wrong("freq", f"at most {LONGEST_EXPRESSION} characters are wanted"))
    elif expression.strip() or kind == BY_TIMES:
        problems += [_wrong("freq", problem.message) for problem in check(expression, "quartz")]
    if starts_on:
        try:
            date.fromisoformat(starts_on)
        except ValueError:
            problems.append(_wrong("startTime", f"a date such as 2019-07-24 is wanted, not {starts_on[:40]!r}"))
    return problems


def people_problems(owners: Sequence[str], visitors: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the names of owners and visitors; they need not be users yet."""
    given = (("owners", owners), ("visitors", visitors))
    return [
        _wrong(key, f"{name[:80]!r} is not a user's name") for key, names in given for name in names
        if not _USER.fullmatch(name)
    ]  # fmt: skip


def timing_of(settings: FlowSettings, zone: str) -> Schedule:
    """Return when a flow runs by itself, in the words of schedules; it is no row of any table."""
    starts_at = None
    if settings.starts_on:
        starts_at = datetime.combine(date.fromisoformat(settings.starts_on), time(), ZoneInfo(zone)).astimezone(UTC)
    return Schedule(
        form="quartz", expression=settings.expression, starts_at=starts_at, ends_at=None, next_at=settings.next_at,
        misfire="all", misfire_limit=100, overlap="queue", time_zone=zone,
    )  # fmt: skip


def reschedule(settings: FlowSettings, project: Project, now: datetime) -> None:
    """Set when a flow runs next by itself, from now on; what it missed before never runs."""
    if settings.kind != BY_TIMES or not settings.is_active:
        settings.next_at = settings.scheduled_since = None
        return
    settings.scheduled_since = now
    settings.next_at = first_fire(timing_of(settings, project.time_zone), project.time_zone, now)


def _contains(username: str) -> str:
    return f"%;{escaped(username)};%"


def _wrong(where: str, message: str) -> Problem:
    return Problem("flow", f"{where}: {message}", where)
