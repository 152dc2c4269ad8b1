"""What the editor says of inputs before anything runs: what is missing or wrong as it is written."""

from __future__ import annotations

import pytest

from app.engine.core.schema import Field
from app.services import input_problems as asked
from app.services.input_problems import input_problems
from tests.drawing import flow


class Copier:
    inputs = (
        Field("source", "Source", required=True),
        Field("times", "How often", type="integer", minimum=1, default=1),
        Field("place", "Place", required=True, default="here"),
    )


@pytest.fixture(autouse=True)
def _copier(monkeypatch):
    monkeypatch.setattr(asked, "find_plugin", lambda code, version: Copier if code == "copier" else None)


def told(inputs=None, **changes):
    tree = flow("start > a > end", plugin="copier", inputs={"a": inputs or {}}, nodes={"a": changes})
    return [(problem.where, problem.message) for problem in input_problems(tree)]


def test_what_is_required_and_missing_is_told_at_its_node():
    assert told() == [("a", "Source (source) is required")]
    assert told({"source": ""}) == [("a", "Source (source) is required")]
    assert told({"source": "x"}) == []


def test_what_cannot_be_right_is_told_all_at_once():
    found = told({"source": "", "times": "often"})

    assert [message for _, message in found] == [
        "Source (source) is required",
        "How often (times) must be a whole number, not 'often'",
    ]


@pytest.mark.parametrize("times", ["${times}", "1${zeros}"])
def test_what_a_run_will_make_of_a_reference_is_not_known_and_not_told(times):
    assert told({"source": "${source}", "times": times}) == []


def test_an_input_that_is_a_variable_is_asked_for_elsewhere():
    tree = flow("start > a > end", plugin="copier")
    tree["activities"]["a"]["component"]["data"] = {"source": {"hook": True, "value": ""}}

    assert input_problems(tree) == []


def test_nodes_whose_plugin_is_not_there_and_trees_that_cannot_be_read_are_told_of_elsewhere():
    assert input_problems(flow("start > a > end", plugin="gone")) == []
    assert input_problems({"activities": 1}) == []
