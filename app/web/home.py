"""The first page: what runs, what waits for a person, what failed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, require_login
from app.errors import NotFound
from app.services.access import find_project, visible_projects
from app.services.overview import overview
from app.services.template_lists import template_rows

blueprint = Blueprint("home", __name__)
blueprint.before_request(require_login)

_FLOWS = 6


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Go to the first project that the reader may see."""
    projects = visible_projects(actor())
    if not projects:
        raise NotFound("project", "that you may see")
    return redirect(url_for("home.home", project_id=projects[0].id))


@blueprint.get("/projects/<int:project_id>/")
def home(project_id: int) -> ResponseReturnValue:
    """Show what goes on in a project."""
    project = find_project(actor(), project_id, "project")
    view = overview(actor(), project)
    templates = template_rows(actor(), project, limit=_FLOWS)
    return render_template("home.html", project=project, view=view, templates=templates)


@blueprint.app_context_processor
def _navigation() -> dict[str, object]:
    """What every page shows: the projects to switch between."""
    return {"visible_projects": lambda: visible_projects(actor())}
