"""Hosts that vanish, a database and a queue that are away for half a minute: nothing is lost or doubled, everything ends."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task
from app.services.access import SYSTEM
from app.services.schedules import Plan, create_schedule
from app.services.templates import create_template
from tests.drawing import flow
from tests.engine.harbour import Harbour
from tests.hosts import hosts

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]

SHAPE = "start > par ; par > a > b > c > join ; par > d > e > join ; join > f > end"
AWAY_S = 30


@pytest.fixture
def harbour() -> Iterator[Harbour]:
    with hosts() as made:
        harbour = Harbour(made)
        for name in ("one", "two"):
            made.add(name, "worker", "worker", SLUICE_WORKER_THREADS="4")
        for name in ("clock", "other-clock"):
            made.add(name, "scheduler")
        with harbour.app.app_context():
            yield harbour
            db.session.remove()
            db.engine.dispose()


def under_load(harbour: Harbour, tasks: int = 10) -> None:
    """Start tasks, and wait until they are under way."""
    for _ in range(tasks):
        harbour.start(SHAPE, "abcdef", seconds=random.uniform(0.1, 0.4))
    before = len(harbour.marks.read_text().split())
    harbour.eventually(lambda: len(harbour.marks.read_text().split()) >= before + 5, 60)


def test_a_database_that_is_away_for_half_a_minute_under_load(harbour):
    under_load(harbour)
    db.session.remove()
    db.engine.dispose()
    harbour.hosts.stop_database()
    time.sleep(AWAY_S)
    harbour.hosts.start_database()

    harbour.see_to_end(180)
    harbour.require_each_mark_once()


def test_a_queue_that_is_away_for_half_a_minute_under_load(harbour):
    under_load(harbour)
    harbour.hosts.stop_queue()
    time.sleep(AWAY_S)
    harbour.hosts.start_queue()

    harbour.see_to_end(180)
    harbour.require_each_mark_once()


def test_worker_hosts_that_lose_their_cable_or_their_power_again_and_again(harbour):
    names = ["one", "two"]
    for turn in range(4):
        under_load(harbour, 4)
        name = names[turn % 2]
        if turn < 2:
            harbour.hosts.pull_cable(name)
            harbour.see_to_end(120)
            harbour.hosts.plug_cable(name)
        else:
            harbour.hosts.kill(name)
            harbour.see_to_end(120)
            harbour.hosts.boot(name, "worker", SLUICE_WORKER_THREADS="4")
        harbour.require_each_mark_once()


def test_each_second_fires_once_whichever_scheduler_loses_its_power_or_its_cable(harbour):
    drawn = flow("start > a > end")
    template = create_template(SYSTEM, harbour.project, "ticks", drawn)
    plan = Plan("quartz", "* * * * * ? *", misfire="all", misfire_limit=100)
    for number in range(3):
        create_schedule(SYSTEM, harbour.project, template.id, f"every second {number}", plan, is_enabled=True)
    network = harbour.hosts

    time.sleep(10)
    network.kill("clock")
    time.sleep(10)
    network.pull_cable("other-clock")
    time.sleep(5)
    network.boot("clock", "scheduler")
    time.sleep(10)
    network.plug_cable("other-clock")
    time.sleep(15)
    for schedule in db.session.scalars(select(Schedule)):
        schedule.is_enabled, schedule.next_at = False, None
    db.session.commit()

    def has_ended() -> bool:
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Task).where(Task.state != "finished")) == 0

    harbour.eventually(has_ended, 60)
    for schedule_id in db.session.scalars(select(Schedule.id)).all():
        fires = db.session.scalars(select(Fire).where(Fire.schedule_id == schedule_id).order_by(Fire.fire_at)).all()
        times = [fire.fire_at for fire in fires]
        assert times == [times[0] + timedelta(seconds=n) for n in range(len(times))]
        assert len(times) >= 45
        assert {fire.state for fire in fires} == {"started"}
        assert len({fire.task_id for fire in fires}) == len(fires)
    assert db.session.scalar(select(func.count()).select_from(Task)) == db.session.scalar(
        select(func.count()).select_from(Fire)
    )
