"""Hosts of a project, and the credentials by which they are reached. Secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_csrf, require_login
from app.errors import InvalidInput, Problem
from app.services import credentials, hosts
from app.services.access import Project, find_project, may, require
from app.services.credentials import CredentialEntry
from app.services.hosts import HostEntry
from app.web.listing import answer, link, place_asked
from app.web.sentences import told

blueprint = Blueprint("hosts", __name__, url_prefix="/projects/<int:project_id>/hosts")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List a project's hosts."""
    project = find_project(actor(), project_id, "project")
    search = request.args.get("q", "").strip()[:100]
    page = hosts.page_of_hosts(actor(), project, search, place_asked())
    view = {"project": project, "page": page, "search": search, "may_manage": may(actor(), project, "manage")}
    return answer("hosts.html", "host_rows.html", view)


@blueprint.get("/new")
def new(project_id: int) -> ResponseReturnValue:
    """Show the form that adds a host."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "manage")
    return _host_form(project, HostEntry("", credential_id=request.args.get("credential", type=int)), None, [])


@blueprint.post("/new")
def create(project_id: int) -> ResponseReturnValue:
    """Add a host."""
    project = find_project(actor(), project_id, "project")
    entry = _host_sent(None)
    return _saved(
        project,
        lambda: hosts.create_host(actor(), project, entry),
        lambda wrong: _host_form(project, entry, None, wrong),
    )


@blueprint.get("/<int:host_id>/")
def edit(project_id: int, host_id: int) -> ResponseReturnValue:
    """Show a host, with the form that changes it."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "manage")
    host = hosts.read_host(actor(), project, host_id)
    entry = HostEntry(host.address, host.port, host.user, host.host_key, host.credential_id)
    return _host_form(project, entry, host, [])


@blueprint.post("/<int:host_id>/")
def change(project_id: int, host_id: int) -> ResponseReturnValue:
    """Change a host, or take it out of the inventory."""
    project = find_project(actor(), project_id, "project")
    if request.form.get("action") == "delete":
        address = hosts.delete_host(actor(), project, host_id)
        flash(gettext("%(address)s is gone from the inventory.", address=address), "success")
        return redirect(url_for("hosts.index", project_id=project.id))
    host, entry = hosts.read_host(actor(), project, host_id), _host_sent(host_id)
    return _saved(
        project, lambda: hosts.change_host(actor(), project, host_id, entry),
        lambda wrong: _host_form(project, entry, host, wrong),
    )  # fmt: skip


@blueprint.get("/credentials/")
def credential_list(project_id: int) -> ResponseReturnValue:
    """List a project's credentials."""
    project = find_project(actor(), project_id, "project")
    page = credentials.page_of_credentials(actor(), project, place_asked())
    may_manage = may(actor(), project, "manage")
    return render_template("credentials.html", project=project, page=page, may_manage=may_manage, link=link)


@blueprint.get("/credentials/new")
def new_credential(project_id: int) -> ResponseReturnValue:
    """Show the form that adds a credential."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "manage")
    return _credential_form(project, CredentialEntry(""), None, [])


@blueprint.post("/credentials/new")
def create_credential(project_id: int) -> ResponseReturnValue:
    """Add a credential."""
    project, entry = find_project(actor(), project_id, "project"), _credential_sent(None)
    return _saved(
        project, lambda: credentials.create_credential(actor(), project, entry),
        lambda wrong: _credential_form(project, entry, None, wrong), "hosts.credential_list",
    )  # fmt: skip


@blueprint.get("/credentials/<int:credential_id>/")
def edit_credential(project_id: int, credential_id: int) -> ResponseReturnValue:
    """Show a credential, with the form that changes it."""
    project = find_project(actor(), project_id, "project")
    require(actor(), project, "manage")
    known = credentials.read_credential(actor(), project, credential_id)
    return _credential_form(project, CredentialEntry(known.name, known.user), known, [])


@blueprint.post("/credentials/<int:credential_id>/")
def change_credential(project_id: int, credential_id: int) -> ResponseReturnValue:
    """Change a credential, or delete one that no host names."""
    project = find_project(actor(), project_id, "project")
    if request.form.get("action") == "delete":
        name = credentials.delete_credential(actor(), project, credential_id)
        flash(gettext("The credential %(name)s is gone.", name=name), "success")
        return redirect(url_for("hosts.credential_list", project_id=project.id))
    known, entry = credentials.read_credential(actor(), project, credential_id), _credential_sent(credential_id)
    return _saved(
        project, lambda: credentials.change_credential(actor(), project, credential_id, entry),
        lambda wrong: _credential_form(project, entry, known, wrong), "hosts.credential_list",
    )  # fmt: skip


def _saved(
    project: Project, save: Callable[[], object], form: Callable[[list[Problem]], str], page: str = "hosts.index"
) -> ResponseReturnValue:
    """Save what was entered and go to the list, or show the form again with all that is wrong."""
    try:
        save()
    except InvalidInput as error:
        return form(list(error.problems)), 400
    flash(gettext("Saved."), "success")
    return redirect(url_for(page, project_id=project.id))


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _secret(name: str, own_id: int | None) -> str | None:
    """Return a secret of the form: an empty one of something that is there stays as it is, unless it is to be taken away."""
    # A password may begin with a space; a key's line ends are those of the form.
    text = request.form.get(name, "").replace("\r\n", "\n")
    if not text and own_id is not None:
        return "" if f"drop_{name}" in request.form else None
    return text.strip() + "\n" if name == "private_key" and text.strip() else text


def _host_sent(own_id: int | None) -> HostEntry:
    port, credential = _text("port"), _text("credential")
    return HostEntry(
        _text("address"), int(port) if port.isdecimal() and len(port) < 6 else None, _text("user"), _text("host_key"),
        int(credential) if credential.isdecimal() and len(credential) < 19 else None, _secret("password", own_id),
        _secret("private_key", own_id),
    )  # fmt: skip


def _credential_sent(own_id: int | None) -> CredentialEntry:
    return CredentialEntry(
        _text("name"), _text("user"), _secret("password", own_id), _secret("private_key", own_id)
    )  # fmt: skip


def _host_form(project: Project, entry: HostEntry, host: hosts.KnownHost | None, problems: list[Problem]) -> str:
    names = credentials.credential_names(actor(), project)
    return _form(
        "host_form.html", project, replace(entry, password=None, private_key=None), host, problems, names=names
    )


def _credential_form(
    project: Project, entry: CredentialEntry, known: credentials.KnownCredential | None, problems: list[Problem]
) -> str:
    return _form("credential_form.html", project, replace(entry, password=None, private_key=None), known, problems)


def _form(template: str, project: Project, entry: Any, known: Any, problems: list[Problem], **more: object) -> str:
    """Show a form; the secrets that were typed are not sent back."""
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        wrong.setdefault(problem.where, []).append(told(problem.message))
    return render_template(template, project=project, entry=asdict(entry), known=known, wrong=wrong, **more)
