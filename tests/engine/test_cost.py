"""What a step costs, counted: statements, commits and jobs."""

from __future__ import annotations

import pytest

from app.extensions import db
from benchmarks.floor import steps_per_second
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


def test_a_chain_costs_one_commit_and_few_statements_a_node_and_one_job(workshop):
    task = workshop.make(flow("start > " + " > ".join(f"a{i}" for i in range(100)) + " > end"))
    counter = workshop.room.store.counter
    statements, commits = counter.statements, counter.commits

    root_id = workshop.dispatcher.nudged.popleft()
    workshop.room.driver.drive(root_id)

    assert task.state == "finished"
    assert (counter.commits - commits) / 100 <= 1.1
    assert (counter.statements - statements) / 100 <= 6
    assert not workshop.dispatcher.nudged


def test_the_cost_of_a_node_does_not_grow_with_the_flow(workshop):
    def statements_per_node(length: int) -> float:
        workshop.make(flow("start > " + " > ".join(f"a{i}" for i in range(length)) + " > end"))
        before = workshop.room.store.counter.statements
        workshop.room.driver.drive(workshop.dispatcher.nudged.pop())
        return (workshop.room.store.counter.statements - before) / length

    assert statements_per_node(1000) <= statements_per_node(100) * 1.05


def test_a_parallel_gateway_costs_two_commits_a_branch_at_most(workshop):
    workshop.make(flow("start > par ; " + " ; ".join(f"par > a{i} > join" for i in range(50)) + " ; join > end"))
    before = workshop.room.store.counter.commits
    workshop.drive()

    assert workshop.room.store.counter.commits - before <= 60


def test_the_floor_of_the_measurements_writes_what_a_step_writes(workshop):
    workshop.make(flow("start > a > end"))
    root_id = workshop.dispatcher.nudged.popleft()
    db.session.remove()

    assert steps_per_second(db.engine, root_id, end=5, begin=0) > 0
