"""A worker host that is cut off from all others, and comes back: nothing is lost, nothing is doubled, everything ends."""

from __future__ import annotations

import pytest

from app.extensions import db
from tests.engine.harbour import Harbour
from tests.hosts import hosts

PATIENCE_S = 90
"""Much more than it takes: on a busy machine the hosts' processes take a minute to begin."""


@pytest.mark.timeout(4 * PATIENCE_S)
def test_a_worker_host_that_is_cut_off_and_comes_back_loses_and_doubles_nothing():
    with hosts() as made:
        harbour = Harbour(made)
        for name in ("one", "two"):
            made.add(name, "worker", SLUICE_WORKER_THREADS="4")
        made.add("clock", "scheduler")
        with harbour.app.app_context():
            for _ in range(6):
                harbour.start("start > par ; par > a > b > join ; par > c > d > join ; join > e > end", "abcde")
            harbour.eventually(lambda: len(harbour.marks.read_text().split()) >= 4, PATIENCE_S)

            made.pull_cable("one")
            harbour.see_to_end(PATIENCE_S)
            harbour.require_each_mark_once()

            made.plug_cable("one")
            made.kill("two")
            harbour.start("start > a > b > end", "ab")
            harbour.see_to_end(PATIENCE_S)
            harbour.require_each_mark_once()
            db.session.remove()
            db.engine.dispose()
