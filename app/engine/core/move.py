"""A move in the making: tokens go from node to node by a work list until each of them stands still."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.engine.core import step_ends, steps
from app.engine.core.conditions import ConditionError
from app.engine.core.expressions import ExpressionError
from app.engine.core.graph import KINDS, Flow, Graph, Join, Kind, Node, Split
from app.engine.core.languages import LANGUAGES
from app.engine.core.run import (
    OVER,
    Decision,
    Effect,
    Fork,
    NodeRun,
    NodeState,
    Phase,
    Run,
    RunEnded,
    RunState,
    StartChild,
    Token,
    Wait,
)
from app.engine.core.scope import Scope
from app.engine.core.step_scope import made_in, made_key, scope_of_step
from app.engine.core.values import Json, key_of
from app.sentences import say


class Move:
    """Collects what one event changes. Made by `step`, used by the transitions in `reports` and `orders`.

    A token that is on its way keeps its old entry in `tokens` until it stands still again, so a join and the end
    see that it is still there.
    """

    def __init__(
        self,
        graph: Graph,
        run: Run,
        now: datetime,
        values: Mapping[str, Json],
        extra: Mapping[str, Json],
        rerun_limit: int,
        made: Callable[[str], Mapping[str, Json]],
    ) -> None:
        self.graph, self.before, self.now = graph, run, now
        self.state, self.is_blocked, self.holds = run.state, run.is_blocked, run.holds
        self.tokens = dict(run.tokens)
        self.has_failed, self.passes = run.has_failed, run.passes
        self.effects: list[Effect] = []
        self._made = made
        self._next_id = run.next_id
        self._rerun_limit = rerun_limit
        self._node_runs = dict(run.node_runs)
        self._token_changes: dict[int, Token | None] = {}
        self._entered: dict[tuple[str, int, int], NodeRun] = {}
        self._changed: dict[tuple[str, int, int], NodeRun] = {}
        self._new_values: dict[str, Json] = {}
        self._known_values = values
        self._extra = extra
        self._arrivals: list[tuple[Token, str]] = []
        self._scope: Scope | None = None

    # What transitions ask and say

    def decision(self) -> Decision:
        """Return what has been collected."""
        run = Run(
            self.state, self.is_blocked, self.holds, self._next_id, self.tokens, self._node_runs, self.has_failed,
            self.passes,
        )  # fmt: skip
        return Decision(
            run,
            self._token_changes,
            tuple(self._entered.values()),
            tuple(self._changed.values()),
            self._new_values,
            tuple(self.effects),
        )

    @property
    def is_stopped(self) -> bool:
        """Say whether tokens stop before the next node."""
        return self.is_blocked or self.state is RunState.PAUSED

    @property
    def is_over(self) -> bool:
        """Say whether nothing but a person's retry can move the run any more."""
        return self.state in OVER

    def node_run(self, node_id: str) -> NodeRun | None:
        """Return the current node run of a node, None where it was never reached."""
        return self._node_runs.get(node_id)

    def standing_at(self, node_id: str) -> list[Token]:
        """Return the tokens that stand at a node, cancellations left out."""
        return [t for t in self.tokens.values() if t.node_id == node_id and t.phase is not Phase.CANCEL]

    def new_id(self) -> int:
        """Number a token or a fork."""
        self._next_id += 1
        return self._next_id - 1

    def put(self, token: Token, **changes: Any) -> Token:
        """Write a token down, changed."""
        token = replace(token, **changes) if changes else token
        self.tokens[token.id] = self._token_changes[token.id] = token
        return token

    def drop(self, token: Token) -> None:
        """Take a token out of the run."""
        del self.tokens[token.id]
        self._token_changes[token.id] = None

    def record(self, node_run: NodeRun, **changes: Any) -> NodeRun:
        """Write a node run down, changed."""
        node_run = replace(node_run, **changes) if changes else node_run
        (self._entered if node_run.key in self._entered else self._changed)[node_run.key] = node_run
        self._node_runs[node_run.node_id] = node_run
        return node_run

    def enter(self, node_run: NodeRun) -> NodeRun:
        """Write a new node run down."""
        self._entered[node_run.key] = self._node_runs[node_run.node_id] = node_run
        return node_run

    def take_outputs(self, node: Node, outputs: Mapping[str, Json]) -> None:
        """Give the variables that take an output of the node their values; steps keep all that others may name."""
        if self.graph.language == "functions":
            self._new_values.update((made_key(key, node.id), value) for key, value in outputs.items())
        for key, names in node.takes.items():
            if key in outputs:
                self._new_values.update(dict.fromkeys(names, outputs[key]))
                self._scope = None

    def settle(self) -> None:
        """Move tokens on until each stands still."""
        while True:
            while self._arrivals:
                token, node_id = self._arrivals.pop()
                self._arrive(token, self.graph.nodes[node_id])
            if self.graph.above:
                steps.fill(self)
            if not self._arrivals:
                return

    def send(self, tokens: Sequence[Token]) -> None:
        """Let tokens arrive at their nodes, the first of them first."""
        self._arrivals += reversed([(token, token.node_id) for token in tokens])

    def pause(self) -> None:
        """Pause the run: its tokens stop before their next node."""
        self.state = RunState.PAUSED
        self.park_unclaimed()

    def park_unclaimed(self) -> None:
        """Stop what no worker has claimed yet: it has not begun, so it waits before its node."""
        for token in list(self.tokens.values()):
            if token.wait in (Wait.READY, Wait.TIMER) and token.phase is Phase.EXECUTE:
                node_run = self.node_run(token.node_id)
                if token.attempt and node_run is not None:
                    self.record(node_run, state=NodeState.PAUSED)
                self.put(token, wait=Wait.PAUSED, due=None, deadline=None)

    # How tokens move

    def begin(self, token: Token, node: Node) -> None:
        """Let a token that stands before a node begin it: work is set down to be claimed, the rest passes through."""
        if KINDS[node.kind].split is Split.SPREAD:
            steps.begin(self, token, node)
            return
        last = self.node_run(node.id)
        loop = last.loop + 1 if last else 1
        entered = self.enter(NodeRun(node.id, loop, 1, NodeState.RUNNING, self.now))
        token = replace(token, node_id=node.id, loop=loop, attempt=1, memo={}, phase=Phase.EXECUTE)
        if loop > self._rerun_limit + 1:
            self.fail(
                token,
                entered,
                say("the node was entered more than {count} times again: rerun limit", count=self._rerun_limit),
            )
        elif KINDS[node.kind].works:
            self.work(token, node)
        else:
            self.leave(token, node, entered)

    def work(self, token: Token, node: Node) -> None:
        """Set the node's work down: an activity to be claimed, a subprocess as a child run."""
        if node.child is not None:
            if node.step is not None:
                steps.work(self, token, node)
                return
            params = {name: self.scope().render(value) for name, value in node.params.items()}
            self.put(token, wait=Wait.CHILD, due=None)
            self.effects.append(StartChild(token.id, node.id, params))
            return
        deadline = self.now + node.timeout if node.timeout else None
        self.put(token, wait=Wait.READY, phase=Phase.EXECUTE, due=self.now, deadline=deadline, memo={})

    def fail(self, token: Token, node_run: NodeRun, reason: str, **changes: Any) -> None:
        """Leave a node failed, holding its token for a person; a step's failure counts, and its token may go on."""
        node = self.graph.nodes[token.node_id]
        if node.step is not None:
            step_ends.give_up(self, token, node, node_run, reason, **changes)
            return
        self.record(node_run, state=NodeState.FAILED, reason=reason, finished_at=self.now, **changes)
        self.put(token, wait=Wait.FAILED, phase=Phase.EXECUTE, due=None, deadline=None, memo={})

    def finish(self, token: Token, node: Node, node_run: NodeRun, **changes: Any) -> None:
        """Finish a node that worked and move its token on."""
        finished = self.record(node_run, state=NodeState.FINISHED, finished_at=self.now, **changes)
        self.leave(token, node, finished)

    def leave(self, token: Token, node: Node, node_run: NodeRun) -> None:
        """Move a token out of a node along the flows that the node's kind chooses."""
        split = KINDS[node.kind].split
        if split is Split.SPREAD:
            step_ends.leave(self, token, node)
            return
        if split in (Split.CHOICE, Split.CHOSEN):
            try:
                flows: Iterable[Flow] = self._choose(node)
            except _Undecided as undecided:
                self.fail(token, node_run, str(undecided))
                return
        else:
            flows = node.outgoing
        if node_run.state is not NodeState.FINISHED:
            self.record(node_run, state=NodeState.FINISHED, finished_at=self.now)
        self.follow(token, node, flows)

    def follow(self, token: Token, node: Node, flows: Iterable[Flow]) -> None:
        """Send a token along `flows`: the end takes it out, a gateway that forks multiplies it."""
        split = KINDS[node.kind].split
        if split is Split.NONE:
            self.end(token, RunState.FINISHED)
        elif split in (Split.ALL, Split.CHOSEN):
            self._fork(token, node, tuple(flows))
        else:
            (flow,) = flows
            self._arrivals.append((token, flow.target))

    def scope(self) -> Scope:
        """Return the variables as they are at this point of the move."""
        if self._scope is None:
            values = ChainMap(self._new_values, self._known_values)  # type: ignore[arg-type]
            self._scope = Scope(self.graph.variables, values, self._extra, LANGUAGES[self.graph.language])
        return self._scope

    def step_scope(self, node: Node, element: Mapping[str, Json] | None = None) -> Scope:
        """Return the variables as a step, or an element of its loop, sees them at this point of the move."""
        values = ChainMap(self._new_values, self._known_values)  # type: ignore[arg-type]
        return scope_of_step(self.graph, node, values, self._extra, self._all_made, element)

    def _all_made(self, name: str) -> Mapping[str, Json]:
        return {**self._made(name), **made_in(self._new_values, name)}

    def _arrive(self, token: Token, node: Node) -> None:
        if KINDS[node.kind].join is Join.ALL:
            steps.arrive(self, token, node)
            return
        token = replace(
            token, node_id=node.id, wait=Wait.JOINING, phase=Phase.EXECUTE, loop=0, attempt=0, due=None, deadline=None,
            memo={},
        )  # fmt: skip
        if KINDS[node.kind].join is Join.FORK and token.forks and token.forks[-1].converge == node.id:
            joined = self._join(token)
            if joined is None:
                return
            token = joined
        if self.is_stopped or node.id in self.holds:
            self.put(token, wait=Wait.PAUSED)
        else:
            self.begin(token, node)

    def _join(self, token: Token) -> Token | None:
        """Park a token at a converge; when its whole fork stands there, return the one that goes on."""
        self.put(token)
        fork = token.forks[-1]
        members = [t for t in self.tokens.values() if fork in t.forks and t.phase is not Phase.CANCEL]
        if any(t.wait is not Wait.JOINING or t.node_id != token.node_id or t.forks[-1] != fork for t in members):
            return None
        kept, *others = sorted(members, key=lambda t: t.id)
        for other in others:
            self.drop(other)
        return self.put(kept, forks=kept.forks[:-1])

    def _fork(self, token: Token, node: Node, flows: tuple[Flow, ...]) -> None:
        fork = Fork(self.new_id(), node.converge)
        branches = [replace(token, forks=(*token.forks, fork))]
        branches += [replace(branches[0], id=self.new_id(), fence=0) for _ in flows[1:]]
        for branch in branches:
            self.put(branch)
        # The last that was set down is taken up first, so branches begin in the order of their lines.
        self._arrivals += reversed([(branch, flow.target) for branch, flow in zip(branches, flows, strict=True)])

    def end(self, token: Token, state: RunState) -> None:
        """Take a token out at the end; the last one ends the run, in `state`."""
        self.drop(token)
        if any(t.phase is not Phase.CANCEL for t in self.tokens.values()):
            return
        self.state = state
        handed = self.node_run(self.graph.hands_out) if self.graph.hands_out else None
        outputs = dict(handed.outputs or {}) if handed else {}
        scope = self.step_scope(self.graph.nodes[token.node_id]) if self.graph.above else self.scope()
        self.effects.append(RunEnded({**outputs, **{name: _output(scope, name) for name in self.graph.outputs}}))

    def _choose(self, node: Node) -> list[Flow]:
        chosen = []
        for flow in node.outgoing:
            if flow.condition is None:
                continue
            try:
                if flow.condition.holds(self.scope().value):
                    chosen.append(flow)
            except ConditionError as error:
                raise _Undecided(
                    say("the condition of line {line} cannot be decided: {error}", line=flow.id, error=error)
                ) from error
        if not chosen:
            chosen = [flow for flow in node.outgoing if flow.id == node.default_flow]
        if not chosen:
            raise _Undecided(say("no branch's condition holds, and there is no default branch"))
        if node.kind is Kind.EXCLUSIVE and len(chosen) > 1:
            if node.takes_first:
                return chosen[:1]
            ids = [flow.id for flow in chosen]
            raise _Undecided(say("more than one branch's condition holds ({ids}); exactly one may", ids=ids))
        return chosen


def _output(scope: Scope, name: str) -> Json:
    try:
        return scope.value(name)
    except (KeyError, ExpressionError):
        return key_of(name)


class _Undecided(Exception):
    """A gateway cannot decide; its node fails and holds the token."""
