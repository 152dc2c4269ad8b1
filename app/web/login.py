"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth import oidc
from app.auth.sessions import is_logged_in, log_in, log_out, require_csrf
from app.errors import NotAllowed, Unavailable

blueprint = Blueprint("session", __name__)
blueprint.before_request(require_csrf)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Ask for name and password."""
    if is_logged_in():
        return redirect(url_for("home.index"))
    if request.method == "POST":
        chosen = session.get("language")
        try:
            log_in(request.form.get("username", ""), request.form.get("password", ""))
            _keep_language(chosen)
            return redirect(_own_path(request.args.get("next", "")))
        except NotAllowed as error:
            text = gettext("Name or password is wrong.") if not error.thing else str(error)
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
    chosen, path = session.get("language"), session.get("next", "")
    try:
        oidc.finish()
    except (NotAllowed, Unavailable) as error:
        return _not_in(error)
    _keep_language(chosen)
    return redirect(_own_path(path))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session."""
    chosen = session.get("language")
    log_out()
    _keep_language(chosen)
    return redirect(url_for("session.login"))


def _not_in(error: NotAllowed | Unavailable) -> ResponseReturnValue:
    flash(gettext("You are not logged in: %(reason)s.", reason=error), "danger")
    return redirect(url_for("session.login"))


def _keep_language(chosen: str | None) -> None:
    """Carry the language over into the session that began anew."""
    if chosen:
        session["language"] = chosen


def _own_path(path: str) -> str:
    """Return where to go after the login: a page of ours, never another host."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours else url_for("home.index")
