"""Many schedules that are due at once share transactions; none of them suffers from another, or from one that dies."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from app.engine.dispatch import InlineDispatcher
from app.engine.plugins.base import Await
from app.extensions import db
from app.models.runs import RunRow
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task, TaskTree
from app.services import engine as engine_binding
from app.services import firing, firing_rows
from app.services.schedules import Plan
from tests.drawing import flow
from tests.engine.workshop import Workshop
from tests.services.scheduling import (
    EVERY_HOUR,
    fires,
    make,
    make_many,
    move_to,
    on_sqlite,
    open_workshop,
    pass_to,
    row,
    tasks,
)


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    return open_workshop(monkeypatch)


def states() -> Counter[str]:
    return Counter(state for _, state in fires())


def runs_of(ids: list[int]) -> list[int]:
    db.session.rollback()
    return [db.session.get_one(Schedule, id_).total_run_count for id_ in ids]


def test_a_hundred_fires_share_a_transaction_and_its_statements(workshop):
    make_many(workshop, 250)
    move_to(workshop, 1, 9)
    seen = Counter()
    event.listen(db.engine, "commit", lambda connection: seen.update(["commits"]))
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.update(["statements"]))

    assert firing.fire_due() == 250

    assert states() == {"started": 250}
    assert seen["commits"] == 3
    assert seen["statements"] < 60


def test_each_of_many_fires_gets_a_task_of_its_own_that_runs_to_its_end(workshop):
    tree = flow("start > par ; par > a > join ; par > sub > join ; join > end", plugin="recorder",
                pipelines={"sub": flow("start > x > end", plugin="recorder")})  # fmt: skip
    ids = [make(workshop, EVERY_HOUR, tree) for _ in range(3)]

    pass_to(workshop, 1, 9)

    assert runs_of(ids) == [1, 1, 1]
    assert [task.state for task in tasks()] == ["finished"] * 3
    assert [task.create_info for task in tasks()] == [str(id_) for id_ in ids]
    assert len(workshop.calls) == 6
    trees = [db.session.get_one(TaskTree, task.tree_id) for task in tasks()]
    assert len({tree.start for tree in trees}) == 3
    assert all(tree.start == tree.body["start_event"]["id"] for tree in trees)


@pytest.mark.parametrize("column", ["creator", "tree_id"])
def test_what_the_database_refuses_of_one_fire_is_the_failure_of_that_one(workshop, monkeypatch, column):
    ids = make_many(workshop, 150)
    spoilt, real = {ids[7], ids[120]}, firing_rows._task_row

    def task_row(begun, *rest):
        made = real(begun, *rest)
        return made | {column: None} if begun.start.schedule.id in spoilt else made

    monkeypatch.setattr(firing_rows, "_task_row", task_row)
    pass_to(workshop, 1, 9)

    assert states() == {"started": 148, "failed": 2}
    assert runs_of(ids) == [int(id_ not in spoilt) for id_ in ids]
    assert {row(id_).failure_count for id_ in spoilt} == {1}
    assert db.session.scalar(select(func.count()).select_from(Task)) == 148
    assert db.session.scalar(select(func.count()).select_from(RunRow)) == 148


@on_sqlite
def test_a_failure_that_cannot_even_be_written_down_holds_up_nobody(workshop, monkeypatch):
    ids = make_many(workshop, 30)
    real, told = firing._start, firing.owe_failed_fire

    def start(session, schedule, *rest):
        if schedule.id == ids[3]:
            raise ZeroDivisionError
        return real(session, schedule, *rest)

    monkeypatch.setattr(firing, "_start", start)
    monkeypatch.setattr(firing, "owe_failed_fire", lambda *given: 1 / 0)
    pass_to(workshop, 1, 9)
    assert states() == {"started": 29}

    monkeypatch.setattr(firing, "owe_failed_fire", told)
    pass_to(workshop, 1, 9, 0, 1)
    assert states() == {"started": 29, "failed": 1}


@on_sqlite
def test_one_that_dies_in_the_second_of_two_transactions_leaves_the_first_whole_and_nothing_of_the_second(
    workshop, monkeypatch
):
    ids = make_many(workshop, 150)
    move_to(workshop, 1, 9)
    calls, real = [], firing.write_starts

    def dies(*given):
        made = real(*given)
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return made

    monkeypatch.setattr(firing, "write_starts", dies)
    with pytest.raises(SystemExit):
        firing.fire_due()
    db.session.rollback()
    assert states() == {"started": 100}
    assert len(tasks()) == 100

    firing.fire_due()
    workshop.drive()
    assert states() == {"started": 150}
    assert runs_of(ids) == [1] * 150
    assert {task.state for task in tasks()} == {"finished"}


def test_several_that_fire_hundreds_at_once_double_and_lose_nothing(workshop, app):
    ids = make_many(workshop, 250)
    move_to(workshop, 1, 9)
    barrier = threading.Barrier(3)

    def fire() -> None:
        with app.app_context():
            barrier.wait()
            firing.fire_due()
            db.session.remove()

    threads = [threading.Thread(target=fire) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert states() == {"started": 250}
    assert runs_of(ids) == [1] * 250
    assert len(tasks()) == 250


def test_a_task_that_a_stopped_worker_holds_holds_up_only_the_schedule_that_is_to_cancel_it(workshop):
    if db.engine.dialect.name != "postgresql":
        return
    workshop.recorder._next = lambda inputs, ctx: Await()  # type: ignore[method-assign]
    make(workshop, Plan("bksops", "0 * * * *", overlap="cancel"))
    pass_to(workshop, 1, 9)
    make_many(workshop, 3)
    move_to(workshop, 1, 10)

    with db.engine.connect() as connection, connection.begin():
        connection.execute(update(RunRow).values(version=RunRow.version + 1))
        firing.fire_due()

    assert states() == {"started": 4, "failed": 1}
    (reason,) = db.session.scalars(select(Fire.reason).where(Fire.state == "failed"))
    assert "does not answer" in reason


@on_sqlite
def test_nudges_go_out_when_what_they_are_for_can_be_seen(workshop):
    make_many(workshop, 30)
    move_to(workshop, 1, 9)
    seen = []

    class Looking(InlineDispatcher):
        def nudge(self, root_id: int, group: str | None = None) -> None:
            with db.engine.connect() as connection:
                seen.append(connection.scalar(select(RunRow.state).where(RunRow.id == root_id)))

    bound = engine_binding.bound()
    engine_binding.bind(engine_binding.Engine(bound.loader, Looking(), bound.clock))
    firing.fire_due()

    assert seen == ["running"] * 16


@on_sqlite
def test_a_tree_that_was_stored_before_there_were_moulds_fires_and_gets_one(workshop):
    made = make(workshop, EVERY_HOUR, constants={"${who}": "me"})
    tree_id = row(made).tree_id
    db.session.execute(update(TaskTree).values(mould=None))
    db.session.commit()

    pass_to(workshop, 1, 9)
    pass_to(workshop, 1, 10)

    assert states() == {"started": 2}
    assert [inputs for _, inputs in workshop.recorder.calls] == [{"value": "me"}] * 2
    assert db.session.get_one(TaskTree, tree_id).mould


@on_sqlite
def test_what_is_on_time_fires_before_what_is_late_and_the_longest_due_first(workshop):
    late, later, on_time = (make(workshop, EVERY_HOUR) for _ in range(3))
    for schedule_id, minutes in ((late, 20), (later, 10)):
        due = workshop.now + timedelta(minutes=minutes)
        db.session.execute(update(Schedule).where(Schedule.id == schedule_id).values(next_at=due))
    db.session.commit()
    move_to(workshop, 1, 9)

    firing.fire_due(limit=1)
    firing.fire_due(limit=1)

    assert [int(task.create_info) for task in tasks()] == [on_time, later, late]


@on_sqlite
def test_nobody_is_late_for_those_that_are_caught_up_with(workshop, monkeypatch):
    make_many(workshop, 50)
    ids, fired, real = make_many(workshop, 1), [], firing._fire
    on_time = ids[-1]
    db.session.execute(update(Schedule).where(Schedule.id == on_time).values(expression="30 * * * *"))
    db.session.execute(
        update(Schedule).where(Schedule.id == on_time).values(next_at=workshop.now + timedelta(minutes=90))
    )
    db.session.commit()
    move_to(workshop, 1, 9, 29, 59)

    def fire(ids):
        fired.append(list(ids))
        made = real(ids)
        move_to(workshop, 1, 9, 30)
        return made

    monkeypatch.setattr(firing, "_fire", fire)
    firing.fire_due()

    assert [len(ids) for ids in fired] == [20, 1, 20, 10]
    assert fired[1] == [on_time]
