"""Schedules fire exactly once, whoever looks, whatever stops; and keep to their policies."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.engine.plugins.base import Await
from app.errors import InvalidInput, Refused
from app.extensions import db
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task
from app.services import firing, schedules
from app.services.access import SYSTEM
from app.services.schedules import Plan
from app.services.templates import create_template, update_template
from benchmarks.schedules import rows_of_fires
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    from app.services import schedules as services
    from app.services import tasks, templates

    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    for module in (tasks, templates, services):
        monkeypatch.setattr(module, "known_plugins", lambda: known)
    return Workshop()


def make(workshop: Workshop, plan: Plan, **options):
    """Make a schedule of a flow of one node and enable it."""
    tree = flow(
        "start > a > end", plugin="recorder", inputs={"a": {"value": "${who}"}}, constants={"${who}": {"value": "x"}}
    )
    template = create_template(SYSTEM, workshop.project, "flow", tree)
    made = schedules.create_schedule(SYSTEM, workshop.project, template.id, "nightly", plan, **options)
    if plan.form != "once":
        schedules.set_enabled(SYSTEM, workshop.project, made.id, True)
    return made.id


def fires() -> list[tuple[str, str]]:
    """What has fired: the time in UTC, and what came of it."""
    rows = db.session.execute(select(Fire.fire_at, Fire.state).order_by(Fire.fire_at)).all()
    db.session.rollback()
    return [(f"{at:%d %H:%M}", state) for at, state in rows]


def pass_to(workshop: Workshop, *moment: int) -> None:
    """Let it be a time of January 2030, and fire and drive what is due."""
    workshop.now = datetime(2030, 1, *moment, tzinfo=UTC)
    firing.fire_due()
    workshop.drive()


def row(schedule_id: int) -> Schedule:
    db.session.rollback()
    return db.session.get_one(Schedule, schedule_id)


EVERY_HOUR = Plan("bksops", "0 * * * *")


def test_a_fire_makes_and_starts_a_task_named_by_its_time_in_the_zone_of_the_project(workshop):
    made = make(workshop, EVERY_HOUR, constants={"${who}": "me"})

    pass_to(workshop, 1, 8, 59)
    assert fires() == []
    pass_to(workshop, 1, 9, 0, 1)

    assert fires() == [("01 09:00", "started")]
    task = db.session.scalars(select(Task)).one()
    assert (task.name, task.create_method, task.state) == ("nightly_20300101170000", "periodic", "finished")
    assert workshop.recorder.calls == [("a", {"value": "me"})] or workshop.recorder.calls[0][1] == {"value": "me"}
    assert (row(made).total_run_count, row(made).last_run_at) == (1, workshop.now)
    pass_to(workshop, 1, 9, 0, 30)
    assert len(fires()) == 1


def test_a_schedule_keeps_its_tree_whatever_becomes_of_the_template(workshop):
    made = make(workshop, EVERY_HOUR)
    template = row(made).template_id
    update_template(SYSTEM, workshop.project, template, flow("start > b > end", plugin="recorder"))

    pass_to(workshop, 1, 9)

    assert len(workshop.calls) == 1
    assert workshop.recorder.calls[0][1] == {"value": "x"}


@pytest.mark.parametrize(
    ("misfire", "wanted"),
    [("once", [("01 09:00", "started")]), ("skip", [("01 09:00", "missed")]),
     ("all", [("01 09:00", "started"), ("01 10:00", "started"), ("01 11:00", "started")])],
)  # fmt: skip
def test_what_becomes_of_fires_that_nobody_was_there_for(workshop, misfire, wanted):
    make(workshop, Plan("bksops", "0 * * * *", misfire=misfire, misfire_limit=3))

    pass_to(workshop, 1, 13, 30)
    assert fires() == wanted

    pass_to(workshop, 1, 14)
    assert fires() == [*wanted, ("01 14:00", "started")]


@pytest.mark.parametrize(
    ("overlap", "states", "first"),
    [("allow", ["started", "started"], "running"), ("skip", ["started", "skipped"], "running"),
     ("cancel", ["started", "started"], "revoked"), ("queue", ["started", "queued"], "running")],
)  # fmt: skip
def test_what_becomes_of_a_fire_while_the_task_before_still_runs(workshop, overlap, states, first):
    workshop.recorder.plans = {node: [Await()] for node in ("a",)}
    make(workshop, Plan("bksops", "0 * * * *", overlap=overlap))
    workshop.recorder._next = lambda inputs, ctx: Await()  # type: ignore[method-assign]
    pass_to(workshop, 1, 9)

    pass_to(workshop, 1, 10)

    assert [state for _, state in fires()] == states
    assert db.session.scalars(select(Task.state).order_by(Task.id)).first() == first


def test_a_queued_fire_starts_when_the_task_before_has_ended(workshop):
    from app.services.tasks import operate_task

    workshop.recorder._next = lambda inputs, ctx: Await()  # type: ignore[method-assign]
    make(workshop, Plan("bksops", "0 * * * *", overlap="queue"))
    pass_to(workshop, 1, 9)
    pass_to(workshop, 1, 10)
    operate_task(SYSTEM, workshop.project, db.session.scalars(select(Task.id)).one(), "revoke")

    pass_to(workshop, 1, 10, 5)

    assert fires() == [("01 09:00", "started"), ("01 10:00", "started")]
    assert db.session.scalar(select(func.count()).select_from(Task)) == 2


def test_a_clock_that_is_set_back_fires_nothing_twice(workshop):
    make(workshop, EVERY_HOUR)
    pass_to(workshop, 1, 10)
    pass_to(workshop, 1, 9)
    pass_to(workshop, 1, 10)

    assert [at for at, _ in fires()] == ["01 09:00"]


def test_start_and_end_bound_a_schedule(workshop):
    plan = Plan("bksops", "0 * * * *", starts_at=datetime(2030, 1, 1, 11, 30, tzinfo=UTC),
                ends_at=datetime(2030, 1, 1, 13, 0, tzinfo=UTC))  # fmt: skip
    made = make(workshop, plan)
    for hour in range(9, 16):
        pass_to(workshop, 1, hour)

    assert [at for at, _ in fires()] == ["01 12:00", "01 13:00"]
    assert not row(made).is_enabled


def test_a_single_fire_is_made_once(workshop):
    made = make(workshop, Plan("once", starts_at=datetime(2030, 1, 2, tzinfo=UTC)))
    pass_to(workshop, 2, 0)
    pass_to(workshop, 2, 1)

    assert fires() == [("02 00:00", "started")]
    assert db.session.scalars(select(Task.create_method)).one() == "clocked"
    assert not row(made).is_enabled


def test_a_fire_that_cannot_be_carried_out_is_told_and_does_not_stop_the_schedule(workshop, monkeypatch):
    from app.services import tasks

    made = make(workshop, EVERY_HOUR)
    known = tasks.known_plugins()
    monkeypatch.setattr(tasks, "known_plugins", set)
    pass_to(workshop, 1, 9)
    assert fires() == [("01 09:00", "failed")]
    assert "does not exist" in db.session.scalars(select(Fire.reason)).one()
    assert row(made).failure_count == 1

    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    pass_to(workshop, 1, 10)
    assert fires()[-1] == ("01 10:00", "started")


def test_a_defect_in_one_fire_does_not_hold_up_the_schedules_behind_it(workshop, monkeypatch):
    first, second = make(workshop, EVERY_HOUR), make(workshop, EVERY_HOUR)
    real = firing._start

    def fails(session, schedule, *rest):
        if schedule.id == first:
            raise ZeroDivisionError("a defect")
        return real(session, schedule, *rest)

    monkeypatch.setattr(firing, "_start", fails)
    pass_to(workshop, 1, 9)

    assert sorted(state for _, state in fires()) == ["failed", "started"]
    assert (row(first).failure_count, row(second).total_run_count) == (1, 1)


def test_edits_are_refused_while_it_is_enabled(workshop):
    made = make(workshop, EVERY_HOUR)

    with pytest.raises(Refused, match="can not modify cron when task is enabled"):
        schedules.modify_plan(SYSTEM, workshop.project, made, Plan("bksops", "5 * * * *"))
    with pytest.raises(Refused, match="can not modify constants when task is enabled"):
        schedules.modify_schedule_constants(SYSTEM, workshop.project, made, {})

    schedules.set_enabled(SYSTEM, workshop.project, made, False)
    schedules.modify_plan(SYSTEM, workshop.project, made, Plan("bksops", "5 * * * *"))
    assert row(made).expression == "5 * * * *"


def test_an_edited_plan_fires_at_its_next_time_and_not_at_once(workshop):
    made = make(workshop, EVERY_HOUR)
    pass_to(workshop, 1, 9, 40)
    before = fires()
    schedules.set_enabled(SYSTEM, workshop.project, made, False)
    schedules.modify_plan(SYSTEM, workshop.project, made, Plan("bksops", "10 * * * *"))
    schedules.set_enabled(SYSTEM, workshop.project, made, True)

    pass_to(workshop, 1, 9, 45)
    assert fires() == before
    pass_to(workshop, 1, 10, 10)
    assert fires() == [*before, ("01 10:10", "started")]


def test_what_was_missed_while_it_was_disabled_does_not_fire(workshop):
    made = make(workshop, EVERY_HOUR)
    schedules.set_enabled(SYSTEM, workshop.project, made, False)
    pass_to(workshop, 1, 12, 30)
    schedules.set_enabled(SYSTEM, workshop.project, made, True)
    pass_to(workshop, 1, 13)

    assert fires() == [("01 13:00", "started")]


def test_everything_that_is_wrong_with_a_plan_is_told_at_once(workshop):
    with pytest.raises(InvalidInput) as wrong:
        make(workshop, Plan("bksops", "61 * * * *", misfire="never", overlap="maybe", misfire_limit=0))

    assert {p.where for p in wrong.value.problems} >= {"misfire", "overlap", "misfire_limit"}
    assert len(wrong.value.problems) >= 4


def test_of_several_that_fire_at_once_each_time_is_fired_by_one(workshop, app):
    ids = [make(workshop, EVERY_HOUR) for _ in range(5)]
    workshop.now = datetime(2030, 1, 1, 9, tzinfo=UTC)
    barrier = threading.Barrier(4)

    def fire() -> None:
        with app.app_context():
            barrier.wait()
            firing.fire_due()
            db.session.remove()

    threads = [threading.Thread(target=fire) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [state for _, state in fires()] == ["started"] * 5
    assert db.session.scalar(select(func.count()).select_from(Task)) == 5
    assert {row(id_).total_run_count for id_ in ids} == {1}


def test_a_worker_that_dies_at_any_point_leaves_all_of_a_fire_or_nothing(workshop, monkeypatch):
    make(workshop, EVERY_HOUR)
    workshop.now = datetime(2030, 1, 1, 9, 0, 5, tzinfo=UTC)
    for name in ("_claim", "_carry_out", "_start"):
        real = getattr(firing, name)

        def dies(*args, real=real):
            real(*args)
            raise SystemExit

        monkeypatch.setattr(firing, name, dies)
        with pytest.raises(SystemExit):
            firing.fire_due()
        monkeypatch.setattr(firing, name, real)
        assert fires() == []
        assert db.session.scalar(select(func.count()).select_from(Task)) == 0

    firing.fire_due()
    assert fires() == [("01 09:00", "started")]


def test_the_next_fire_is_in_the_zone_of_the_project(workshop):
    made = make(workshop, Plan("bksops", "30 9 * * *"))

    # 09:30 in Shanghai.
    assert row(made).next_at == datetime(2030, 1, 2, 1, 30, tzinfo=UTC)
    assert row(made).next_at - workshop.now > timedelta(hours=1)


def test_the_floor_of_the_measurements_writes_what_a_fire_writes(workshop):
    make(workshop, EVERY_HOUR)
    pass_to(workshop, 1, 9, 0, 1)

    with workshop.room.store.transaction() as tx:
        for sql, rows in rows_of_fires(10_000_000):
            tx.many(sql, rows)

    assert len(fires()) == 1 + 100
