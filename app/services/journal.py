"""The journal: what was asked of a task, by whom; written in the transaction of what was asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models.runs import JournalRow
from app.services.access import Actor
from app.services.engine import bound


def record(
    session: Session, actor: Actor, task_id: int, action: str, *, run_id: int | None = None, node_id: str = "",
    detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write down what an actor did to a task, or to a node of it."""
    session.execute(
        insert(JournalRow).values(
            task_id=task_id, run_id=run_id, node_id=node_id, at=bound().clock(), actor=actor.username, action=action,
            detail=detail,
        )
    )  # fmt: skip
