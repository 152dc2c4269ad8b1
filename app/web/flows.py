"""Flows: the list, and one flow with the form that runs it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, require_csrf, require_login
from app.engine.core.values import Json
from app.services.access import find_project, may
from app.services.tasks import Wish, create_task, start_task
from app.services.template_lists import rows_with_drafts
from app.services.templates import read_template
from app.web.drawing import draw

blueprint = Blueprint("flows", __name__, url_prefix="/projects/<int:project_id>/flows")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List a project's flows."""
    project = find_project(actor(), project_id, "project")
    may_edit = may(actor(), project, "edit")
    return render_template(
        "flows.html", project=project, templates=rows_with_drafts(actor(), project), may_edit=may_edit
    )


@blueprint.get("/<int:template_id>/")
def show(project_id: int, template_id: int) -> ResponseReturnValue:
    """Show a flow and the form that runs it."""
    project = find_project(actor(), project_id, "project")
    template, tree = read_template(actor(), project, template_id)
    return render_template(
        "flow.html", project=project, template=template, picture=draw(tree, {}), fields=_fields(tree),
        optional=[n for n in tree["activities"].values() if n.get("optional")], may_run=may(actor(), project, "operate"),
        may_edit=may(actor(), project, "edit"),
    )  # fmt: skip


@blueprint.post("/<int:template_id>/run")
def run(project_id: int, template_id: int) -> ResponseReturnValue:
    """Make a task of a flow and start it."""
    project = find_project(actor(), project_id, "project")
    given = _given(read_template(actor(), project, template_id)[1])
    left_out = [node_id for node_id in request.form.getlist("optional") if f"with:{node_id}" not in request.form]
    made = create_task(actor(), project, template_id, Wish(request.form.get("name", ""), given, left_out))
    start_task(actor(), project, made.task_id)
    return redirect(url_for("tasks.show", project_id=project.id, task_id=made.task_id))


def _given(tree: Mapping[str, Any]) -> dict[str, Json]:
    """Return the values of the form: what was no text stays none, and a password that is left empty stays as it is."""
    given: dict[str, Json] = {}
    for constant in _fields(tree):
        key, text = constant["key"], request.form.get(constant["key"])
        if text is None or (constant.get("custom_type") == "password" and not text):
            continue
        given[key] = text
        if not isinstance(constant.get("value"), str):
            with contextlib.suppress(ValueError):
                given[key] = json.loads(text)
    return given


def _fields(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the shown variables in their order."""
    shown = [c for c in tree["constants"].values() if c.get("show_type") == "show"]
    return sorted(shown, key=lambda c: c.get("index", 0))
