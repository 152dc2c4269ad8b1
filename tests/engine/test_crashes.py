"""A worker is killed at every point where a crash can be told apart. Every run ends, and no effect happens twice."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.extensions import db
from tests.drawing import flow, output_of
from tests.engine.processes import Site, all_nodes, ended, kill_at

POINTS = ("claimed", "calling", "called", "deciding", "decided", "nudged")

FLOWS = {
    "chain": flow("start > a > b > c > end", plugin="effect"),
    "fork": flow("start > par ; par > a > join ; par > b > join ; join > c > end", plugin="effect"),
    "poll": flow("start > a > b > end", plugin="polling"),
    "callback": flow("start > a > b > end", plugin="awaiting"),
    "loop": flow(
        "start > a > xor ; xor > a [${n} < 3] ; xor > b [else] > end",
        plugin="effect",
        constants={"${n}": output_of("${n}", "a", "n")},
    ),
    "subprocess": flow(
        "start > a > sub > b > end", plugin="effect", pipelines={"sub": flow("start > x > y > end", plugin="effect")}
    ),
}


@pytest.fixture
def site(app, tmp_path, monkeypatch) -> Site:
    from app.services import tasks

    made = Site(tmp_path)
    known = made.known()
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    return made


def bring_to_end(site: Site, task_id: int, root_id: int, tree) -> set[str]:
    """Do what time, other workers and a person do: drive, call back, skip what is unknown. Returns what was skipped.

    A gateway that lacks the value of a skipped node is sent along its default branch.
    """
    skipped = set()
    for _ in range(40):
        ended([site.fork(lambda: site.drive(root_id))])
        status = site.status(task_id)
        if status.state == "finished":
            return skipped
        for node in all_nodes(status.nodes):
            if node.state == "failed" and node.kind == "exclusive":
                default = tree["gateways"][node.node_id]["default_condition"]["flow_id"]
                site.order(task_id, node.node_id, "skip_exg", flow_ids=[default])
            elif node.state == "failed":
                assert "outcome unknown" in node.reason
                site.order(task_id, node.node_id, "skip")
                skipped.add(f"{node.run_id}:{node.node_id}:{node.loop}")
            elif node.state == "waiting_callback":
                site.order(task_id, node.node_id, "callback")
        site.offset += timedelta(seconds=20)
    raise AssertionError(f"the task does not end: {status}")


@pytest.mark.parametrize("name", FLOWS)
def test_a_worker_may_be_killed_at_every_point(site, name):
    killed = 0
    for point in POINTS:
        for number in range(1, 30):
            site.path.unlink(missing_ok=True)
            task_id, root_id, tree = site.make(FLOWS[name])

            site.fault = kill_at(point, number)
            for _ in range(4):
                # A flow that waits comes to the later points after it was woken.
                (code,) = ended([site.fork(lambda root_id=root_id: site.drive(root_id))])
                if code == -signal.SIGKILL:
                    break
                for node in all_nodes(site.status(task_id).nodes):
                    if node.state == "waiting_callback":
                        site.order(task_id, node.node_id, "callback")
                site.offset += timedelta(seconds=2)
            site.fault = lambda point: None
            skipped = bring_to_end(site, task_id, root_id, tree)

            assert all(count == 1 for count in site.effects().values()), (point, number, site.effects())
            works = sum(1 for n in all_nodes(site.status(task_id).nodes) if n.kind == "activity")
            assert len(site.effects() | dict.fromkeys(skipped, 1)) >= works
            if code != -signal.SIGKILL:
                break
            killed += 1
    assert killed >= 12


def test_a_stopped_worker_that_wakes_after_its_lease_changes_nothing(site):
    tree = flow("start > a > b > end", plugin="effect")
    task_id, root_id, new = site.make(tree)
    stopped = []

    def stop(point):
        if point == "called" and not stopped:
            stopped.append(point)
            os.kill(os.getpid(), signal.SIGSTOP)

    site.fault = stop
    sleeper = site.fork(lambda: site.drive(root_id))
    _, status = os.waitpid(sleeper, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    site.fault = lambda point: None
    site.offset = timedelta(seconds=20)
    skipped = bring_to_end(site, task_id, root_id, new)
    before = site.status(task_id)

    os.kill(sleeper, signal.SIGCONT)
    assert ended([sleeper]) == [0]
    assert len(skipped) == 1
    assert site.status(task_id) == before
    assert all(count == 1 for count in site.effects().values())


def test_a_killed_worker_in_an_idempotent_plugin_is_replaced_without_a_person(site):
    task_id, root_id, _ = site.make(flow("start > a > b > end", plugin="bk_display"))

    site.fault = kill_at("called", 1)
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
