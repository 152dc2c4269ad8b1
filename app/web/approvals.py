"""What waits for the reader: nodes to confirm, orders to take."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, require_csrf, require_login
from app.services.access import find_project, may
from app.services.approvals import orders_to_take, waiting_nodes
from app.services.function_orders import reject_order, takers, transfer_order
from app.services.nodes import NodeOrder, operate_node
from app.services.tasks import claim_task, start_task

blueprint = Blueprint("approvals", __name__, url_prefix="/projects/<int:project_id>/approvals")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)

_MOST = 50


@blueprint.get("/")
def index(project_id: int) -> ResponseReturnValue:
    """Show what waits for a person in a project."""
    project = find_project(actor(), project_id, "project")
    orders, me = orders_to_take(actor(), project, _MOST), actor().username
    return render_template(
        "approvals.html", project=project, nodes=waiting_nodes(actor(), project, _MOST), orders=orders, me=me,
        may_operate=may(actor(), project, "operate"), most=_MOST,
        takers=takers(actor(), project) if any(order.claimant == me for order in orders) else (),
    )  # fmt: skip


@blueprint.post("/nodes/<int:task_id>/<node_id>")
def confirm(project_id: int, task_id: int, node_id: str) -> ResponseReturnValue:
    """Confirm a node that waits, with a comment; where somebody was faster, that is told."""
    project = find_project(actor(), project_id, "project")
    body = {"by": actor().username, "comment": request.form.get("comment", "").strip()}
    operate_node(actor(), project, task_id, NodeOrder(node_id, "callback", body=body))
    flash(gettext("Confirmed: the task goes on."), "success")
    return redirect(url_for("approvals.index", project_id=project_id))


@blueprint.post("/orders/<int:task_id>/claim")
def claim(project_id: int, task_id: int) -> ResponseReturnValue:
    """Claim an order, so that nobody else carries it out."""
    project = find_project(actor(), project_id, "project")
    claim_task(actor(), project, task_id)
    flash(gettext("It is yours now. Start it when you are ready."), "success")
    return redirect(url_for("approvals.index", project_id=project_id))


@blueprint.post("/orders/<int:task_id>/start")
def start(project_id: int, task_id: int) -> ResponseReturnValue:
    """Start an order that was claimed, and watch it."""
    project = find_project(actor(), project_id, "project")
    start_task(actor(), project, task_id)
    return redirect(url_for("tasks.show", project_id=project_id, task_id=task_id))


@blueprint.post("/orders/<int:task_id>/reject")
def reject(project_id: int, task_id: int) -> ResponseReturnValue:
    """Reject an order that nobody has claimed."""
    project = find_project(actor(), project_id, "project")
    reject_order(actor(), project, task_id)
    flash(gettext("Rejected: nobody carries it out."), "success")
    return redirect(url_for("approvals.index", project_id=project_id))


@blueprint.post("/orders/<int:task_id>/transfer")
def transfer(project_id: int, task_id: int) -> ResponseReturnValue:
    """Hand an order on to another operator."""
    project, to = find_project(actor(), project_id, "project"), request.form.get("to", "")
    transfer_order(actor(), project, task_id, to)
    flash(gettext("%(name)s has it now.", name=to), "success")
    return redirect(url_for("approvals.index", project_id=project_id))
