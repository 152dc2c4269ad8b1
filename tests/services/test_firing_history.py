"""The history of schedules does not grow for ever, and forgets nothing that is still needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from app.engine.plugins.base import Await
from app.extensions import db
from app.models.schedules import Fire
from app.services.firing_history import forget_fires
from app.services.schedules import Plan
from jobs import entry
from tests.engine.workshop import Workshop
from tests.services.scheduling import EVERY_HOUR, fires, make, make_many, move_to, on_sqlite, open_workshop, pass_to


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    return open_workshop(monkeypatch)


def fired(workshop: Workshop, schedule_id: int, ago: range, *, each: timedelta = timedelta(days=1)) -> None:
    """Let a schedule have fired so many days ago, or other times."""
    row = {"schedule_id": schedule_id, "state": "skipped", "at": workshop.now}
    db.session.execute(insert(Fire), [{**row, "fire_at": workshop.now - each * number} for number in ago])
    db.session.commit()


def days_left(workshop: Workshop, schedule_id: int) -> list[int]:
    """How many days ago each fire was that is still there."""
    times = db.session.scalars(select(Fire.fire_at).where(Fire.schedule_id == schedule_id)).all()
    db.session.rollback()
    return sorted((workshop.now - at).days for at in times)


def test_the_newest_fires_of_each_schedule_are_kept(workshop):
    busy, calm = make(workshop, EVERY_HOUR), make(workshop, EVERY_HOUR)
    fired(workshop, busy, range(10))
    fired(workshop, calm, range(3))

    assert forget_fires(0, 4) == 0

    assert days_left(workshop, busy) == [0, 1, 2, 3]
    assert days_left(workshop, calm) == [0, 1, 2]


@on_sqlite
def test_what_is_younger_than_a_day_is_kept_so_that_a_clock_that_is_set_back_meets_it(workshop):
    made = make(workshop, EVERY_HOUR)
    fired(workshop, made, range(20), each=timedelta(minutes=1))
    fired(workshop, made, range(1, 3))

    forget_fires(0, 4)

    assert days_left(workshop, made) == [0] * 20


def test_a_fire_that_waits_is_kept_and_so_is_that_of_a_task_that_runs(workshop):
    workshop.recorder._next = lambda inputs, ctx: Await()  # type: ignore[method-assign]
    made = make(workshop, Plan("bksops", "0 * * * *", overlap="skip"))
    pass_to(workshop, 1, 9)
    move_to(workshop, 30, 8)
    fired(workshop, made, range(9))
    db.session.execute(
        update(Fire).where(Fire.fire_at == workshop.now - timedelta(days=7)).values(state="queued")
    )  # fmt: skip
    db.session.commit()

    forget_fires(0, 2)

    assert days_left(workshop, made) == [0, 1, 7, 28]
    pass_to(workshop, 30, 9)
    assert ("01 10:00", "skipped") in fires()


@on_sqlite
def test_the_sweep_goes_through_all_schedules_a_few_at_a_time_and_begins_anew(workshop, monkeypatch):
    ids = make_many(workshop, 25)
    for id_ in ids:
        fired(workshop, id_, range(1, 4))
    monkeypatch.setattr(entry._Process, "room", workshop.room)
    monkeypatch.setattr(entry._Process, "fires_kept", 1)
    monkeypatch.setattr(entry._Process, "forgot_until", 0)

    entry.sweep()
    assert [len(days_left(workshop, id_)) for id_ in ids] == [1] * 20 + [3] * 5
    entry.sweep()
    assert [len(days_left(workshop, id_)) for id_ in ids] == [1] * 25

    fired(workshop, ids[0], range(4, 6))
    entry.sweep()
    assert days_left(workshop, ids[0]) == [1]
