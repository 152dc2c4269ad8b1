"""The system, for administrators: its parts, the work that waits, its users; and the plugins, for everybody."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.auth.limits import forget_failures
from app.auth.sessions import actor, require_csrf, require_login
from app.languages import language
from app.services import storage as room_taken
from app.services.access import Actor
from app.services.health import health, queue_report
from app.services.identities import set_email
from app.services.plugin_docs import plugin_pages
from app.services.reading import present
from app.services.users import add_user, lock_user, page_of_users, require_admin, reset_password, unlock_user
from app.services.work import work
from app.web.editor_words import in_words, plugin_word
from app.web.listing import link, place_asked

blueprint = Blueprint("system", __name__, url_prefix="/system")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)

WAITS = {
    "ready": lazy_gettext("ready for a worker"),
    "running": lazy_gettext("being worked on"),
    "timer": lazy_gettext("until a time"),
    "callback": lazy_gettext("for a callback"),
    "person": lazy_gettext("for a person"),
    "child": lazy_gettext("for a subprocess"),
    "joining": lazy_gettext("for other branches"),
    "failed": lazy_gettext("failed, for a decision"),
    "paused": lazy_gettext("paused"),
    "limit": lazy_gettext("until fewer run at once"),
}
"""Why places of tasks stand still, in words."""

PARTS = {
    "database": lazy_gettext("Database"),
    "queue": lazy_gettext("Queue"),
    "workers": lazy_gettext("Workers"),
    "scheduler": lazy_gettext("Scheduler"),
}
"""The parts of an installation, in words."""

_ORDERS = {"lock": lock_user, "unlock": unlock_user}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the parts of the installation and the work that waits."""
    require_admin(actor())
    return render_template(
        "system.html", parts=health(), report=queue_report(actor()), work=work(actor()), waits=WAITS, part_words=PARTS,
        now=present(),
    )  # fmt: skip


@blueprint.get("/storage")
def storage() -> ResponseReturnValue:
    """Show how much room the database and the archive take."""
    return render_template("system_storage.html", storage=room_taken.storage(actor()))


@blueprint.get("/users")
def users() -> ResponseReturnValue:
    """List the users."""
    return _users({})


@blueprint.post("/users")
def create_user() -> ResponseReturnValue:
    """Make a user, and show the password once."""
    name = request.form.get("username", "").strip()
    password = add_user(actor(), name, is_admin=request.form.get("admin") == "1")
    return _users({gettext("User name"): name, gettext("Password"): password})


@blueprint.post("/users/<username>")
def change_user(username: str) -> ResponseReturnValue:
    """Lock a user, let them in again, or give them another password, shown once."""
    action = request.form.get("action", "")
    if action == "password":
        password = reset_password(actor(), username)
        forget_failures(username)
        return _users({gettext("User name"): username, gettext("Password"): password})
    if action == "email":
        set_email(actor(), username, request.form.get("email", ""))
        flash(gettext("Done."), "success")
    order = _ORDERS.get(action)
    if order is not None:
        order(actor(), username)
        forget_failures(username)
        flash(gettext("Done."), "success")
    return redirect(url_for("system.users"))


@blueprint.get("/plugins")
def plugins() -> ResponseReturnValue:
    """Show what nodes can call, for everybody."""
    pages = [
        replace(page, plugin=in_words(page.plugin, language()), notes=[plugin_word(note) for note in page.notes])
        for page in plugin_pages()
    ]
    return render_template("system_plugins.html", pages=pages, is_admin=_is_admin(actor()))


def _users(told: dict[str, str]) -> ResponseReturnValue:
    search = request.args.get("q", "").strip()[:64]
    page = page_of_users(actor(), search, place_asked())
    response = make_response(render_template("system_users.html", page=page, search=search, told=told, link=link))
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_admin(who: Actor) -> bool:
    return who.is_admin and not who.app_code
