"""A burst decides its next move before it takes the database's lock; what others did meanwhile must not be lost."""

from __future__ import annotations

import pytest

from app.engine.store import Stale, Tx
from app.services import tasks
from app.services.access import SYSTEM
from app.services.tasks import operate_task
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    return Workshop()


def interrupted(monkeypatch: pytest.MonkeyPatch, rival) -> list[type]:
    """Let a rival act once, between a burst's first decision from memory and its writing; returns what became of it."""
    flush, seen = Tx.flush, []

    def flush_after_the_rival(tx: Tx) -> None:
        if tx._kept and not seen:
            seen.append(Tx)
            rival()
        try:
            flush(tx)
        except Stale:
            seen.append(Stale)
            raise

    monkeypatch.setattr(Tx, "flush", flush_after_the_rival)
    return seen


def test_a_pause_that_comes_while_the_next_step_is_decided_holds_that_step_back(workshop, monkeypatch):
    task = workshop.make(flow("start > a > b > end", plugin="recorder"))
    seen = interrupted(monkeypatch, lambda: operate_task(SYSTEM, workshop.project, task.task_id, "pause"))

    workshop.drive()

    assert seen == [Tx, Stale]
    assert (workshop.calls, task.states()["a"]) == (["a"], "finished")
    operate_task(SYSTEM, workshop.project, task.task_id, "resume")
    workshop.drive()
    assert (workshop.calls, task.state) == (["a", "b"], "finished")


def test_the_outcome_of_a_task_that_was_revoked_while_it_was_decided_does_not_count(workshop, monkeypatch):
    task = workshop.make(flow("start > a > b > end", plugin="recorder"))
    seen = interrupted(monkeypatch, lambda: operate_task(SYSTEM, workshop.project, task.task_id, "revoke"))

    workshop.drive()

    assert seen == [Tx, Stale]
    assert (workshop.calls, task.state) == (["a"], "revoked")


def test_a_decision_that_nobody_disturbed_is_written_as_it_was_made(workshop, monkeypatch):
    seen = interrupted(monkeypatch, lambda: None)

    task = workshop.run(flow("start > a > b > end", plugin="recorder"))

    assert (seen, workshop.calls, task.state) == ([Tx], ["a", "b"], "finished")
