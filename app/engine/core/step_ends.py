"""How a step of a dependency graph ends: tried again, given up, passed by, or done; and what its lines are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.engine.core.graph import Node
from app.engine.core.run import NodeRun, NodeState, Phase, RunState, Token, Wait
from app.engine.core.step_rules import Outcome
from app.engine.core.values import Json

if TYPE_CHECKING:
    from app.engine.core.move import Move


def fail_or_retry(
    move: Move, token: Token, node: Node, node_run: NodeRun, reason: str, outputs: Mapping[str, Json]
) -> None:
    """Try a failed step again by itself while it may, else let its failure count."""
    if node_run.auto_retries >= node.auto_retries:
        if node.error_ignorable:
            move.finish(token, node, node_run, outputs=outputs, error_ignored=True, reason=reason)
        else:
            give_up(move, token, node, node_run, reason, outputs=outputs)
        return
    move.record(node_run, state=NodeState.FAILED, reason=reason, finished_at=move.now, outputs=outputs)
    again = move.enter(
        NodeRun(node.id, node_run.loop, node_run.attempt + 1, NodeState.RUNNING, move.now,
                auto_retries=node_run.auto_retries + 1, given=node_run.given)
    )  # fmt: skip
    due = move.now + node.auto_retry_after
    token = replace(token, phase=Phase.EXECUTE, attempt=again.attempt, memo={}, deadline=None)
    if move.is_stopped:
        move.record(again, state=NodeState.PAUSED)
        move.put(token, wait=Wait.PAUSED, due=None)
    else:
        # The time-out of an attempt begins when the wait before it is over.
        deadline = due + node.timeout if node.timeout and node.calls else None
        move.put(token, wait=Wait.TIMER, due=due, deadline=deadline)


def give_up(move: Move, token: Token, node: Node, node_run: NodeRun, reason: str, **changes: Any) -> None:
    """Let a step's failure count: it goes on as failed, or the run is paused and the token held for a person."""
    assert node.step is not None
    move.record(node_run, state=NodeState.FAILED, reason=reason, finished_at=move.now, **changes)
    if node.step.pauses_on_failure and move.state in (RunState.RUNNING, RunState.PAUSED):
        move.put(token, wait=Wait.FAILED, phase=Phase.EXECUTE, due=None, deadline=None, memo={})
        move.pause()
    else:
        go_on_failed(move, token, node)


def go_on_failed(move: Move, token: Token, node: Node) -> None:
    """Send a failed step's token on."""
    move.has_failed = True
    spread(move, token, node, Outcome.FAILED)


def leave(move: Move, token: Token, node: Node) -> None:
    """Send a step's token on, after it has succeeded."""
    spread(move, token, node, Outcome.SUCCESS)


def succeed(move: Move, token: Token, node: Node, node_run: NodeRun, outputs: Mapping[str, Json]) -> None:
    """Take a step's outputs, and let it go on."""
    move.take_outputs(node, outputs)
    move.finish(token, node, node_run, outputs=outputs)


def pass_by(move: Move, token: Token, node: Node, state: NodeState) -> None:
    """Let a step go on that is not carried out."""
    move.enter(NodeRun(node.id, move.passes, 1, state, move.now, move.now))
    spread(move, token, node, Outcome.SKIPPED if state is NodeState.SKIPPED else Outcome.FAILED)


def spread(move: Move, token: Token, node: Node, outcome: Outcome, chosen: str | None = None) -> None:
    """Send what became of a node along all its lines; a switch tells those that it has not chosen so."""
    first = replace(
        token, wait=Wait.JOINING, phase=Phase.EXECUTE, loop=0, attempt=0, due=None, deadline=None, forks=(), losses=0
    )
    move.put(first, memo={})
    sent = []
    for number, flow in enumerate(node.outgoing):
        said = outcome if chosen is None or flow.target == chosen else Outcome.NOT_CHOSEN
        own = first if number == 0 else replace(first, id=move.new_id(), fence=0)
        sent.append(replace(own, node_id=flow.target, memo=said_over(flow.id, said)))
    move.send(sent)


def said_over(flow_id: str, outcome: Outcome) -> dict[str, Json]:
    """Return the memo of a token that goes along a line: what it says became of the step before."""
    return {"line": flow_id, "is": outcome.value}
