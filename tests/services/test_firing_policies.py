"""Nobody was there for a while, clocks go wrong, tasks do not end: the policies hold, and nothing fires twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.engine.plugins.base import Await
from app.extensions import db
from app.models.schedules import Fire
from app.services import firing, schedules
from app.services.access import SYSTEM
from app.services.schedules import Plan
from app.services.tasks import operate_task
from tests.engine.workshop import Workshop
from tests.services.scheduling import EVERY_HOUR, fires, make, move_to, on_sqlite, open_workshop, pass_to, row, tasks


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    """A workshop at half a minute to nine."""
    made = open_workshop(monkeypatch)
    move_to(made, 1, 8, 59, 30)
    return made


@pytest.fixture
def endless(workshop) -> Workshop:
    """A workshop whose nodes never end by themselves."""
    workshop.recorder._next = lambda inputs, ctx: Await()  # type: ignore[method-assign]
    return workshop


def history(schedule_id: int) -> list[tuple[str, str, int]]:
    """The fires of a schedule: the time, what came of it, and how many after it were left out."""
    wanted = select(Fire.fire_at, Fire.state, Fire.left_out).where(Fire.schedule_id == schedule_id)
    rows = db.session.execute(wanted.order_by(Fire.fire_at)).all()
    db.session.rollback()
    return [(f"{at:%H:%M}", state, left_out) for at, state, left_out in rows]


AFTER_TEN_MINUTES = {
    "skip": ([("09:01", "missed", 8)], [("09:10", 0)]),
    "once": ([], [("09:01", 9)]),
    "all": ([], [("09:01", 0), ("09:02", 0), ("09:03", 6), ("09:10", 0)]),
}
"""By policy: what is only noted, and what is to be fired; each with how many after it are left out."""

STATES = {"allow": "started", "skip": "skipped", "queue": "queued", "cancel": "started"}


@pytest.mark.parametrize("misfire", AFTER_TEN_MINUTES)
def test_after_ten_minutes_without_a_scheduler_both_policies_hold(endless, misfire):
    made = {}
    for overlap in STATES:
        made[overlap] = make(endless, Plan("cron", "* * * * *", misfire=misfire, misfire_limit=3, overlap=overlap))
    pass_to(endless, 1, 9)

    pass_to(endless, 1, 9, 10, 30)
    firing.fire_due()

    noted, due = AFTER_TEN_MINUTES[misfire]
    for overlap, state in STATES.items():
        fired = [(at, state, left_out) for at, left_out in due]
        assert history(made[overlap]) == [("09:00", "started", 0), *noted, *fired]
        started = 1 + (len(due) if state == "started" else 0)
        revoked = started - 1 if overlap == "cancel" else 0
        states = [task.state for task in tasks() if task.create_info == str(made[overlap])]
        assert states == ["revoked"] * revoked + ["running"] * (started - revoked)
    pass_to(endless, 1, 9, 11)
    assert all(history(made[overlap])[-1] == ("09:11", state, 0) for overlap, state in STATES.items())


def test_fires_that_wait_start_one_after_another_in_their_order(endless):
    make(endless, Plan("cron", "*/10 * * * *", misfire="all", overlap="queue"))
    for minute in (0, 10, 20, 30):
        pass_to(endless, 1, 9, minute)
    assert [state for _, state in fires()] == ["started", "queued", "queued", "queued"]

    for number in range(3):
        operate_task(SYSTEM, endless.project, tasks()[-1].id, "revoke")
        pass_to(endless, 1, 9, 31 + number)
        assert [state for _, state in fires()] == ["started"] * (2 + number) + ["queued"] * (2 - number)

    assert [task.name[-6:] for task in tasks()] == ["170000", "171000", "172000", "173000"]


@on_sqlite
def test_a_new_fire_does_not_overtake_those_that_wait(endless):
    make(endless, Plan("cron", "*/10 * * * *", overlap="queue"))
    pass_to(endless, 1, 9)
    pass_to(endless, 1, 9, 10)
    operate_task(SYSTEM, endless.project, tasks()[0].id, "revoke")

    pass_to(endless, 1, 9, 20)

    assert fires() == [("01 09:00", "started"), ("01 09:10", "started"), ("01 09:20", "queued")]


@on_sqlite
def test_the_last_fire_before_the_end_waits_for_its_turn_and_starts(endless):
    made = make(endless, Plan("cron", "0 * * * *", overlap="queue", ends_at=endless.now + timedelta(hours=2)))
    pass_to(endless, 1, 9)
    pass_to(endless, 1, 10)
    assert not row(made).is_enabled
    pass_to(endless, 1, 11)
    assert fires()[-1] == ("01 10:00", "queued")
    operate_task(SYSTEM, endless.project, tasks()[0].id, "revoke")

    pass_to(endless, 1, 12)

    assert fires() == [("01 09:00", "started"), ("01 10:00", "started")]


@on_sqlite
@pytest.mark.parametrize("end", ["set_enabled", "delete_schedule"])
def test_fires_that_wait_are_dropped_when_their_schedule_is_switched_off(endless, end):
    made = make(endless, Plan("cron", "0 * * * *", overlap="queue"))
    pass_to(endless, 1, 9)
    pass_to(endless, 1, 10)
    given = (False,) if end == "set_enabled" else ()
    getattr(schedules, end)(SYSTEM, endless.project, made, *given)

    pass_to(endless, 1, 10, 1)

    assert fires() == [("01 09:00", "started"), ("01 10:00", "skipped")]


def test_a_clock_that_is_set_back_by_an_hour_lets_nothing_fire_again_not_even_for_one_who_switches_it_on_anew(workshop):
    made = make(workshop, Plan("cron", "*/20 * * * *"))
    for minute in (0, 20, 40):
        pass_to(workshop, 1, 9, minute)
    before = fires()

    move_to(workshop, 1, 8, 45)
    schedules.set_enabled(SYSTEM, workshop.project, made, False)
    schedules.set_enabled(SYSTEM, workshop.project, made, True)
    for hour, minute in ((9, 0), (9, 20), (9, 40), (10, 0)):
        pass_to(workshop, 1, hour, minute)

    assert fires() == [*before, ("01 10:00", "started")]
    assert len(tasks()) == 4


@on_sqlite
def test_a_clock_that_is_set_back_while_it_runs_lets_every_time_fire_once(workshop):
    make(workshop, Plan("cron", "*/20 * * * *"))
    for hour, minute in ((9, 0), (9, 20), (8, 20), (8, 40), (9, 0), (9, 20), (9, 40), (10, 0)):
        pass_to(workshop, 1, hour, minute)

    assert [at for at, _ in fires()] == ["01 09:00", "01 09:20", "01 09:40", "01 10:00"]
    assert len(tasks()) == 4


@on_sqlite
def test_a_schedule_that_nobody_can_read_any_more_is_switched_off_and_says_why(workshop):
    spoilt, good = make(workshop, EVERY_HOUR), make(workshop, EVERY_HOUR)
    row(spoilt).expression = "61 * * * *"
    db.session.commit()

    pass_to(workshop, 1, 9)
    pass_to(workshop, 1, 10)

    assert (row(spoilt).is_enabled, row(spoilt).failure_count) == (False, 1)
    assert (row(good).is_enabled, row(good).total_run_count) == (True, 2)
    (reason,) = db.session.scalars(select(Fire.reason).where(Fire.state == "failed"))
    assert "switched off" in reason


@on_sqlite
def test_a_fire_that_fails_does_not_take_the_place_of_one_that_was_made(workshop, monkeypatch):
    made = make(workshop, EVERY_HOUR)
    pass_to(workshop, 1, 9)
    move_to(workshop, 1, 8, 30)
    schedules.set_enabled(SYSTEM, workshop.project, made, False)
    schedules.set_enabled(SYSTEM, workshop.project, made, True)
    monkeypatch.setattr(firing, "_claim", lambda *given: 1 / 0)

    pass_to(workshop, 1, 9)

    assert fires() == [("01 09:00", "started")]
    assert row(made).failure_count == 0
