"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import is_logged_in, log_in, log_out, require_csrf
from app.errors import NotAllowed

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
            text = "Name or password is wrong." if not error.thing else str(error)
            flash(text, "danger")
    return render_template("login.html"), 200


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session."""
    log_out()
    return redirect(url_for("session.login"))


def _own_path(path: str) -> str:
    """Return where to go after the login: a page of ours, never another host."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours else url_for("home.index")
