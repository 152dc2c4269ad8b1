"""States of tasks as lists show them, as conditions of queries: the rule of `overview.shown_states`, for the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, and_, not_, or_, select, true

from app.models.runs import TokenRow
from app.models.tasks import Task

SHOWN_STATES = ("running", "failed", "waiting_person", "paused", "not_started", "finished", "revoked")
"""What a list of tasks can be filtered by, in the order of its filters."""

_BUSY = ("ready", "running", "timer", "callback")


def is_shown_as(states: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a task is shown in one of these states; unknown ones count for nothing."""
    return or_(*(_CONDITIONS[state]() for state in states if state in _CONDITIONS)) if states else true()


def _holds(*waits: str) -> ColumnElement[bool]:
    tokens = select(TokenRow.id).where(TokenRow.root_id == Task.run_id, TokenRow.wait.in_(waits))
    return tokens.correlate(Task).exists()


def _is_failed() -> ColumnElement[bool]:
    held_up = and_(Task.state == "running", _holds("failed"), not_(_holds(*_BUSY)))
    return or_(Task.state == "failed", held_up)


def _is_waiting() -> ColumnElement[bool]:
    return and_(Task.state == "running", _holds("person"), not_(_holds(*_BUSY, "failed")))


def _is_running() -> ColumnElement[bool]:
    return and_(Task.state == "running", or_(_holds(*_BUSY), not_(_holds("failed", "person"))))


_CONDITIONS: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "running": _is_running,
    "failed": _is_failed,
    "waiting_person": _is_waiting,
    "paused": lambda: Task.state == "paused",
    "not_started": lambda: Task.state == "created",
    "finished": lambda: Task.state == "finished",
    "revoked": lambda: Task.state == "revoked",
}
