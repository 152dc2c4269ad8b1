"""Settings of access: API apps of a project, what users may do with single flows, and the reader's own tokens.

A secret is shown once, in the answer to the form that made it; nothing keeps that answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_csrf, require_login
from app.errors import InvalidInput, NotFound, Problem
from app.services import grants as grant_orders
from app.services import tokens as token_orders
from app.services.access import Project, find_project
from app.services.apps import create_project_app, disable_project_app, list_project_apps, renew_project_secret
from app.services.reading import present
from app.web.sentences import told

blueprint = Blueprint("settings_access", __name__, url_prefix="/projects/<int:project_id>/settings")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)


@blueprint.get("/apps")
def apps(project_id: int) -> ResponseReturnValue:
    """Show the project's apps, and what users may do through apps beyond their roles."""
    return _apps(find_project(actor(), project_id, "project"), {})


@blueprint.post("/apps")
def create_app(project_id: int) -> ResponseReturnValue:
    """Make an app, and show its credentials once."""
    project = find_project(actor(), project_id, "project")
    form = request.form
    new = create_project_app(
        actor(), project, form.get("code", "").strip(), is_trusted=form.get("trusted") == "1", lasts=_lasts()
    )
    return _apps(project, {
        gettext("App code (bk_app_code)"): new.code, gettext("Secret (bk_app_secret)"): new.secret,
        gettext("Access key"): new.access_key, gettext("Secret key"): new.secret_key,
    })  # fmt: skip


@blueprint.post("/apps/<code>")
def change_app(project_id: int, code: str) -> ResponseReturnValue:
    """Disable an app, or give it another secret, shown once."""
    project = find_project(actor(), project_id, "project")
    if request.form.get("action") == "renew":
        secret = renew_project_secret(actor(), project, code)
        return _apps(project, {gettext("App code (bk_app_code)"): code, gettext("Secret (bk_app_secret)"): secret})
    disable_project_app(actor(), project, code)
    flash(gettext("The calls of %(code)s are refused from now on.", code=code), "success")
    return redirect(url_for("settings_access.apps", project_id=project.id))


@blueprint.post("/grants")
def grant(project_id: int) -> ResponseReturnValue:
    """Let a user do one thing with one flow or task, or take that back."""
    project = find_project(actor(), project_id, "project")
    order = grant_orders.revoke_grant if request.form.get("action") == "revoke" else grant_orders.grant
    name, permission, kind = (request.form.get(key, "").strip() for key in ("username", "permission", "kind"))
    try:
        order(actor(), project, name, permission, kind, request.form.get("object_id", 0, type=int))
        flash(gettext("Done."), "success")
    except NotFound as error:
        flash(gettext("There is no %(kind)s %(key)s.", kind=told(error.kind), key=error.key), "danger")
    return redirect(url_for("settings_access.apps", project_id=project.id, _anchor="grants"))


@blueprint.get("/tokens")
def tokens(project_id: int) -> ResponseReturnValue:
    """Show the reader's own tokens."""
    return _tokens(find_project(actor(), project_id, "project"), {})


@blueprint.post("/tokens")
def create_token(project_id: int) -> ResponseReturnValue:
    """Make a token of the reader's, and show it once."""
    project = find_project(actor(), project_id, "project")
    made = token_orders.create_own_token(actor(), request.form.get("name", "").strip(), lasts=_lasts())
    return _tokens(project, {gettext("Token (access_token)"): made})


@blueprint.post("/tokens/<int:token_id>/revoke")
def revoke_token(project_id: int, token_id: int) -> ResponseReturnValue:
    """End a token."""
    token_orders.revoke_own_token(actor(), token_id)
    flash(gettext("The token has ended."), "success")
    return redirect(url_for("settings_access.tokens", project_id=project_id))


def _apps(project: Project, told: Mapping[str, str]) -> ResponseReturnValue:
    return _unkept(render_template(
        "settings_apps.html", project=project, apps=list_project_apps(actor(), project), told=told, now=present(),
        grants=grant_orders.list_grants(actor(), project), permissions=grant_orders.PERMISSIONS, kinds=grant_orders.KINDS,
    ))  # fmt: skip


def _tokens(project: Project, told: Mapping[str, str]) -> ResponseReturnValue:
    found = token_orders.list_own_tokens(actor())
    return _unkept(render_template("settings_tokens.html", project=project, tokens=found, told=told, now=present()))


def _unkept(page: str) -> ResponseReturnValue:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lasts() -> timedelta | None:
    """Return how long something is to hold; for ever where nothing is said."""
    text = request.form.get("days", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= 36_500):
        raise InvalidInput(Problem("days", gettext("A number of days from 1 to 36,500 is wanted, or nothing."), "days"))
    return timedelta(days=int(text))
