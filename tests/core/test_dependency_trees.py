"""Trees of dependency graphs: read, left out of, given new ids, compiled."""

from __future__ import annotations

import pytest

from app.engine.core.compile import compile_tree
from app.engine.core.creation import exclude_nodes, make_task_tree
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.errors import InvalidInput
from tests.drawing import dependencies, variable


def waits(tree: dict) -> set[str]:
    """Which step waits for which, as `before>after`, without the start and the end."""
    return {
        f"{f['source']}>{f['target']}"
        for f in tree["flows"].values()
        if not {f["source"], f["target"]} & {"start", "end"}
    }


class TestLeavingOut:
    def test_what_waited_for_a_step_waits_for_what_it_waited_for(self):
        tree = dependencies("a > c ; b > c ; c > d ; c > e", nodes={"c": {"optional": True}})

        left = exclude_nodes(tree, ["c"])
        assert waits(left) == {"a>d", "a>e", "b>d", "b>e"}
        assert problems_of(parse_tree(left)) == []
        assert {line["id"] for line in left["line"]} == set(left["flows"])

    def test_a_line_that_is_there_is_not_doubled(self):
        tree = dependencies("a > b > c ; a > c", nodes={"b": {"optional": True}})

        assert waits(exclude_nodes(tree, ["b"])) == {"a>c"}

    @pytest.mark.parametrize("out", [["a"], ["b"], ["a", "b"]])
    def test_a_flow_of_which_much_is_left_out_can_run(self, out):
        optional = {name: {"optional": True} for name in "ab"}
        left = exclude_nodes(dependencies("a ; b ; c > d", nodes=optional), out)

        assert problems_of(parse_tree(left)) == []
        assert waits(left) == {"c>d"}


class TestNewIds:
    def test_a_switch_chooses_the_new_ids(self):
        steps = {"s": {"switch": {"cases": [{"case": True, "next": "b"}], "default": "c"}}}
        numbers = iter(range(1000))
        made = make_task_tree(
            dependencies("s > b ; s > c", steps=steps),
            exclude=(),
            constants={},
            new_id=lambda kind: f"{kind}{next(numbers)}",
        )

        switch = made.document["activities"][made.ids["s"]]["step"]["switch"]
        assert switch == {"cases": [{"case": True, "next": made.ids["b"]}], "default": made.ids["c"]}
        assert problems_of(parse_tree(made.document)) == []

    def test_a_variable_is_kept_that_only_a_condition_names(self):
        constants = {"${n}": variable("${n}"), "${unused}": variable("${unused}")}
        tree = dependencies("a", steps={"a": {"condition": {"Ref": "n"}}}, constants=constants)

        made = make_task_tree(tree, exclude=(), constants={"n": 5}, new_id=lambda kind: kind + str(id(object())))
        assert {key: c["value"] for key, c in made.document["constants"].items()} == {"${n}": 5}


class TestCompiling:
    def test_what_is_above_a_step_is_known(self):
        graph = compile_tree(parse_tree(dependencies("a > b > d ; c > d ; e")))

        made = {"a": 1, "b": 2, "c": 3, "e": 5}
        assert graph.upstream_value("b", made) == 1
        assert graph.upstream_value("d", made) in (2, 3)
        assert graph.upstream_value("d", {"a": 1, "e": 5}) == 1
        with pytest.raises(KeyError):
            graph.upstream_value("e", {"a": 1})


class TestReading:
    def test_all_that_is_wrong_with_a_step_is_told_at_once(self):
        step = {
            "rule": "never",
            "retries": -1,
            "timeout_ms": "5",
            "manual": "yes",
            "each_parallelism": [],
            "context": 5,
        }

        with pytest.raises(InvalidInput) as refused:
            parse_tree(dependencies("a", steps={"a": step}))
        text = str(refused.value.problems)
        for part in ("rule", "retries", "timeout_ms", "manual", "each_parallelism", "context"):
            assert f"step.{part}" in text
