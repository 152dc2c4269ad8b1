"""How much has changed, in numbers."""

from __future__ import annotations

import copy

from app.engine.core.change_counts import Counts, counts_of
from app.engine.core.differences import differences
from tests.drawing import flow, variable

BEFORE = flow("start > a > end", constants={"${x}": {"value": "1"}, "${y}": {"value": "2"}})


def counted(change) -> Counts:
    """Count what a change makes of a flow."""
    after = copy.deepcopy(BEFORE)
    change(after)
    return counts_of(differences(BEFORE, after))


def test_two_nodes_in_a_line_are_two_nodes_and_three_lines():
    after = flow("start > a > b > c > end", constants=BEFORE["constants"])

    assert counts_of(differences(BEFORE, after)) == Counts(nodes_added=2, lines=3, arranged=1)


def test_a_variable_that_was_renamed_is_neither_new_nor_gone_nor_changed():
    def change(tree):
        tree["constants"]["${z}"] = {**tree["constants"].pop("${x}"), "key": "${z}"}

    assert counted(change) == Counts(variables_renamed=1)


def test_each_thing_is_counted_once_however_much_of_it_changed():
    def change(tree):
        tree["activities"]["a"].update(name="b", optional=True)
        tree["constants"]["${x}"].update(value="3", desc="more", index=9)
        tree["constants"]["${new}"] = variable("${new}")
        del tree["constants"]["${y}"]
        tree["notes"] = [{"id": "n", "text": "why"}]
        tree["outputs"] = ["${x}"]
        tree["worker_group"] = "north"

    assert counted(change) == Counts(
        nodes_changed=1, variables_changed=1, variables_added=1, variables_removed=1, notes=1, outputs=1, settings=1
    )


def test_what_only_stands_elsewhere_is_arranged():
    def change(tree):
        tree["location"][1]["x"] += 10
        tree["line"][0]["source"]["arrow"] = "Top"
        tree["constants"]["${x}"]["index"] = 5

    assert counted(change) == Counts(arranged=3)


def test_nothing_is_nothing():
    assert counted(lambda tree: None) == Counts()
