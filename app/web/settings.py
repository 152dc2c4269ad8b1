"""Settings of a project: who belongs to it, who is told of its tasks, its labels and constants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext

from app.auth.sessions import actor, require_csrf, require_login
from app.errors import InvalidInput, NotFound, Refused
from app.services import labels as label_orders
from app.services import members as people
from app.services import project_constants
from app.services import retention as kept_tasks
from app.services.access import Project, find_project, may
from app.services.flow_lists import labels_in_use
from app.services.template_notices import list_flow_notices, set_flow_notices
from app.web.sentences import told_error
from app.web.written import read_written, written

blueprint = Blueprint("settings", __name__, url_prefix="/projects/<int:project_id>/settings")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)

ROLES = {
    "viewer": lazy_gettext("Viewer: sees everything"),
    "operator": lazy_gettext("Operator: runs flows, acts on tasks"),
    "editor": lazy_gettext("Editor: draws flows and schedules too"),
    "manager": lazy_gettext("Manager: members, apps, hosts too"),
}
"""The roles, each with what it adds to those before it."""

EVENTS = {
    "success": lazy_gettext("finished"),
    "fail": lazy_gettext("failed"),
    "pending_processing": lazy_gettext("waits for a person"),
}
"""What can be told of, in words."""


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """Go to the first page of the settings."""
    return redirect(url_for("settings.members", project_id=project_id))


@blueprint.get("/members")
def members(project_id: int) -> ResponseReturnValue:
    """Show who belongs to the project, and as what."""
    project = find_project(actor(), project_id, "project")
    return render_template(
        "settings_members.html", project=project, members=people.list_members(actor(), project), roles=ROLES,
        may_manage=may(actor(), project, "manage"),
    )  # fmt: skip


@blueprint.post("/members")
def set_member(project_id: int) -> ResponseReturnValue:
    """Give a user a role in the project, or take them out of it."""
    project, name = find_project(actor(), project_id, "project"), request.form.get("username", "").strip()
    try:
        if request.form.get("action") == "remove":
            people.remove_member(actor(), project, name)
            flash(gettext("%(name)s is no member any more.", name=name), "success")
        else:
            people.set_member(actor(), project, name, request.form.get("role", ""))
            flash(gettext("%(name)s has the role now.", name=name), "success")
    except NotFound:
        flash(gettext("There is no user “%(name)s”. An administrator makes users under System.", name=name), "danger")
    return _back(project, "members")


@blueprint.get("/notifications")
def notifications(project_id: int) -> ResponseReturnValue:
    """Show who is told of the tasks of each flow."""
    project = find_project(actor(), project_id, "project")
    flows = list_flow_notices(actor(), project)
    return render_template("settings_notices.html", project=project, flows=flows, events=EVENTS)


@blueprint.post("/notifications/<int:template_id>")
def set_notifications(project_id: int, template_id: int) -> ResponseReturnValue:
    """Say who is told of the tasks of one flow, and of what."""
    project = find_project(actor(), project_id, "project")
    receivers = re.split(r"[,;\s]+", request.form.get("receivers", ""))
    set_flow_notices(actor(), project, template_id, request.form.getlist("event"), receivers)
    flash(gettext("Saved: it holds for tasks that are made from now on."), "success")
    return _back(project, "notifications", f"flow-{template_id}")


@blueprint.get("/labels")
def labels(project_id: int) -> ResponseReturnValue:
    """Show the labels of the project's flows."""
    project = find_project(actor(), project_id, "project")
    found = labels_in_use(actor(), project, is_common=False)
    return render_template(
        "settings_labels.html", project=project, labels=found, may_edit=may(actor(), project, "edit")
    )


@blueprint.post("/labels")
def set_label(project_id: int) -> ResponseReturnValue:
    """Call a label otherwise on all flows, or take it off them."""
    project, label = find_project(actor(), project_id, "project"), request.form.get("label", "")
    if request.form.get("action") == "drop":
        count = label_orders.drop_label(actor(), project, label)
        flash(ngettext("Taken off %(num)d flow.", "Taken off %(num)d flows.", count), "success")
    else:
        count = label_orders.rename_label(actor(), project, label, request.form.get("name", ""))
        flash(ngettext("Renamed on %(num)d flow.", "Renamed on %(num)d flows.", count), "success")
    return _back(project, "labels")


@blueprint.get("/constants")
def constants(project_id: int) -> ResponseReturnValue:
    """Show the constants of the project, what uses them, and in whose name its tasks run."""
    return _constants_page(find_project(actor(), project_id, "project"))


@blueprint.post("/constants")
def set_constant(project_id: int) -> ResponseReturnValue:
    """Make a constant, give one a value and a name, or take it away; what is refused stays on the page."""
    project, key = find_project(actor(), project_id, "project"), request.form.get("key", "").strip()
    if request.form.get("action") == "drop":
        project_constants.drop_constant(actor(), project, key)
        flash(gettext("%(key)s is gone.", key=f"${{_env_{key}}}"), "success")
        return _back(project, "constants")
    seen = "" if request.form.get("action") == "add" else request.form.get("seen")
    try:
        value = read_written(request.form.get("value", ""), is_json="json" in request.form)
        project_constants.set_constant(actor(), project, key, value, request.form.get("name", ""), seen=seen)
    except (InvalidInput, Refused) as error:
        return _refused(project, error, typed=request.form)
    flash(gettext("%(key)s is set: tasks that start from now on see it.", key=f"${{_env_{key}}}"), "success")
    return _back(project, "constants")


@blueprint.post("/executor")
def set_executor_proxy(project_id: int) -> ResponseReturnValue:
    """Say in whose name the project's tasks run."""
    project = find_project(actor(), project_id, "project")
    name = request.form.get("executor_proxy", "")
    try:
        project_constants.set_executor_proxy(actor(), project, name)
    except InvalidInput as error:
        return _refused(project, error, executor_proxy=name)
    flash(gettext("Saved: it holds for tasks that start from now on."), "success")
    return _back(project, "constants")


@blueprint.get("/retention")
def retention(project_id: int) -> ResponseReturnValue:
    """Show how long the project's tasks are kept."""
    project = find_project(actor(), project_id, "project")
    return render_template(
        "settings_retention.html", project=project, kept=kept_tasks.retention_of(actor(), project),
        may_manage=may(actor(), project, "manage"),
    )  # fmt: skip


@blueprint.post("/retention")
def set_retention(project_id: int) -> ResponseReturnValue:
    """Say how long the project's tasks are kept."""
    project = find_project(actor(), project_id, "project")
    days, tasks = (_number(request.form.get(name, "").strip()) for name in ("days", "tasks"))
    kept_tasks.set_retention(actor(), project, days=days, tasks=tasks)
    flash(gettext("Saved: tasks that are older go to the archive within the next hours."), "success")
    return _back(project, "retention")


def _constants_page(
    project: Project, *, typed: Mapping[str, str] | None = None, executor_proxy: str | None = None
) -> str:  # fmt: skip
    """Show the page; `typed` is what was sent for a constant, which goes where its key is, else to a new one."""
    found = project_constants.list_constants(actor(), project)
    is_change = typed is not None and typed.get("action") != "add" and typed.get("key") in {c.key for c in found}
    return render_template(
        "settings_constants.html", project=project, constants=[(c, written(c.value)) for c in found],
        may_edit=may(actor(), project, "edit"), may_manage=may(actor(), project, "manage"),
        made=typed if not is_change else None, changed=typed if is_change else None,
        executor_proxy=project.executor_proxy if executor_proxy is None else executor_proxy,
    )  # fmt: skip


def _refused(project: Project, error: InvalidInput | Refused, **sent: Any) -> ResponseReturnValue:
    for line in told_error(error):
        flash(line, "danger")
    return _constants_page(project, **sent), 409 if isinstance(error, Refused) else 400


def _number(text: str) -> int | None:
    """Read a number of a form; what is none becomes one that nobody takes."""
    return (int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else -1) if text else None


def _back(project: Project, page: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(f"settings.{page}", project_id=project.id, _anchor=anchor))
