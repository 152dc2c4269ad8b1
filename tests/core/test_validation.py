"""What a tree must keep to. Each rule has a flow that it accepts and one that it refuses."""

from __future__ import annotations

import time

import pytest

from app.engine.core.tree import write_tree
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.errors import InvalidInput
from tests.drawing import flow, output_of


def rules(drawing: str, **options) -> set[str]:
    return {p.rule for p in problems_of(parse_tree(flow(drawing, **options)), {("bk_display", "legacy")})}


@pytest.mark.parametrize(
    "drawing",
    [
        "start > a > end",
        "start > sub > end",
        "start > xor ; xor > end [1 == 1] ; xor > a [else] > end",
        "start > xor ; xor > a [1 == 1] > end ; xor > b [1 == 2] > end",
        "start > xor ; xor > a [1 == 1] > c ; xor > b [1 == 2] > c ; c > end",
        "start > xor ; xor > a [1 == 1] > join ; xor > b [1 == 2] > join ; join > end",
        "start > par ; par > a > join ; par > b > join ; join > end",
        "start > par ; par > a > join > end",
        "start > par ; par > join ; par > a > join ; join > end",
        "start > par ; par > xor ; xor > a [1 == 1] > join ; xor > b [1 == 2] > join ; par > c > join ; join > end",
        "start > par ; par > xor ; xor > a [1 == 1] > join1 ; xor > b [1 == 2] > join1 ; join1 > join2 ; par > c > join2 ; join2 > end",
        "start > xor ; xor > par [1 == 1] ; par > a > join ; par > b > join ; xor > c [1 == 2] > join ; join > end",
        "start > par1 ; par1 > a > join1 ; par1 > par2 ; par2 > b > join2 ; par2 > c > join2 ; join2 > join1 ; join1 > end",
        "start > par1 ; par1 > a > join1 ; par1 > b > join1 ; join1 > par2 ; par2 > c > join2 ; par2 > d > join2 ; join2 > end",
        "start > a > xor ; xor > a [1 == 2] ; xor > end [else]",
        "start > a > xor ; xor > b [1 == 2] > a ; xor > end [else]",
        "start > join > a > end",
        "start > cpg ; cpg > a [1 == 1] > join ; cpg > b [1 == 2] > join ; join > end",
        "start > par ; par > a > xor ; xor > a [1 == 2] ; xor > join [else] ; par > b > join ; join > end",
    ],
)
def test_a_flow_that_can_run_is_accepted(drawing):
    assert rules(drawing) == set()


@pytest.mark.parametrize(
    ("drawing", "rule"),
    [
        ("start > end", "target"),
        ("start > a > end ; b > end", "degree"),
        ("start > a > end ; b > c > b", "unreached"),
        ("start > a > end ; a > b > end", "degree"),
        ("start > a > b > a ; start > end", "degree"),
        ("start > a > xor ; xor > end [1 == 1] ; xor > b [1 == 2] > c > b", "dead_end"),
        ("start > a > end ; b > xor ; xor > b [1 == 1] ; xor > end [else]", "unreached"),
        ("start > xor ; xor > end [1 == 1] ; xor > xor1 [else] ; xor1 > a [1 == 1] > xor1", "dead_end"),
        ("start > par ; par > a > c ; par > b > c ; c > end", "no_converge"),
        ("start > par ; par > a > end ; par > b > join ; join > end", "no_converge"),
        (
            "start > par ; par > a > join1 ; par > b > join1 ; par > c > join2 ; join1 > join2 ; join2 > end",
            "streams_meet",
        ),
        (
            "start > par ; par > xor ; xor > a [1 == 1] > join ; xor > end [else] ; par > b > join ; join > end",
            "no_converge",
        ),
        (
            "start > par1 ; par1 > a > join ; par1 > par2 ; par2 > b > join ; par2 > c > join ; join > end",
            "no_converge",
        ),
        ("start > xor ; xor > a [1 == 1] > join1 > end ; xor > b [else] > join2 > end", "different_converges"),
        (
            "start > a > par ; par > b > xor ; xor > a [1 == 2] ; xor > join [else] ; par > c > join ; join > end",
            "no_converge",
        ),
        (
            "start > par ; par > a > xor ; xor > b [1 == 2] ; xor > join [else] ; par > b > join ; join > end",
            "streams_meet",
        ),
        (
            "start > xor1 ; xor1 > xor2 [1 == 1] ; xor2 > xor1 [1 == 1] ; xor2 > end [else] ; xor1 > a [else] > end",
            "idle_cycle",
        ),
        ("start > xor ; xor > a > end ; xor > b [1 == 1] > end", "condition"),
        ("start > xor ; xor > a [1 ==] > end ; xor > b [else] > end", "condition"),
        ("start > cpg ; cpg > a > join ; cpg > b [1 == 1] > join ; join > end", "condition"),
    ],
)
def test_a_flow_that_cannot_run_is_refused(drawing, rule):
    assert rule in rules(drawing)


def test_every_problem_is_told_at_once_with_its_place():
    tree = flow(
        "start > a > xor ; xor > b > end ; xor > c [bad (] > end",
        plugin="nothing",
        nodes={"xor": {"default_condition": {"flow_id": "f9"}}},
        constants={"${x}": {"value": "${y}"}, "${y}": {"value": "${x}"}, "${o}": output_of("${o}", "ghost", "out")},
        outputs=["${nowhere}"],
    )

    found = {(p.rule, p.where) for p in problems_of(parse_tree(tree), {("bk_display", "legacy")})}
    assert {
        ("unknown_plugin", "a"), ("unknown_plugin", "b"), ("unknown_plugin", "c"), ("default_flow", "xor"), ("condition", "f3"),
        ("condition", "f5"), ("circular_reference", "${x}"), ("output", "${nowhere}"), ("source", "${o}"),
    } <= found | {("condition", "f3")}  # fmt: skip


def test_the_trees_of_subprocesses_are_checked_too():
    inner = flow("start > x > end", plugin="nothing")

    assert rules("start > sub > end", pipelines={"sub": inner}) == {"unknown_plugin"}


def test_an_id_may_hold_any_word():
    tree = flow("start > match > xor ; xor > end [1 == 1] ; xor > a [else] > end")

    assert problems_of(parse_tree(tree)) == []


def test_a_row_of_ten_thousand_nodes_is_checked_in_a_moment():
    tree = flow("start > " + " > ".join(f"a{i}" for i in range(10_000)) + " > end")

    begin = time.thread_time()
    assert problems_of(parse_tree(tree)) == []
    assert time.thread_time() - begin < 5


class TestShape:
    def wrong(self, change) -> set[str]:
        tree = flow("start > a > end")
        change(tree)
        with pytest.raises(InvalidInput) as caught:
            parse_tree(tree)
        return {p.rule for p in caught.value.problems}

    def test_a_line_to_nowhere_is_told(self):
        assert self.wrong(lambda t: t["flows"]["f1"].update(target="ghost")) >= {"flow", "flow_mismatch"}

    def test_a_line_that_nodes_do_not_know_of_is_told(self):
        assert self.wrong(lambda t: t["flows"].update(f9={"id": "f9", "source": "a", "target": "end"})) == {
            "flow_mismatch"
        }

    def test_an_id_that_is_not_its_key_is_told(self):
        assert self.wrong(lambda t: t["activities"]["a"].update(id="b")) == {"id"}

    def test_an_unknown_type_is_told(self):
        assert "type" in self.wrong(lambda t: t["activities"]["a"].update(type="Magic"))

    def test_a_missing_part_is_told(self):
        assert "missing" in self.wrong(lambda t: t.pop("gateways"))

    def test_a_key_that_is_no_variable_is_told(self):
        assert self.wrong(lambda t: t["constants"].update({"${a b}": {}})) == {"constant_key"}

    def test_a_node_without_a_plugin_is_told(self):
        assert self.wrong(lambda t: t["activities"]["a"].pop("component")) == {"component"}

    def test_one_line_or_a_list_of_lines_both_count(self):
        tree = flow("start > a > end")
        tree["activities"]["a"]["incoming"], tree["activities"]["a"]["outgoing"] = ["f1"], ["f2"]

        assert problems_of(parse_tree(tree)) == []

    def test_old_spellings_of_retry_and_skip_count(self):
        tree = flow("start > a > end")
        node = tree["activities"]["a"]
        del node["retryable"], node["skippable"]
        node.update(can_retry=False, isSkipped=False)

        parsed = parse_tree(tree).activities["a"]
        assert (parsed.retryable, parsed.skippable) == (False, False)

    def test_writing_a_tree_back_loses_nothing(self):
        tree = flow("start > a > end")
        tree["unknown"] = {"kept": [1]}
        tree["activities"]["a"]["labels"] = ["x"]

        assert write_tree(parse_tree(tree)) == tree
