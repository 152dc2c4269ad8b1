"""Flows on a real database, driven step by step."""

from __future__ import annotations

import pytest

from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


def test_a_chain_runs_its_nodes_in_order(workshop):
    task = workshop.run(flow("start > a > b > c > end"))

    assert task.state == "finished"
