"""Logging in and out."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth import oidc
from app.auth.sessions import actor, csrf_token, is_logged_in, log_in, log_out, require_csrf
from app.errors import NotAllowed, Unavailable
from app.web.sentences import told_error

_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f]*")
"""Browsers take \\ for /, and leave line breaks and tabs out, wherever they stand."""

blueprint = Blueprint("session", __name__)
blueprint.before_request(require_csrf)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Ask for name and password."""
    if is_logged_in():
        return redirect(url_for("home.index"))
    if request.method == "POST":
        try:
            log_in(request.form.get("username", ""), request.form.get("password", ""))
            return redirect(_own_path(request.args.get("next", "")))
        except NotAllowed as error:
            text = gettext("Name or password is wrong.") if not error.thing else told_error(error)[0]
            flash(text, "danger")
    return render_template("login.html", provider=oidc.provider_name()), 200


@blueprint.get("/login/oidc")
def begin_oidc() -> ResponseReturnValue:
    """Send the browser to the OpenID Connect provider."""
    if not oidc.provider_name():
        abort(404)
    session["next"] = _own_path(request.args.get("next", ""))
    try:
        return oidc.begin(url_for("session.finish_oidc"))
    except Unavailable as error:
        return _not_in(error)


@blueprint.get("/login/oidc/back")
def finish_oidc() -> ResponseReturnValue:
    """Take in whom the provider has sent back."""
    if not oidc.provider_name():
        abort(404)
    path = session.get("next", "")
    try:
        oidc.finish()
    except (NotAllowed, Unavailable) as error:
        return _not_in(error)
    return redirect(_own_path(path))


@blueprint.get("/session/token")
def token() -> ResponseReturnValue:
    """Tell a page that outlived its session the token of the one after it, if that is the session of the same user."""
    if not is_logged_in() or request.args.get("user") != actor().username:
        return jsonify({"error": gettext("Your session has ended: log in again in another tab, then go on here.")}), 401
    response = jsonify({"csrf": csrf_token()})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session."""
    log_out()
    return redirect(url_for("session.login"))


def _not_in(error: NotAllowed | Unavailable) -> ResponseReturnValue:
    flash(gettext("You are not logged in: %(reason)s.", reason=told_error(error)[0]), "danger")
    return redirect(url_for("session.login"))


def _own_path(path: str) -> str:
    """Return where to go after the login: a page of ours, never another host."""
    return path if _OWN_PATH.fullmatch(path) else url_for("home.index")
