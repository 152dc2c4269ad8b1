"""A task to take away: as a page to read and print, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_login
from app.services.access import Project, find_project, may
from app.services.notices import Notice
from app.services.reading import present
from app.services.task_reports import Report, report_of
from app.web.drawing import MARKS, draw
from app.web.schedule_forms import TOLD
from app.web.spans import lasted
from app.web.task_words import DEEDS

blueprint = Blueprint("task_reports", __name__, url_prefix="/projects/<int:project_id>/tasks/<int:task_id>")
blueprint.before_request(require_login)

FORMAT = 1
"""Of the JSON: it grows when what was there means something else."""


@blueprint.get("/report")
def report(project_id: int, task_id: int) -> ResponseReturnValue:
    """Show all of a task on one page, for people to read and print."""
    project = find_project(actor(), project_id, "project")
    found = report_of(actor(), project, task_id)
    back = (gettext("Back to the task"), url_for("tasks.show", project_id=project_id, task_id=task_id))
    return page_of_report(project, found, back, url_for("task_reports.export", project_id=project_id, task_id=task_id))


@blueprint.get("/export.json")
def export(project_id: int, task_id: int) -> ResponseReturnValue:
    """Give all of a task as a file of JSON, without secrets."""
    project = find_project(actor(), project_id, "project")
    return file_of_report(project, report_of(actor(), project, task_id))


def page_of_report(project: Project, found: Report, back: tuple[str, str], file: str) -> ResponseReturnValue:
    """Show a report; `back` is the name and the address of where its reader came from, `file` where it is to be had as JSON."""
    states = {node.path: node.attempts[-1].state for node in found.nodes}
    names = {node.path.rpartition("/")[2]: node.name for node in found.nodes}
    return render_template(
        "task_report.html", project=project, report=found, picture=draw(found.tree, states), marks=MARKS, names=names,
        now=present(), lasted=lasted, deeds=DEEDS, told=TOLD, may_edit=may(actor(), project, "edit"), back=back, file=file,
    )  # fmt: skip


def file_of_report(project: Project, found: Report) -> ResponseReturnValue:
    """Give a report as a file of JSON."""
    text = json.dumps(_document(found, may(actor(), project, "edit")), ensure_ascii=False, indent=1, default=_written)
    name = f'attachment; filename="task-{found.task.id}.json"'
    return Response(text, mimetype="application/json", headers={"Content-Disposition": name})


def shown_target(notice_or_watcher: Any, *, may_edit: bool) -> str:
    """Return where somebody is told; the path of a webhook is often its secret, and for those who may change it."""
    target = str(notice_or_watcher.target)
    return target if may_edit or "://" not in target else "/".join(target.split("/")[:3]) + "/…"


def notice_facts(notice: Notice, *, may_edit: bool) -> dict[str, Any]:
    """Return what pages and files tell of a notice."""
    return {
        "id": notice.id, "kind": notice.kind, "channel": notice.channel, "target": shown_target(notice, may_edit=may_edit),
        "state": notice.state, "attempts": notice.attempts, "created_at": notice.created_at, "ended_at": notice.ended_at,
        "error": notice.error,
    }  # fmt: skip


def _document(report: Report, may_edit: bool) -> Mapping[str, Any]:
    task = report.task
    facts = {
        name: getattr(task, name)
        for name in (
            "id", "name", "description", "category", "creator", "executor", "create_method", "template_id", "template_source",
            "created_at", "started_at", "finished_at",
        )
    }  # fmt: skip
    return {
        "format": FORMAT, "task": {**facts, "state": report.state, "template_version": report.version},
        "inputs": [_fields(given) for given in report.inputs], "tree": report.tree,
        "nodes": [{**_fields(node), "attempts": [_fields(a) for a in node.attempts]} for node in report.nodes],
        "outputs": [_fields(output) for output in report.outputs], "journal": report.journal,
        "notices": [notice_facts(notice, may_edit=may_edit) for notice in report.notices],
    }  # fmt: skip


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
