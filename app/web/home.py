"""The first page of a project: what runs, what waits for the reader, what failed, what fires next."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, require_csrf, require_login
from app.services.access import Project, find_project, may, visible_projects
from app.services.approvals import orders_to_take, waiting_nodes
from app.services.overview import has_flows, own_flows, recent_failures, running_tasks, shown_states
from app.services.reading import present
from app.services.samples import add_samples
from app.services.task_progress import progress_of
from app.services.template_lists import template_rows
from app.services.timetable import upcoming
from app.web.drawing import MARKS

blueprint = Blueprint("home", __name__)
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)

_MOST, _FLOWS, _FIRES = 8, 6, 6


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Go to the first project that the reader may see; who may see none is told so."""
    projects = visible_projects(actor())
    if not projects:
        return render_template("no_project.html")
    return redirect(url_for("home.home", project_id=projects[0].id))


@blueprint.get("/projects/<int:project_id>/")
def home(project_id: int) -> ResponseReturnValue:
    """Show what goes on in a project; for one without flows, how to begin."""
    project = find_project(actor(), project_id, "project")
    if not has_flows(actor(), project):
        return render_template("home_empty.html", project=project, may_edit=may(actor(), project, "edit"))
    own = own_flows(actor(), project, _FLOWS)
    return render_template(
        "home.html", project=project, is_own=bool(own), now=present(), flows=own or template_rows(actor(), project, limit=_FLOWS),
        lanes=upcoming(actor(), project, present() + timedelta(days=7), schedules=_FIRES, fires=1), **_live(project),
    )  # fmt: skip


@blueprint.get("/projects/<int:project_id>/live")
def live(project_id: int) -> ResponseReturnValue:
    """Answer the part of the page that changes by itself."""
    project = find_project(actor(), project_id, "project")
    return render_template("home_live.html", project=project, **_live(project))


@blueprint.post("/projects/<int:project_id>/samples")
def samples(project_id: int) -> ResponseReturnValue:
    """Add the sample flows, and open one that shows the most."""
    project = find_project(actor(), project_id, "project")
    made = add_samples(actor(), project)
    return redirect(url_for("editor_page.edit", project_id=project.id, template_id=made[min(1, len(made) - 1)]))


def _live(project: Project) -> dict[str, object]:
    tasks = running_tasks(actor(), project, _MOST)
    percent = progress_of(tasks)
    return {
        "running": [(task, state, percent.get(task.id, 0)) for task, state in zip(tasks, shown_states(tasks), strict=True)],
        "nodes": waiting_nodes(actor(), project, _MOST), "orders": orders_to_take(actor(), project, _MOST),
        "failures": recent_failures(actor(), project, present() - timedelta(days=1), _MOST), "marks": MARKS,
    }  # fmt: skip
