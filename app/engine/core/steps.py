"""How a dependency graph runs: a step waits for all its lines, its trigger rule decides, and it leaves by all of them.

What becomes of a step goes along each line out of it as a token, whose memo says so; the token waits (JOINING) at the
line's target until one has come over every line there. So a join is rows, which no duplicate can bump.

A loop's elements are tokens at their step too, one for each element, numbered by their memo's `index`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app.engine.core.expressions import ExpressionError
from app.engine.core.graph import Kind, Node
from app.engine.core.run import (
    EndChild,
    NodeRun,
    NodeState,
    Phase,
    RunState,
    StartChild,
    TimeCame,
    Token,
    Wait,
)
from app.engine.core.values import Json

if TYPE_CHECKING:
    from app.engine.core.move import Move

ELEMENT_INPUTS = "inputs"
"""The variable of an element's run that holds the inputs of its one step."""

MOST_ELEMENTS = 1000
"""How many elements a loop may have."""

_WORKING = (Wait.READY, Wait.RUNNING, Wait.TIMER, Wait.CALLBACK, Wait.PERSON, Wait.CHILD)


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
    verdict = _verdict(node.step.rule, outcomes)
    if verdict is not Verdict.RUN:
        state = NodeState.SKIPPED if verdict is Verdict.SKIP else NodeState.UPSTREAM_FAILED
        _pass_by(move, token, node, state)
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
    _spread(move, token, node, Outcome.OPENED)


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
        _go_on_with_elements(move, move.graph.nodes[node_id])
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
            params = _params(move, node)
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
    _go_on_with_elements(move, node)


def child_ended(
    move: Move, token: Token, node: Node, node_run: NodeRun, outputs: Mapping[str, Json], reason: str
) -> None:
    """Take what a step's child run has come to, or that of one element of its loop."""
    if "index" in token.memo:
        _end_element(move, token, outputs, reason)
        _go_on_with_elements(move, node)
    elif reason:
        fail_or_retry(move, token, node, node_run, reason, outputs)
    else:
        _succeed(move, token, node, node_run, outputs)


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
    _spread(move, token, node, Outcome.FAILED)


def leave(move: Move, token: Token, node: Node) -> None:
    """Send a step's token on, after it has succeeded."""
    _spread(move, token, node, Outcome.SUCCESS)


def single(move: Move, node: Node) -> Token:
    """End the child runs of a step's elements and take their tokens together to one, which is returned."""
    here = sorted(_elements(move, node), key=_index)
    for token in here:
        if token.wait is Wait.CHILD:
            move.effects.append(EndChild(token.id))
    for token in here[1:]:
        move.drop(token)
    return move.put(here[0], wait=Wait.READY, memo={}, deadline=None)


def elements_of(value: Json) -> Sequence[Mapping[str, Json]]:
    """Return a loop's elements from a list of objects (perhaps each under `properties`), or from an object of lists.

    Raises ExpressionError for anything else, for lists of different lengths and for too many elements.
    """
    if isinstance(value, Mapping):
        lists = {key: part for key, part in value.items() if isinstance(part, list | tuple)}
        if len(lists) != len(value) or len({len(part) for part in lists.values()}) > 1:
            raise ExpressionError("a loop over an object needs a list under each key, all of the same length")
        total = len(next(iter(lists.values()), ()))
        found: list[Any] = [{key: part[index] for key, part in lists.items()} for index in range(total)]
    elif isinstance(value, list | tuple):
        found = [e["properties"] if isinstance(e, Mapping) and set(e) == {"properties"} else e for e in value]
    else:
        raise ExpressionError("a loop goes over a list of objects, or over an object of lists")
    if not all(isinstance(element, Mapping) for element in found):
        raise ExpressionError("each element of a loop is an object: the names of its values and the values")
    if len(found) > MOST_ELEMENTS:
        raise ExpressionError(f"a loop has at most {MOST_ELEMENTS} elements, not {len(found)}")
    return found


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
                memo = _said(flow.id, _outcome_of(source, flow.target, move.node_run(source.id)))
                move.put(Token(move.new_id(), flow.target, Wait.JOINING, memo=memo))
    return move.put(Token(move.new_id(), node.id, Wait.FAILED, loop=node_run.loop, attempt=node_run.attempt))


def _verdict(rule: str, outcomes: Iterable[Outcome]) -> Verdict:
    said = list(outcomes)
    if Outcome.NOT_CHOSEN in said:
        return Verdict.SKIP
    if all(outcome is Outcome.OPENED for outcome in said):
        return Verdict.RUN
    return RULES[rule](*(said.count(o) for o in (Outcome.SUCCESS, Outcome.FAILED, Outcome.SKIPPED)))


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
        _pass_by(move, token, node, NodeState.SKIPPED)
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
    _spread(move, token, node, Outcome.SUCCESS, chosen)


def _pass_by(move: Move, token: Token, node: Node, state: NodeState) -> None:
    move.enter(NodeRun(node.id, move.passes, 1, state, move.now, move.now))
    _spread(move, token, node, Outcome.SKIPPED if state is NodeState.SKIPPED else Outcome.FAILED)


def _spread(move: Move, token: Token, node: Node, outcome: Outcome, chosen: str | None = None) -> None:
    """Send what became of a node along all its lines; a switch tells those that it has not chosen so."""
    first = replace(
        token, wait=Wait.JOINING, phase=Phase.EXECUTE, loop=0, attempt=0, due=None, deadline=None, forks=(), losses=0
    )
    move.put(first, memo={})
    sent = []
    for number, flow in enumerate(node.outgoing):
        said = outcome if chosen is None or flow.target == chosen else Outcome.NOT_CHOSEN
        own = first if number == 0 else replace(first, id=move.new_id(), fence=0)
        sent.append(replace(own, node_id=flow.target, memo=_said(flow.id, said)))
    move.send(sent)


def _close(move: Move, token: Token, node: Node) -> None:
    entered = move.enter(NodeRun(node.id, move.passes, 1, NodeState.RUNNING, move.now))
    move.record(entered, state=NodeState.FINISHED, finished_at=move.now)
    move.end(token, RunState.FAILED if move.has_failed else RunState.FINISHED)


def _succeed(move: Move, token: Token, node: Node, node_run: NodeRun, outputs: Mapping[str, Json]) -> None:
    move.take_outputs(node, outputs)
    move.finish(token, node, node_run, outputs=outputs)


def _go_on_with_elements(move: Move, node: Node) -> None:
    """Begin the elements of a loop that may begin; when all have ended, or too many failed, so has the step."""
    assert node.step is not None
    node_run = move.node_run(node.id)
    assert node_run is not None, "a step whose elements stand at it has begun"
    is_settled = False
    while not is_settled:
        here = sorted(_elements(move, node), key=_index)
        ended = [t for t in here if t.wait is Wait.JOINING]
        failed = [t for t in ended if t.memo["reason"]]
        if len(failed) > node.step.tolerance.of(len(here)):
            first = failed[0]
            text = f"{len(failed)} of {len(here)} elements failed; element {_index(first)}: {first.memo['reason']}"
            fail_or_retry(move, single(move, node), node, node_run, text, {})
            return
        if len(ended) == len(here):
            _succeed(move, single(move, node), node, node_run, _gathered(ended))
            return
        room = max(1, node.step.width.of(len(here))) - sum(t.wait is Wait.CHILD for t in here)
        waiting = [] if move.is_stopped else [t for t in here if t.wait is Wait.LIMIT]
        is_settled = all([_begin_element(move, token, node) for token in waiting[: max(0, room)]])


def _begin_element(move: Move, token: Token, node: Node) -> bool:
    """Order the child run of an element; returns False, and has ended the element, where its inputs cannot be rendered."""
    element = token.memo["element"]
    assert isinstance(element, Mapping)
    try:
        params = _params(move, node, element)
    except ExpressionError as error:
        _end_element(move, token, {}, f"its inputs cannot be rendered: {error}")
        return False
    move.put(token, wait=Wait.CHILD)
    move.effects.append(StartChild(token.id, node.id, params, _index(token)))
    return True


def _end_element(move: Move, token: Token, outputs: Mapping[str, Json], reason: str) -> None:
    memo: dict[str, Json] = {"index": token.memo["index"], "outputs": dict(outputs), "reason": reason}
    move.put(token, wait=Wait.JOINING, due=None, memo=memo)


def _gathered(ended: Sequence[Token]) -> dict[str, Json]:
    """Return the outputs of a loop: under each key the list of what the elements gave, in their order."""
    keys = dict.fromkeys(key for token in ended for key in _outputs(token) if not key.startswith("_"))
    return {key: [_outputs(token).get(key) for token in ended] for key in keys}


def _params(move: Move, node: Node, element: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Render what a child run is given: a flow's variables, or the inputs of the one step of an element."""
    scope = move.step_scope(node, element)
    if not node.plugin:
        return {name: scope.render(value) for name, value in {**node.params, **(element or {})}.items()}
    return {ELEMENT_INPUTS: {key: scope.render(value) for key, value in {**node.inputs, **(element or {})}.items()}}


def _elements(move: Move, node: Node) -> list[Token]:
    return [t for t in move.standing_at(node.id) if "index" in t.memo]


def _index(token: Token) -> int:
    index = token.memo["index"]
    assert isinstance(index, int)
    return index


def _outputs(token: Token) -> Mapping[str, Json]:
    outputs = token.memo["outputs"]
    assert isinstance(outputs, Mapping)
    return outputs


def _priority(move: Move, token: Token) -> int:
    step = move.graph.nodes[token.node_id].step
    return step.priority if step else 0


def _has_room(move: Move) -> bool:
    most = move.graph.parallelism
    if not most:
        return True
    busy = {t.node_id for t in move.tokens.values() if t.attempt and t.wait in _WORKING and t.phase is not Phase.CANCEL}
    return len(busy) < most


def _outcome_of(source: Node, target: str, node_run: NodeRun | None) -> Outcome:
    if node_run is None:
        return Outcome.SUCCESS
    if source.step is not None and source.step.switches and node_run.state is NodeState.FINISHED:
        return Outcome.SUCCESS if (node_run.outputs or {}).get("next") == target else Outcome.NOT_CHOSEN
    if node_run.state in (NodeState.FAILED, NodeState.UPSTREAM_FAILED):
        return Outcome.FAILED
    return Outcome.SKIPPED if node_run.state is NodeState.SKIPPED else Outcome.SUCCESS


def _said(flow_id: str, outcome: Outcome) -> dict[str, Json]:
    return {"line": flow_id, "is": outcome.value}
