"""Dependency graphs of up to a thousand steps end in the states that the trigger rules say: held against a naive model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.engine.core.compile import compile_tree
from app.engine.core.run import FailedNode, Run, RunState, Started, Succeeded, Wait
from app.engine.core.step import World, step
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)
RULES = ("all_success", "one_success", "all_failed", "one_failed", "always")
S, F, K, U = "finished", "failed", "skipped", "upstream_failed"


class Drawn:
    """A random graph: what each step waits for, its rule, whether it would fail, and whether its condition holds."""

    def __init__(self, random: Random, size: int, density: float, limit: int) -> None:
        self.limit = limit
        self.before: list[list[int]] = []
        for number in range(size):
            near = range(max(0, number - random.choice((3, 30, size))), number)
            self.before.append([n for n in near if random.random() < density / max(len(near), 1)][:40])
        self.rule = [random.choice(RULES) if random.random() < 0.6 else "all_success" for _ in range(size)]
        self.fails = [random.random() < 0.25 for _ in range(size)]
        self.holds = [random.random() < 0.9 for _ in range(size)]

    def expected(self) -> list[str]:
        """Return the states that the rules say, by going through the steps in order."""
        states: list[str] = []
        for number, before in enumerate(self.before):
            verdict = self._verdict(self.rule[number], [states[n] for n in before])
            if verdict == S:
                verdict = K if not self.holds[number] else F if self.fails[number] else S
            states.append(verdict)
        return states

    @staticmethod
    def _verdict(rule: str, before: list[str]) -> str:
        n = len(before)
        s, k = before.count(S), before.count(K)
        f = n - s - k
        if n == 0:
            return S
        match rule:
            case "all_success":
                # What was skipped is neutral beside a success (docs/oos.md).
                return U if f else K if k == n else S
            case "one_success":
                return S if s else K if k == n else U
            case "all_failed":
                return S if f == n else K
            case "one_failed":
                return S if f else K
            case _:
                return S

    def tree(self) -> dict[str, Any]:
        """Return the graph as a tree."""
        size = len(self.before)
        after = {n for before in self.before for n in before}
        pairs = [(f"n{b}", f"n{n}") for n, before in enumerate(self.before) for b in before]
        pairs += [("start", f"n{n}") for n in range(size) if not self.before[n]]
        pairs += [(f"n{n}", "end") for n in range(size) if n not in after]
        flows = {f"f{i}": pair for i, pair in enumerate(pairs)}
        into: dict[str, list[str]] = {}
        out: dict[str, list[str]] = {}
        for id_, (source, target) in flows.items():
            out.setdefault(source, []).append(id_)
            into.setdefault(target, []).append(id_)

        def activity(n: int) -> dict[str, Any]:
            condition = {} if self.holds[n] else {"condition": {"Fn::Equals": [1, 2]}}
            return {
                "id": f"n{n}", "type": "ServiceActivity", "name": f"n{n}", "incoming": into[f"n{n}"],
                "outgoing": out[f"n{n}"], "component": {"code": "bk_display", "version": "legacy", "data": {}},
                "step": {"rule": self.rule[n], **condition},
            }  # fmt: skip

        return {
            "kind": "dependencies", "language": "functions", "parallelism": self.limit,
            "start_event": {"id": "start", "name": "", "type": "EmptyStartEvent", "incoming": "", "outgoing": out["start"]},
            "end_event": {"id": "end", "name": "", "type": "EmptyEndEvent", "incoming": into["end"], "outgoing": ""},
            "activities": {f"n{n}": activity(n) for n in range(size)}, "gateways": {},
            "flows": {i: {"id": i, "source": s, "target": t, "is_default": False} for i, (s, t) in flows.items()},
            "constants": {}, "outputs": [], "line": [], "location": [],
        }  # fmt: skip


def run_to_end(drawn: Drawn, random: Random) -> tuple[Run, dict[str, str]]:
    """Walk the graph as the shell does, steps ending in a random order; returns the run and the state of each step."""
    parsed = parse_tree(drawn.tree())
    assert problems_of(parsed, {("bk_display", "legacy")}) == []
    graph = compile_tree(parsed)
    states: dict[str, str] = {}
    decision = step(graph, Run(), Started(), World(NOW))
    for tick in range(len(drawn.before) + 1):
        states.update({n.node_id: n.state.value for n in (*decision.entered, *decision.changed)})
        run = decision.run
        working = [token for token in run.tokens.values() if token.wait is Wait.READY]
        assert not drawn.limit or len(working) <= drawn.limit
        if run.is_over:
            return run, states
        assert working, f"nothing can move: {run}"
        token = random.choice(working)
        does_fail = drawn.fails[int(token.node_id[1:])]
        event: Any = FailedNode(token.id, "no") if does_fail else Succeeded(token.id, {"out": token.node_id})
        decision = step(graph, run, event, World(NOW + timedelta(seconds=tick)))
    raise AssertionError("the run does not end")


def check(seed: int, size: int, density: float, limit: int) -> None:
    random = Random(seed)
    drawn = Drawn(random, size, density, limit)
    expected = drawn.expected()

    run, states = run_to_end(drawn, random)

    assert [states[f"n{n}"] for n in range(size)] == expected
    assert run.state is (RunState.FAILED if F in expected else RunState.FINISHED)
    assert run.tokens == {}


@given(st.integers(0, 2**32), st.integers(1, 40), st.floats(0, 6), st.sampled_from((0, 1, 3)))
@settings(max_examples=150, deadline=None)
def test_small_graphs_end_as_the_rules_say(seed, size, density, limit):
    check(seed, size, density, limit)


@given(st.integers(0, 2**32), st.floats(0.5, 4), st.sampled_from((0, 1, 20)))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.generate]
)  # fmt: skip
def test_graphs_of_a_thousand_steps_end_as_the_rules_say(seed, density, limit):
    check(seed, 1000, density, limit)
