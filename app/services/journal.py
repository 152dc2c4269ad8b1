"""The journal: what was changed and by whom; written in the transaction of the change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models.runs import JournalRow
from app.services.access import Actor
from app.services.engine import bound

# On the table, not on the class: each start and each callback writes a row, and the ORM's way takes four times as long.
_INSERT = insert(JournalRow.__table__)  # type: ignore[arg-type]


def record(
    session: Session, actor: Actor, kind: str, key: object, action: str, *, project_id: int | None = None,
    task_id: int | None = None, run_id: int | None = None, node_id: str = "", detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write down what an actor did to a thing of a kind. `detail` must hold no secrets."""
    row = {
        "project_id": project_id, "kind": kind, "key": str(key), "app_code": actor.app_code, "address": actor.address,
        "task_id": task_id, "run_id": run_id, "node_id": node_id, "at": bound().clock(), "actor": actor.username,
        "action": action, "detail": detail,
    }  # fmt: skip
    session.execute(_INSERT, row)


def record_task(
    session: Session, actor: Actor, project_id: int, task_id: int, action: str, *, run_id: int | None = None,
    node_id: str = "", detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write down what an actor did to a task, or to a node of it."""
    record(
        session, actor, "task", task_id, action, project_id=project_id, task_id=task_id, run_id=run_id, node_id=node_id,
        detail=detail,
    )  # fmt: skip
