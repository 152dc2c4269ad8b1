"""Schedules: the list, with what fires next across all of them; one with its history; making and changing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_csrf, require_login
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.sentences import sentence_of
from app.services import notices, schedules, timetable
from app.services.access import Project, find_project, may, require
from app.services.reading import present
from app.services.schedules import Schedule, zone_of
from app.services.schemes import left_out_by, list_schemes
from app.services.template_lists import template_rows
from app.services.templates import read_template
from app.web import question_fields
from app.web import schedule_forms as forms
from app.web.cron_words import cron_in_words
from app.web.drawing import MARKS
from app.web.moments import FILTERS
from app.web.schedule_forms import Entry
from app.web.timeline import SPANS, hours_of, rows_of

blueprint = Blueprint("schedules", __name__, url_prefix="/projects/<int:project_id>/schedules")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)
for name, write in FILTERS.items():
    blueprint.add_app_template_filter(write, name)

_SHOWN, _PAGE, _LANES, _FIRES_A_LANE = 10, 50, 20, 200


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List a project's schedules, and draw what fires next across all of them."""
    project = find_project(actor(), project_id, "project")
    span, begin = SPANS.get(request.args.get("span", ""), SPANS["day"]), present()
    lanes = timetable.upcoming(actor(), project, begin + span.length, schedules=_LANES, fires=_FIRES_A_LANE)
    return render_template(
        "schedules.html", **_lists(project), span=span, spans=SPANS, rows=rows_of(lanes, begin, span), marks=MARKS,
        hours=hours_of(project, begin, span), now=begin, is_empty=not timetable.has_schedules(actor(), project),
        undelivered=notices.list_notices(actor(), project, states=("given_up",), limit=_PAGE),
    )  # fmt: skip


@blueprint.get("/<int:schedule_id>/")
def show(project_id: int, schedule_id: int) -> ResponseReturnValue:
    """Show a schedule: when it fires, what its fires came to, and who was told."""
    project = find_project(actor(), project_id, "project")
    schedule, tree = schedules.read_schedule(actor(), project, schedule_id)
    before, failures = request.args.get("before", type=datetime.fromisoformat), "failures" in request.args
    past = timetable.history(actor(), project, schedule_id, failures=failures, before=before)
    return render_template(
        "schedule.html", project=project, schedule=schedule, words_of_it=_words(schedule), zone=zone_of(schedule, project),
        times=timetable.next_times(schedule, project, _SHOWN), past=past, failures=failures, forms=forms, marks=MARKS,
        may_edit=may(actor(), project, "edit"), variables=forms.variables_of(tree), flow_name=_flow_name(project, schedule),
        watchers=schedules.watchers_of(schedule),
        told=notices.list_notices(actor(), project, schedule_id=schedule_id, limit=_SHOWN), now=present(),
        last=timetable.last_fires(actor(), project, [schedule_id]).get(schedule_id),
    )  # fmt: skip


@blueprint.get("/new", defaults={"kind": "cron"})
@blueprint.get("/once/new", defaults={"kind": "once"}, endpoint="new_once")
def new(project_id: int, kind: str) -> ResponseReturnValue:
    """Show the form that makes a schedule, or a task at a time to come."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "edit")
    entry = Entry(form=kind, template=request.args.get("template", ""))
    return _form(project, entry, [])


@blueprint.post("/fields")
def fields(project_id: int) -> ResponseReturnValue:
    """Return the part of the form that depends on the flow; nothing is saved."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "edit")
    entry = forms.entry_sent(request.form)
    view = _view(project, replace(entry, kept=None) if "scheme" in request.form else entry, [])
    return render_template("schedule_fields.html", **view)


@blueprint.get("/preview")
def preview(project_id: int) -> ResponseReturnValue:
    """Say what an expression means and when it fires next, or what is wrong with it."""
    project = find_project(actor(), project_id, "project")
    entry, problems, shown = forms.entry_sent(request.args), list[Problem](), None
    plan = forms.plan_from(entry, project, problems)
    try:
        if plan.form != "once" or entry.starts_at:
            shown = timetable.preview_plan(actor(), project, plan, _SHOWN)
    except InvalidInput as error:
        problems += error.problems
    wrong = [text for texts in forms.by_field(problems, None).values() for text in texts]
    return render_template(
        "schedule_preview.html", project=project, shown=shown, wrong=wrong, now=present(), plan=plan,
        words_of_it=cron_in_words(plan) if shown else "",
    )  # fmt: skip


@blueprint.post("/new")
def create(project_id: int) -> ResponseReturnValue:
    """Make a schedule and enable it, or make a task at a time to come, in one transaction."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "edit")
    entry, problems = forms.entry_sent(request.form), list[Problem]()
    if "refresh" in request.form:
        return _form(project, entry, [])
    try:
        made = _make(project, entry, problems, is_enabled="leave_off" not in request.form)
    except (InvalidInput, NotFound) as error:
        return _form(project, entry, _told(error)), 400
    return redirect(url_for("schedules.show", project_id=project.id, schedule_id=made.id))


@blueprint.get("/<int:schedule_id>/edit")
def edit(project_id: int, schedule_id: int) -> ResponseReturnValue:
    """Show the form that changes a schedule."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "edit")
    schedule, _ = schedules.read_schedule(actor(), project, schedule_id)
    return _form(project, forms.entry_of(schedule, project), [], schedule)


@blueprint.post("/<int:schedule_id>/edit")
def save(project_id: int, schedule_id: int) -> ResponseReturnValue:
    """Change a schedule, all of it or nothing; one that was enabled meanwhile is told, with what was typed."""
    project = find_project(actor(), project_id, "project")
    schedule, tree = schedules.read_schedule(actor(), project, schedule_id)
    entry = forms.entry_sent(request.form)
    try:
        _change(project, schedule, tree, entry)
    except InvalidInput as error:
        return _form(project, entry, error.problems, schedule), 400
    except Refused as error:
        return _form(project, entry, [Problem(error.rule, sentence_of(error))], schedule), 409
    return redirect(url_for("schedules.show", project_id=project.id, schedule_id=schedule_id))


@blueprint.post("/<int:schedule_id>/do")
def operate(project_id: int, schedule_id: int) -> ResponseReturnValue:
    """Enable, disable or delete a schedule; or disable it in order to change it."""
    project = find_project(actor(), project_id, "project")
    action = request.form.get("action", "")
    if action not in ("enable", "disable", "edit", "delete"):
        raise NotFound("action", action)
    if action == "delete":
        schedules.delete_schedule(actor(), project, schedule_id)
        flash(gettext("It is gone. The tasks that it made stay."), "success")
        return redirect(url_for("schedules.index", project_id=project.id))
    schedules.set_enabled(actor(), project, schedule_id, action == "enable")
    if request.form.get("from") == "index":
        return redirect(url_for("schedules.index", project_id=project.id))
    page = "schedules.edit" if action == "edit" else "schedules.show"
    return redirect(url_for(page, project_id=project.id, schedule_id=schedule_id))


@blueprint.get("/notices/")
def told(project_id: int) -> ResponseReturnValue:
    """List who was told of what in a project, and what could not be delivered."""
    project = find_project(actor(), project_id, "project")
    states = [state for state in ("owed", "sent", "given_up") if state == request.args.get("state")]
    found = notices.list_notices(actor(), project, states=states, limit=100)
    return render_template(
        "schedule_notices.html", project=project, found=found, state=states[0] if states else "", forms=forms,
        may_edit=may(actor(), project, "edit"),
    )  # fmt: skip


@blueprint.post("/notices/<int:notice_id>/do")
def tell_again(project_id: int, notice_id: int) -> ResponseReturnValue:
    """Try once more to deliver what was given up."""
    project = find_project(actor(), project_id, "project")
    notices.try_again(actor(), project, notice_id)
    flash(gettext("It is tried again from now on, for a day at most."), "success")
    return redirect(url_for("schedules.told", project_id=project.id))


def _flow_name(project: Project, schedule: Schedule) -> str:
    """Return what the flow of a schedule is called now; nothing where it is gone."""
    try:
        return read_template(actor(), project, schedule.template_id or 0, schedule.template_source)[0].name
    except NotFound:
        return ""


def _words(schedule: Schedule) -> str:
    return cron_in_words(schedules.plan_of(schedule))


def _lists(project: Project) -> dict[str, Any]:
    """Return the two lists of the first page: schedules that repeat, and those that fire once."""
    search, before = request.args.get("q", "").strip(), request.args.get("before", type=int)
    repeating = timetable.page_of_schedules(actor(), project, once=False, search=search, before_id=before, limit=_PAGE)
    once = timetable.page_of_schedules(actor(), project, once=True, search=search, limit=_PAGE)
    return {
        "project": project, "repeating": [(schedule, _words(schedule)) for schedule in repeating], "once": once,
        "last": timetable.last_fires(actor(), project, [schedule.id for schedule in (*repeating, *once)]), "search": search,
        "may_edit": may(actor(), project, "edit"), "is_full": len(repeating) == _PAGE, "zone_of": zone_of,
        "has_flows": bool(template_rows(actor(), project, limit=1) or template_rows(actor(), project, "common", limit=1)),
    }  # fmt: skip


def _form(project: Project, entry: Entry, problems: Sequence[Problem], schedule: Schedule | None = None) -> str:
    return render_template("schedule_form.html", **_view(project, entry, problems, schedule))


def _view(
    project: Project, entry: Entry, problems: Sequence[Problem], schedule: Schedule | None = None
) -> dict[str, Any]:
    """Return what the form shows: the entry, what is wrong with it, and what there is to choose from."""
    once = entry.form == "once"
    own = template_rows(actor(), project)
    common = [] if once else template_rows(actor(), project, "common")
    tree: Mapping[str, Any] | None = None
    schemes: Sequence[Any] = ()
    if schedule is not None:
        tree = schedules.read_schedule(actor(), project, schedule.id)[1]
    elif own or common:
        known = [str(t.id) for t in own] + [f"common-{t.id}" for t in common]
        entry = entry if entry.template in known else replace(entry, template=known[0])
        number, source = forms.template_from(entry)
        template, tree = read_template(actor(), project, number, source)
        schemes = list_schemes(actor(), project, number, source)
        if not entry.mails and not entry.webhooks:
            entry = forms.told_by(entry, notices.watchers_of_notify(template.notify_type, template.notify_receivers))
        if entry.kept is None and entry.scheme.isdecimal():
            kept = set(_ids(tree)) - set(left_out_by(number, tree, [int(entry.scheme)]))
            entry = replace(entry, kept=frozenset(kept))
    return {
        "project": project, "entry": entry, "schedule": schedule, "once": once, "own": own, "common": common, "forms": forms,
        "questions": forms.questions_asked(tree) if tree else [], "answers": forms.answers_in(entry, tree) if tree else {},
        "question_fields": question_fields, "optional": forms.optional_nodes(tree) if tree else [],
        "schemes": schemes, "wrong": forms.by_field(problems, tree), "zones": forms.zones(), "is_on": schedule is not None
        and schedule.is_enabled and not once, "tree": tree,
    }  # fmt: skip


def _ids(tree: Mapping[str, Any]) -> list[str]:
    return [node["id"] for node in forms.optional_nodes(tree)]


def _make(project: Project, entry: Entry, problems: list[Problem], *, is_enabled: bool) -> Schedule:
    number, source = forms.template_from(entry)
    _, tree = read_template(actor(), project, number, source)
    plan, watchers = forms.plan_from(entry, project, problems), forms.watchers_from(entry, problems)
    return schedules.create_schedule(
        actor(), project, number, entry.name, plan, constants=forms.constants_from(entry, tree, problems),
        exclude=forms.left_out(entry, tree), source=source, watchers=watchers, is_enabled=is_enabled, problems=problems,
    )  # fmt: skip


def _change(project: Project, schedule: Schedule, tree: Mapping[str, Any], entry: Entry) -> None:
    problems: list[Problem] = []
    plan, watchers = forms.plan_from(entry, project, problems), forms.watchers_from(entry, problems)
    if "switch_off" in request.form:
        schedules.set_enabled(actor(), project, schedule.id, False)
    schedules.edit_schedule(
        actor(), project, schedule.id, entry.name, plan, constants=forms.constants_from(entry, tree, problems), watchers=watchers,
        is_enabled="leave_off" not in request.form, problems=problems,
    )  # fmt: skip


def _told(error: InvalidInput | NotFound) -> Sequence[Problem]:
    if isinstance(error, InvalidInput):
        return error.problems
    return [Problem("template", gettext("choose a flow that is there"), "template")]
