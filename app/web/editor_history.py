"""What the flow editor tells of a flow's past: what people did to it, its last tasks, and how long its nodes took."""

from __future__ import annotations

from typing import Any

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from app.auth.sessions import actor
from app.services import flow_history
from app.services.reading import present
from app.web.audit_words import ACTIONS
from app.web.editor import PREFIX
from app.web.json_edge import asked_project, json_blueprint, phrase
from app.web.spans import lasted

blueprint = json_blueprint("editor_history", __name__, PREFIX)


@blueprint.get("/flows/<int:template_id>/records")
def records(project_id: int, template_id: int) -> ResponseReturnValue:
    """List what people did to a flow, the latest first."""
    project = asked_project(project_id)
    rows = flow_history.records_of(actor(), project, template_id)
    every = url_for("audit.index", project_id=project.id, kind="template", key=template_id)
    return jsonify({"records": [_record(row) for row in rows], "url": every})


@blueprint.get("/flows/<int:template_id>/tasks")
def tasks(project_id: int, template_id: int) -> ResponseReturnValue:
    """List the last tasks of a flow, the latest first."""
    project = asked_project(project_id)
    found = flow_history.tasks_of(actor(), project, template_id)
    every = url_for("task_lists.index", project_id=project.id, template=template_id)
    return jsonify({"tasks": [_task(project.id, row, state) for row, state in found], "url": every})


@blueprint.get("/flows/<int:template_id>/node-times")
def node_times(project_id: int, template_id: int) -> ResponseReturnValue:
    """Tell how the nodes of a flow went in its last tasks, by their ids."""
    times = flow_history.node_times(actor(), asked_project(project_id), template_id)
    return jsonify({"times": {node_id: phrase(passes) for node_id, passes in times.items()}})


def _record(row: Row[Any]) -> dict[str, object]:
    detail = row.detail if isinstance(row.detail, dict) else {}
    return {
        "at": row.at.isoformat(), "by": row.actor, "through": row.app_code, "did": str(ACTIONS.get(row.action, row.action)),
        "name": str(detail.get("name") or ""), "version": detail.get("version"),
    }  # fmt: skip


def _task(project_id: int, row: Row[Any], state: str) -> dict[str, object]:
    return {
        "id": row.id, "name": row.name, "state": state,
        "by": row.executor or row.creator, "at": (row.started_at or row.created_at).isoformat(),
        "took": lasted(row.started_at, row.finished_at or present()),
        "url": url_for("tasks.show", project_id=project_id, task_id=row.id),
    }  # fmt: skip
