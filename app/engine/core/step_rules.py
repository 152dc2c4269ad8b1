"""Trigger rules of a dependency graph: what a step does, by what became of the steps before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from app.engine.core.graph import Node
from app.engine.core.run import NodeRun, NodeState


class Outcome(StrEnum):
    """What became of a step, as the steps after it count it.

    NOT_CHOSEN is told by a switch to what it passes by; OPENED, told by the opening, is counted by no rule.
    """

    OPENED = "opened"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_CHOSEN = "not_chosen"


class Verdict(StrEnum):
    """What a trigger rule says of a step."""

    RUN = "run"
    SKIP = "skip"
    UPSTREAM_FAILED = "upstream_failed"


Rule = Callable[[int, int, int], Verdict]


def _all_success(succeeded: int, failed: int, skipped: int) -> Verdict:
    if failed:
        return Verdict.UPSTREAM_FAILED
    return Verdict.RUN if succeeded or not skipped else Verdict.SKIP


def _one_success(succeeded: int, failed: int, skipped: int) -> Verdict:
    if succeeded:
        return Verdict.RUN
    return Verdict.UPSTREAM_FAILED if failed else Verdict.SKIP


def _all_failed(succeeded: int, failed: int, skipped: int) -> Verdict:
    return Verdict.RUN if failed and not succeeded and not skipped else Verdict.SKIP


def _one_failed(succeeded: int, failed: int, skipped: int) -> Verdict:
    return Verdict.RUN if failed else Verdict.SKIP


def _always(succeeded: int, failed: int, skipped: int) -> Verdict:
    return Verdict.RUN


RULES: Mapping[str, Rule] = {
    "all_success": _all_success,
    "one_success": _one_success,
    "all_failed": _all_failed,
    "one_failed": _one_failed,
    "always": _always,
}
"""The trigger rules, from how many of the steps before have succeeded, failed and been skipped.

`all_success` takes what was skipped as neutral where something has succeeded and nothing failed: else a step that merges
the branches of a switch could never run.
"""


def verdict_of(rule: str, outcomes: Iterable[Outcome]) -> Verdict:
    """Say what a step does, by its rule and what became of the steps before it."""
    said = list(outcomes)
    if Outcome.NOT_CHOSEN in said:
        return Verdict.SKIP
    if all(outcome is Outcome.OPENED for outcome in said):
        return Verdict.RUN
    return RULES[rule](*(said.count(o) for o in (Outcome.SUCCESS, Outcome.FAILED, Outcome.SKIPPED)))


def outcome_of(source: Node, target: str, node_run: NodeRun | None) -> Outcome:
    """Say what a step that has ended counts as for one of the steps after it."""
    if node_run is None:
        return Outcome.SUCCESS
    if source.step is not None and source.step.switches and node_run.state is NodeState.FINISHED:
        return Outcome.SUCCESS if (node_run.outputs or {}).get("next") == target else Outcome.NOT_CHOSEN
    if node_run.state in (NodeState.FAILED, NodeState.UPSTREAM_FAILED):
        return Outcome.FAILED
    return Outcome.SKIPPED if node_run.state is NodeState.SKIPPED else Outcome.SUCCESS
