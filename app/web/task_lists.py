"""The list of tasks: filtered, gone through by pages, with orders for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_csrf, require_login
from app.services.access import Project, find_project, may
from app.services.flow_lists import flow_names
from app.services.overview import shown_states
from app.services.reading import present
from app.services.saved_filters import delete_filter, save_filter, saved_filters
from app.services.task_bulk import Outcome, names_of_tasks, operate_tasks
from app.services.task_lists import page_of_tasks
from app.services.task_progress import progress_of
from app.services.task_states import SHOWN_STATES
from app.web.drawing import MARKS
from app.web.listing import answer, is_partial, is_same_query, link, place_asked, query_kept
from app.web.sentences import told
from app.web.spans import SPANS, lasted
from app.web.task_filters import METHODS, NEEDS_PERSON, entry_asked, filter_of

blueprint = Blueprint("task_lists", __name__, url_prefix="/projects/<int:project_id>/tasks")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)

_MUST_BE_SURE = ("revoke", "delete")


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List a project's tasks, newest first."""
    project = find_project(actor(), project_id, "project")
    return answer("tasks.html", "task_rows.html", _view(project))


@blueprint.post("/bulk")
def bulk(project_id: int) -> ResponseReturnValue:
    """Pause, resume, revoke or delete the chosen tasks, and tell what became of each; what cannot be undone is asked for."""
    project = find_project(actor(), project_id, "project")
    chosen, action = request.form.getlist("task", type=int), request.form.get("action", "")
    if chosen and action in _MUST_BE_SURE and "sure" not in request.form:
        names = names_of_tasks(actor(), project, chosen)
        asked = {"project": project, "names": names, "action": action, "query": link()}
        return answer("task_bulk.html", "task_bulk_part.html", asked)
    outcomes = operate_tasks(actor(), project, chosen, action) if chosen else []
    outcomes = [replace(outcome, reason=told(outcome.reason)) for outcome in outcomes]
    return answer("tasks.html", "task_rows.html", _view(project, outcomes, action))


@blueprint.post("/filters")
def keep_filter(project_id: int) -> ResponseReturnValue:
    """Save the filter of the list under a name, for whoever asks."""
    project = find_project(actor(), project_id, "project")
    save_filter(actor(), project, "tasks", request.form.get("name", ""), query_kept())
    return redirect(url_for("task_lists.index", project_id=project_id) + link())


@blueprint.post("/filters/<int:filter_id>/delete")
def drop_filter(project_id: int, filter_id: int) -> ResponseReturnValue:
    """Delete a saved filter."""
    project = find_project(actor(), project_id, "project")
    delete_filter(actor(), project, filter_id)
    flash(gettext("The saved filter is gone."), "success")
    return redirect(url_for("task_lists.index", project_id=project_id))


def _view(project: Project, outcomes: Sequence[Outcome] | None = None, action: str = "") -> dict[str, Any]:
    """Return what the list shows, and only for a whole page what its form offers to choose from."""
    now, wrong, entry = present(), list[str](), entry_asked(request.args)
    page = page_of_tasks(actor(), project, filter_of(entry, project, now, wrong), place_asked())
    states, percent = shown_states(page.rows), progress_of(page.rows)
    rows = [
        (task, state, percent.get(task.id), lasted(task.started_at, task.finished_at or now))
        for task, state in zip(page.rows, states, strict=True)
    ]
    return {
        "project": project, "rows": rows, "page": page, "entry": entry, "wrong": wrong, "marks": MARKS, "methods": METHODS,
        "states": SHOWN_STATES, "spans": SPANS, "outcomes": outcomes, "action": action, "tabs": _tabs(project),
        "may_operate": may(actor(), project, "operate"), "flows": [] if is_partial() else flow_names(actor(), project),
        "goes_on": any(state not in ("finished", "revoked", "not_started") for state in states), "query": link(),
    }  # fmt: skip


def _tabs(project: Project) -> list[tuple[str, str, int, bool]]:
    """Return the tabs as (title, query, id of the saved filter or 0, whether it is the one that is open)."""
    needy = "&".join(f"state={state}" for state in NEEDS_PERSON)
    fixed = [
        (gettext("All"), "", 0), (gettext("Running"), "state=running", 0), (gettext("Need a person"), needy, 0),
        (gettext("Mine"), f"creator={actor().username}", 0),
    ]  # fmt: skip
    saved = [(row.name, row.query, row.id) for row in saved_filters(actor(), project, "tasks")]
    return [(title, query, id_, is_same_query(query, query_kept())) for title, query, id_ in (*fixed, *saved)]
