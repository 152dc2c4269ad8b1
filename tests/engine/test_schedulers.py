"""Schedulers as processes of their own: several at once, killed in the middle, with a queue that comes and goes.

The flows are of one node that does nothing; what counts is that each time of each schedule makes one task, and on time.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

import jobs.scheduler
from app.engine.dispatch import SCHEDULER_ALIVE, InlineDispatcher
from app.engine.queues import QUEUE
from app.extensions import db
from app.models.base import from_micros, to_micros
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task
from app.services import firing
from app.services.access import SYSTEM
from app.services.schedules import Plan, create_schedule
from app.services.templates import create_template
from jobs.scheduler import PERIODIC, Aside, Beats, Clock, Timekeeper
from tests.drawing import flow
from tests.engine.fleet import Fleet
from tests.engine.processes import Site, ended
from tests.valkey import valkey_server

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def fleet(site: Site, app, tmp_path_factory):
    """A queue and no scheduler: each test starts its own."""
    with Fleet(site, app.config["SLUICE"], tmp_path_factory.mktemp("queue") / "socket", lease_s=3) as made:
        kill(made, *made._living)
        yield made


def add_scheduler(fleet: Fleet, beforehand: Callable[[], object] = lambda: None) -> int:
    """Start a scheduler, in whose process something is done beforehand."""

    def be() -> None:
        beforehand()
        fleet._be(jobs.scheduler.main)

    return fleet._fork(be)


def kill(fleet: Fleet, *processes: int) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)
        fleet._living.remove(process)
        assert ended([process]) == [-signal.SIGKILL]


def make_schedules(site: Site, count: int, expression: str = "0 0 3 * * ?", **columns) -> list[int]:
    """Make schedules that are enabled, and next due tomorrow."""
    template = create_template(SYSTEM, site.project, "nightly", flow("start > a > end"))
    first = create_schedule(SYSTEM, site.project, template.id, "nightly", Plan("quartz", expression), is_enabled=True)
    row = {c.name: getattr(first, c.name) for c in Schedule.__table__.columns if c.name != "id"} | columns
    db.session.add_all(Schedule(**row) for _ in range(count - 1))
    db.session.commit()
    ids = list(db.session.scalars(select(Schedule.id).order_by(Schedule.id)))
    db.session.rollback()
    return ids[-count:]


def make_due(ids: list[int], moment: datetime) -> None:
    """Let schedules be due at a moment, and then tomorrow."""
    expression = f"{moment.second} {moment.minute} {moment.hour} * * ?"
    order = text("UPDATE schedule SET expression = :e, next_at = :at WHERE id >= :a AND id <= :b")
    db.session.execute(order, {"e": expression, "at": to_micros(moment), "a": ids[0], "b": ids[-1]})
    db.session.commit()


def switch_off() -> None:
    """Let nothing fire any more: workers fire too, if a scheduler has asked them to before its end."""
    db.session.execute(text("UPDATE schedule SET is_enabled = (1 = 0), next_at = NULL"))
    db.session.commit()


def next_second(ahead_s: float = 0) -> datetime:
    return (datetime.now(UTC) + timedelta(seconds=1 + ahead_s)).replace(microsecond=0)


def wait_for(claim: Callable[[], object], patience_s: float = 60) -> None:
    end = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def count(what: type[Task] | type[Fire], *conditions) -> int:
    found = db.session.scalar(select(func.count()).select_from(what).where(*conditions))
    db.session.rollback()
    return found or 0


def all_finished() -> bool:
    return count(Task) > 0 and count(Task, Task.state != "finished") == 0


def wrongs(ids: list[int], moments: set[datetime]) -> list[str]:
    """Say what is wrong: each schedule has fired once at each of the moments, and each fire has made one task."""
    fires = db.session.execute(select(Fire.schedule_id, Fire.fire_at, Fire.state, Fire.task_id)).all()
    made = Counter(db.session.execute(select(Task.create_info, Task.name)).all())
    tasks = set(db.session.scalars(select(Task.id)))
    db.session.rollback()
    found = [f"{fire} is not started" for fire in fires if fire.state != "started"]
    found += [f"{name} of {schedule_id} was made {n} times" for (schedule_id, name), n in made.items() if n > 1]
    found += [f"tasks and fires differ: {tasks ^ {fire.task_id for fire in fires}}"] * (
        tasks != {fire.task_id for fire in fires}
    )
    wanted = {(id_, moment) for id_ in ids for moment in moments}
    fired = {(fire.schedule_id, fire.fire_at) for fire in fires}
    return found + [f"lost {sorted(wanted - fired)[:3]}, too many {sorted(fired - wanted)[:3]}"] * (wanted != fired)


def begun(fleet: Fleet) -> bool:
    """Whether a scheduler has left its sign of life."""
    return bool(fleet.redis.exists(SCHEDULER_ALIVE))


def test_two_schedulers_fire_what_is_due_in_one_second_once_and_within_two_seconds(site, fleet):
    ids = make_schedules(site, 120)
    add_scheduler(fleet)
    add_scheduler(fleet)
    fleet.add_worker([])
    wait_for(lambda: begun(fleet))
    moment = next_second(2)
    make_due(ids, moment)

    wait_for(lambda: count(Fire) == 120)

    assert datetime.now(UTC) - moment < timedelta(seconds=2)
    wait_for(all_finished)
    assert wrongs(ids, {moment}) == []


@on_sqlite
def test_a_scheduler_that_is_killed_at_any_point_doubles_and_loses_nothing(site, fleet):
    ids = make_schedules(site, 150)
    moment = next_second(-1)
    make_due(ids, moment)

    for point, nth, fired in (("_claim", 1, 0), ("write_starts", 2, 100), ("nudge", 1, 150)):
        doomed = add_scheduler(fleet, lambda point=point, nth=nth: die_after(point, nth))
        assert ended([doomed]) == [-signal.SIGKILL]
        fleet._living.remove(doomed)
        assert count(Fire) == count(Task) == fired

    # Nobody was nudged: it is the sweep that finds the tasks.
    fleet.add_worker([])
    add_scheduler(fleet)
    wait_for(all_finished)
    assert wrongs(ids, {moment}) == []


def die_after(name: str, nth: int) -> None:
    """Let this process be killed when a function of the firing has been called for the nth time."""
    calls, real = [], getattr(firing, name)

    def dies(*given):
        made = real(*given)
        calls.append(1)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    setattr(firing, name, dies)


@on_sqlite
def test_a_queue_that_is_emptied_restarted_or_hangs_delays_no_fire_and_ends_no_scheduler(site, fleet):
    make_schedules(site, 3, "* * * * * ?")
    scheduler = add_scheduler(fleet)
    fleet.add_worker([])
    wait_for(lambda: count(Fire) >= 3)

    fleet.empty_queue()
    time.sleep(1)
    fleet.restart_queue()
    time.sleep(1)
    queue = fleet._queue.process
    assert queue is not None
    queue.send_signal(signal.SIGSTOP)
    time.sleep(3.5)
    queue.send_signal(signal.SIGCONT)
    fired = count(Fire)
    wait_for(lambda: count(Fire) >= fired + 6)
    wait_for(lambda: begun(fleet))

    kill(fleet, scheduler)
    switch_off()
    assert count(Fire, Fire.left_out > 0) == 0
    ids = list(db.session.scalars(select(Fire.schedule_id).distinct()))
    seconds = set(db.session.scalars(select(Fire.fire_at)))
    late = max(at - fire_at for at, fire_at in db.session.execute(select(Fire.at, Fire.fire_at)))
    db.session.rollback()
    first, last = min(seconds), max(seconds)
    assert late < timedelta(seconds=2)
    add_scheduler(fleet)
    wait_for(all_finished)
    assert wrongs(ids, {first + timedelta(seconds=n) for n in range((last - first).seconds + 1)}) == []


@on_sqlite
def test_a_scheduler_whose_database_is_away_asks_again_at_the_next_second(app, monkeypatch):
    stop, answers = threading.Event(), [OperationalError("SELECT", {}, Exception("away")), 0, 0]

    def fire_due() -> int:
        answer = answers.pop(0)
        if not answers:
            stop.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(firing, "fire_due", fire_due)
    monkeypatch.setattr(jobs.scheduler, "_until", lambda fraction: 0.0)

    Timekeeper(stop).run()

    assert answers == []


def test_a_scheduler_that_is_stuck_shows_no_life(monkeypatch):
    timekeeper = Timekeeper(threading.Event())
    assert timekeeper.is_well()
    now = time.monotonic()
    monkeypatch.setattr(jobs.scheduler, "time", SimpleNamespace(monotonic=lambda: now + 61))
    assert not timekeeper.is_well()


def test_nudges_that_hang_hold_up_nobody():
    gate = threading.Event()

    class Hanging(InlineDispatcher):
        def nudge(self, root_id: int, group: str | None = None) -> None:
            gate.wait(60)
            super().nudge(root_id)

    dispatcher = Hanging()
    aside = Aside(dispatcher)
    for root_id in range(1000):
        aside.nudge(root_id)
    assert not dispatcher.nudged

    gate.set()
    wait_for(lambda: len(dispatcher.nudged) >= 64)


@pytest.fixture
def redis():
    """A queue of its own."""
    with valkey_server() as server:
        yield server.client


@contextmanager
def time_is(monkeypatch, moment: float):
    with monkeypatch.context() as patch:
        patch.setattr(jobs.scheduler, "time", SimpleNamespace(time=lambda: moment, monotonic=time.monotonic))
        yield


def taken(redis: Redis) -> set[str]:
    """Take what waits in the queue, as a worker does: the names that it calls."""
    queue = Queue(QUEUE, connection=redis)
    names = {job.func_name for job in queue.jobs}
    queue.empty()
    return names


EVERYTHING = {function for function, _ in PERIODIC.values()}


def test_periodic_jobs_outlive_whatever_happens_to_them_in_the_queue(redis, monkeypatch):
    clock = Clock(queue_name=QUEUE, connection=redis, interval=1)
    key, now = clock.scheduled_jobs_key, time.time()

    def spoil_nothing() -> None:
        pass

    def empty() -> None:
        redis.flushall()

    def put_what_nobody_can_read() -> None:
        redis.zadd(key, {b"\xff\xfe": 0, "foreign": 0, "ghost": 0})
        redis.set(Job.key_for("foreign"), "no hash at all")

    def take_one_out_as_one_that_dies_before_it_puts_it_back() -> None:
        redis.zrem(key, *PERIODIC)

    def spoil_the_jobs_themselves() -> None:
        for job_id in PERIODIC:
            redis.delete(Job.key_for(job_id))
            redis.set(Job.key_for(f"{job_id}-tick"), "no hash at all")

    for spoil in (
        spoil_nothing, empty, put_what_nobody_can_read, take_one_out_as_one_that_dies_before_it_puts_it_back,
        spoil_the_jobs_themselves,
    ):  # fmt: skip
        spoil()
        now += 1 + max(every_s for _, every_s in PERIODIC.values())
        with time_is(monkeypatch, now):
            clock.beat()
        assert taken(redis) == EVERYTHING, spoil.__name__
        assert {member.decode() for member in redis.zrange(key, 0, -1)} == set(PERIODIC)


def test_a_tick_that_still_waits_is_not_enqueued_again(redis, monkeypatch):
    clock, now = Clock(queue_name=QUEUE, connection=redis, interval=1), time.time()
    for seconds in range(0, 30, 5):
        with time_is(monkeypatch, now + seconds):
            clock.beat()

    assert len(Queue(QUEUE, connection=redis).job_ids) == len(PERIODIC)


def test_a_clock_that_is_set_back_by_an_hour_does_not_put_periodic_jobs_off(redis, monkeypatch):
    clock, now = Clock(queue_name=QUEUE, connection=redis, interval=1), time.time()
    with time_is(monkeypatch, now):
        clock.beat()
    taken(redis)

    with time_is(monkeypatch, now - 3600):
        clock.beat()

    assert taken(redis) == EVERYTHING


def test_beats_that_end_by_themselves_end_the_scheduler_so_that_it_is_started_again():
    stop = threading.Event()

    with pytest.raises(ZeroDivisionError):
        Beats(Redis(), stop, lambda: 1 / 0).run()

    assert stop.is_set()


@on_sqlite
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_thousand_of_ten_thousand_schedules_fire_within_two_seconds_of_their_time(site, fleet):
    ids = make_schedules(site, 10_000)
    schedulers = [add_scheduler(fleet) for _ in range(2)]
    for _ in range(2):
        fleet.add_worker([])
    wait_for(lambda: begun(fleet))
    for number in range(3):
        due = ids[1000 * number : 1000 * (number + 1)]
        moment = next_second(3)
        make_due(due, moment)
        wait_for(lambda number=number: count(Fire) == 1000 * (number + 1))
        assert datetime.now(UTC) - moment < timedelta(seconds=2)
        wait_for(all_finished, 120)
    kill(fleet, *schedulers)
    assert count(Task) == 3000


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_schedulers_that_are_killed_at_random_for_a_minute_double_and_lose_nothing(site, fleet):
    ids = make_schedules(site, 40, "*/2 * * * * ?")
    random, end = Random(7), time.monotonic() + 60
    schedulers = [add_scheduler(fleet) for _ in range(2)]
    for _ in range(2):
        fleet.add_worker([])
    kills = 0
    while time.monotonic() < end:
        time.sleep(random.uniform(0.2, 2.5))
        victim = schedulers.pop(random.randrange(2))
        kill(fleet, victim)
        kills += 1
        schedulers.append(add_scheduler(fleet))
        if random.random() < 0.3:
            fleet.empty_queue()
    time.sleep(5)
    kill(fleet, *schedulers)
    switch_off()
    add_scheduler(fleet)
    wait_for(all_finished, 120)
    times = set(db.session.scalars(select(Fire.fire_at)))
    db.session.rollback()
    first, last = to_micros(min(times)), to_micros(max(times))
    assert kills > 15
    assert wrongs(ids, {from_micros(at) for at in range(first, last + 1, 2_000_000)}) == []
