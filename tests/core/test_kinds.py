"""The tables that the canvas draws by, and validation: they say the same, since one is made of the other."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.core.kinds import DECIDING, FORBIDDEN, KINDS, NOT_DRAWN, TO_ITSELF, as_json
from app.engine.core.tree_reading import GATEWAY_TYPES, LONGEST_NAME, parse_tree
from app.engine.core.validate import problems_of
from app.errors import InvalidInput, Problem
from tests.drawing import flow

NAMES = {
    "EmptyStartEvent": "start", "EmptyEndEvent": "end", "ServiceActivity": "a", "SubProcess": "sub",
    "ExclusiveGateway": "xor", "ParallelGateway": "par", "ConditionalParallelGateway": "cpg", "ConvergeGateway": "join",
}  # fmt: skip


def problems(tree: dict[str, Any]) -> list[Problem]:
    return problems_of(parse_tree(tree))


def with_lines(name: str, side: str, count: int) -> dict[str, Any]:
    """A flow in which a node has that many lines on a side, all of them to or from activities of their own."""
    chains = [f"x{i} > {name}" if side == "in" else f"{name} > x{i} [1 == 1]" for i in range(count)]
    tree = flow(" ; ".join(["start", "end", name, *chains]))
    tree["start_event"]["incoming"] = [i for i, line in tree["flows"].items() if line["target"] == "start"]
    tree["end_event"]["outgoing"] = [i for i, line in tree["flows"].items() if line["source"] == "end"]
    return tree


def test_every_type_of_node_has_an_entry():
    assert set(KINDS) == {"EmptyStartEvent", "EmptyEndEvent", "ServiceActivity", "SubProcess", *GATEWAY_TYPES}
    assert set(DECIDING) <= set(GATEWAY_TYPES)


@pytest.mark.parametrize("type_", NAMES)
@pytest.mark.parametrize("side", ["in", "out"])
def test_validation_goes_by_the_numbers_of_the_table(type_, side):
    least, most = as_json()["kinds"][type_][side]
    for count in sorted({0, 1, 2, least, most, most + 1}):
        found = problems(with_lines(NAMES[type_], side, count))
        told = [
            p for p in found if p.where == NAMES[type_] and p.rule == "degree" and f" {side}, not {count}" in p.message
        ]
        assert bool(told) == (not least <= count <= most), (count, found[:3])


def test_validation_refuses_what_the_table_forbids():
    for (source, target), message in FORBIDDEN.items():
        found = problems(flow(f"{NAMES[source]} > {NAMES[target]}"))
        assert [p.message for p in found] == [message]
    assert as_json()["forbidden"] == [{"source": s, "target": t, "message": m} for (s, t), m in FORBIDDEN.items()]


def test_what_is_not_drawn_by_hand_is_still_no_fault_of_a_tree():
    for source, target in NOT_DRAWN:
        assert "target" not in {p.rule for p in problems(flow(f"start ; end ; {NAMES[source]} > {NAMES[target]}"))}


def test_validation_forbids_nothing_else_between_two_kinds():
    for source in set(NAMES) - {"EmptyEndEvent"}:
        for target in set(NAMES) - {"EmptyStartEvent"}:
            second = NAMES[target] if source != target else f"{NAMES[target]}9"
            found = problems(flow(f"start ; end ; {NAMES[source]} > {second} [1 == 1]"))
            assert any(p.rule == "target" for p in found) == ((source, target) in FORBIDDEN), (source, target)


@pytest.mark.parametrize("name", ["a", "xor", "par", "cpg", "join"])
def test_no_line_leads_back_to_its_own_node(name):
    found = problems(flow(f"start > {name} > {name} [1 == 1] ; {name} > end [else]"))

    assert [p.message for p in found if p.rule == "target"] == [f"line f2: {TO_ITSELF}"]


def test_the_limits_that_are_told_are_those_that_are_checked():
    tree = flow("start > a > end")
    tree["activities"]["a"]["name"] = "x" * LONGEST_NAME
    assert problems(tree) == []
    tree["activities"]["a"]["name"] += "x"
    with pytest.raises(InvalidInput, match=f"1 to {LONGEST_NAME}"):
        parse_tree(tree)
