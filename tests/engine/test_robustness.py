"""What plugins, databases and people may do wrong, and what the engine makes of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.engine import claiming, insisting, runner
from app.engine.attempts import Attempt, Leases
from app.engine.core.variables import VARIABLE_TYPES
from app.engine.plugins.base import Await, Done, Failed, Plugin, Poll
from app.engine.pool import Pool
from app.engine.store import Link
from app.engine.timers import Clockwork
from app.extensions import db
from tests.drawing import flow, output_of, variable
from tests.engine.workshop import Workshop

PARALLEL = "start > par ; par > b > join ; par > c > join ; join > d > end"
AGAIN = {"auto_retry": {"enable": True, "times": 3, "interval": 0}}


class Odd(Plugin):
    """Does whatever its test told it, and may be called twice."""

    code = "odd"
    name = "Odd"
    idempotent = True

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.outcome: Any = Done()
        self.polled: Any = Done()

    def execute(self, inputs: Any, ctx: Any) -> Any:
        self.calls.append("execute")
        ctx.log("a line\n")
        return self.outcome() if callable(self.outcome) else self.outcome

    def poll(self, inputs: Any, memo: Any, ctx: Any) -> Any:
        self.calls.append("poll")
        return self.polled() if callable(self.polled) else self.polled

    def cancel(self, inputs: Any, memo: Any, ctx: Any) -> None:
        self.calls.append("cancel")
        raise RuntimeError("the other side is away")


class Asking(Plugin):
    """May be called twice when its method is GET."""

    code = "asking"
    name = "Asking"

    def __init__(self) -> None:
        self.calls: list[str] = []

    def is_idempotent(self, inputs: Any) -> bool:
        return inputs.get("method") == "GET"

    def execute(self, inputs: Any, ctx: Any) -> Any:
        self.calls.append(inputs["method"])
        if inputs["method"] == "POST":
            raise SystemExit
        return Failed("no")


@pytest.fixture
def odd() -> Odd:
    return Odd()


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture
def workshop(app, odd, asking, monkeypatch) -> Workshop:
    from app.services import tasks

    known = {*tasks.known_plugins()} | {(code, "legacy") for code in ("recorder", "odd", "asking")}
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    return Workshop([odd, asking])


def draw(drawing: str, plugin: str = "recorder", **options: Any) -> dict[str, Any]:
    return flow(drawing, plugin=plugin, **options)


def stumble(value: Any) -> Any:
    raise TypeError("'int' object is not iterable")


def tokens() -> list[tuple[str, str]]:
    rows = db.session.execute(text("SELECT wait, phase FROM run_token ORDER BY run_id, id")).all()
    db.session.rollback()
    return [(row[0], row[1]) for row in rows]


class TestOrders:
    def test_a_revoked_task_does_not_go_on_where_a_branch_had_polled(self, workshop):
        workshop.recorder.plans.update(b=[Poll(timedelta(seconds=1))], c=[Await()])
        task = workshop.run(draw(PARALLEL))
        workshop.pass_time(2)

        task.operate("revoke")
        workshop.drive()

        assert task.state == "revoked"
        assert "d" not in workshop.calls
        assert tokens() == []

    def test_a_resume_that_ends_the_task_leaves_it_finished(self, workshop):
        task: Any = None
        workshop.recorder.plans["a"] = [lambda: (task.operate("pause"), Done())[1]]
        task = workshop.make(draw("start > a > end"))
        workshop.drive()
        assert task.state == "paused"

        task.operate("resume")

        assert task.state == "finished"

    def test_no_automatic_retry_begins_while_the_task_is_paused(self, workshop):
        task: Any = None
        workshop.recorder.plans["a"] = [lambda: (task.operate("pause"), Failed("x"))[1]]
        task = workshop.make(draw("start > a > end", nodes={"a": AGAIN}))
        workshop.drive()
        workshop.pass_time(5)
        assert workshop.calls == ["a"]

        task.operate("resume")
        workshop.drive()

        assert workshop.calls == ["a", "a"]
        assert task.state == "finished"

    def test_an_order_before_a_worker_has_begun_the_task_counts(self, workshop):
        task = workshop.make(draw("start > a > end"))
        task.operate("pause")
        workshop.drive()
        assert workshop.calls == []

        task.operate("resume")
        workshop.drive()

        assert task.state == "finished"

    def test_a_callback_that_comes_early_is_taken_by_the_attempt_that_waits(self, workshop):
        workshop.recorder.plans["a"] = [Failed("at first"), Await()]
        task = workshop.make(draw("start > a > end", nodes={"a": AGAIN}))
        task.node("a", "callback", body={"early": True})

        workshop.drive()

        assert task.state == "finished"


class TestCancelling:
    @pytest.mark.parametrize("options", [AGAIN, {"error_ignorable": True}, {}])
    def test_a_cancel_that_fails_changes_nothing(self, workshop, odd, options):
        odd.outcome = Poll(timedelta(seconds=100), {"job": 1})
        task = workshop.run(draw("start > a > b > end", "odd", nodes={"a": options}))

        task.operate("revoke")
        workshop.drive()
        workshop.pass_time(600)

        assert odd.calls == ["execute", "cancel"]
        assert task.state == "revoked"
        assert task.states()["a"] == "revoked"
        assert tokens() == []

    def test_the_wait_of_a_poll_whose_worker_died_is_cancelled(self, workshop, odd):
        def dies() -> Any:
            raise SystemExit

        odd.outcome, odd.polled = Poll(timedelta(seconds=1), {"job": 1}), dies
        task = workshop.run(draw("start > a > end", "odd"))
        with pytest.raises(SystemExit):
            workshop.pass_time(2)
        task.operate("revoke")

        workshop.pass_time(20)

        assert odd.calls == ["execute", "poll", "cancel"]

    def test_attempts_of_one_token_are_cancelled_each_for_itself(self):
        leases = Leases()
        old, new = (Attempt(None, 1, 1, fence, ("n", 1, fence), {}) for fence in (1, 2))
        leases.add(old)
        leases.add(new)

        leases.remove(new)

        assert leases.active() == [old]


class TestPlugins:
    @pytest.mark.parametrize(
        "outcome",
        [None, {"a": 1}, Done(None), Done({"x": "\ud800"}), Done({"x": object()}), Poll(5)],
        ids=["nothing", "a mapping", "no outputs", "half a surrogate", "no JSON", "no time"],
    )
    def test_an_outcome_that_is_none_fails_the_node(self, workshop, odd, outcome):
        odd.outcome = outcome

        task = workshop.run(draw("start > a > end", "odd"))

        assert task.states()["a"] == "failed"
        assert odd.calls == ["execute"]

    def test_a_log_may_hold_what_a_database_does_not_take(self, workshop, odd):
        odd.outcome = lambda: Failed("bad \0 and \udc00")

        task = workshop.run(draw("start > a > end", "odd"))

        assert task.detail("a").attempts[0].reason == "bad � and ?"

    def test_a_plugin_that_kills_its_worker_each_time_is_given_up(self, workshop, odd):
        def dies() -> Any:
            raise SystemExit

        odd.outcome = dies
        task = workshop.make(draw("start > a > end", "odd"))
        for _ in range(10):
            with pytest.raises(SystemExit) if len(odd.calls) < 5 else _nothing():
                workshop.drive()
            workshop.now += timedelta(seconds=20)

        assert odd.calls == ["execute"] * 5
        assert task.states()["a"] == "failed"

    def test_a_retry_with_other_inputs_decides_whether_it_may_be_repeated(self, workshop, asking):
        task = workshop.run(draw("start > a > end", "asking", inputs={"a": {"method": "GET"}}))
        task.node("a", "retry", inputs={"method": "POST"})
        with pytest.raises(SystemExit):
            workshop.drive()

        workshop.pass_time(20)

        assert asking.calls == ["GET", "POST"]
        assert task.states()["a"] == "failed"

    def test_a_number_too_large_to_compare_fails_the_gateway(self, workshop, odd):
        odd.outcome = Done({"x": 10**400})
        tree = draw(
            "start > a > xor ; xor > b [${x} gt 1] > end ; xor > c [${x} < 1] > end", "odd",
            constants={"${x}": output_of("${x}", "a", "x")},
        )  # fmt: skip

        task = workshop.run(tree)

        assert task.states()["a"] == "finished"
        assert task.states()["xor"] == "failed"

    @pytest.mark.parametrize(("before", "line"), [("", "f2"), ("a > ", "f3")])
    def test_a_value_that_its_type_cannot_read_fails_the_gateway(self, workshop, monkeypatch, before, line):
        monkeypatch.setitem(VARIABLE_TYPES, "int", replace(VARIABLE_TYPES["int"], resolve=stumble))
        tree = draw(
            f"start > {before}xor ; xor > end [else] ; xor > b [${{n}} == 1] ; b > end",
            constants={"${n}": variable("${n}", custom_type="int", value="1")}, outputs=["${n}"],
        )  # fmt: skip

        task = workshop.run(tree)
        assert task.states()["xor"] == "failed"
        assert "n holds what its type cannot read" in task.detail("xor").attempts[0].reason
        task.node("xor", "skip_exg", flows=[line])
        workshop.drive()

        assert task.outputs() == {"${n}": "${n}"}
        assert workshop.calls == [name for name in before.split(" > ") if name]

    def test_a_long_chain_of_variables_needs_no_deep_stack(self, workshop):
        chain = {f"${{v{i}}}": {"value": f"${{v{i - 1}}}"} for i in range(1, 900)}
        tree = draw("start > a > end", inputs={"a": {"value": "${v899}"}}, constants={"${v0}": {"value": 7}, **chain})

        workshop.run(tree)

        assert workshop.recorder.calls[0][1]["value"] == 7


class TestDatabase:
    def test_a_commit_that_is_refused_loses_neither_outcome_nor_log(self, workshop, odd):
        refused: list[str] = []

        def refuse(point: str) -> None:
            if point == "deciding" and workshop.room.driver.leases.active() and not refused:
                refused.append(point)
                raise sqlite3.OperationalError("database is locked")

        task = workshop.make(draw("start > a > end", "odd"))
        workshop.fault = refuse
        workshop.drive()

        assert refused
        assert odd.calls == ["execute"]
        assert task.state == "finished"
        assert db.session.scalars(text("SELECT body FROM node_log")).all() == ["a line\n"]

    def test_a_commit_whose_answer_is_lost_is_not_done_twice(self, workshop, monkeypatch):
        monkeypatch.setattr(insisting, "_AGAIN_AFTER_S", [0.01] * 8)
        commits: list[int] = []
        commit = Link.commit

        def lose_answer(link: Link) -> None:
            commit(link)
            commits.append(1)
            raise sqlite3.OperationalError("the connection was lost")

        workshop.recorder.plans["b"] = [Poll(timedelta(seconds=1), {"job": 1})]
        task = workshop.make(draw("start > a > b > c > end"))
        monkeypatch.setattr(Link, "commit", lambda link: lose_answer(link) if len(commits) < 8 else commit(link))
        workshop.drive()
        workshop.pass_time(2)

        assert task.state == "finished"
        assert workshop.calls == ["a", "b", "b", "c"]

    def test_where_our_own_code_fails_the_node_is_left_to_a_person(self, workshop, odd, monkeypatch):
        def fails(*args: Any) -> Any:
            raise ZeroDivisionError("a defect")

        odd.outcome = lambda: (monkeypatch.setattr(runner.Driver, "_event", fails), Done())[1]
        task = workshop.run(draw("start > a > end", "odd", nodes={"a": AGAIN}))
        workshop.pass_time(600)

        assert odd.calls == ["execute"]
        assert task.states()["a"] == "failed"
        assert "a defect" in task.detail("a").attempts[0].reason
        assert db.session.scalars(text("SELECT body FROM node_log")).all() == ["a line\n"]

    def test_a_task_that_our_own_code_fails_on_does_not_hold_up_the_others(self, workshop, monkeypatch):
        broken = workshop.make(draw("start > a > end"))
        root = db.session.scalar(text("SELECT id FROM run"))
        db.session.rollback()
        settle = claiming.Claims._settle_time

        def fails(driver: Any, tx: Any, flight: Any, *rest: Any) -> None:
            if flight.root_id == root:
                raise ZeroDivisionError("a defect")
            settle(driver, tx, flight, *rest)

        monkeypatch.setattr(claiming.Claims, "_settle_time", fails)
        other = workshop.run(draw("start > b > end"))
        assert other.state == "finished"
        assert broken.state == "running"

        monkeypatch.setattr(claiming.Claims, "_settle_time", settle)
        workshop.pass_time(301)
        assert broken.state == "finished"

    def test_the_clockwork_goes_on_after_a_refusal(self, workshop, monkeypatch):
        beats: list[int] = []

        def keep(clockwork: Clockwork, beat: int) -> None:
            beats.append(beat)
            if len(beats) == 1:
                raise sqlite3.OperationalError("database is locked")
            clockwork._stop.set()

        monkeypatch.setattr(Clockwork, "_keep", keep)
        workshop.room.clockwork.start(workshop.dispatcher)
        workshop.room.clockwork._thread.join(5)

        assert beats == [1, 2]


def test_more_tasks_waiting_for_a_place_than_are_looked_at_do_not_hold_up_the_next(workshop, monkeypatch):
    """Tasks whose plugins wait for a free thread stay due; those behind them get their turn all the same."""
    waiting = [workshop.make(draw("start > a > end", "odd")) for _ in range(40)]
    monkeypatch.setattr(Odd, "blocking", True)
    workshop.room.driver._claims.pool = Full()
    quick = workshop.make(draw("start > b > end"))

    workshop.room.driver.drive_due()

    assert quick.state == "finished"
    assert {task.state for task in waiting} == {"running"}


class Full(Pool):
    """A pool with no place."""

    def __init__(self) -> None:
        super().__init__(1)
        self._places.acquire()


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...
