"""A worker is killed at every point where a crash can be told apart. Every run ends, and no effect happens twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.extensions import db
from tests.drawing import flow
from tests.engine.flows import FLOWS
from tests.engine.processes import Person, Site, all_nodes, ended, signal_at

POINTS = ("claimed", "calling", "called", "deciding", "decided", "nudged")
FREE_POINTS = tuple(point for point in POINTS if point != "deciding")
"""The points at which no lock is held."""


def bring_to_end(site: Site, root_id: int, person: Person) -> None:
    """Let time pass, other workers drive and the person attend until the task has finished."""
    for _ in range(40):
        ended([site.fork(lambda: site.drive(root_id))])
        if person.attend().state == "finished":
            return
        site.offset += timedelta(seconds=20)
    raise AssertionError(f"the task does not end: {person.wrongs()}")


def strike(site: Site, root_id: int, person: Person, fault: Callable[[str], None]) -> int | None:
    """Drive with a fault until a process has been killed or stopped by it; returns its id, or None if none was.

    A flow that waits comes to the later points after it was woken.
    """
    site.fault = fault
    try:
        for _ in range(4):
            child = site.fork(lambda: site.drive(root_id))
            seen = os.waitid(os.P_PID, child, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
            if seen is not None and seen.si_code != os.CLD_EXITED:
                return child
            assert ended([child]) == [0]
            person.attend()
            site.offset += timedelta(seconds=2)
        return None
    finally:
        site.fault = lambda point: None


def wake(sleeper: int | None) -> None:
    """Let a stopped process go on to its end."""
    if sleeper is not None:
        os.kill(sleeper, signal.SIGCONT)
        assert ended([sleeper]) == [0]


@contextmanager
def stopping(site: Site, root_id: int, person: Person, point: str, number: int) -> Iterator[int | None]:
    """Stop a worker, if it comes to a point; inside its lease has run out, and at the end it wakes."""
    sleeper = strike(site, root_id, person, signal_at(signal.SIGSTOP, point, number))
    site.offset += timedelta(seconds=20)
    try:
        yield sleeper
    finally:
        wake(sleeper)


@pytest.mark.parametrize("name", FLOWS)
def test_a_worker_may_be_killed_at_every_point(site, name):
    killed = 0
    for point in POINTS:
        for number in range(1, 30):
            task_id, root_id, tree = site.make(FLOWS[name])
            person = Person(site, task_id, tree)

            victim = strike(site, root_id, person, signal_at(signal.SIGKILL, point, number))
            bring_to_end(site, root_id, person)

            assert person.wrongs() == [], (point, number)
            if victim is None:
                break
            assert ended([victim]) == [-signal.SIGKILL]
            killed += 1
    assert killed >= 12


@pytest.mark.parametrize("name", FLOWS)
def test_a_stopped_worker_that_wakes_after_its_lease_and_after_the_end_changes_nothing(site, name):
    for point in ("calling", "called", "decided"):
        task_id, root_id, tree = site.make(FLOWS[name])
        person = Person(site, task_id, tree)

        with stopping(site, root_id, person, point, 2) as sleeper:
            bring_to_end(site, root_id, person)
            before = site.status(task_id)

        assert sleeper is not None
        assert site.status(task_id) == before, point
        assert person.wrongs() == [], point


@pytest.mark.parametrize("name", FLOWS)
def test_a_stopped_worker_that_wakes_while_another_has_its_work_reports_in_vain(site, name):
    for point in FREE_POINTS:
        task_id, root_id, tree = site.make(FLOWS[name])
        person = Person(site, task_id, tree)

        with stopping(site, root_id, person, point, 1) as sleeper:
            other = strike(site, root_id, person, signal_at(signal.SIGSTOP, "calling", 1))
        if other is not None:
            # What it was about to do is not done; only the sleeper's report could make it seem so.
            os.kill(other, signal.SIGKILL)
            ended([other])
        bring_to_end(site, root_id, person)

        assert sleeper is not None
        assert person.wrongs() == [], point


@pytest.mark.parametrize("name", FLOWS)
def test_a_worker_that_is_stopped_with_the_lock_of_a_task_is_waited_for(site, name):
    for number in (1, 2):
        task_id, root_id, tree = site.make(FLOWS[name])
        person = Person(site, task_id, tree)

        sleeper = strike(site, root_id, person, signal_at(signal.SIGSTOP, "deciding", number))
        assert sleeper is not None
        site.offset += timedelta(seconds=20)
        other = site.fork(lambda root_id=root_id: site.drive(root_id))
        time.sleep(0.05)
        waits = os.waitid(os.P_PID, other, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        wake(sleeper)
        ended([other])
        bring_to_end(site, root_id, person)

        assert waits
        assert person.wrongs() == [], number


def test_a_killed_worker_in_an_idempotent_plugin_is_replaced_without_a_person(site):
    task_id, root_id, _ = site.make(flow("start > a > b > end", plugin="bk_display"))

    site.fault = signal_at(signal.SIGKILL, "called", 1)
    assert ended([site.fork(lambda: site.drive(root_id))]) == [-signal.SIGKILL]
    site.fault = lambda point: None
    site.offset = timedelta(seconds=16)
    ended([site.fork(lambda: site.drive(root_id))])

    assert site.status(task_id).state == "finished"


def test_twelve_workers_share_a_run_without_doing_anything_twice(site):
    branches = " ; ".join(f"par > a{i} > b{i} > join" for i in range(30))
    task_id, root_id, _ = site.make(flow(f"start > par ; {branches} ; join > end", plugin="effect"))

    codes = ended([site.fork(lambda: site.drive(root_id)) for _ in range(12)])
    for _ in range(50):
        if site.status(task_id).state == "finished":
            break
        site.drive(root_id)
        time.sleep(0.02)

    assert codes == [0] * 12
    assert site.status(task_id).state == "finished"
    assert len(site.effects()) == 60
    assert set(site.effects().values()) == {1}


def race(site: Site, *orders) -> list[int]:
    """Give orders at the same moment, each in a process of its own; returns 0 for each that was taken."""
    start = time.monotonic() + 0.15

    def give(order):
        time.sleep(max(0, start - time.monotonic()))
        order()

    return ended([site.fork(lambda order=order: give(order)) for order in orders])


def test_of_retries_at_the_same_moment_one_wins(site, capfd):
    tree = flow("start > a > end", plugin="bk_http_request", inputs={"a": {"bk_http_request_url": "ftp://x"}})
    task_id, root_id, new = site.make(tree)
    site.drive(root_id)
    (node_id,) = new["activities"]

    codes = race(site, *[lambda: site.order(task_id, node_id, "retry")] * 4)

    assert sorted(codes) == [0, 1, 1, 1]
    assert capfd.readouterr().err.count("app.errors.Refused:") == 3


def test_of_starts_at_the_same_moment_one_wins(site):
    from app.services.access import SYSTEM
    from app.services.tasks import Wish, create_task_of_tree

    made = create_task_of_tree(SYSTEM, site.project, flow("start > a > end", plugin="effect"), Wish("test"))
    codes = race(site, *[lambda: site.operate(made.task_id, "start")] * 4)

    assert sorted(codes) == [0, 1, 1, 1]
    assert db.session.scalar(text("SELECT count(*) FROM run")) == 1


def test_callbacks_at_the_same_moment_finish_a_node_once(site):
    task_id, root_id, new = site.make(flow("start > a > b > end", plugin="awaiting"))
    site.drive(root_id)
    first = next(id_ for id_, node in new["activities"].items() if node["name"] == "a")

    race(site, *[lambda: site.order(task_id, first, "callback")] * 4)
    ended([site.fork(lambda: site.drive(root_id)) for _ in range(3)])

    states = {n.name: n.state for n in all_nodes(site.status(task_id).nodes) if n.name}
    assert states == {"a": "finished", "b": "waiting_callback"}
    assert sum(site.effects().values()) == 2


def test_a_revoke_and_the_end_at_the_same_moment_leave_one_of_the_two(site):
    for _ in range(10):
        task_id, root_id, _ = site.make(flow("start > a > b > c > end", plugin="effect"))
        _, revoked = race(
            site, lambda root_id=root_id: site.drive(root_id), lambda t=task_id: site.operate(t, "revoke")
        )
        site.drive(root_id)

        assert site.status(task_id).state == ("finished" if revoked else "revoked")
        assert all(count == 1 for count in site.effects().values())
