"""The transitions that people and other systems ask for; each is refused with a reason where it may not be."""

from __future__ import annotations

from dataclasses import replace

from app.engine.core import step_ends, steps
from app.engine.core.called import called
from app.engine.core.graph import KINDS, Kind, Node, Split
from app.engine.core.move import Move
from app.engine.core.reports import give_up_wait, take_back
from app.engine.core.run import (
    BlockedAbove,
    BranchAsked,
    CallbackCame,
    EndChild,
    FailAsked,
    FreedAbove,
    HoldAsked,
    NodeRun,
    NodeState,
    PauseAsked,
    Phase,
    ReleaseAsked,
    ResumeAsked,
    RetryAsked,
    RevokeAsked,
    RunState,
    SkipAsked,
    StoreCallback,
    Token,
    Wait,
)
from app.errors import NotFound, Refused
from app.sentences import say

_ENDED = (NodeState.FINISHED, NodeState.SKIPPED, NodeState.UPSTREAM_FAILED)

WORKING = (Wait.READY, Wait.RUNNING, Wait.TIMER, Wait.CALLBACK, Wait.PERSON, Wait.CHILD)
"""The waits of a node that has begun and not ended."""


def pause(move: Move, event: PauseAsked) -> None:
    """Stop tokens before their next node; what a worker has begun goes on."""
    _require_state(move, RunState.RUNNING, say("pause"))
    move.pause()


def resume(move: Move, event: ResumeAsked) -> None:
    """Let the tokens that the pause stopped go on."""
    _require_state(move, RunState.PAUSED, say("resume"))
    move.state = RunState.RUNNING
    for token in [t for t in move.tokens.values() if t.wait is Wait.FAILED]:
        node = move.graph.nodes[token.node_id]
        if node.step is not None:
            step_ends.go_on_failed(move, token, node)
    _let_go(move)


def blocked_above(move: Move, event: BlockedAbove) -> None:
    """Stop as in a pause, without being paused itself."""
    if not move.is_blocked:
        move.is_blocked = True
        move.park_unclaimed()


def freed_above(move: Move, event: FreedAbove) -> None:
    """Go on, unless paused itself."""
    if move.is_blocked:
        move.is_blocked = False
        _let_go(move)


def revoke(move: Move, event: RevokeAsked) -> None:
    """End the run: tokens are taken out, waits are given up, running node runs become revoked."""
    if move.is_over:
        raise Refused(
            "wrong_state",
            say("the run is {state}; it cannot be revoked", state=called(move.state)),
            state=str(move.state),
            to="revoked",
        )
    move.state = RunState.REVOKED
    for token in list(move.tokens.values()):
        if token.phase is Phase.CANCEL:
            continue
        node_run = move.node_run(token.node_id)
        if node_run and token.attempt and node_run.state in (NodeState.RUNNING, NodeState.PAUSED):
            move.record(node_run, state=NodeState.REVOKED, finished_at=move.now)
        give_up_wait(move, token)
        if token.wait is Wait.CHILD:
            move.effects.append(EndChild(token.id))
        move.drop(token)


def retry(move: Move, event: RetryAsked) -> None:
    """Begin a new attempt at a failed node."""
    token, node, node_run = _failed_at(move, event.node_id, say("retry"))
    if not node.retryable:
        raise Refused(
            "not_retryable", say("node {node} is set not to be retried; skip it instead", node=node.id), node=node.id
        )
    if event.inputs is not None and not node.calls:
        raise Refused(
            "no_inputs",
            say("node {node} takes no inputs: it is a {kind}", node=node.id, kind=called(node.kind)),
            node=node.id,
        )
    given = node_run.given if event.inputs is None else event.inputs
    again = NodeRun(
        node.id, node_run.loop, node_run.attempt + 1, NodeState.RUNNING, move.now,
        auto_retries=node_run.auto_retries, given=given,
    )  # fmt: skip
    move.enter(again)
    token = replace(token, attempt=again.attempt, phase=Phase.EXECUTE)
    if move.is_stopped:
        move.record(again, state=NodeState.PAUSED)
        move.put(token, wait=Wait.PAUSED)
    else:
        _start_attempt(move, token, node, again)


def skip(move: Move, event: SkipAsked) -> None:
    """Finish a failed activity without its outputs and move on."""
    token, node, node_run = _failed_at(move, event.node_id, say("skip"))
    if not KINDS[node.kind].works and node.kind is not Kind.START:
        raise Refused(
            "wrong_kind",
            say("node {node} is a {kind}; choose one of its branches instead", node=node.id, kind=called(node.kind)),
            node=node.id,
        )
    if not node.skippable:
        raise Refused(
            "not_skippable", say("node {node} is set not to be skipped; retry it instead", node=node.id), node=node.id
        )
    move.finish(token, node, node_run, skipped=True)


def force_fail(move: Move, event: FailAsked) -> None:
    """Give a working node up; what its worker still reports is too late."""
    node = _node(move, event.node_id)
    token = next((t for t in move.standing_at(node.id) if t.wait in WORKING), None)
    node_run = move.node_run(node.id)
    if token is None or node_run is None:
        state = node_run.state if node_run else "not reached"
        raise Refused(
            "not_running",
            say("node {node} is {state}; only a running node can be failed", node=node.id, state=called(state)),
            **_standing(move, node),
        )
    move.fail(take_back(move, token, node), node_run, event.reason)


def hold(move: Move, event: HoldAsked) -> None:
    """Stop before a node that is not reached yet."""
    node = _node(move, event.node_id)
    node_run = move.node_run(node.id)
    begun = [t for t in move.standing_at(node.id) if t.wait is not Wait.PAUSED]
    ended = node_run is not None and node_run.state in _ENDED and node.id not in move.graph.cyclic
    if begun or ended:
        state = node_run.state if node_run else begun[0].wait
        raise Refused(
            "already_reached",
            say(
                "node {node} is {state}; only a node that is not reached yet can be paused",
                node=node.id,
                state=called(state),
            ),
            node=node.id,
            state=str(state),
        )
    if node.id in move.holds:
        raise Refused("already_held", say("node {node} is paused already", node=node.id), node=node.id)
    move.holds = move.holds | {node.id}


def release(move: Move, event: ReleaseAsked) -> None:
    """Take a hold back."""
    node = _node(move, event.node_id)
    if node.id not in move.holds:
        raise Refused("not_held", say("node {node} is not paused", node=node.id), node=node.id)
    move.holds = move.holds - {node.id}
    if not move.is_stopped:
        _let_go(move)


def branch(move: Move, event: BranchAsked) -> None:
    """Send the token of a failed gateway along the flows that a person chose."""
    node = _node(move, event.node_id)
    if KINDS[node.kind].split not in (Split.CHOICE, Split.CHOSEN):
        raise Refused(
            "not_a_gateway",
            say(
                "node {node} is a {kind}; only a gateway with conditions has branches to choose",
                node=node.id,
                kind=called(node.kind),
            ),
            **_standing(move, node),
        )
    token, node, node_run = _failed_at(move, event.node_id, say("choose a branch of"))
    flows = [flow for flow in node.outgoing if flow.id in event.flow_ids]
    unknown = sorted(set(event.flow_ids) - {flow.id for flow in flows})
    if unknown or not flows:
        text = say("no branch {unknown} leaves gateway {node}", unknown=unknown or say("(none given)"), node=node.id)
        raise Refused("unknown_branch", text, node=node.id)
    if node.kind is Kind.EXCLUSIVE and len(flows) > 1:
        raise Refused("one_branch", say("gateway {node} is exclusive: choose one branch", node=node.id), node=node.id)
    move.record(node_run, state=NodeState.FINISHED, finished_at=move.now, skipped=True)
    move.follow(token, node, flows)


def callback_came(move: Move, event: CallbackCame) -> None:
    """Accept a callback for a node that waits, works or is still to come; refuse it where nothing can take it."""
    node = _node(move, event.node_id)
    if not node.calls:
        raise Refused(
            "wrong_kind",
            say("node {node} is a {kind}; only an activity takes a callback", node=node.id, kind=called(node.kind)),
            node=node.id,
        )
    if move.is_over:
        raise Refused(
            "finished",
            say("the run is {state}: the callback is too late", state=called(move.state)),
            node=node.id,
            state=str(move.state),
        )
    token = next((t for t in move.standing_at(node.id) if t.wait in WORKING and t.attempt), None)
    node_run = move.node_run(node.id)
    if token is not None:
        move.effects.append(StoreCallback(node.id, token.loop, token.attempt))
        if token.wait in (Wait.CALLBACK, Wait.PERSON):
            move.put(token, wait=Wait.READY, due=move.now)
    elif node_run is None:
        move.effects.append(StoreCallback(node.id, 1, 1))
    elif node_run.state is NodeState.PAUSED:
        move.effects.append(StoreCallback(node.id, node_run.loop, node_run.attempt))
    else:
        raise Refused(
            "finished",
            say("node {node} is {state}: it takes no callback", node=node.id, state=called(node_run.state)),
            node=node.id,
            state=str(node_run.state),
        )


def _require_state(move: Move, state: RunState, order: str) -> None:
    if move.state is not state:
        raise Refused(
            "wrong_state",
            say(
                "the run is {state}; only a {wanted} run can {order}",
                state=called(move.state),
                wanted=called(state),
                order=order,
            ),
            state=str(move.state),
            to=order,
        )


def _node(move: Move, node_id: str) -> Node:
    node = move.graph.nodes.get(node_id)
    if node is None:
        raise NotFound("node", node_id)
    return node


def _failed_at(move: Move, node_id: str, order: str) -> tuple[Token, Node, NodeRun]:
    node, node_run = _node(move, node_id), move.node_run(node_id)
    if move.state is RunState.FAILED and node_run is not None and node_run.state is NodeState.FAILED:
        return steps.reopen(move, node, node_run), node, node_run
    token = next((t for t in move.standing_at(node_id) if t.wait is Wait.FAILED), None)
    if token is None or node_run is None:
        state = str(node_run.state) if node_run else "not reached"
        text = say(
            "node {node} is {state}; you can {order} a failed node only", node=node_id, state=called(state), order=order
        )
        raise Refused("not_failed", text, **_standing(move, node))
    return token, node, node_run


def _standing(move: Move, node: Node) -> dict[str, object]:
    """Return what a refusal tells of a node: its kind and state, and whether anything of the run stands at it."""
    node_run, standing = move.node_run(node.id), list(move.standing_at(node.id))
    # A converge that waits for more has no node run yet, though it has been reached.
    waits = "running" if any(token.wait is Wait.JOINING for token in standing) else "not reached"
    state = str(node_run.state) if node_run is not None else waits
    return {"node": node.id, "kind": str(node.kind), "state": state, "is_there": bool(standing)}


def _let_go(move: Move) -> None:
    if move.is_stopped:
        return
    for token in list(move.tokens.values()):
        if token.wait is not Wait.PAUSED or token.node_id in move.holds:
            continue
        node, node_run = move.graph.nodes[token.node_id], move.node_run(token.node_id)
        if token.attempt and node_run is not None:
            _start_attempt(move, token, node, move.record(node_run, state=NodeState.RUNNING, started_at=move.now))
        else:
            move.begin(token, node)


def _start_attempt(move: Move, token: Token, node: Node, node_run: NodeRun) -> None:
    if KINDS[node.kind].works:
        move.work(token, node)
    else:
        move.leave(token, node, node_run)
