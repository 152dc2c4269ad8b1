"""How a dependency graph runs: a step waits for all its lines, its trigger rule decides, and it leaves by all of them.

What becomes of a step goes along each line out of it as a token, whose memo says so; the token waits (JOINING) at the
line's target until one has come over every line there. So a join is rows, which no duplicate can bump.

The parts: trigger rules (step_rules), how a step ends (step_ends), the elements of a loop (step_elements).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.core.expressions import ExpressionError
from app.engine.core.graph import Kind, Node
from app.engine.core.run import NodeRun, NodeState, Phase, RunState, StartChild, TimeCame, Token, Wait
from app.engine.core.step_elements import elements_of, end_element, go_on_with_elements, params_of
from app.engine.core.step_ends import fail_or_retry, give_up, pass_by, said_over, spread, succeed
from app.engine.core.step_rules import Outcome, Verdict, outcome_of, verdict_of
from app.engine.core.values import Json

if TYPE_CHECKING:
    from app.engine.core.move import Move

_WORKING = (Wait.READY, Wait.RUNNING, Wait.TIMER, Wait.CALLBACK, Wait.PERSON, Wait.CHILD)


def arrive(move: Move, token: Token, node: Node) -> None:
    """Let a token wait at a step; when one has come over every line, decide what the step does."""
    token = move.put(token)
    here = [t for t in move.standing_at(node.id) if t.wait is Wait.JOINING and "line" in t.memo]
    if len(here) < node.waits_for:
        return
    outcomes = [Outcome(str(t.memo["is"])) for t in here]
    for other in here:
        if other is not token:
            move.drop(other)
    token = replace(token, memo={})
    if node.kind is Kind.CLOSING:
        _close(move, token, node)
        return
    assert node.step is not None
    verdict = verdict_of(node.step.rule, outcomes)
    if verdict is not Verdict.RUN:
        state = NodeState.SKIPPED if verdict is Verdict.SKIP else NodeState.UPSTREAM_FAILED
        pass_by(move, token, node, state)
    elif _is_wanted(move, token, node):
        if move.is_stopped or node.id in move.holds:
            move.put(token, wait=Wait.PAUSED)
        else:
            approach(move, token, node)


def open_graph(move: Move, token: Token, node: Node) -> None:
    """Begin a dependency graph at its opening."""
    manual = {n.id for n in move.graph.nodes.values() if n.step is not None and n.step.is_manual}
    move.holds = move.holds | manual
    entered = move.enter(NodeRun(node.id, move.passes, 1, NodeState.RUNNING, move.now))
    move.record(entered, state=NodeState.FINISHED, finished_at=move.now)
    spread(move, token, node, Outcome.OPENED)


def begin(move: Move, token: Token, node: Node) -> None:
    """Let a token that stands before a node of a dependency graph go on."""
    if node.kind is Kind.OPENING:
        open_graph(move, token, node)
    else:
        approach(move, token, node)


def approach(move: Move, token: Token, node: Node) -> None:
    """Let a step begin, when its delay is over and fewer steps work than may at once."""
    assert node.step is not None
    if node.step.delay and "delayed" not in token.memo:
        move.put(token, wait=Wait.TIMER, due=move.now + node.step.delay, memo={"delayed": True})
    elif _has_room(move):
        _begin(move, token, node)
    else:
        move.put(token, wait=Wait.LIMIT, due=None)


def time_came(move: Move, event: TimeCame) -> None:
    """Let a step begin whose delay is over, or a step's child run be tried again."""
    token = move.tokens[event.token]
    node = move.graph.nodes[token.node_id]
    if token.attempt:
        move.work(token, node)
    else:
        approach(move, token, node)


def fill(move: Move) -> None:
    """Let steps and elements begin that had to wait for others, in order of priority, then of arrival."""
    waiting = [t for t in move.tokens.values() if t.wait is Wait.LIMIT]
    if not waiting or move.is_stopped:
        return
    for node_id in {t.node_id for t in waiting if "index" in t.memo}:
        go_on_with_elements(move, move.graph.nodes[node_id])
    steps = [t for t in waiting if "index" not in t.memo]
    for token in sorted(steps, key=lambda t: (-_priority(move, t), t.id)):
        if not _has_room(move):
            break
        _begin(move, token, move.graph.nodes[token.node_id])


def work(move: Move, token: Token, node: Node) -> None:
    """Set a step's child run down, or one for each element of its loop."""
    assert node.step is not None
    node_run = move.node_run(node.id)
    assert node_run is not None
    deadline = move.now + node.timeout if node.timeout else None
    token = replace(token, due=None, deadline=deadline, phase=Phase.EXECUTE, memo={})
    try:
        if node.step.each is None:
            params = params_of(move, node)
            move.put(token, wait=Wait.CHILD)
            move.effects.append(StartChild(token.id, node.id, params))
            return
        elements = elements_of(move.step_scope(node).render(node.step.each))
    except ExpressionError as error:
        give_up(move, token, node, node_run, f"its inputs cannot be rendered: {error}")
        return
    if not elements:
        move.finish(token, node, node_run, outputs={})
        return
    for index, element in enumerate(elements):
        own = token if index == 0 else replace(token, id=move.new_id(), fence=0, deadline=None)
        move.put(own, wait=Wait.LIMIT, memo={"index": index, "element": element})
    go_on_with_elements(move, node)


def child_ended(
    move: Move, token: Token, node: Node, node_run: NodeRun, outputs: Mapping[str, Json], reason: str
) -> None:
    """Take what a step's child run has come to, or that of one element of its loop."""
    if "index" in token.memo:
        end_element(move, token, outputs, reason)
        go_on_with_elements(move, node)
    elif reason:
        fail_or_retry(move, token, node, node_run, reason, outputs)
    else:
        succeed(move, token, node, node_run, outputs)


def reopen(move: Move, node: Node, node_run: NodeRun) -> Token:
    """Open a run again that has failed, at one of its failed steps; returns the token that stands there.

    All that comes after the step is decided anew; what has ended elsewhere is told to it as it was.
    """
    graph = move.graph
    bit = 1 << graph.above[node.id][0]
    below = {id_ for id_, (_, above) in graph.above.items() if above & bit}
    move.state, move.passes = RunState.RUNNING, move.passes + 1
    outside = [n for n in graph.nodes.values() if n.id not in below and n.id != node.id]
    move.has_failed = any(run.state is NodeState.FAILED for n in outside if (run := move.node_run(n.id)))
    for source in outside:
        for flow in source.outgoing:
            if flow.target in below:
                memo = said_over(flow.id, outcome_of(source, flow.target, move.node_run(source.id)))
                move.put(Token(move.new_id(), flow.target, Wait.JOINING, memo=memo))
    return move.put(Token(move.new_id(), node.id, Wait.FAILED, loop=node_run.loop, attempt=node_run.attempt))


def _is_wanted(move: Move, token: Token, node: Node) -> bool:
    """Ask a step's condition; where it is false or cannot be decided the token has gone on."""
    assert node.step is not None
    if not node.step.has_condition:
        return True
    try:
        holds = move.step_scope(node).render(node.step.condition)
    except ExpressionError as error:
        entered = move.enter(NodeRun(node.id, move.passes, 1, NodeState.RUNNING, move.now))
        token = replace(token, loop=move.passes, attempt=1)
        give_up(move, token, node, entered, f"its condition cannot be decided: {error}")
        return False
    if not is_true(holds):
        pass_by(move, token, node, NodeState.SKIPPED)
        return False
    return True


def is_true(value: Json) -> bool:
    """Say whether a condition's value counts as true; the texts "false" and "0" do not."""
    return value.strip().lower() not in ("", "false", "0", "no") if isinstance(value, str) else bool(value)


def _begin(move: Move, token: Token, node: Node) -> None:
    node_run = move.enter(NodeRun(node.id, move.passes, 1, NodeState.RUNNING, move.now))
    token = replace(token, loop=move.passes, attempt=1, memo={}, phase=Phase.EXECUTE, due=None)
    assert node.step is not None
    if node.step.switches:
        _switch(move, token, node, node_run)
    else:
        move.work(token, node)


def _switch(move: Move, token: Token, node: Node, node_run: NodeRun) -> None:
    assert node.step is not None
    scope = move.step_scope(node)
    try:
        chosen = next((c.next for c in node.step.cases if is_true(scope.render(c.case))), node.step.fallback)
    except ExpressionError as error:
        give_up(move, token, node, node_run, f"its cases cannot be decided: {error}")
        return
    move.record(node_run, state=NodeState.FINISHED, finished_at=move.now, outputs={"next": chosen})
    spread(move, token, node, Outcome.SUCCESS, chosen)


def _close(move: Move, token: Token, node: Node) -> None:
    entered = move.enter(NodeRun(node.id, move.passes, 1, NodeState.RUNNING, move.now))
    move.record(entered, state=NodeState.FINISHED, finished_at=move.now)
    move.end(token, RunState.FAILED if move.has_failed else RunState.FINISHED)


def _priority(move: Move, token: Token) -> int:
    step = move.graph.nodes[token.node_id].step
    return step.priority if step else 0


def _has_room(move: Move) -> bool:
    most = move.graph.parallelism
    if not most:
        return True
    busy = {t.node_id for t in move.tokens.values() if t.attempt and t.wait in _WORKING and t.phase is not Phase.CANCEL}
    return len(busy) < most
