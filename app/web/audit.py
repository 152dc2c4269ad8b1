"""The audit of a project: who changed what, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_login
from app.services.access import Project, find_project
from app.services.audit import AuditFilter, names_of, page_of_journal
from app.services.reading import present
from app.web.audit_words import ACTIONS, KINDS
from app.web.listing import answer, place_asked
from app.web.spans import SPANS, day_begins, day_ends

blueprint = Blueprint("audit", __name__, url_prefix="/projects/<int:project_id>/audit")
blueprint.before_request(require_login)


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List what was changed in a project, the latest first."""
    project, wrong = find_project(actor(), project_id, "project"), list[str]()
    asked = {name: request.args.get(name, "").strip()[:128] for name in _FIELDS}
    page = page_of_journal(actor(), project, _filter(project, asked, wrong), place_asked())
    view = {
        "project": project, "page": page, "asked": asked, "wrong": wrong, "kinds": KINDS, "actions": ACTIONS, "spans": SPANS,
        "names": names_of(actor(), project, page.rows), "is_empty": not any(asked.values()),
    }  # fmt: skip
    return answer("audit.html", "audit_rows.html", view)


_FIELDS = ("actor", "kind", "key", "since", "begin", "end")


def _filter(project: Project, asked: Mapping[str, str], wrong: list[str]) -> AuditFilter:
    begin = day_begins(asked["begin"], project.time_zone, wrong)
    end = day_ends(asked["end"], project.time_zone, wrong)
    if begin and end and begin >= end:
        wrong.append(gettext("the first day is after the last"))
    if asked["since"] and asked["since"] not in SPANS:
        wrong.append(gettext("%(text)s is no span of time", text=asked["since"]))
    elif asked["since"] and begin is None:
        span: timedelta = SPANS[asked["since"]][0]
        begin = present() - span
    return AuditFilter(asked["actor"], asked["kind"], asked["key"], begin, end)
