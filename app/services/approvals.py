"""What waits for people in a project: nodes that somebody must confirm, and orders that somebody must take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal_column, or_, select

from app.engine.core.values import Json
from app.extensions import db
from app.models.projects import Project
from app.models.runs import NodeRunRow, RunRow, TokenRow
from app.models.tasks import FunctionTask, Task, TaskTree
from app.services.access import Actor, may, require

# A literal, not a parameter: only so SQLite uses the index that holds nothing but these.
_FOR_A_PERSON = TokenRow.wait == literal_column("'person'")


@dataclass(frozen=True, slots=True)
class WaitingNode:
    """A node that waits for a person; `question` is what its author asks, `since` when it began to wait."""

    task_id: int
    task_name: str
    creator: str
    node_id: str
    name: str
    question: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Order:
    """A functionalized task that is to be taken, or that the actor has taken and has not started yet."""

    task_id: int
    name: str
    submitted_by: str
    submitted_at: datetime
    claimant: str
    claimed_at: datetime | None


def waiting_nodes(actor: Actor, project: Project, limit: int = 50) -> Sequence[WaitingNode]:
    """Return the nodes of a project that wait for a person, those of the oldest tasks first; it asks twice."""
    require(actor, project, "view")
    columns: list[Any] = [
        Task.id, Task.name, Task.creator, Task.tree_id, RunRow.path, TokenRow.node_id, NodeRunRow.inputs,
        NodeRunRow.started_at,
    ]  # fmt: skip
    node_run = and_(
        NodeRunRow.run_id == TokenRow.run_id, NodeRunRow.node_id == TokenRow.node_id, NodeRunRow.loop == TokenRow.loop,
        NodeRunRow.attempt == TokenRow.attempt,
    )  # fmt: skip
    wanted = (
        _waiting(project, select(*columns)).join(RunRow, RunRow.id == TokenRow.run_id).outerjoin(NodeRunRow, node_run)
    )
    rows = db.session.execute(wanted.order_by(Task.id, TokenRow.id).limit(limit)).all()
    trees = _trees([row.tree_id for row in rows])
    return [_node(row, trees[row.tree_id]) for row in rows]


def orders_to_take(actor: Actor, project: Project, limit: int = 50) -> Sequence[Order]:
    """Return the orders that nobody has claimed, and those that the actor has claimed and not started, oldest first."""
    require(actor, project, "view")
    columns: list[Any] = [
        Task.id, Task.name, FunctionTask.creator, FunctionTask.created_at, FunctionTask.claimant, FunctionTask.claimed_at
    ]  # fmt: skip
    wanted = _orders(actor, project, select(*columns)).order_by(FunctionTask.id).limit(limit)
    return [Order(*row) for row in db.session.execute(wanted)]


def count_waiting(actor: Actor, project: Project) -> int:
    """Count what waits for the actor in a project, in one statement; for who may not operate there, that is nothing."""
    if not may(actor, project, "operate"):
        return 0
    nodes = _waiting(project, select(func.count())).scalar_subquery()
    orders = _orders(actor, project, select(func.count())).scalar_subquery()
    return db.session.scalar(select(nodes + orders)) or 0


def _waiting(project: Project, wanted: Select[Any]) -> Select[Any]:
    """Narrow a query over tokens down to those that wait for a person in a project."""
    return (
        wanted.select_from(TokenRow)
        .join(Task, Task.run_id == TokenRow.root_id)
        .where(_FOR_A_PERSON, Task.project_id == project.id, Task.state == "running", Task.is_deleted.is_(False))
    )


def _orders(actor: Actor, project: Project, wanted: Select[Any]) -> Select[Any]:
    is_free = FunctionTask.status == "submitted"
    is_own = and_(FunctionTask.status == "claimed", FunctionTask.claimant == actor.username)
    return (
        wanted.select_from(FunctionTask)
        .join(Task, Task.id == FunctionTask.task_id)
        .where(
            FunctionTask.project_id == project.id, Task.state == "created", Task.is_deleted.is_(False), or_(is_free, is_own)
        )
    )  # fmt: skip


def _trees(tree_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    if not tree_ids:
        return {}
    rows = db.session.execute(select(TaskTree.id, TaskTree.body).where(TaskTree.id.in_(set(tree_ids))))
    return {tree_id: body for tree_id, body in rows}


def _node(row: Row[Any], tree: Mapping[str, Any]) -> WaitingNode:
    for above in row.path.split("/") if row.path else ():
        tree = tree["activities"][above]["pipeline"]
    node = tree["activities"].get(row.node_id) or {}
    asked: Json = (row.inputs or {}).get("description")
    return WaitingNode(
        row.id, row.name, row.creator, row.node_id, str(node.get("name") or row.node_id),
        asked if isinstance(asked, str) else "", row.started_at,
    )  # fmt: skip
