"""The archive of a project: its list, and a task of it as a report."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_login
from app.services.access import find_project
from app.services.archives import ArchiveFilter, archived_report, page_of_archive
from app.services.retention import retention_of
from app.web.drawing import MARKS
from app.web.listing import answer, place_asked
from app.web.spans import day_begins, day_ends
from app.web.task_reports import file_of_report, page_of_report

blueprint = Blueprint("archive", __name__, url_prefix="/projects/<int:project_id>/archive")
blueprint.before_request(require_login)


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """List the tasks that are in the archive, newest first."""
    project, wrong = find_project(actor(), project_id, "project"), list[str]()
    asked = {name: request.args.get(name, "").strip()[:128] for name in ("q", "begin", "end")}
    begin, end = (
        read(asked[key], project.time_zone, wrong) for read, key in ((day_begins, "begin"), (day_ends, "end"))
    )
    if begin and end and begin >= end:
        wrong.append(gettext("the first day is after the last"))
    page = page_of_archive(actor(), project, ArchiveFilter(asked["q"], begin, end), place_asked())
    view = {
        "project": project, "page": page, "asked": asked, "wrong": wrong, "marks": MARKS, "is_empty": not any(asked.values()),
        "kept": retention_of(actor(), project),
    }  # fmt: skip
    return answer("archive.html", "archive_rows.html", view)


@blueprint.get("/<int:task_id>")
def show(project_id: int, task_id: int) -> ResponseReturnValue:
    """Show an archived task as the report that it would have had before."""
    project = find_project(actor(), project_id, "project")
    found = archived_report(actor(), project, task_id)
    back = (gettext("Back to the archive"), url_for("archive.index", project_id=project_id))
    return page_of_report(project, found, back, url_for("archive.export", project_id=project_id, task_id=task_id))


@blueprint.get("/<int:task_id>/export.json")
def export(project_id: int, task_id: int) -> ResponseReturnValue:
    """Give an archived task as a file of JSON, without secrets."""
    project = find_project(actor(), project_id, "project")
    return file_of_report(project, archived_report(actor(), project, task_id))
