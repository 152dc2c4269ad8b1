"""A flight: all runs of one task, loaded under the lock of their root, moved by events and written back.

Whoever moves a task first updates the version of its root run, in the transaction that also writes the move. That
update is a lock on every database, so moves of one task happen one after another, and it tells a worker whether what
it remembers from its last move is still true: then nothing is read again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.engine.admission import NO_LIMITS, Limits, let_in
from app.engine.core.graph import Graph, Node
from app.engine.core.groups import group_of
from app.engine.core.run import (
    BlockedAbove,
    ChildEnded,
    Effect,
    EndChild,
    Event,
    FreedAbove,
    NodeState,
    RevokeAsked,
    Run,
    RunEnded,
    RunState,
    StartChild,
    Started,
    StoreCallback,
    Token,
    Wait,
)
from app.engine.core.scope import Scope
from app.engine.core.step import World, step
from app.engine.core.step_scope import scope_of_step
from app.engine.core.values import Json
from app.engine.held import Held
from app.engine.rows import (
    LOCK_ROOT,
    RunHead,
    Values,
    insert_run,
    read_node_runs,
    read_run,
    read_tokens,
)
from app.engine.store import Tx
from app.engine.watching import Audience
from app.models.base import to_micros
from app.sentences import say

_ALIVE = (RunState.RUNNING, RunState.PAUSED)


@dataclass(frozen=True, slots=True)
class Order:
    """What a flight needs to know of its task; none of it changes once the task has started.

    `given` are values that no node of the flow makes: `_system`, and the project's constants as `_env_…`. `owner` is whom
    the passwords among the values of its variables are sealed for (app/models/sealed.py).
    """

    task_id: int
    graph: Graph
    given: Mapping[str, Json]
    rerun_limit: int
    has_secrets: bool
    audience: Audience | None = None
    owner: str = ""
    limits: Limits = NO_LIMITS

    def given_at(self, node: Node) -> Mapping[str, Json]:
        """Return what is given, as a node sees it: `_system.executor` is in whose name the node runs."""
        if not node.executor_proxy:
            return self.given
        system = self.given["_system"]
        assert isinstance(system, Mapping)
        return {**self.given, "_system": {**system, "executor": node.executor_proxy}}


class Flight:
    """The runs of one task in a worker's memory. `ready` lists tokens that may be claimed, as (run id, token id).

    `called_at` is when its worker last called for help with it (`time.monotonic`), `leased_until` when its last claim runs out.
    """

    def __init__(self, root_id: int, order: Order) -> None:
        self.root_id, self.order = root_id, order
        self.version = -1
        self.held: dict[int, Held] = {}
        self.ready: deque[tuple[int, int]] = deque()
        self.timers: list[datetime] = []
        self.called_at = time.monotonic()
        self.leased_until: datetime | None = None
        self._now = datetime.max.replace(tzinfo=UTC)

    def lock(self, tx: Tx, now: datetime) -> None:
        """Take the task's lock for the rest of the transaction, and forget what is no longer true.

        In a transaction that writes late, what is remembered is taken to be true, and found out at the end.
        """
        version = self.version + 1
        row = tx.foreseen(LOCK_ROOT, (self.root_id,), (version,)) if version else tx.one(LOCK_ROOT, (self.root_id,))
        assert row is not None, "a flight's root run exists"
        if row[0] != version:
            self.held.clear()
            self.ready.clear()
        self.version = row[0]
        self._now = now
        self.timers = []
        for held in self.held.values():
            held.values.tx = tx

    def forget(self) -> None:
        """Forget everything: the transaction was undone."""
        self.version = -1

    def hold(self, tx: Tx, run_id: int, extra_nodes: Iterable[str] = ()) -> Held:
        """Return a run of the flight, read if need be, with the node runs of `extra_nodes` too."""
        held = self.held.get(run_id)
        if held is None:
            held = self.held[run_id] = self._read(tx, run_id)
        unknown = [node_id for node_id in extra_nodes if node_id not in held.run.node_runs]
        if unknown:
            node_runs = {**held.run.node_runs, **read_node_runs(tx, run_id, unknown)}
            held.run = replace(held.run, node_runs=node_runs)
        return held

    def feed(self, tx: Tx, run_id: int, event: Event) -> tuple[Effect, ...]:
        """Let an event move a run, and everything that follows from it; returns the effects of the event itself."""
        held = self.hold(tx, run_id)
        world = World(self._now, held.values, self.order.given, self.order.rerun_limit, held.values.made)
        decision = step(held.graph, held.run, event, world)
        before, held.run = held.run, decision.run
        held.is_changed |= (
            before.state is not held.run.state
            or before.next_id != held.run.next_id
            or before.holds != held.run.holds
            or before.is_blocked != held.run.is_blocked
            or before.has_failed != held.run.has_failed
            or before.passes != held.run.passes
        )
        is_paused_or_freed = before.state is not held.run.state and held.run.state in _ALIVE
        if is_paused_or_freed and held.head.parent_id is None:
            self._tell_task(tx, held.run.state)
        held.tokens.update(decision.tokens)
        self._note_waits(run_id, decision.tokens.values())
        if self.order.audience is not None:
            self.order.audience.hear_of_stops(tx, held.graph, before, decision, self._now)
        for node_run in decision.entered:
            held.entered[node_run.key] = node_run
        for node_run in decision.changed:
            (held.entered if node_run.key in held.entered else held.changed)[node_run.key] = node_run
        if decision.values:
            held.new_values.update(decision.values)
            held.values.learn(decision.values)
        for effect in decision.effects:
            self._act(tx, held, effect)
        if is_paused_or_freed:
            self._tell_descendants(tx, held)
        return decision.effects

    def scope(self, held: Held, token: Token) -> Scope:
        """Return the variables as a node sees them."""
        loop = token.loop - 1
        node = held.graph.nodes[token.node_id]
        extra = {**self.order.given_at(node), "_loop": loop, "_inner_loop": loop}
        if node.step is None:
            return Scope(held.graph.variables, held.values, extra)
        node_run = held.run.node_runs[node.id]
        return scope_of_step(held.graph, node, held.values, extra, held.values.made, inputs=node_run.given)

    def claim(self, held: Held, token: Token, owner: str, until: datetime) -> Token:
        """Lease a token to `owner`; one whose lease has run out has lost a worker."""
        losses = token.losses + 1 if token.wait is Wait.RUNNING else 0
        claimed = replace(token, wait=Wait.RUNNING, due=until, fence=token.fence + 1, losses=losses)
        held.tokens[token.id] = claimed
        held.owners[token.id] = owner
        # The run is ours alone: nobody else has seen the mapping that the last step made.
        tokens = dict(held.run.tokens)
        tokens[token.id] = claimed
        held.run = replace(held.run, tokens=tokens)
        return claimed

    def has_ready(self) -> bool:
        """Say whether a token is still ready to be claimed; forgets those that are not any more."""
        while self.ready:
            if self._ready_node(*self.ready[0]) is not None:
                return True
            self.ready.popleft()
        return False

    def ready_groups(self) -> set[str]:
        """Return whose workers may claim the tokens that are ready."""
        nodes = (self._ready_node(*place) for place in self.ready)
        return {group_of(node) for node in nodes if node is not None}

    def _ready_node(self, run_id: int, token_id: int) -> Node | None:
        held = self.held.get(run_id)
        token = held.run.tokens.get(token_id) if held is not None else None
        is_ready = token is not None and token.wait in (Wait.READY, Wait.TIMER)
        return held.graph.nodes[token.node_id] if held is not None and token is not None and is_ready else None

    def write(self, tx: Tx) -> None:
        """Write down everything that has changed since the last write."""
        for held in self.held.values():
            held.write(tx)

    def let_go(self) -> None:
        """Take the ended transaction away from what is remembered."""
        for held in self.held.values():
            held.values.tx = None

    def _read(self, tx: Tx, run_id: int) -> Held:
        tokens, owners = read_tokens(tx, run_id)
        head, run = read_run(tx, run_id, tokens, {})
        graph = self.order.graph.at(head.path)
        run = replace(run, node_runs=read_node_runs(tx, run_id, {t.node_id for t in tokens.values()} | graph.cyclic))
        values = self._values(graph, run_id)
        values.tx = tx
        self._note_waits(run_id, tokens.values())
        return Held(head, graph, run, values, self.order.has_secrets, set(tokens), owners)

    def _values(self, graph: Graph, run_id: int) -> Values:
        secret = (
            frozenset(v.name for v in graph.variables.values() if v.secret) if self.order.has_secrets else frozenset()
        )
        return Values(run_id, secret, self.order.owner)

    def _note_waits(self, run_id: int, tokens: Iterable[Token | None]) -> None:
        for token in tokens:
            if token is None:
                continue
            if token.wait is Wait.READY:
                self.ready.append((run_id, token.id))
            elif token.wait is Wait.TIMER and token.due is not None:
                self.timers.append(token.due)
            if token.deadline is not None:
                self.timers.append(token.deadline)

    def _act(self, tx: Tx, held: Held, effect: Effect) -> None:
        match effect:
            case StartChild():
                self._start_child(tx, held, effect)
            case EndChild():
                self._end_child(tx, held, effect)
            case RunEnded():
                self._end(tx, held, effect)
            case StoreCallback():
                pass  # The order's service writes the callback: it has the body.

    def _start_child(self, tx: Tx, parent: Held, effect: StartChild) -> None:
        path = (*parent.head.path, effect.node_id)
        run_id = insert_run(
            tx, self.order.task_id, self._now, parent=parent.head, token=effect.token, path=path, element=effect.element
        )
        graph = self.order.graph.at(path)
        values = self._values(graph, run_id)
        values.tx = tx
        values.learn(effect.params)
        head = RunHead(run_id, self.order.task_id, self.root_id, parent.head.id, effect.token, path)
        child = Held(head, graph, Run(), values, self.order.has_secrets, set(), {}, new_values=dict(effect.params))
        self.held[run_id] = child
        self.feed(tx, run_id, Started())

    def _end_child(self, tx: Tx, parent: Held, effect: EndChild) -> None:
        sql = "SELECT id FROM run WHERE root_id = ? AND parent_id = ? AND parent_token = ? AND state IN (?, ?)"
        living = (RunState.RUNNING.value, RunState.PAUSED.value)
        for (child_id,) in tx.all(sql, (self.root_id, parent.head.id, effect.token, *living)):
            # A child that ended in this very transaction is still alive in its row.
            if not self.hold(tx, child_id).run.is_over:
                self.feed(tx, child_id, RevokeAsked())
                self._close(self.hold(tx, child_id), None)

    def _end(self, tx: Tx, held: Held, effect: RunEnded) -> None:
        self._close(held, effect.outputs)
        if held.head.parent_id is None:
            self.end_task(tx, held.run.state)
            return
        assert held.head.parent_token is not None, "a child run works for a token"
        reason = self._failure_in(tx, held) if held.run.state is RunState.FAILED else ""
        self.feed(tx, held.head.parent_id, ChildEnded(held.head.parent_token, effect.outputs, reason))

    def _failure_in(self, tx: Tx, held: Held) -> str:
        """Say which step has made a run fail, and why."""
        known = [n for n in held.run.node_runs.values() if n.state is NodeState.FAILED]
        if not known:
            sql = "SELECT node_id, reason FROM node_run WHERE run_id = ? AND state = ? ORDER BY finished_at LIMIT 1"
            row = tx.one(sql, (held.head.id, NodeState.FAILED.value))
            node_id, reason = row if row is not None else ("", "")
        else:
            node_id, reason = known[0].node_id, known[0].reason
        node = held.graph.nodes.get(node_id)
        if node is None:
            return say("a step has failed")
        return say("{node}: {reason}", node=node.name or node.id, reason=reason)

    def _tell_task(self, tx: Tx, state: RunState) -> None:
        """Write down that a task is paused, goes on, or was opened again."""
        tx.run(
            "UPDATE task SET state = ?, current_flow = 'execute_task', finished_at = NULL WHERE id = ?",
            (state.value, self.order.task_id),
        )

    def _close(self, held: Held, outputs: Mapping[str, Json] | None) -> None:
        held.finished_at, held.outputs, held.is_changed = self._now, outputs, True

    def revoke(self, tx: Tx) -> None:
        """Revoke the whole task."""
        self.feed(tx, self.root_id, RevokeAsked())
        self._close(self.held[self.root_id], None)
        self.end_task(tx, RunState.REVOKED)

    def end_task(self, tx: Tx, state: RunState) -> None:
        """Write the end of the task itself."""
        tx.run(
            "UPDATE task SET state = ?, current_flow = ?, finished_at = ?, waits_for_room = ? WHERE id = ?",
            (state.value, "finished", to_micros(self._now), False, self.order.task_id),
        )
        if self.order.audience is not None:
            self.order.audience.hear_of_end(tx, state, self._now)
        if self.order.limits.are_set:
            let_in(tx, self.order.limits, to_micros(self._now))

    def _tell_descendants(self, tx: Tx, held: Held) -> None:
        """Block or free the runs below one that was paused or resumed."""
        sql = "SELECT id, parent_id, state FROM run WHERE root_id = ? AND state IN (?, ?) ORDER BY id"
        rows = tx.all(sql, (self.root_id, RunState.RUNNING.value, RunState.PAUSED.value))
        parents = {run_id: parent for run_id, parent, _ in rows}
        stopped = {run_id for run_id, _, state in rows if state == RunState.PAUSED.value}
        stopped = stopped - {held.head.id} if held.run.state is RunState.RUNNING else stopped | {held.head.id}
        for run_id in parents:
            above = _ancestors(run_id, parents)
            if held.head.id in above:
                self.feed(tx, run_id, BlockedAbove() if above & stopped else FreedAbove())


def _ancestors(run_id: int, parents: Mapping[int, int | None]) -> set[int]:
    above: set[int] = set()
    parent = parents.get(run_id)
    while parent is not None:
        above.add(parent)
        parent = parents.get(parent)
    return above
