"""The transitions that report what happened: plugins that ended or wait, children that ended, time that passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.engine.core import step_elements, step_ends, steps
from app.engine.core.graph import Node
from app.engine.core.move import Move
from app.engine.core.run import (
    Awaited,
    Cancelled,
    ChildEnded,
    EndChild,
    FailedNode,
    NodeRun,
    NodeState,
    Phase,
    Polled,
    Started,
    Succeeded,
    TimedOut,
    Token,
    Wait,
    WorkerLost,
)
from app.engine.core.values import Json
from app.sentences import say


def started(move: Move, event: Started) -> None:
    """Let the first token begin; it stands before the start event unless it has been put elsewhere."""
    first = next(iter(move.tokens.values()), None) or Token(move.new_id(), move.graph.start, Wait.PAUSED)
    first = move.put(first, wait=Wait.PAUSED, due=None)
    if not move.is_stopped:
        move.begin(first, move.graph.nodes[first.node_id])


def succeeded(move: Move, event: Succeeded) -> None:
    """Finish the node and move on."""
    token, node, node_run = _current(move, event.token)
    outputs = _with_result(event.outputs, node_run, succeeded=True)
    move.take_outputs(node, outputs)
    move.finish(token, node, node_run, outputs=outputs)


def failed(move: Move, event: FailedNode) -> None:
    """Try again by itself where the node says so, go on where its failure may be ignored, else hold the token."""
    token, node, node_run = _current(move, event.token)
    outputs = _with_result(event.outputs, node_run, succeeded=False)
    move.take_outputs(node, outputs)
    if node.step is not None:
        step_ends.fail_or_retry(move, token, node, node_run, event.reason, outputs)
    elif node_run.auto_retries < node.auto_retries:
        move.record(node_run, state=NodeState.FAILED, reason=event.reason, finished_at=move.now, outputs=outputs)
        again = replace(
            node_run, attempt=node_run.attempt + 1, auto_retries=node_run.auto_retries + 1, started_at=move.now
        )
        move.enter(again)
        due = move.now + node.auto_retry_after
        deadline = due + node.timeout if node.timeout else None
        token = replace(token, wait=Wait.TIMER, phase=Phase.EXECUTE, attempt=again.attempt, memo={})
        if move.is_stopped:
            move.record(again, state=NodeState.PAUSED)
            move.put(token, wait=Wait.PAUSED, due=None, deadline=None)
        else:
            move.put(token, due=due, deadline=deadline)
    elif node.error_ignorable:
        move.finish(token, node, node_run, outputs=outputs, error_ignored=True, reason=event.reason)
    else:
        move.fail(token, node_run, event.reason, outputs=outputs)


def polled(move: Move, event: Polled) -> None:
    """Set the time down at which the plugin looks again."""
    token = move.tokens[event.token]
    move.put(token, wait=Wait.TIMER, phase=Phase.POLL, due=move.now + event.after, memo=event.memo)


def awaited(move: Move, event: Awaited) -> None:
    """Wait for a callback, or take the one that came early."""
    token = move.tokens[event.token]
    if event.has_come:
        move.put(token, wait=Wait.READY, phase=Phase.CALLBACK, due=move.now, memo=event.memo)
    else:
        wait = Wait.PERSON if event.person else Wait.CALLBACK
        move.put(token, wait=wait, phase=Phase.CALLBACK, due=None, memo=event.memo)


def cancelled(move: Move, event: Cancelled) -> None:
    """Forget a wait that its plugin has given up."""
    move.drop(move.tokens[event.token])


def worker_lost(move: Move, event: WorkerLost) -> None:
    """Leave the node failed: nobody knows whether its work was done, so a person decides."""
    token, _node, node_run = _current(move, event.token)
    move.fail(token, node_run, event.reason)


def timed_out(move: Move, event: TimedOut) -> None:
    """Give the node up, and skip it where it says so."""
    token, node, node_run = _current(move, event.token)
    assert node.timeout is not None, "only a node with a time-out has a deadline"
    reason = say("timed out after {seconds:g} s", seconds=node.timeout.total_seconds())
    token = take_back(move, token, node)
    if node.skips_on_timeout:
        move.finish(token, node, node_run, skipped=True, reason=reason)
    elif node.step is not None:
        step_ends.fail_or_retry(move, token, node, node_run, reason, {})
    else:
        move.fail(token, node_run, reason)


def child_ended(move: Move, event: ChildEnded) -> None:
    """Take the child's outputs and move on."""
    token, node, node_run = _current(move, event.token)
    outputs = _with_result(event.outputs, node_run, succeeded=not event.reason)
    if node.step is not None:
        steps.child_ended(move, token, node, node_run, outputs, event.reason)
        return
    move.take_outputs(node, outputs)
    if event.reason:
        move.fail(token, node_run, event.reason, outputs=outputs)
    else:
        move.finish(token, node, node_run, outputs=outputs)


def take_back(move: Move, token: Token, node: Node) -> Token:
    """Take a working node's token from whoever works for it; what is still reported is too late."""
    if "index" in token.memo and node.step is not None:
        token = step_elements.single(move, node)
    elif token.wait is Wait.CHILD:
        move.effects.append(EndChild(token.id))
    give_up_wait(move, token)
    return replace(token, deadline=None, fence=token.fence + 1)


def give_up_wait(move: Move, token: Token) -> None:
    """Order the plugin of a token that waits outside a worker to give its wait up, as work of its own.

    Where a worker looks after the wait at this moment, the order is due when its lease runs out: it may be lost.
    """
    if token.phase in (Phase.POLL, Phase.CALLBACK):
        due = max(token.due or move.now, move.now) if token.wait is Wait.RUNNING else move.now
        move.put(
            Token(
                move.new_id(), token.node_id, Wait.READY, Phase.CANCEL, loop=token.loop, attempt=token.attempt,
                due=due, memo=token.memo,
            )
        )  # fmt: skip


def _current(move: Move, token_id: int) -> tuple[Token, Node, NodeRun]:
    token = move.tokens[token_id]
    node_run = move.node_run(token.node_id)
    assert node_run is not None, "a token that has begun its node has a node run"
    return token, move.graph.nodes[token.node_id], node_run


def _with_result(outputs: Mapping[str, Json], node_run: NodeRun, *, succeeded: bool) -> dict[str, Json]:
    # bk-sops counts `_loop` from 0, though the `loop` of its status starts at 1.
    return {**outputs, "_result": succeeded, "_loop": node_run.loop - 1, "_inner_loop": node_run.loop - 1}
