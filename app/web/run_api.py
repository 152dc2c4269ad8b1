"""What the run view asks of the server besides its stream; everything is JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor, require_csrf
from app.errors import InvalidInput, Problem
from app.sentences import say
from app.services.access import Actor, Project, find_project, may
from app.services.function_orders import reject_order
from app.services.histories import attempts_of, deeds_of, log_of
from app.services.nodes import NodeOrder, operate_node
from app.services.notices import list_notices, read_watchers
from app.services.reading import NodeDetail, node_detail, output_names, task_detail
from app.services.task_changes import changes_since
from app.services.tasks import Action, claim_task, find_task, operate_task
from app.web.json_edge import phrase, prepare, require_person, take
from app.web.reasons import told_reason
from app.web.task_reports import notice_facts, shown_target

blueprint = Blueprint("run_api", __name__, url_prefix="/projects/<int:project_id>/tasks/<int:task_id>")
blueprint.before_request(require_person)
blueprint.before_request(require_csrf)
prepare(blueprint)

_ACTIONS = ("start", "pause", "resume", "revoke")
_OF_AN_ORDER: Mapping[str, Callable[[Actor, Project, int], None]] = {"claim": claim_task, "reject": reject_order}


def _project(project_id: int) -> Project:
    return find_project(actor(), project_id, "project")


@blueprint.get("/nodes/<node_id>")
def node(project_id: int, task_id: int, node_id: str) -> ResponseReturnValue:
    """Show a node with all attempts at its latest pass, or at pass `loop`."""
    detail = node_detail(actor(), _project(project_id), task_id, node_id, request.args.get("loop", type=int))
    return jsonify(_node(detail))


@blueprint.get("/log")
def log(project_id: int, task_id: int) -> ResponseReturnValue:
    """Show what one attempt logged since piece `after`."""
    asked = request.args
    run_id, loop, attempt = (asked.get(name, 0, type=int) for name in ("run_id", "loop", "attempt"))
    at = (run_id, asked.get("node_id", ""), loop, attempt)
    part = log_of(actor(), _project(project_id), task_id, at, after=asked.get("after", 0, type=int))
    return jsonify(phrase(part))


@blueprint.get("/attempts")
def attempts(project_id: int, task_id: int) -> ResponseReturnValue:
    """List every attempt at every node, for the timeline."""
    return jsonify({"attempts": [_attempt(a) for a in attempts_of(actor(), _project(project_id), task_id)]})


@blueprint.get("/journal")
def journal(project_id: int, task_id: int) -> ResponseReturnValue:
    """List what people asked of the task."""
    return jsonify({"journal": [_dated(deed) for deed in deeds_of(actor(), _project(project_id), task_id)]})


@blueprint.get("/outputs")
def outputs(project_id: int, task_id: int) -> ResponseReturnValue:
    """List the task's outputs, with the values that they have got so far."""
    detail = task_detail(actor(), _project(project_id), task_id)
    return jsonify({"outputs": [phrase(output) for output in detail.outputs]})


@blueprint.get("/notices")
def told(project_id: int, task_id: int) -> ResponseReturnValue:
    """List who is told of what becomes of the task, and what they have been told."""
    project = _project(project_id)
    may_edit, task = may(actor(), project, "edit"), find_task(actor(), project, task_id)
    watchers = [
        {"kinds": watcher.kinds, "channel": watcher.channel, "target": shown_target(watcher, may_edit=may_edit)}
        for watcher in read_watchers(task.watchers)
    ]
    notices = [notice_facts(notice, may_edit=may_edit) for notice in list_notices(actor(), project, task_id=task_id)]
    return jsonify({"watchers": watchers, "notices": [_dated(notice) for notice in notices]})


@blueprint.get("/changes")
def changes(project_id: int, task_id: int) -> ResponseReturnValue:
    """Compare the flow that the task runs with the flow as it is now."""
    return jsonify(phrase(changes_since(actor(), _project(project_id), task_id)))


@blueprint.post("/orders")
def order(project_id: int, task_id: int) -> ResponseReturnValue:
    """Start, pause, resume or revoke the task; or claim or reject the order that it waits with."""
    action = take(action="text")["action"]
    if action not in (known := (*_ACTIONS, *_OF_AN_ORDER)):
        raise InvalidInput(Problem("unknown_action", say("action is one of {known}", known=known), "action"))
    if action in _OF_AN_ORDER:
        _OF_AN_ORDER[action](actor(), _project(project_id), task_id)
    else:
        operate_task(actor(), _project(project_id), task_id, cast(Action, action))
    return jsonify({"done": action})


@blueprint.post("/nodes/<node_id>/orders")
def order_node(project_id: int, task_id: int, node_id: str) -> ResponseReturnValue:
    """Retry, skip, fail, confirm, pause or resume a node, or choose a gateway's branches."""
    given = take(action="text", inputs="object?", flow_ids="texts?", comment="text?", body="object?")
    body = given["body"]
    if given["action"] == "callback" and body is None:
        body = {"by": actor().username, "comment": given["comment"] or ""}
    order_ = NodeOrder(node_id, given["action"], given["inputs"] or None, given["flow_ids"] or [], body)
    operate_node(actor(), _project(project_id), task_id, order_)
    return jsonify({"done": given["action"]})


def _node(detail: NodeDetail) -> dict[str, Any]:
    status = detail.status
    return {
        "id": status.node_id, "state": status.state, "run_id": status.run_id, "loop": status.loop,
        "plugin": detail.plugin, "version": detail.version, "output_names": output_names(detail),
        "attempts": [_attempt(attempt) for attempt in detail.attempts],
    }  # fmt: skip


def _attempt(attempt: Any) -> dict[str, Any]:
    return {**phrase(attempt), "reason": told_reason(attempt.reason)}


def _dated(deed: Any) -> dict[str, Any]:
    return {key: phrase(value) for key, value in deed.items()}
