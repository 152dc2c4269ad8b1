"""The queue loses, doubles and spoils what it is given, and workers stop: each of the six flows ends the same.

All six run at once, on a real queue and real workers; what is compared with `{}` names the flows that did not end well.
What happens to the queue alone is shown on one kind of database.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text

from app.engine.plugins.base import Plugin
from app.extensions import db
from tests.engine.fleet import DoublingQueue, Fleet, LosingQueue, Voyage
from tests.engine.flows import FLOWS
from tests.engine.processes import Site, effects_at


@pytest.fixture
def make_fleet(site: Site, app, tmp_path_factory) -> Callable[..., Fleet]:
    socket = tmp_path_factory.mktemp("queue") / "socket"
    return lambda **options: Fleet(site, app.config["SLUICE"], socket, **options)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("adversity", [Fleet.empty_queue, Fleet.restart_queue, Fleet.spoil_queue])
def test_a_queue_that_is_emptied_restarted_or_spoilt_in_mid_run_changes_no_flow(site, make_fleet, adversity):
    plugins, struck = effects_at(site.path, lambda: time.sleep(0.3)), set()

    with make_fleet() as fleet:
        for _ in range(2):
            fleet.add_worker(plugins, slice_s=0.05)
        voyage = Voyage(site)
        for in_mid_run in voyage.rounds():
            if in_mid_run - struck:
                adversity(fleet)
                struck |= in_mid_run

    assert voyage.wrongs() == {}
    assert voyage.skipped() == set()
    assert struck == set(FLOWS)


def test_nudges_that_are_all_doubled_change_no_flow(site, make_fleet):
    with make_fleet(queue=DoublingQueue) as fleet:
        for _ in range(2):
            fleet.add_worker(effects_at(site.path), slice_s=0.0)
        voyage = Voyage(site)
        voyage.see_to_end()
        doubled = fleet.tampered()

    assert voyage.wrongs() == {}
    assert voyage.skipped() == set()
    assert doubled > len(FLOWS)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nudges_that_are_all_lost_change_no_flow(site, make_fleet):
    with make_fleet(queue=LosingQueue) as fleet:
        for _ in range(2):
            fleet.add_worker(effects_at(site.path))
        voyage = Voyage(site)
        voyage.see_to_end()
        lost = fleet.tampered()

    assert voyage.wrongs() == {}
    assert voyage.skipped() == set()
    assert lost > len(FLOWS)


@pytest.mark.parametrize("idempotent", [False, True])
def test_a_worker_that_is_stopped_past_its_lease_and_continued_changes_no_flow(
    site, make_fleet, tmp_path, capfd, idempotent
):
    gate = tmp_path / "gate"
    plugins = blocking(effects_at(site.path, lambda: wait_for(gate.exists)), idempotent=idempotent)

    with make_fleet(lease_s=2) as fleet:
        sleeper = fleet.add_worker(plugins)
        voyage = Voyage(site)
        # Every flow is at its first node, the fork at two; what is cut is what their plugins are at.
        wait_for(lambda: len(site.effects()) == len(FLOWS) + 1)
        cut = set(site.effects())
        wait_until_leases_are_renewed()
        os.kill(sleeper, signal.SIGSTOP)
        os.waitid(os.P_PID, sleeper, os.WSTOPPED)
        gate.touch()
        fleet.add_worker(plugins)
        voyage.see_to_end()
        before = voyage.statuses()
        os.kill(sleeper, signal.SIGCONT)
        fleet.dismiss(sleeper)

    assert voyage.wrongs(repeated=cut if idempotent else ()) == {}
    assert voyage.skipped() == (set() if idempotent else cut)
    assert voyage.statuses() == before
    assert capfd.readouterr().err.count(" late-report ") == len(cut)


def blocking(plugins: Sequence[Plugin], *, idempotent: bool) -> Sequence[Plugin]:
    """Make plugins work in threads, so that one worker is at work in every flow at once."""
    for plugin in plugins:
        plugin.blocking, plugin.idempotent = True, idempotent
    return plugins


def wait_for(claim: Callable[[], bool], patience_s: float = 60) -> None:
    end = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def wait_until_leases_are_renewed() -> None:
    """Return just after a worker's beat: for a while it has no transaction open in which it would hold up the others."""

    def last() -> int:
        found = db.session.scalar(text("SELECT max(claim_at) FROM run_token"))
        db.session.rollback()
        return found

    first = last()
    wait_for(lambda: last() != first)
