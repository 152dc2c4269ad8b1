"""What people see of a run, derived from its node runs and from where its tokens stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.engine.core.graph import Graph
from app.engine.core.run import NodeState, Phase, Wait


class NodeRunFacts(Protocol):
    """What is known of one attempt at a node, wherever it was read from."""

    node_id: str
    loop: int
    attempt: int
    state: str
    skipped: bool
    error_ignored: bool
    auto_retries: int
    started_at: datetime
    finished_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a token stands and why."""

    node_id: str
    wait: str
    phase: str
    attempt: int


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """A node as people see it.

    `state` is one of: running, finished, failed, paused, waiting_person, waiting_callback, waiting_timer, retrying,
    skipped, revoked, upstream_failed. A subprocess has the nodes of its latest child run as `children`, and `child_state`, the run's own.
    """

    node_id: str
    name: str
    kind: str
    state: str
    run_id: int
    loop: int = 1
    attempt: int = 1
    retries: int = 0
    skipped: bool = False
    error_ignored: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reason: str = ""
    child_state: str = ""
    children: Mapping[str, NodeStatus] = field(default_factory=dict)


_WAITING = {
    Wait.PERSON: "waiting_person",
    Wait.CALLBACK: "waiting_callback",
    Wait.PAUSED: "paused",
}


_BEFORE = {Wait.PAUSED: "paused", Wait.TIMER: "waiting_timer"}
"""What is seen of a node before which a token stands."""


def node_statuses(
    graph: Graph,
    run_id: int,
    node_runs: Iterable[NodeRunFacts],
    standings: Sequence[Standing],
    children: Mapping[str, tuple[str, Mapping[str, NodeStatus]]],
) -> dict[str, NodeStatus]:
    """Return the status of each node that a run has reached, in the order in which they were reached.

    `children` gives, for each subprocess that was reached, the state of its latest run and the statuses in it.
    """
    at = {s.node_id: s for s in standings if s.phase != Phase.CANCEL}
    latest: dict[str, NodeRunFacts] = {}
    for node_run in node_runs:
        known = latest.get(node_run.node_id)
        if known is None or (known.loop, known.attempt) < (node_run.loop, node_run.attempt):
            latest[node_run.node_id] = node_run
    statuses = {}
    for node_id, facts in latest.items():
        node = graph.nodes[node_id]
        child_state, below = children.get(node_id, ("", {}))
        statuses[node_id] = NodeStatus(
            node_id, node.name, node.kind.value, _state(facts, at.get(node_id)), run_id, facts.loop, facts.attempt,
            facts.attempt - 1, facts.skipped, facts.error_ignored, facts.started_at, facts.finished_at, facts.reason,
            child_state, below,
        )  # fmt: skip
    for standing in at.values():
        state = _BEFORE.get(Wait(standing.wait)) if standing.node_id not in statuses else None
        if state is not None:
            node = graph.nodes[standing.node_id]
            statuses[standing.node_id] = NodeStatus(node.id, node.name, node.kind.value, state, run_id, loop=0)
    return statuses


def _state(facts: NodeRunFacts, standing: Standing | None) -> str:
    if facts.state == NodeState.RUNNING and standing is not None:
        if standing.wait == Wait.TIMER:
            return "retrying" if standing.phase == Phase.EXECUTE else "waiting_timer"
        return _WAITING.get(Wait(standing.wait), "running")
    if facts.state == NodeState.FINISHED and facts.skipped:
        return "skipped"
    return facts.state
