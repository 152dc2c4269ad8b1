"""The driver: claims work, calls plugins with no transaction open, and writes each outcome with the move it causes.

A burst drives one task from node to node. The commit that finishes a node also claims the next one, so a chain costs
one commit a node. What the burst does not keep is nudged for. When its task has nothing left to do, a burst goes on
to other tasks that are due, until its slice of time is over.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from app.engine import tracing
from app.engine.attempts import AT_WORK, INSERT_LOG, Attempt, Leases, LogEntry, Site
from app.engine.calling import Report, call_plugin, give_up, render_inputs
from app.engine.core.graph import Node
from app.engine.core.groups import DEFAULT_GROUP
from app.engine.core.languages import LANGUAGES
from app.engine.core.run import (
    OUTCOME_UNKNOWN,
    Awaited,
    Cancelled,
    Event,
    FailedNode,
    Phase,
    Polled,
    Started,
    Succeeded,
    TimeCame,
    TimedOut,
    Token,
    Wait,
    WorkerLost,
)
from app.engine.core.scope import Scope, closure
from app.engine.core.values import Json, dumps, plain_text
from app.engine.dispatch import Dispatcher
from app.engine.flight import Flight, Held
from app.engine.insisting import DATABASE_ERRORS, insist
from app.engine.meter import Meter, NoMeter
from app.engine.plugins.base import Await, Done, Failed, Plugin, Poll
from app.engine.pool import Pool
from app.engine.rows import LOCK_ROOT
from app.engine.store import Link, Store, Tx
from app.models.base import to_micros

log = logging.getLogger(__name__)

_ALONE_S = 0.1
_MOST_DUE = 32
_MOST_LOSSES = 4
_SET_ASIDE = timedelta(minutes=5)
_NOT_WRITTEN = "the node ended, but its outcome could not be written down: see what it did, then retry or skip it"


@dataclass(frozen=True, slots=True)
class Claim:
    """A token that this worker has leased, with what calling its plugin needs."""

    flight: Flight
    held: Held
    token: Token
    node: Node
    plugin: Plugin | None
    attempt: Attempt
    scope: Scope
    given: Mapping[str, Json] | None = None
    callback: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What writing an outcome came to: the next claim, or that the outcome came too late to count."""

    following: Claim | None = None
    is_late: bool = False


class _Here(threading.local):
    """What a thread of this process is doing: whether it is one of the pool's, and the place it has reserved there."""

    in_pool = False
    has_reserved = False


@dataclass(frozen=True, slots=True)
class Habits:
    """How a driver works: how long a lease lasts, and how long a burst may go on before others get their turn."""

    owner: str
    lease: timedelta = timedelta(seconds=15)
    slice_s: float = 2.0
    find_plugin: Callable[[str, str], Plugin | None] = field(default=lambda code, version: None)
    fault: Callable[[str], None] = field(default=lambda point: None)
    meter: Meter = field(default_factory=NoMeter)


class Driver:
    """Drives tasks. `fault` of the habits is called at the points where a crash is told apart:

    claimed (committed), calling, called, deciding (before the commit), decided (after it), nudged.
    """

    def __init__(
        self, store: Store, open_flight: Callable[[Tx, int], Flight], dispatcher: Dispatcher, site: Site,
        habits: Habits, *, leases: Leases | None = None, pool: Pool | None = None,
    ) -> None:  # fmt: skip
        self._store, self._open_flight, self._dispatcher, self._site = store, open_flight, dispatcher, site
        self._habits, self._pool = habits, pool
        self._all_due = _ALL_DUE.format(may_claim=store.may_claim)
        self._any_due = f"{self._all_due} LIMIT 1"
        self.leases = leases or Leases()
        self.is_stopping = False
        self._here = _Here()

    def drive(self, root_id: int) -> None:
        """Drive one task, then others that are due, for one slice of time."""
        end = time.monotonic() + self._habits.slice_s
        with self._store.link() as link:
            self._burst(link, root_id, end)
            self._drain(link, end)

    def drive_due(self) -> None:
        """Drive tasks that are due, for one slice of time."""
        with self._store.link() as link:
            self._drain(link, time.monotonic() + self._habits.slice_s)

    def _drain(self, link: Link, end: float) -> None:
        tried: set[int] = set()
        while not self.is_stopping and time.monotonic() < end:
            due = self._store.due_roots(to_micros(self._site.clock()), _MOST_DUE + len(tried))
            roots = [root_id for root_id in due if root_id not in tried]
            if not roots:
                # What is left waits for a place in some pool; whoever frees one goes on with it.
                return
            # Several workers look at the same list; each takes it in an order of its own.
            random.shuffle(roots)
            for root_id in roots:
                tried.add(root_id)
                self._burst(link, root_id, end)
                if self.is_stopping or time.monotonic() >= end:
                    break
        for root_id in self._store.due_roots(to_micros(self._site.clock()), 1):
            self._dispatcher.nudge(root_id)

    def _burst(self, link: Link, root_id: int, end: float) -> None:
        claim, nodes = self._claim_due(link, root_id), 0
        while claim is not None:
            if self._hands_over(claim.plugin):
                self._hand_over(claim)
                claim = None if self.is_stopping else self._claim_due(link, root_id)
            else:
                claim = self._work(link, claim, end)
                nodes += 1
        if nodes:
            self._habits.meter.drove(nodes)

    def _claim_due(self, link: Link, root_id: int) -> Claim | None:
        """Claim something that a task is owed, if it is."""
        try:
            if not self._is_due(link, root_id):
                return None
            claim = insist(
                link, lambda tx: self._claim(tx, root_id), has_landed=self._has_claim, before_commit=self._deciding
            )
        except DATABASE_ERRORS:
            raise
        except Exception:
            # Our own code fails on this task. It must not stand at the head of what is due for ever.
            log.exception("task-set-aside root=%s again_in=%s", root_id, _SET_ASIDE)
            self._give_place_back()
            insist(
                link,
                lambda tx: self._set_aside(tx, root_id),
                has_landed=lambda tx, _: False,
                before_commit=self._deciding,
            )
            return None
        if claim is not None:
            claim.flight.let_go()
        self._fault("claimed")
        return claim

    def _is_due(self, link: Link, root_id: int) -> bool:
        """Look, without a lock, whether a task is owed something.

        What never changes of one that is, above all its tree, is read and compiled here, while nobody waits for it.
        """
        now = to_micros(self._site.clock())
        try:
            if link.tx.one(self._any_due, (root_id, now, now)) is None:
                return False
            self._open_flight(link.tx, root_id)
            return True
        finally:
            link.rollback()

    def _set_aside(self, tx: Tx, root_id: int) -> None:
        """Put off what is due of a task."""
        now = self._site.clock()
        for column in ("claim_at", "deadline"):
            sql = f"UPDATE run_token SET {column} = ? WHERE root_id = ? AND {column} <= ?"
            tx.run(sql, (to_micros(now + _SET_ASIDE), root_id, to_micros(now)))

    def _hands_over(self, plugin: Plugin | None) -> bool:
        return plugin is not None and plugin.blocking and self._pool is not None and not self._here.in_pool

    def _hand_over(self, claim: Claim) -> None:
        """Let a plugin that may block work in a thread, which then goes on with the burst."""
        assert self._pool is not None, "without a pool nothing is handed over"
        self._here.has_reserved = False

        def carry_on() -> None:
            self._here.in_pool = True
            with self._store.link() as link:
                current: Claim | None = claim
                while current is not None:
                    # The thread has nothing else to do, so its burst goes on until the task has nothing left.
                    current = self._work(link, current, math.inf)
                self._drain(link, time.monotonic() + self._habits.slice_s)

        # What is traced and logged there goes on with what this thread is at.
        self._pool.submit(partial(copy_context().run, carry_on))

    def _work(self, link: Link, claim: Claim, end: float) -> Claim | None:
        """Call the plugin, write its outcome down, and return the next claim of the same task."""
        self.leases.add(claim.attempt)
        before = AT_WORK.set(claim.attempt)
        try:
            self._fault("calling")
            began = time.monotonic()
            with tracing.bound().call(claim.flight.root_id, claim.node.plugin, claim.attempt) as call:
                report = call_plugin(
                    claim.plugin, claim.node, claim.token, claim.scope, claim.attempt, claim.given, claim.callback
                )
                call.came_to(_word_for(report))
            self._habits.meter.called(claim.node.plugin, _word_for(report), time.monotonic() - began)
            self._fault("called")
            goes_on = not self.is_stopping and time.monotonic() < end
            applied = self._decide(link, claim, report, goes_on)
        finally:
            AT_WORK.reset(before)
            self.leases.remove(claim.attempt)
        if applied.is_late:
            log.info("late-report run=%s node=%s attempt=%s", claim.held.head.id, claim.node.id, claim.token.attempt)
            give_up(claim.plugin, report, claim.attempt)
        self._fault("decided")
        self._tell(claim.flight, kept=applied.following)
        self._fault("nudged")
        return applied.following

    def _decide(self, link: Link, claim: Claim, report: Report, goes_on: bool) -> Applied:
        """Write an outcome down; where our own code fails on it, leave the node failed rather than call it again."""
        entries = claim.attempt.take_log()

        def write(event: Callable[[Tx], Event], goes_on: bool) -> Applied:
            return insist(
                link, lambda tx: self._apply(tx, claim, report, entries, event, goes_on),
                has_landed=self._has_applied, before_commit=self._deciding, on_refusal=claim.flight.forget,
            )  # fmt: skip

        try:
            applied = write(lambda tx: self._event(tx, claim, report), goes_on)
        except DATABASE_ERRORS:
            raise
        except Exception as error:
            log.exception("outcome-not-written run=%s node=%s", claim.held.head.id, claim.node.id)
            claim.flight.forget()
            lost = self._lost(claim.token, plain_text(f"{_NOT_WRITTEN} ({type(error).__name__}: {error})"))
            applied = write(lambda tx: lost, False)
        if applied.following is not None:
            applied.following.flight.let_go()
        return applied

    def _lost(self, token: Token, reason: str) -> Event:
        """A call of which nothing is known any more; one that only cancels has nothing that a person could decide."""
        return Cancelled(token.id) if token.phase is Phase.CANCEL else WorkerLost(token.id, reason)

    def _has_claim(self, tx: Tx, claim: Claim | None) -> bool:
        """Say whether a claim, whose commit was refused, is in the database all the same."""
        if claim is None:
            return False
        # With the lock, because the old connection's commit may still be under way.
        tx.one(LOCK_ROOT, (claim.flight.root_id,))
        row = tx.one(_HOLDER, (claim.held.head.id, claim.token.id))
        claim.flight.forget()
        return row is not None and tuple(row) == (claim.token.fence, self._owner, Wait.RUNNING.value)

    def _has_applied(self, tx: Tx, applied: Applied) -> bool:
        return self._has_claim(tx, applied.following)

    @property
    def _owner(self) -> str:
        """Who holds the claims of this thread."""
        return f"{self._habits.owner}:{threading.get_native_id()}"

    def _deciding(self) -> None:
        self._fault("deciding")

    def _claim(self, tx: Tx, root_id: int) -> Claim | None:
        """Claim a token of a task that is due, after letting time-outs and lost workers take effect."""
        self._give_place_back()
        now = self._site.clock()
        flight = self._open_flight(tx, root_id)
        flight.lock(tx, now)
        for run_id, token_id in tx.all(self._all_due, (root_id, to_micros(now), to_micros(now))):
            self._settle_time(tx, flight, run_id, token_id, now)
        claim = self._pick(tx, flight, now)
        flight.write(tx)
        return claim

    def _settle_time(self, tx: Tx, flight: Flight, run_id: int, token_id: int, now: datetime) -> None:
        """Let a deadline, a timer or a lease that has run out take effect on one token."""
        held = flight.hold(tx, run_id)
        token = held.run.tokens.get(token_id)
        if token is None:
            return
        if token.deadline is not None and token.deadline <= now:
            flight.feed(tx, run_id, TimedOut(token_id))
        elif token.due is None or token.due > now:
            return
        elif token.wait is Wait.READY:
            if not token.attempt and token.phase is Phase.EXECUTE:
                flight.feed(tx, run_id, Started())
            return  # Those that are to be claimed were found when their run was read.
        elif token.wait is Wait.TIMER and (not token.attempt or held.graph.nodes[token.node_id].child is not None):
            flight.feed(tx, run_id, TimeCame(token_id))
        elif token.wait is not Wait.RUNNING or self._may_repeat(tx, flight, held, token):
            flight.ready.append((run_id, token_id))
        else:
            flight.feed(tx, run_id, self._lost(token, OUTCOME_UNKNOWN))

    def _may_repeat(self, tx: Tx, flight: Flight, held: Held, token: Token) -> bool:
        """Say whether a call whose worker was lost may be made again; one that has killed several may not."""
        if token.losses >= _MOST_LOSSES:
            return False
        node = held.graph.nodes[token.node_id]
        plugin = self._habits.find_plugin(node.plugin, node.version)
        if plugin is None or token.phase in (Phase.POLL, Phase.CANCEL) or plugin.idempotent:
            return True
        given = self._prepare(tx, held, node)
        try:
            return plugin.is_idempotent(render_inputs(plugin, node, flight.scope(held, token), given))
        except Exception:
            # A plugin may raise anything; what cannot be known to be harmless is not repeated.
            log.info("cannot-tell-idempotent plugin=%s node=%s", node.plugin, node.id, exc_info=True)
            return False

    def _prepare(self, tx: Tx, held: Held, node: Node) -> Mapping[str, Json] | None:
        """Read the values that a node's inputs need; returns the inputs of a retry that replace its own, if any."""
        given = held.run.node_runs[node.id].given
        # A retry's own inputs may name variables that the node's do not.
        needs = node.needs
        if given is not None:
            language = LANGUAGES[held.graph.language]
            needs = closure(held.graph.variables, language.references(given), language)
        if needs:
            held.values.prefetch(tx, needs)
            if held.graph.language == "functions":
                held.values.prefetch_made(tx, needs)
        return given

    def _pick(self, tx: Tx, flight: Flight, now: datetime) -> Claim | None:
        """Claim one of the tokens that are ready; leave those that this process does not serve or has no room for."""
        left_over = []
        claim = None
        while flight.ready and claim is None:
            run_id, token_id = flight.ready.popleft()
            held = flight.hold(tx, run_id)
            token = held.run.tokens.get(token_id)
            if token is None or token.due is None or token.due > now or token.wait not in _CLAIMABLE:
                continue
            node = held.graph.nodes[token.node_id]
            plugin = self._habits.find_plugin(node.plugin, node.version)
            is_ours = (node.worker_group or DEFAULT_GROUP) in self._store.groups
            if not is_ours or (self._hands_over(plugin) and not self._reserve()):
                left_over.append((run_id, token_id))
                continue
            claim = self._lease(tx, flight, held, token, node, plugin, now)
        flight.ready.extend(left_over)
        return claim

    def _lease(
        self, tx: Tx, flight: Flight, held: Held, token: Token, node: Node, plugin: Plugin | None, now: datetime
    ) -> Claim:
        token = flight.claim(held, token, self._owner, self._lease_until(flight, now))
        attempt = Attempt(
            self._site, held.head.id, token.id, token.fence, (node.id, token.loop, token.attempt), flight.order.given
        )
        given = self._prepare(tx, held, node)
        callback = None
        if token.phase is Phase.CALLBACK:
            row = tx.one(_NEXT_CALLBACK, (held.head.id, node.id, token.loop, token.attempt))
            callback = (row[0], row[1]) if row else None
        scope = flight.scope(held, token)
        if flight.order.has_secrets:
            attempt.redact = lambda text: str(scope.redact(text))
        return Claim(flight, held, token, node, plugin, attempt, scope, given, callback)

    def _lease_until(self, flight: Flight, now: datetime) -> datetime:
        """Return when a claim made now runs out: the same time as the last claim's while most of that is left.

        The time is indexed; a burst that leaves it as it is spares the database an entry for every node.
        """
        lease = self._habits.lease
        if flight.leased_until is None or flight.leased_until - now < lease * 2 / 3:
            flight.leased_until = now + lease
        return flight.leased_until

    def _reserve(self) -> bool:
        assert self._pool is not None, "without a pool nothing is handed over"
        self._here.has_reserved = self._pool.reserve()
        return self._here.has_reserved

    def _give_place_back(self) -> None:
        """Give the pool's place back that an undone claim had reserved."""
        if self._here.has_reserved and self._pool is not None:
            self._here.has_reserved = False
            self._pool.release()

    def _apply(
        self, tx: Tx, claim: Claim, report: Report, entries: list[LogEntry], event: Callable[[Tx], Event], goes_on: bool
    ) -> Applied:  # fmt: skip
        """Write an outcome and the move that it causes, and claim what comes next."""
        self._give_place_back()
        flight, now = claim.flight, self._site.clock()
        flight.lock(tx, now)
        run_id = claim.held.head.id
        held = flight.hold(tx, run_id)
        token = held.run.tokens.get(claim.token.id)
        tx.many(INSERT_LOG, entries)
        if token is None or token.fence != claim.token.fence or token.wait is not Wait.RUNNING:
            return Applied(is_late=not _is_recorded(token, claim, report))
        if report.inputs is not None:
            held.inputs[(claim.node.id, claim.token.loop, claim.token.attempt)] = report.inputs
        if claim.callback is not None:
            tx.run("UPDATE callback SET taken_at = ? WHERE id = ?", (to_micros(now), claim.callback[0]))
        flight.feed(tx, run_id, event(tx))
        following = self._pick(tx, flight, now) if goes_on else None
        flight.write(tx)
        return Applied(following)

    def _event(self, tx: Tx, claim: Claim, report: Report) -> Event:
        """Put a plugin's outcome in the core's words."""
        token = claim.token.id
        if claim.token.phase is Phase.CANCEL:
            if isinstance(report.outcome, Failed):
                log.warning("cancel-failed node=%s reason=%s", claim.node.id, report.outcome.reason)
            return Cancelled(token)
        match report.outcome:
            case None:
                raise AssertionError("only a cancellation has no outcome")
            case Done(outputs):
                return Succeeded(token, outputs)
            case Failed(reason, outputs):
                return FailedNode(token, plain_text(claim.attempt.redact(reason)), outputs)
            case Poll(after, memo):
                return Polled(token, after, memo)
            case Await(memo, person):
                at = (claim.held.head.id, claim.node.id, claim.token.loop, claim.token.attempt)
                return Awaited(token, memo, person, has_come=tx.one(_NEXT_CALLBACK, at) is not None)

    def _tell(self, flight: Flight, *, kept: Claim | None) -> None:
        """After the commit: nudge for what this burst leaves, and set alarms for what will fall due.

        While a burst goes on, it calls for help only every now and then: two workers on one task take turns at its
        lock, so for quick nodes a second one costs more than it gives. What may block has been handed to threads.
        """
        if flight.has_ready() and (kept is None or time.monotonic() - flight.called_at > _ALONE_S):
            flight.called_at = time.monotonic()
            for group in flight.ready_groups():
                self._dispatcher.nudge(flight.root_id, group)
        for moment in flight.timers:
            self._dispatcher.wake_at(flight.root_id, moment)
        flight.timers = []

    def _fault(self, point: str) -> None:
        self._habits.fault(point)


_CLAIMABLE = (Wait.READY, Wait.TIMER, Wait.RUNNING)
_ALL_DUE = "SELECT run_id, id FROM run_token WHERE root_id = ? AND ((claim_at <= ? AND {may_claim}) OR deadline <= ?)"
_NEXT_CALLBACK = (
    "SELECT id, body FROM callback WHERE run_id = ? AND node_id = ? AND loop = ? AND attempt <= ? AND taken_at IS NULL"
    " ORDER BY id LIMIT 1"
)
_HOLDER = "SELECT fence, owner, wait FROM run_token WHERE run_id = ? AND id = ?"


def _word_for(report: Report) -> str:
    return "cancel" if report.outcome is None else type(report.outcome).__name__.lower()


def _is_recorded(token: Token | None, claim: Claim, report: Report) -> bool:
    """Say whether the wait that a report began goes on: written by its own first try, or kept by another worker."""
    if token is None or not isinstance(report.outcome, Poll | Await):
        return False
    here = (token.node_id, token.loop, token.attempt) == (claim.node.id, claim.token.loop, claim.token.attempt)
    waits = token.phase in (Phase.POLL, Phase.CALLBACK)
    return here and waits and dumps(token.memo) == dumps(report.outcome.memo)
