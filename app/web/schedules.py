"""Schedules: the list, with what fires next across all of them; one schedule with its history; making one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, require_csrf, require_login
from app.engine.core import cron
from app.errors import InvalidInput, Problem
from app.services import schedules
from app.services.access import Project, find_project, may
from app.services.reading import present
from app.services.schedules import MISFIRES, OVERLAPS, Plan, Schedule
from app.services.templates import list_templates

blueprint = Blueprint("schedules", __name__, url_prefix="/projects/<int:project_id>/schedules")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)

_SHOWN = 10
_COMING = 24


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List a project's schedules, and what fires next across all of them."""
    project = find_project(actor(), project_id, "project")
    found = schedules.list_schedules(actor(), project)
    rows = [(schedule, words_of(schedule)) for schedule in found]
    return render_template(
        "schedules.html", project=project, rows=rows, coming=_coming(found, project), may_edit=may(actor(), project, "edit"),
    )  # fmt: skip


@blueprint.get("/<int:schedule_id>/")
def show(project_id: int, schedule_id: int) -> ResponseReturnValue:
    """Show a schedule: when it fires, and what its fires came to."""
    project = find_project(actor(), project_id, "project")
    schedule, _ = schedules.read_schedule(actor(), project, schedule_id)
    return render_template(
        "schedule.html", project=project, schedule=schedule, words_of_it=words_of(schedule),
        times=_next(schedule, project, _SHOWN), fires=schedules.fires_of(actor(), project, schedule_id),
        may_edit=may(actor(), project, "edit"), misfires=MISFIRES, overlaps=OVERLAPS,
    )  # fmt: skip


@blueprint.get("/new")
def new(project_id: int) -> ResponseReturnValue:
    """Show the form that makes a schedule."""
    project = find_project(actor(), project_id, "project")
    templates = list_templates(actor(), project)
    return render_template(
        "schedule_new.html", project=project, templates=templates, misfires=MISFIRES, overlaps=OVERLAPS,
        chosen=request.args.get("template", type=int),
    )  # fmt: skip


@blueprint.get("/preview")
def preview(project_id: int) -> ResponseReturnValue:
    """Say what an expression means and when it fires next, or what is wrong with it."""
    project = find_project(actor(), project_id, "project")
    form, expression = request.args.get("form", "cron"), request.args.get("expression", "").strip()
    problems: list[Problem] = []
    words, times = "", []
    try:
        words = cron.describe(expression, form)  # type: ignore[arg-type]
        times = cron.next_fires(expression, present(), _SHOWN, project.time_zone, form)  # type: ignore[arg-type]
    except InvalidInput as error:
        problems = list(error.problems)
    return render_template("schedule_preview.html", project=project, words_of_it=words, times=times, problems=problems)


@blueprint.post("/new")
def create(project_id: int) -> ResponseReturnValue:
    """Make a schedule and enable it."""
    project = find_project(actor(), project_id, "project")
    form = request.form
    template_id = form.get("template", type=int) or 0
    made = schedules.create_schedule(actor(), project, template_id, form.get("name", ""), _plan(project))
    if made.form != "once":
        schedules.set_enabled(actor(), project, made.id, True)
    return redirect(url_for("schedules.show", project_id=project.id, schedule_id=made.id))


@blueprint.post("/<int:schedule_id>/do")
def operate(project_id: int, schedule_id: int) -> ResponseReturnValue:
    """Enable, disable or delete a schedule."""
    project = find_project(actor(), project_id, "project")
    action = request.form.get("action", "")
    if action == "delete":
        schedules.delete_schedule(actor(), project, schedule_id)
        return redirect(url_for("schedules.index", project_id=project.id))
    schedules.set_enabled(actor(), project, schedule_id, action == "enable")
    return redirect(url_for("schedules.show", project_id=project.id, schedule_id=schedule_id))


def words_of(schedule: Schedule) -> str:
    """Say in words when a schedule fires."""
    if schedule.form == "once":
        return "once"
    return cron.describe(schedule.expression, schedule.form)  # type: ignore[arg-type]


def _plan(project: Project) -> Plan:
    form = request.form
    starts_at = _time(form.get("starts_at", ""), project)
    return Plan(
        form.get("form", "cron"), form.get("expression", "").strip(), starts_at, _time(form.get("ends_at", ""), project),
        form.get("misfire", "once"), form.get("misfire_limit", 10, type=int), form.get("overlap", "allow"),
    )  # fmt: skip


def _time(text: str, project: Project) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(project.time_zone))
    except ValueError as error:
        raise InvalidInput(Problem("time", f"{text!r} is not a date and time")) from error


def _next(schedule: Schedule, project: Project, count: int) -> list[datetime]:
    """Return when an enabled schedule fires next."""
    if schedule.next_at is None or schedule.form == "once":
        return [schedule.next_at] if schedule.next_at is not None else []
    times = cron.next_fires(schedule.expression, present(), count, project.time_zone, schedule.form)  # type: ignore[arg-type]
    bounded = [t for t in times if (schedule.ends_at is None or t <= schedule.ends_at) and t >= schedule.next_at]
    return bounded or [schedule.next_at]


def _coming(found: Any, project: Project) -> list[tuple[datetime, Schedule]]:
    """Return the next fires of all schedules together, the first first."""
    times = [(moment, schedule) for schedule in found for moment in _next(schedule, project, 5)]
    return sorted(times, key=lambda entry: (entry[0], entry[1].id))[:_COMING]
