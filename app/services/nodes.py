"""Nodes of a running task: retried, skipped, failed by force, paused, called back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine import operations
from app.engine.core.values import Json
from app.engine.operations import Desk
from app.errors import InvalidInput, Problem, Refused
from app.models.projects import Project
from app.sentences import say, sentence_of
from app.services.access import Actor
from app.services.engine import desk, nudge, writing
from app.services.journal import record_task
from app.services.tasks import find_root


@dataclass(frozen=True, slots=True)
class NodeOrder:
    """What is asked of a node: `inputs` for a retry, `flow_ids` for a gateway, `body` for a callback."""

    node_id: str
    action: str
    inputs: Mapping[str, Json] | None = None
    flow_ids: Sequence[str] = ()
    body: Json = None


def _callback(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.take_callback(at, root_id, order.node_id, order.body)


def _retry(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.retry(at, root_id, order.node_id, order.inputs)


def _skip(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.skip(at, root_id, order.node_id)


def _branch(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.choose_branches(at, root_id, order.node_id, order.flow_ids)


def _forced_fail(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.force_fail(at, root_id, order.node_id, "failed by force")


def _pause(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.hold(at, root_id, order.node_id)


def _resume(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.release(at, root_id, order.node_id)


def _pause_subprocess(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.pause_subprocess(at, root_id, order.node_id)


def _resume_subprocess(order: NodeOrder, at: Desk, root_id: int) -> None:
    operations.resume_subprocess(at, root_id, order.node_id)


ORDERS: Mapping[str, Callable[[NodeOrder, Desk, int], None]] = {
    "callback": _callback,
    "retry": _retry,
    "retry_subprocess": _retry,
    "skip": _skip,
    "skip_exg": _branch,
    "skip_cpg": _branch,
    "forced_fail": _forced_fail,
    "pause": _pause,
    "resume": _resume,
    "pause_subproc": _pause_subprocess,
    "resume_subproc": _resume_subprocess,
}
"""What may be asked of a node, by bk-sops' names."""


def operate_node(actor: Actor, project: Project, task_id: int, order: NodeOrder) -> None:
    """Carry an order out, or raise Refused with the reason, the node and the action, and change nothing."""
    act = ORDERS.get(order.action)
    if act is None:
        raise InvalidInput(
            Problem(
                "unknown_action",
                say("there is no action {action!r}; there are {known}", action=order.action, known=list(ORDERS)),
                "action",
            )
        )
    with writing() as session:
        root_id, _ = find_root(actor, project, task_id)
        try:
            act(order, desk(session), root_id)
        except Refused as error:
            told = {"node": order.node_id, **error.data, "action": order.action}
            raise Refused(error.rule, sentence_of(error), **told) from None
        detail = _detail(order)
        record_task(
            session, actor, project.id, task_id, order.action, run_id=root_id, node_id=order.node_id, detail=detail
        )
    nudge(root_id)


def _detail(order: NodeOrder) -> dict[str, Any] | None:
    """What the journal keeps besides the action; inputs may hold secrets, so only their names are kept."""
    if order.flow_ids:
        return {"flow_ids": list(order.flow_ids)}
    return {"inputs": sorted(order.inputs)} if order.inputs else None
