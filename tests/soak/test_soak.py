"""Slow proofs: many more random flows, and workers killed at random for minutes. Run by `make soak`."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.compile import compile_tree
from app.engine.core.run import RunState
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from tests.core.test_properties import SLOW, run_to_end
from tests.drawing import flow
from tests.engine.processes import Site, all_nodes, ended
from tests.strategies import bent_trees, trees

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


@settings(SLOW, max_examples=5_000)
@given(trees(4), st.integers(0, 10**9))
def test_thousands_of_structured_flows_are_accepted_and_end(tree, seed):
    parsed = parse_tree(tree)
    assert problems_of(parsed) == []
    assert run_to_end(compile_tree(parsed), Random(seed).randrange).tokens == {}


@settings(SLOW, max_examples=20_000)
@given(bent_trees(), st.integers(0, 10**9))
def test_whatever_is_accepted_of_thousands_of_bent_flows_ends(tree, seed):
    parsed = parse_tree(tree)
    if problems_of(parsed):
        return
    run = run_to_end(compile_tree(parsed), Random(seed).randrange)
    assert run.state is RunState.FINISHED or any(n.loop > 3 for n in run.node_runs.values())


def test_workers_that_are_killed_at_random_lose_and_double_nothing(app, tmp_path, monkeypatch):
    from app.services import tasks

    site = Site(tmp_path)
    known = site.known()
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    random = Random(7)
    branches = " ; ".join(f"par > a{i} > b{i} > join" for i in range(20))
    tree = flow(f"start > par ; {branches} ; join > end", plugin="effect")
    end = time.monotonic() + 120
    rounds = 0
    while time.monotonic() < end:
        site.path.unlink(missing_ok=True)
        task_id, root_id, _ = site.make(tree)
        skipped = 0
        while site.status(task_id).state != "finished":
            workers = [site.fork(lambda root_id=root_id: site.drive(root_id)) for _ in range(4)]
            time.sleep(random.uniform(0.0, 0.08))
            for worker in random.sample(workers, 2):
                os.kill(worker, signal.SIGKILL)
            ended(workers)
            site.offset += timedelta(seconds=20)
            ended([site.fork(lambda root_id=root_id: site.drive(root_id))])
            for node in all_nodes(site.status(task_id).nodes):
                if node.state == "failed":
                    site.order(task_id, node.node_id, "skip")
                    skipped += 1
        assert set(site.effects().values()) <= {1}
        assert len(site.effects()) >= 40 - skipped
        rounds += 1
    assert rounds >= 5
