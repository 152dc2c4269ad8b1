"""One task while it runs."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, csrf_token, require_csrf, require_login
from app.engine.core.run import OVER
from app.engine.core.scope import MASK
from app.engine.core.secret_values import with_secrets
from app.engine.core.status import NodeStatus
from app.errors import NotFound
from app.languages import language, script_words
from app.services import catalogue
from app.services.access import Project, find_project, may
from app.services.archives import is_archived
from app.services.nodes import NodeOrder, operate_node
from app.services.overview import progress, shown_state
from app.services.reading import (
    TaskDetail,
    journal,
    node_detail,
    node_log,
    present,
    task_detail,
    task_status,
)
from app.services.tasks import Action, operate_task
from app.web.drawing import MARKS, draw
from app.web.editor_words import in_words

blueprint = Blueprint("tasks", __name__)
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)


@blueprint.get("/projects/<int:project_id>/tasks/<int:task_id>/")
def show(project_id: int, task_id: int) -> ResponseReturnValue:
    """Show a task as it goes on."""
    project = find_project(actor(), project_id, "project")
    if is_archived(actor(), project, task_id):
        return redirect(url_for("archive.show", project_id=project_id, task_id=task_id))
    detail = task_detail(actor(), project, task_id)
    return render_template("run.html", project=project, data=_run_data(project, detail))


@blueprint.get("/projects/<int:project_id>/tasks/<int:task_id>/plain")
def plain(project_id: int, task_id: int) -> ResponseReturnValue:
    """Show a task to a browser without scripts."""
    return render_template("task.html", **_view(project_id, task_id))


@blueprint.get("/projects/<int:project_id>/tasks/<int:task_id>/live")
def live(project_id: int, task_id: int) -> ResponseReturnValue:
    """Return the part of a task's page that changes."""
    return render_template("task_live.html", **_view(project_id, task_id))


@blueprint.post("/projects/<int:project_id>/tasks/<int:task_id>/do")
def operate(project_id: int, task_id: int) -> ResponseReturnValue:
    """Pause, resume or revoke a task."""
    project = find_project(actor(), project_id, "project")
    if (action := request.form.get("action", "")) not in ("start", "pause", "resume", "revoke"):
        raise NotFound("action", action)
    operate_task(actor(), project, task_id, cast(Action, action))
    return redirect(url_for("tasks.show", project_id=project_id, task_id=task_id))


@blueprint.post("/projects/<int:project_id>/tasks/<int:task_id>/nodes/<node_id>/do")
def operate_one(project_id: int, task_id: int, node_id: str) -> ResponseReturnValue:
    """Retry, skip, fail or confirm a node, or choose a gateway's branch."""
    project = find_project(actor(), project_id, "project")
    comment = request.form.get("comment", "")
    body = {"by": actor().username, "comment": comment} if request.form["action"] == "callback" else None
    order = NodeOrder(node_id, request.form["action"], flow_ids=request.form.getlist("flow"), body=body)
    operate_node(actor(), project, task_id, order)
    return redirect(url_for("tasks.show", project_id=project_id, task_id=task_id, node=node_id))


@blueprint.get("/taskflow/execute/<int:project_id>/")
def from_link(project_id: int) -> ResponseReturnValue:
    """Follow a link as the APIs give it."""
    task_id = request.args.get("instance_id", type=int)
    return redirect(url_for("tasks.show", project_id=project_id, task_id=task_id or 0))


def _run_data(project: Project, detail: TaskDetail) -> dict[str, Any]:
    task, tree = detail.task, with_secrets(detail.tree, lambda text: MASK)
    return {
        "project": {"id": project.id, "name": project.name, "time_zone": project.time_zone},
        "task": {"id": task.id, "name": task.name, "template_id": task.template_id}, "tree": tree,
        "total": len(tree["activities"]) + len(tree["gateways"]) + 2, "may_operate": may(actor(), project, "operate"),
        "me": actor().username, "csrf": csrf_token(), "base": f"/projects/{project.id}/tasks/{task.id}",
        "plugins": in_words(catalogue.plugins(), language()),
        "chosen": request.args.get("node", ""), "tab": request.args.get("tab", ""), "below": request.args.get("below", ""),
        "words": script_words(language()),
    }  # fmt: skip


def _view(project_id: int, task_id: int) -> dict[str, Any]:
    project = find_project(actor(), project_id, "project")
    detail = task_detail(actor(), project, task_id)
    status = task_status(actor(), project, task_id)
    rows = _rows(status.nodes, 0)
    states = {node.node_id: node.state for node, _ in rows}
    chosen = _chosen(request.args.get("node", ""), [node for node, _ in rows])
    return {
        "project": project, "task": detail.task, "state": shown_state(detail.task), "rows": rows, "marks": MARKS,
        "picture": draw(detail.tree, states), "outputs": detail.outputs, "now": present(), "chosen": chosen,
        "percent": progress(detail.task, len(detail.tree["activities"]) + len(detail.tree["gateways"]) + 2),
        "node": node_detail(actor(), project, task_id, chosen.node_id) if chosen and chosen.loop else None,
        "log": node_log(actor(), project, task_id, chosen.node_id)[0] if chosen and chosen.loop else "",
        "branches": _branches(detail.tree, chosen), "journal": journal(actor(), project, task_id),
        "may_operate": may(actor(), project, "operate"), "is_over": detail.task.state in OVER,
    }  # fmt: skip


def _rows(nodes: Any, depth: int) -> list[tuple[NodeStatus, int]]:
    """Return nodes with how deep in subprocesses they are, in the order in which they were reached."""
    return [row for node in nodes.values() for row in ((node, depth), *_rows(node.children, depth + 1))]


def _chosen(node_id: str, nodes: list[NodeStatus]) -> NodeStatus | None:
    """Return the node that the page opens: the one that is asked for, else one that needs a person."""
    for node in nodes:
        if node.node_id == node_id:
            return node
    needy = [node for node in nodes if node.state in ("failed", "waiting_person")]
    return needy[0] if needy else None


def _branches(tree: Any, chosen: NodeStatus | None) -> list[tuple[str, str]]:
    """Return the branches of a failed gateway, as (line id, name)."""
    gateway = tree["gateways"].get(chosen.node_id) if chosen and chosen.state == "failed" else None
    if gateway is None:
        return []
    names = {k: c.get("name") or c.get("evaluate", "") for k, c in (gateway.get("conditions") or {}).items()}
    return [(flow_id, names.get(flow_id, gettext("default"))) for flow_id in gateway["outgoing"]]
