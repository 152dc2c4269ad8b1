"""What holds for every flow: accepted ones end, tokens are conserved, nothing is lost by saving and loading."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.core.alone import onward
from app.engine.core.compile import compile_tree
from app.engine.core.creation import prune_constants, regenerate_ids
from app.engine.core.graph import Graph
from app.engine.core.run import (
    Awaited,
    BranchAsked,
    ChildEnded,
    FailedNode,
    Phase,
    RetryAsked,
    Run,
    RunEnded,
    RunState,
    StartChild,
    Started,
    Succeeded,
    Wait,
)
from app.engine.core.step import World, step
from app.engine.core.tree import write_tree
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from tests.strategies import bent_trees, trees

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def run_to_end(graph: Graph, choose: Any) -> Run:
    """Walk a graph as the shell does, with plugins that succeed, wait, or fail once; returns the run at its end.

    A gateway that cannot decide is sent along its first branch; a loop that is never left ends at the rerun limit.
    """
    values: dict[str, Any] = {}
    failed: set[str] = set()
    decision = step(graph, Run(), Started(), World(NOW))
    for _ in range(2_000):
        run = decision.run
        values.update(decision.values)
        check_tokens(graph, run)
        for effect in decision.effects:
            if isinstance(effect, StartChild):
                assert graph.nodes[effect.node_id].child is not None
                run_to_end(graph.nodes[effect.node_id].child, choose)  # type: ignore[arg-type]
        if run.state is RunState.FINISHED:
            assert sum(isinstance(e, RunEnded) for e in decision.effects) == 1
            return run
        movable = [t for t in run.tokens.values() if t.wait in (Wait.READY, Wait.CHILD, Wait.FAILED)]
        assert movable, f"nothing can move: {run}"
        token = movable[choose(len(movable))]
        world = World(NOW + timedelta(seconds=1), values, rerun_limit=3)
        if token.wait is Wait.FAILED and "rerun limit" in run.node_runs[token.node_id].reason:
            return run
        if token.wait is Wait.CHILD:
            event: Any = ChildEnded(token.id, {})
        elif token.wait is Wait.FAILED:
            flows = [flow.id for flow in graph.nodes[token.node_id].outgoing if flow.condition]
            event = BranchAsked(token.node_id, tuple(flows[:1])) if flows else RetryAsked(token.node_id)
        elif token.phase is Phase.EXECUTE and choose(5) == 0:
            event = Awaited(token.id, {}, person=False, has_come=True)
        elif token.node_id not in failed and choose(5) == 0:
            failed.add(token.node_id)
            event = FailedNode(token.id, "no")
        else:
            event = Succeeded(token.id, {})
        decision = step(graph, run, event, world)
    raise AssertionError("the run does not end")


def check_tokens(graph: Graph, run: Run) -> None:
    """No two tokens stand at one node, unless they wait there for the rest of their fork; each says why it waits."""
    standing: dict[str, list[Any]] = {}
    for token in run.tokens.values():
        standing.setdefault(token.node_id, []).append(token)
    for tokens in standing.values():
        assert len(tokens) == 1 or all(t.wait is Wait.JOINING for t in tokens), tokens
    for token in run.tokens.values():
        if token.wait is Wait.JOINING:
            fork = token.forks[-1]
            assert fork.converge == token.node_id
            assert any(fork in t.forks and t.wait is not Wait.JOINING for t in run.tokens.values())


@SLOW
@given(trees(), st.integers(0, 10**9))
def test_every_structured_flow_is_accepted_and_ends(tree, seed):
    parsed = parse_tree(tree)
    assert problems_of(parsed) == []

    assert run_to_end(compile_tree(parsed), Random(seed).randrange).tokens == {}


@SLOW
@given(trees(), st.integers(0, 10**9))
def test_a_structured_flow_ends_from_every_node_on(tree, seed):
    for node_id in tree["activities"]:
        graph = compile_tree(parse_tree(onward(tree, node_id, ())))
        run = run_to_end(graph, Random(seed).randrange)
        assert run.state is RunState.FINISHED or any(n.loop > 3 for n in run.node_runs.values())


@SLOW
@given(bent_trees(), st.booleans(), st.integers(0, 10**9))
def test_whatever_validation_accepts_ends(tree, midway, seed):
    tree["start_event"]["midway"] = midway
    parsed = parse_tree(tree)
    if problems_of(parsed):
        return

    run = run_to_end(compile_tree(parsed), Random(seed).randrange)
    assert run.state is RunState.FINISHED or any(n.loop > 3 for n in run.node_runs.values())


@SLOW
@given(trees())
def test_saving_and_loading_a_tree_loses_nothing(tree):
    assert write_tree(parse_tree(json.loads(json.dumps(tree)))) == tree


@SLOW
@given(trees())
def test_a_tasks_own_tree_is_as_valid_as_its_templates(tree):
    counter = iter(range(10**9))
    made = regenerate_ids(prune_constants(tree), lambda prefix: f"{prefix}{next(counter)}")

    assert problems_of(parse_tree(made.document)) == []
    ids = set(made.ids.values())
    assert len(made.document["activities"]) == len(tree["activities"])
    assert set(made.document["activities"]) <= ids
