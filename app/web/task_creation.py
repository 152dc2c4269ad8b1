"""The page that makes a task, and what it asks of the server; a plain form does the same without scripts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, csrf_token, require_csrf, require_login
from app.errors import InvalidInput, Problem, Refused
from app.languages import language, script_words
from app.sentences import say, sentence_of
from app.services import catalogue, timetable
from app.services.access import Project, find_project
from app.services.reading import present
from app.services.schedules import Plan
from app.services.task_forms import (
    LARGEST_PRIORITY,
    LONGEST_NAME,
    LONGEST_SCHEDULE_NAME,
    Order,
    Origin,
    TaskForm,
    open_form,
    order_task,
    origin_of_task,
    preview_form,
)
from app.services.template_lists import template_rows
from app.web import question_fields, schedule_forms, task_fields
from app.web.cron_words import cron_in_words
from app.web.editor_words import in_words
from app.web.json_edge import json_blueprint, phrase, take
from app.web.sentences import told
from app.web.task_names import suggested_name

blueprint = Blueprint("task_creation", __name__, url_prefix="/projects/<int:project_id>/tasks")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)
asking = json_blueprint("task_order", __name__, "/projects/<int:project_id>/tasks/new")

_MOST_FLOWS, _TIMES = 200, 5
_FORMS = ("once", "cron", "bksops", "quartz")


@blueprint.get("/new")
def new(project_id: int) -> ResponseReturnValue:
    """Show the form for a flow or an earlier task; where none is named, the flows to choose from."""
    project = find_project(actor(), project_id, "project")
    origin = _origin_asked(project)
    if origin is None:
        return _choices(project)
    form = open_form(actor(), project, origin)
    return _page(project, form, task_fields.Filled(when="claim" if form.is_for_others else "now"), [])


@blueprint.post("/new")
def create(project_id: int) -> ResponseReturnValue:
    """Make a task of the plain form; what is wrong with it is told beside its fields, with what was typed."""
    project = find_project(actor(), project_id, "project")
    origin = _origin_asked(project) or Origin()
    form = open_form(actor(), project, origin)
    filled, problems = task_fields.filled(request.form, form), list[Problem]()
    plan = _plan(project, filled.plan, problems) if filled.plan else None
    order = Order(
        filled.name, filled.answers, filled.left_out or [], "", filled.when == "now", plan, problems, filled.when == "claim",
        filled.priority,
    )  # fmt: skip
    try:
        made = order_task(actor(), project, form.origin, order)
    except InvalidInput as error:
        return _page(project, form, filled, error.problems), 400
    except Refused as error:
        return _page(project, form, filled, [Problem(error.rule, sentence_of(error))]), 409
    return redirect(_address(project, *made, is_for_others=order.is_for_others))


@asking.post("/preview")
def preview(project_id: int) -> ResponseReturnValue:
    """Show what would run with some optional nodes left out, and what is asked for then; nothing is made."""
    project = find_project(actor(), project_id, "project")
    given = take(template_id="number?", source="text?", task_id="number?", left_out="texts")
    return jsonify(_previewed(project, _origin(given), given["left_out"]))


@asking.post("/plan")
def plan_words(project_id: int) -> ResponseReturnValue:
    """Say in words when a plan fires, and when it does next."""
    project = find_project(actor(), project_id, "project")
    problems: list[Problem] = []
    plan = _plan(project, take(plan="object")["plan"], problems)
    if problems:
        raise InvalidInput.of(problems)
    found = timetable.preview_plan(actor(), project, plan, _TIMES)
    return jsonify(
        {
            "words": cron_in_words(plan),
            "times": [time.isoformat() for time in found.times],
            "time_zone": found.time_zone,
        }
    )


@asking.post("/order")
def order(project_id: int) -> ResponseReturnValue:
    """Make the task or the schedule that somebody ordered; the answer names its page."""
    project = find_project(actor(), project_id, "project")
    given = take(
        template_id="number?", source="text?", task_id="number?", left_out="texts", answers="object", name="text",
        digest="text?", starts="flag", is_for_others="flag?", priority="number?",
        plan="object?",
    )  # fmt: skip
    problems: list[Problem] = []
    plan = _plan(project, given["plan"], problems) if given["plan"] is not None else None
    wanted = Order(
        given["name"], given["answers"], given["left_out"], given["digest"] or "", given["starts"], plan, problems,
        bool(given["is_for_others"]), given["priority"] or 0,
    )  # fmt: skip
    made = order_task(actor(), project, _origin(given), wanted)
    address = _address(project, *made, is_for_others=wanted.is_for_others)
    return jsonify({"made": made[0], "id": made[1], "address": address})


def _origin(given: dict[str, Any]) -> Origin:
    return Origin(given["template_id"], given["source"] or "business", given["task_id"])


def _origin_asked(project: Project) -> Origin | None:
    """Read what the address names: `template=12`, `template=common-12`, or `task=34`, alone or beside a template."""
    task_id = request.args.get("task", type=int)
    found = re.fullmatch(r"(common-)?(\d{1,18})", request.args.get("template", ""))
    if found:
        return Origin(int(found[2]), "common" if found[1] else "business", task_id)
    return origin_of_task(actor(), project, task_id) if task_id is not None else None


def _plan(project: Project, given: dict[str, Any], problems: list[Problem]) -> Plan:
    texts = {name: str(given.get(name) or "") for name in ("form", "expression", "starts_at", "time_zone")}
    if texts["form"] not in _FORMS:
        problems.append(Problem("form", say("form is one of {known}", known=list(_FORMS)), "form"))
    if texts["form"] == "once" and not texts["starts_at"]:
        problems.append(Problem("plan_start_time", say("choose a time that is still to come"), "starts_at"))
    entry = schedule_forms.Entry(
        form=texts["form"], expression=texts["expression"], starts_at=texts["starts_at"], time_zone=texts["time_zone"]
    )
    return schedule_forms.plan_from(entry, project, problems)


def _address(project: Project, kind: str, number: int, *, is_for_others: bool) -> str:
    if kind == "schedule":
        return url_for("schedules.show", project_id=project.id, schedule_id=number)
    if is_for_others:
        return url_for("approvals.index", project_id=project.id)
    return url_for("tasks.show", project_id=project.id, task_id=number)


def _previewed(project: Project, origin: Origin, exclude: Sequence[str]) -> dict[str, Any]:
    found, questions = preview_form(actor(), project, origin, exclude)
    return {
        "tree": task_fields.drawable(found.tree),
        "questions": [task_fields.entry(question) for question in questions],
    }


def _choices(project: Project) -> str:
    search = request.args.get("q", "").strip()
    lists = [
        (source, template_rows(actor(), project, source, keyword=search, limit=_MOST_FLOWS))
        for source in ("business", "common")
    ]
    return render_template("new_task_choose.html", project=project, lists=lists, search=search)


def _page(project: Project, form: TaskForm, filled: task_fields.Filled, problems: Sequence[Problem]) -> str:
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        wrong.setdefault(problem.where, []).append(told(problem.message))
    return render_template(
        "new_task.html", project=project, form=form, filled=filled, wrong=wrong, fields=task_fields,
        question_fields=question_fields, data=_data(project, form),
        suggested=filled.name or suggested_name(form, project, present()), optional=task_fields.optional_nodes(form),
    )  # fmt: skip


def _data(project: Project, form: TaskForm) -> dict[str, Any]:
    """Return what the page's scripts begin with."""
    return {
        "project": {"id": project.id, "name": project.name, "time_zone": project.time_zone}, "csrf": csrf_token(),
        "me": actor().username,
        "base": f"/projects/{project.id}/tasks/new", "origin": phrase(form.origin), "flow": {
            "name": form.flow_name, "description": form.description, "version": form.version, "digest": form.digest,
        },
        "tree": form.tree, "left_out": form.left_out, "schemes": phrase(form.schemes), "hosts": form.hosts,
        "earlier": phrase(form.earlier), "last_task_id": form.last_task_id, "may_start": form.may_start,
        "may_schedule": form.may_schedule, "has_limits": form.has_limits,
        "is_for_others": form.is_for_others, "name": suggested_name(form, project, present()),
        "limits": {"task": LONGEST_NAME, "schedule": LONGEST_SCHEDULE_NAME, "priority": LARGEST_PRIORITY},
        "plugins": in_words(catalogue.plugins(), language()),
        "preview": _previewed(project, form.origin, form.left_out), "words": script_words(language()),
    }  # fmt: skip
