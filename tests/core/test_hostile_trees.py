"""Whatever is sent as a tree is refused with reasons, or can run; it never breaks the reader."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.core.compile import compile_tree
from app.engine.core.creation import make_task_tree
from app.engine.core.secret_values import with_secrets
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.errors import InvalidInput
from tests.drawing import flow, output_of

WORDS = st.sampled_from(
    ["", "a", "start", "end", "f1", "${x}", "${", "ServiceActivity", "SubProcess", "ParallelGateway", "\x00", "1 == 1"]
)
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | WORDS
JUNK = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)
TREE = flow(
    "start > a > xor ; xor > par [${o} == 1] ; par > b > join ; par > sub > join ; join > end ; xor > end [else]",
    inputs={"a": {"bk_display_message": "${x}"}},
    nodes={"b": {"auto_retry": {"enable": True, "times": 1, "interval": 1}, "timeout_config": {"enable": True, "seconds": 5}}},
    constants={"${x}": {"value": "${y}"}, "${y}": {"value": 1, "custom_type": "password"}, "${o}": output_of("${o}", "a", "out")},
    outputs=["${o}"],
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [p for key, part in items for p in paths(part, (*path, key))]


PATHS = paths(TREE)


STEPS = {
    **flow(
        "start > a > b > end", inputs={"a": {"bk_display_message": {"value": "${x}"}}},
        nodes={"b": {"step": {"rule": "one_success", "retries": 1, "priority": 2, "context": {"y": "${x}"}}}},
        constants={"${x}": {"value": "1"}},
    ),
    "kind": "dependencies", "language": "functions", "parallelism": 2,
}  # fmt: skip
WRONG: tuple[Any, ...] = (["x"], [{"x": 1}], {"x": ["y"]}, {"x": "y"}, "x", 5, True)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.parametrize("tree", [TREE, STEPS], ids=["nodes", "steps"])
def test_a_part_of_another_type_is_refused_with_reasons_or_can_run(tree, wrong):
    for path in paths(tree):
        changed: Any = copy.deepcopy(tree)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = wrong
        run_or_refuse(changed)


@pytest.mark.parametrize("conditions", ["x", ["x"], 5])
def test_the_conditions_of_any_gateway_are_an_object(conditions):
    tree = flow(
        "start > par ; par > a > join ; par > b > join ; join > end", nodes={"join": {"conditions": conditions}}
    )

    with pytest.raises(InvalidInput, match="conditions of gateway join must be an object"):
        parse_tree(tree)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK, st.booleans()), min_size=1, max_size=3))
def test_a_tree_with_junk_in_it_is_refused_with_reasons_or_can_run(changes):
    tree: Any = copy.deepcopy(TREE)
    for path, junk, removes in changes:
        holder = tree
        try:
            for key in path[:-1]:
                holder = holder[key]
            if removes:
                del holder[path[-1]]
            else:
                holder[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue

    run_or_refuse(tree)


def run_or_refuse(tree: Any) -> None:
    """Do with a tree all that is done before it runs, unless it is refused."""
    try:
        parsed = parse_tree(tree)
    except InvalidInput:
        return
    if problems_of(parsed):
        return
    compile_tree(parsed)
    counter = iter(range(10**9))
    made = make_task_tree(tree, exclude=[], constants={"${x}": 2}, new_id=lambda prefix: f"{prefix}{next(counter)}")
    with_secrets(made.document, str.upper)
