"""The page that holds the flow editor: a new flow, or one that is there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, csrf_token, require_login
from app.languages import language, script_words
from app.services import catalogue, editing, project_constants
from app.services.access import Project, find_project, may
from app.services.editing import Opened
from app.web.editor_words import in_words
from app.web.json_edge import phrase
from app.web.written import written

blueprint = Blueprint("editor_page", __name__, url_prefix="/projects/<int:project_id>/flows")
blueprint.before_request(require_login)

_SHOWN = 300
"""How much of a constant's value the editor shows."""


@blueprint.get("/new")
def new(project_id: int) -> ResponseReturnValue:
    """Show the editor with a new flow."""
    project = find_project(actor(), project_id, "project")
    return _page(project, editing.open_new(actor(), project))


@blueprint.get("/<int:template_id>/edit")
def edit(project_id: int, template_id: int) -> ResponseReturnValue:
    """Show the editor with a flow; who may not edit looks at it."""
    project = find_project(actor(), project_id, "project")
    return _page(project, editing.open_flow(actor(), project, template_id))


def _page(project: Project, opened: Opened) -> ResponseReturnValue:
    locale = language()
    data: dict[str, Any] = {
        "project": {"id": project.id, "name": project.name}, **phrase(opened),
        "may_edit": may(actor(), project, "edit"), "may_run": may(actor(), project, "operate"),
        "may_audit": may(actor(), project, "manage"), "csrf": csrf_token(),
        "me": actor().username, "base": f"/projects/{project.id}/editor", "rules": in_words(catalogue.rules(), locale),
        "plugins": in_words(catalogue.plugins(), locale),
        "project_constants": _constants(project), "constants_url": url_for("settings.constants", project_id=project.id),
        "variable_types": in_words(catalogue.variable_types(), locale), "words": script_words(locale),
    }  # fmt: skip
    return render_template("editor.html", project=project, data=data)


def _constants(project: Project) -> list[dict[str, str]]:
    found = project_constants.known_constants(actor(), project)
    return [{"name": f"_env_{key}", "label": name, "value": written(value)[:_SHOWN]} for key, name, value in found]
