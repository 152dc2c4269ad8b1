"""What has changed between two trees."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.differences import Change, Changed, Differences, Item, differences
from app.engine.core.scope import MASK
from tests.core.test_hostile_trees import JUNK, PATHS, TREE
from tests.drawing import flow, variable
from tests.strategies import trees


def compared(change, tree: dict[str, Any] | None = None) -> Differences:
    """Compare a flow with itself after a change."""
    before = tree or flow("start > a > end", inputs={"a": {"bk_display_message": "one"}})
    after = copy.deepcopy(before)
    change(after)
    return differences(before, after)


def test_what_stays_the_same_is_not_told():
    found = compared(lambda tree: None)

    assert (found.nodes.added, found.nodes.removed, found.nodes.changed, found.rest) == ([], [], [], [])


def test_an_input_that_was_changed_is_told_with_its_path():
    found = compared(
        lambda tree: tree["activities"]["a"]["component"]["data"]["bk_display_message"].update(value="two")
    )

    path = "component.data.bk_display_message.value"
    assert found.nodes.changed == [Changed("a", "a", "ServiceActivity", [Change(path, "one", "two")])]
    assert found.flows.changed == []


def test_a_node_that_was_moved_is_told_by_its_place():
    found = compared(lambda tree: tree["location"][1].update(x=500))

    assert found.nodes.changed == [Changed("a", "a", "ServiceActivity", [Change("location.x", 280, 500)])]


def test_a_node_put_into_a_line_is_a_new_node_a_new_line_and_a_line_that_leads_elsewhere():
    found = differences(flow("start > a > end"), flow("start > a > b > end"))

    assert found.nodes.added == [Item("b", "b", "ServiceActivity")]
    assert found.flows.added == [Item("f3", "", "b > end")]
    assert found.flows.changed == [Changed("f2", "", "a > b", [Change("target", "end", "b")])]
    assert [c.id for c in found.nodes.changed] == ["end"], "it stands elsewhere now"


def test_where_a_line_begins_is_told_of_the_line():
    found = compared(lambda tree: tree["line"][0]["source"].update(arrow="Bottom"))

    assert found.flows.changed == [Changed("f1", "", "start > a", [Change("line.source.arrow", "Right", "Bottom")])]


def test_variables_and_outputs_are_told():
    def change(tree):
        tree["constants"] |= {"${new}": variable("${new}")}
        tree["constants"]["${x}"]["value"] = "2"
        tree["outputs"] = ["${x}"]

    found = compared(change, flow("start > a > end", constants={"${x}": {"value": "1"}}))
    assert found.variables.added == [Item("${new}", "new", "input")]
    assert found.variables.changed == [Changed("${x}", "x", "input", [Change("value", "1", "2")])]
    assert found.rest == [Change("outputs", [], ["${x}"])]


def test_the_order_in_which_a_gateway_asks_its_branches_is_told():
    found = compared(
        lambda tree: tree["gateways"]["xor"]["outgoing"].reverse(),
        flow("start > xor ; xor > a [1 == 1] > end ; xor > b [1 == 2] > end"),
    )

    assert found.nodes.changed[0].changes == [Change("order", ("f2", "f4"), ("f4", "f2"))]


def test_what_came_and_what_went_is_none_on_the_other_side():
    found = compared(lambda tree: tree["activities"]["a"].update(labels=["x"]))

    assert found.nodes.changed[0].changes == [Change("labels", None, ["x"])]


def test_a_one_is_not_a_yes():
    found = compared(lambda tree: tree["activities"]["a"].update(optional=0))

    assert found.nodes.changed[0].changes == [Change("optional", False, 0)]


def test_secrets_are_compared_and_never_told():
    child = flow("start > b > end", constants={"${inner}": {"custom_type": "password", "value": "hunter3"}})
    tree = flow(
        "start > sub > end", constants={"${pw}": {"custom_type": "password", "value": "hunter2"}}, pipelines={"sub": child},
        nodes={"sub": {"constants": {"${given}": {"custom_type": "password", "value": "hunter4"}}}},
    )  # fmt: skip

    def change(tree):
        tree["constants"]["${pw}"]["value"] = "hunter5"
        tree["activities"]["sub"]["constants"]["${given}"]["value"] = "hunter6"
        tree["activities"]["sub"]["pipeline"]["constants"]["${inner}"]["value"] = "hunter7"
        tree["constants"] |= {"${other}": variable("${other}", custom_type="password", value="hunter8")}

    found = compared(change, tree)
    assert found.variables.changed[0].changes == [Change("value", MASK, MASK)]
    assert len(found.nodes.changed[0].changes) == 2
    assert "hunter" not in repr(found)
    assert "hunter" not in repr(differences(tree, flow("start > a > end")))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK), max_size=3))
def test_any_two_objects_can_be_compared(changes):
    after: Any = copy.deepcopy(TREE)
    for path, junk in changes:
        holder = after
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue

    differences(TREE, after)
    differences(after, TREE)
    assert differences(after, after) == differences(TREE, TREE)


@settings(max_examples=50, deadline=None)
@given(trees(2), trees(2))
def test_added_and_removed_change_places_with_the_trees(one, other):
    there, back = differences(one, other), differences(other, one)

    for section in ("nodes", "flows", "variables"):
        assert getattr(there, section).added == getattr(back, section).removed
        assert {c.id for c in getattr(there, section).changed} == {c.id for c in getattr(back, section).changed}
