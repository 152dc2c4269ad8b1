"""Flows: the list, where one is used, and one flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_csrf, require_login
from app.errors import SluiceError
from app.services.access import Project, find_project, may
from app.services.favourites import add_favourite, remove_favourite
from app.services.flow_lists import FlowFilter, categories_in_use, facts_of, labels_in_use, page_of_flows
from app.services.saved_filters import delete_filter, save_filter, saved_filters
from app.services.template_bulk import FileFormat, Outcome, change_templates, export_templates, names_of_templates
from app.services.template_uses import template_seen, uses_of
from app.services.templates import read_template, version_of
from app.services.version_taking import take_current_version
from app.web.categories import CATEGORIES
from app.web.drawing import MARKS, draw
from app.web.errors import own_page
from app.web.listing import answer, hue, is_same_query, link, place_asked, query_kept
from app.web.sentences import told, told_error

blueprint = Blueprint("flows", __name__, url_prefix="/projects/<int:project_id>/flows")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)
blueprint.add_app_template_filter(hue, "hue")

_FILES = {"yaml": "application/yaml", "dat": "application/octet-stream"}


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List a project's flows, favourites first."""
    project = find_project(actor(), project_id, "project")
    return answer("flows.html", "flow_rows.html", _view(project, is_common=False))


@blueprint.get("/common/")
def common(project_id: int) -> ResponseReturnValue:
    """List the flows that every project may use."""
    project = find_project(actor(), project_id, "project")
    return answer("flows.html", "flow_rows.html", _view(project, is_common=True))


@blueprint.post("/<int:template_id>/favourite")
def favourite(project_id: int, template_id: int) -> ResponseReturnValue:
    """Let a flow stand first in the lists of whoever asks, or among the others again."""
    project = find_project(actor(), project_id, "project")
    is_wanted = request.form.get("favourite") == "1"
    (add_favourite if is_wanted else remove_favourite)(actor(), project, template_id)
    if "HX-Request" in request.headers:
        return render_template("flow_star.html", project=project, id=template_id, is_favourite=is_wanted)
    return redirect(own_page(request.referrer))


@blueprint.post("/bulk")
def bulk(project_id: int) -> ResponseReturnValue:
    """Label, star, delete or export the chosen flows, and tell what became of each; what cannot be undone is asked for."""
    project = find_project(actor(), project_id, "project")
    chosen, action = request.form.getlist("flow", type=int), request.form.get("action", "")
    if chosen and action in _FILES:
        return _file(project, chosen, cast(FileFormat, action))
    if chosen and action == "delete" and "sure" not in request.form:
        names = names_of_templates(actor(), project, chosen)
        return render_template("flow_bulk.html", project=project, names=names, query=link())
    made = change_templates(actor(), project, chosen, action, request.form.get("label", "")) if chosen else []
    outcomes = [replace(outcome, reason=told(outcome.reason)) for outcome in made]
    return answer("flows.html", "flow_rows.html", _view(project, is_common=False, outcomes=outcomes))


@blueprint.get("/<int:template_id>/uses")
def uses(project_id: int, template_id: int) -> ResponseReturnValue:
    """Show where a flow is used, and which versions are held there."""
    project = find_project(actor(), project_id, "project")
    return _uses_page(project, template_id)


@blueprint.post("/<int:template_id>/uses")
def take_version(project_id: int, template_id: int) -> ResponseReturnValue:
    """Let the chosen flows take the current version of this one, and tell what became of each."""
    project = find_project(actor(), project_id, "project")
    template, chosen = template_seen(actor(), project, template_id), request.form.getlist("flow", type=int)
    made = take_current_version(actor(), project, template, chosen) if chosen else []
    return _uses_page(project, template_id, [replace(outcome, reason=told(outcome.reason)) for outcome in made])


def _uses_page(project: Project, template_id: int, outcomes: Sequence[Outcome] | None = None) -> str:
    template = template_seen(actor(), project, template_id)
    return render_template(
        "flow_uses.html", project=project, template=template, uses=uses_of(actor(), project, template),
        may_edit=may(actor(), project, "edit"), outcomes=outcomes,
    )  # fmt: skip


@blueprint.post("/filters")
def keep_filter(project_id: int) -> ResponseReturnValue:
    """Save the filter of the list under a name, for whoever asks."""
    project = find_project(actor(), project_id, "project")
    save_filter(actor(), project, "flows", request.form.get("name", ""), query_kept())
    return redirect(url_for("flows.index", project_id=project_id) + link())


@blueprint.post("/filters/<int:filter_id>/delete")
def drop_filter(project_id: int, filter_id: int) -> ResponseReturnValue:
    """Delete a saved filter."""
    project = find_project(actor(), project_id, "project")
    delete_filter(actor(), project, filter_id)
    return redirect(url_for("flows.index", project_id=project_id))


@blueprint.get("/<int:template_id>/")
def show(project_id: int, template_id: int) -> ResponseReturnValue:
    """Show a flow."""
    project = find_project(actor(), project_id, "project")
    template, tree = read_template(actor(), project, template_id)
    facts = facts_of(actor(), project, [template_id])
    return render_template(
        "flow.html", project=project, template=template, picture=draw(tree, {}), marks=MARKS, categories=CATEGORIES,
        version=version_of(template).number, labels=facts.labels.get(template_id, []), last=facts.last.get(template_id, []),
        may_run=may(actor(), project, "operate"), may_edit=may(actor(), project, "edit"),
    )  # fmt: skip


def _file(project: Project, chosen: Sequence[int], form: FileFormat) -> ResponseReturnValue:
    try:
        text = export_templates(actor(), project, chosen, form)
    except SluiceError as error:
        outcomes = [Outcome(0, reason) for reason in told_error(error)]
        return answer("flows.html", "flow_rows.html", _view(project, is_common=False, outcomes=outcomes), 400)
    return send_file(BytesIO(text.encode()), _FILES[form], as_attachment=True, download_name=f"flows.{form}")


def _view(project: Project, *, is_common: bool, outcomes: Sequence[Outcome] | None = None) -> dict[str, Any]:
    """Return what the list shows, and only for a whole page what its form offers to choose from."""
    args = request.args
    wanted = FlowFilter(
        is_common, args.get("q", "").strip()[:100], tuple(args.getlist("label")[:10]), args.get("category", ""),
        args.get("owner", "").strip(), args.get("kind", ""), args.get("starred") == "1",
    )  # fmt: skip
    page = page_of_flows(actor(), project, wanted, place_asked())
    return {
        "project": project, "page": page, "rows": page.rows, "wanted": wanted, "is_empty": wanted == FlowFilter(is_common=is_common),
        "facts": facts_of(actor(), project, [row.id for row in page.rows]), "marks": MARKS, "categories": CATEGORIES,
        "labels": labels_in_use(actor(), project, is_common=is_common), "is_common": is_common, "tabs": _tabs(project),
        "used_categories": categories_in_use(actor(), project, is_common=is_common), "query": link(),
        "may_edit": may(actor(), project, "edit"), "may_run": may(actor(), project, "operate"), "outcomes": outcomes,
    }  # fmt: skip


def _tabs(project: Project) -> list[tuple[str, str, int, bool]]:
    """Return the tabs as (title, query, id of the saved filter or 0, whether it is the one that is open)."""
    fixed = [
        (gettext("All"), "", 0), (gettext("Favourites"), "starred=1", 0), (gettext("Drafts"), "kind=draft", 0),
        (gettext("Mine"), f"owner={actor().username}", 0),
    ]  # fmt: skip
    saved = [(row.name, row.query, row.id) for row in saved_filters(actor(), project, "flows")]
    return [(title, query, id_, is_same_query(query, query_kept())) for title, query, id_ in (*fixed, *saved)]
