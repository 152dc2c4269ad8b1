"""What has changed between two trees."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.differences import Change, Changed, Differences, Held, Item, differences
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
    assert found.nodes.changed == [Changed("a", "a", "ServiceActivity", [Change(path, "one", "two")], [])]
    assert found.flows.changed == []


def test_a_node_that_was_moved_is_told_by_its_place():
    found = compared(lambda tree: tree["location"][1].update(x=500))

    assert found.nodes.changed == [Changed("a", "a", "ServiceActivity", [], [Change("location.x", 280, 500)])]


def test_a_node_that_was_moved_and_changed_tells_both_apart():
    def change(tree):
        tree["location"][1].update(y=300)
        tree["activities"]["a"]["optional"] = True

    (node,) = compared(change).nodes.changed

    assert (node.changes, node.drawn) == ([Change("optional", False, True)], [Change("location.y", 150, 300)])


def test_a_node_put_into_a_line_is_a_new_node_a_new_line_and_a_line_that_leads_elsewhere():
    found = differences(flow("start > a > end"), flow("start > a > b > end"))

    assert named(found.nodes.added) == [("b", "b", "ServiceActivity")]
    assert named(found.flows.added) == [("f3", "", "b > end")]
    assert found.flows.changed == [Changed("f2", "", "a > b", [Change("target", "end", "b")], [])]
    assert [c.id for c in found.nodes.changed] == ["end"], "it stands elsewhere now"


def named(items: Sequence[Item]) -> list[tuple[str, str, str]]:
    """Return what was added or removed without what it holds."""
    return [(item.id, item.name, item.kind) for item in items]


def held(item: Item) -> dict[str, Any]:
    """Return what was added or removed by the paths of its values."""
    return {value.path: value.value for value in item.holds}


def test_a_node_that_was_added_tells_what_it_holds_and_not_where_it_stands():
    extra = {"auto_retry": {"enable": True, "times": 3}, "component": {"code": "bk_display", "data": {
        "bk_display_message": {"hook": False, "value": {"two": ["parts"]}}}}}  # fmt: skip
    (node,) = differences(flow("start > a > end"), flow("start > a > b > end", nodes={"b": extra})).nodes.added

    told = held(node)
    assert told["component.code"] == "bk_display"
    assert told["component.data.bk_display_message.value"] == {"two": ["parts"]}, "one value stays one value"
    assert (told["auto_retry.enable"], told["auto_retry.times"]) == (True, 3)
    assert not {"id", "name", "type", "incoming", "outgoing", "location.x"} & set(told)


def test_a_node_that_was_removed_tells_what_it_held():
    (node,) = differences(
        flow("start > a > b > end", inputs={"b": {"x": "gone"}}), flow("start > a > end")
    ).nodes.removed

    assert held(node)["component.data.x.value"] == "gone"


def test_a_subprocess_that_was_added_does_not_tell_what_is_inside_of_it():
    (node,) = differences(flow("start > end"), flow("start > sub > end")).nodes.added

    assert not any(value.path.startswith("pipeline") for value in node.holds)


def test_a_line_that_was_added_tells_its_ends_and_what_its_gateway_says_of_it():
    before = flow("start > xor ; xor > a [1 == 1] > end")
    found = differences(
        before, flow("start > xor ; xor > a [1 == 1] > end ; xor > b [x gt 2] > end ; xor > end [else]")
    )

    to_b, _, otherwise = found.flows.added
    assert held(to_b) == {
        "source": "xor", "target": "b", "is_default": False, "condition": "x > 2", "condition_name": "x > 2",
    }  # fmt: skip
    assert otherwise.holds[-1] == Held("is_default", True)


def test_a_variable_that_was_added_tells_its_type_and_value():
    (found,) = compared(lambda tree: tree["constants"].update({"${n}": variable("${n}", value=5)})).variables.added

    told = held(found)
    assert (found.kind, told["value"], told["show_type"]) == ("input", 5, "show")
    assert "index" not in told, "where it stands in the list is no part of it"


def test_where_a_line_begins_is_told_of_the_line():
    found = compared(lambda tree: tree["line"][0]["source"].update(arrow="Bottom"))

    assert found.flows.changed == [Changed("f1", "", "start > a", [], [Change("line.source.arrow", "Right", "Bottom")])]


def test_variables_are_told():
    def change(tree):
        tree["constants"] |= {"${new}": variable("${new}")}
        tree["constants"]["${x}"]["value"] = "2"

    found = compared(change, flow("start > a > end", constants={"${x}": {"value": "1"}}))
    assert named(found.variables.added) == [("${new}", "new", "input")]
    assert found.variables.changed == [Changed("${x}", "x", "input", [Change("value", "1", "2")], [])]


def test_a_variable_with_another_key_was_renamed():
    def change(tree):
        old = tree["constants"].pop("${x}")
        tree["constants"]["${y}"] = {**old, "key": "${y}", "index": 4}

    found = compared(change, flow("start > a > end", constants={"${x}": {"value": "1"}, "${same}": {"name": "x"}}))
    assert (found.variables.added, found.variables.removed) == ([], [])
    assert found.variables.changed == [
        Changed("${y}", "x", "input", [Change("key", "${x}", "${y}")], [Change("index", 0, 4)])
    ]


def test_a_variable_with_another_key_and_another_value_is_another_variable():
    def change(tree):
        old = tree["constants"].pop("${x}")
        tree["constants"]["${y}"] = {**old, "key": "${y}", "value": "2"}

    found = compared(change, flow("start > a > end", constants={"${x}": {"value": "1"}}))
    assert (len(found.variables.added), len(found.variables.removed), found.variables.changed) == (1, 1, [])


def test_of_two_variables_that_are_alike_each_is_renamed_once():
    before = flow("start > end", constants={"${a}": {"name": ""}, "${b}": {"name": ""}})
    after = flow("start > end", constants={"${c}": {"name": ""}})

    found = differences(before, after).variables
    assert [c.changes for c in found.changed] == [[Change("key", "${a}", "${c}")]]
    assert [item.id for item in found.removed] == ["${b}"]


def test_outputs_are_told_by_the_names_of_their_variables():
    found = compared(
        lambda tree: tree.update(outputs=["${x}"]), flow("start > end", constants={"${x}": {"name": "Sum"}})
    )

    assert (found.outputs.added, found.rest) == ([Item("${x}", "Sum", "output")], [])


@pytest.mark.parametrize(("one", "other"), [(["${x}", "${y}"], ["${y}", "${x}"]), ([], {"${x}": 1}), (None, [])])
def test_what_is_no_other_set_of_outputs_is_told_as_it_is(one, other):
    found = differences({"outputs": one}, {"outputs": other})

    assert (found.outputs.added, found.outputs.removed) == ([], [])
    assert found.rest, "and something is told"


def test_notes_are_told_by_their_texts():
    note = {"id": "n1", "x": 1, "y": 2, "width": 200, "height": 80, "text": "Ask Ops first"}
    before, after = flow("start > end") | {"notes": []}, flow("start > end") | {"notes": [note]}
    moved = after | {"notes": [note | {"x": 50}]}
    said = after | {"notes": [note | {"text": "Ask them"}]}

    assert held(differences(before, after).notes.added[0]) == {"text": "Ask Ops first"}
    assert differences(after, moved).notes.changed == [Changed("n1", "", "", [], [Change("x", 1, 50)])]
    assert differences(after, said).notes.changed[0].changes == [Change("text", "Ask Ops first", "Ask them")]
    assert differences(before, after).rest == []


def test_the_order_in_which_a_gateway_asks_its_branches_is_told():
    found = compared(
        lambda tree: tree["gateways"]["xor"]["outgoing"].reverse(),
        flow("start > xor ; xor > a [1 == 1] > end ; xor > b [1 == 2] > end"),
    )

    assert found.nodes.changed[0].changes == [Change("order", ("f2", "f4"), ("f4", "f2"))]


def test_what_came_and_what_went_is_none_on_the_other_side():
    found = compared(lambda tree: tree["activities"]["a"].update(labels=["x"]))

    assert found.nodes.changed[0].changes == [Change("labels", None, ["x"])]


def test_an_object_that_came_is_told_by_its_parts():
    found = compared(lambda tree: tree["activities"]["a"].update(timeout_config={"enable": True, "seconds": 60}))

    assert found.nodes.changed[0].changes == [
        Change("timeout_config.enable", None, True), Change("timeout_config.seconds", None, 60),
    ]  # fmt: skip


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
    assert held(found.variables.added[0])["value"] == MASK
    gone = differences(tree, flow("start > a > end"))
    assert held(gone.variables.removed[0])["value"] == MASK
    assert "hunter" not in repr(gone)


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

    for section in ("nodes", "flows", "variables", "notes", "outputs"):
        assert getattr(there, section).added == getattr(back, section).removed
        assert len(getattr(there, section).changed) == len(getattr(back, section).changed)
