"""One node of a flow by itself."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.alone import alone, onward
from app.engine.core.matching import converges_of
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.errors import InvalidInput
from tests.core.test_hostile_trees import JUNK, WORDS
from tests.drawing import dependencies, flow, output_of
from tests.strategies import trees


@settings(max_examples=60, deadline=None)
@given(trees(2))
def test_every_node_of_a_valid_flow_makes_a_valid_flow(tree):
    for node_id in tree["activities"]:
        made = alone(tree, node_id, ())
        assert problems_of(parse_tree(made)) == []
        assert list(made["activities"]) == [node_id]


@settings(max_examples=60, deadline=None)
@given(trees(2))
def test_a_valid_flow_is_valid_from_every_node_on(tree):
    for node_id in tree["activities"]:
        made = onward(tree, node_id, ())
        assert problems_of(parse_tree(made)) == []
        assert next(iter(made["activities"])) == node_id


def test_from_a_node_on_there_is_what_comes_after_it_and_nothing_else():
    tree = flow(
        "start > a > par ; par > b > join ; par > c > d > join ; join > e > end",
        constants={"${before}": output_of("${before}", "a", "out"), "${after}": output_of("${after}", "d", "out")},
    )
    made = onward(tree, "c", ())

    assert list(made["activities"]) == ["c", "d", "e"]
    assert list(made["gateways"]) == ["join"]
    assert len(made["gateways"]["join"]["incoming"]) == 1
    assert set(made["constants"]) == {"${after}"}
    assert onward(tree, "c", ["before"])["constants"]["${before}"]["source_type"] == "custom"
    assert {place["id"] for place in made["location"]} == {"start", "c", "d", "join", "e", "end"}


BACK = "xor > a [1 == 1] ; xor > end [else]"
"""A loop that leads back to before all gateways."""


@pytest.mark.parametrize(
    "drawing",
    [
        "start > a > par ; par > b > join ; par > c > join > xor ; " + BACK,
        "start > a > cpg ; cpg > b [1 == 1] > join ; cpg > c [1 == 1] > join > xor ; " + BACK,
        "start > a > par1 ; par1 > b > par2 ; par2 > c > join2 ; par2 > d > join2 ; par1 > e > join1 ; "
        "join2 > f > join1 ; join1 > g > xor ; " + BACK,
        "start > a > par1 > b > par2 ; par2 > c > join2 ; par2 > d > join2 > join1 > xor ; " + BACK,
        "start > par1 ; par1 > a > par2 ; par2 > b > join2 ; par2 > c > join2 > xor ; xor > a [1 == 1] ; "
        "xor > join1 [else] ; par1 > d > join1 > end",
    ],
)
def test_inside_of_a_branch_that_a_loop_leads_back_to_gateways_keep_their_converges(drawing):
    tree = flow(drawing)
    for node_id in tree["activities"]:
        made = parse_tree(onward(tree, node_id, ()))
        assert problems_of(made) == []
        assert converges_of(made).items() <= converges_of(parse_tree(tree)).items()


def test_only_a_flow_that_says_so_begins_inside_of_a_branch():
    made = onward(flow("start > a > par ; par > b > join ; par > c > join > xor ; " + BACK), "b", ())
    assert made["start_event"].pop("midway") is True
    assert [problem.rule for problem in problems_of(parse_tree(made))] == ["streams_meet"]

    made["start_event"]["midway"] = "yes"
    with pytest.raises(InvalidInput, match="midway of start_event must be true or false"):
        parse_tree(made)


def test_a_graph_goes_on_from_a_step_without_what_else_was_waited_for():
    made = onward(dependencies("a > c ; b > c ; c > d"), "a", ())

    assert set(made["activities"]) == {"a", "c", "d"}
    assert len(made["activities"]["c"]["incoming"]) == 1
    assert problems_of(parse_tree(made)) == []


def test_an_output_of_another_node_is_there_if_its_value_is_given():
    tree = flow(
        "start > a > b > end", inputs={"b": {"bk_display_message": "${theirs} ${own} ${plain}"}},
        constants={
            "${theirs}": output_of("${theirs}", "a", "out"), "${own}": output_of("${own}", "b", "out"),
            "${plain}": {"value": "1"},
        },
    )  # fmt: skip

    assert set(alone(tree, "b", ())["constants"]) == {"${own}", "${plain}"}
    given_ = alone(tree, "b", ["theirs"])["constants"]
    assert given_["${theirs}"]["source_type"] == "custom"
    assert given_["${own}"] == tree["constants"]["${own}"]


def test_an_output_that_two_nodes_give_is_that_of_the_node():
    both = output_of("${o}", "a", "out", index=1)
    both["source_info"]["b"] = ["other"]

    made = alone(flow("start > a > b > end", constants={"${o}": both}), "b", ())
    assert made["constants"]["${o}"]["source_info"] == {"b": ["other"]}


def test_a_step_alone_waits_for_nothing():
    step = {"rule": "all_failed", "delay_ms": 5000, "manual": True, "retries": 2}
    tree = dependencies("a > b ; a > c", steps={"b": step})

    made = alone(tree, "b", ())
    assert problems_of(parse_tree(made)) == []
    assert (made["kind"], made["language"]) == ("dependencies", "functions")
    assert made["activities"]["b"]["step"] == {"retries": 2}


@pytest.mark.parametrize("node_id", ["xor", "start", "nothing"])
def test_only_tasks_and_subprocesses_run_alone(node_id):
    with pytest.raises(InvalidInput, match="no task or subprocess"):
        alone(flow("start > xor ; xor > a [1 == 1] > end ; xor > end [else]"), node_id, ())


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["activities", "constants", "flows"]), st.dictionaries(WORDS, JUNK) | JUNK), WORDS
)
def test_any_object_gives_a_tree_or_a_reason(document, node_id):
    for part in (alone, onward):
        with suppress(InvalidInput):
            parse_tree(part(document, node_id, [node_id]))
