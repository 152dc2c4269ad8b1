"""Claims: what a task is owed, leased to a thread of this process.

All here that has a `tx` is done in the caller's transaction, most of it under the lock of the task.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.engine.attempts import PROLONG, Attempt, Site
from app.engine.calling import render_inputs
from app.engine.core.graph import Node
from app.engine.core.groups import DEFAULT_GROUP
from app.engine.core.languages import LANGUAGES
from app.engine.core.run import (
    OUTCOME_UNKNOWN,
    Cancelled,
    Event,
    Phase,
    Started,
    TimeCame,
    TimedOut,
    Token,
    Wait,
    WorkerLost,
)
from app.engine.core.scope import Scope, closure
from app.engine.core.values import Json
from app.engine.flight import Flight
from app.engine.held import Held
from app.engine.meter import Meter, NoMeter
from app.engine.plugins.base import Plugin
from app.engine.pool import Pool
from app.engine.rows import LOCK_ROOT
from app.engine.store import Link, Store, Tx
from app.models.base import to_micros

log = logging.getLogger(__name__)

_MOST_LOSSES = 4
_CLAIMABLE = (Wait.READY, Wait.TIMER, Wait.RUNNING)
_ALL_DUE = "SELECT run_id, id FROM run_token WHERE root_id = ? AND ((claim_at <= ? AND {may_claim}) OR deadline <= ?)"
_HOLDER = "SELECT fence, owner, wait FROM run_token WHERE run_id = ? AND id = ?"

NEXT_CALLBACK = (
    "SELECT id, body FROM callback WHERE run_id = ? AND node_id = ? AND loop = ? AND attempt <= ? AND taken_at IS NULL"
    " ORDER BY id LIMIT 1"
)
"""The first callback for an attempt of a node that has not been taken."""


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
class Habits:
    """How a driver works: how long a lease lasts, and how long a burst may go on before others get their turn."""

    owner: str
    lease: timedelta = timedelta(seconds=15)
    slice_s: float = 2.0
    find_plugin: Callable[[str, str], Plugin | None] = field(default=lambda code, version: None)
    fault: Callable[[str], None] = field(default=lambda point: None)
    meter: Meter = field(default_factory=NoMeter)


class Claims:
    """Finds what tasks are owed, and claims it for the thread that asks."""

    def __init__(
        self, store: Store, open_flight: Callable[[Tx, int], Flight], site: Site, habits: Habits, pool: Pool
    ) -> None:
        self.store, self.site, self.habits, self.pool = store, site, habits, pool
        self._open_flight = open_flight
        self._all_due = _ALL_DUE.format(may_claim=store.may_claim)
        self._any_due = f"{self._all_due} LIMIT 1"

    def is_due(self, link: Link, root_id: int) -> bool:
        """Look, without a lock, whether a task is owed something.

        What never changes of one that is, above all its tree, is read and compiled here, while nobody waits for it.
        """
        now = to_micros(self.site.clock())
        try:
            if link.tx.one(self._any_due, (root_id, now, now)) is None:
                return False
            self._open_flight(link.tx, root_id)
            return True
        finally:
            link.rollback()

    def claim(self, tx: Tx, root_id: int) -> Claim | None:
        """Claim a token of a task that is due, after letting time-outs and lost workers take effect."""
        self.pool.give_back()
        now = self.site.clock()
        flight = self._open_flight(tx, root_id)
        flight.lock(tx, now)
        for run_id, token_id in tx.all(self._all_due, (root_id, to_micros(now), to_micros(now))):
            self._settle_time(tx, flight, run_id, token_id, now)
        claim = self.pick(tx, flight, now)
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
            flight.feed(tx, run_id, self.lost(token, OUTCOME_UNKNOWN))

    def lost(self, token: Token, reason: str) -> Event:
        """A call of which nothing is known any more; one that only cancels has nothing that a person could decide."""
        return Cancelled(token.id) if token.phase is Phase.CANCEL else WorkerLost(token.id, reason)

    def _may_repeat(self, tx: Tx, flight: Flight, held: Held, token: Token) -> bool:
        """Say whether a call whose worker was lost may be made again; one that has killed several may not."""
        if token.losses >= _MOST_LOSSES:
            return False
        node = held.graph.nodes[token.node_id]
        plugin = self.habits.find_plugin(node.plugin, node.version)
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

    def pick(self, tx: Tx, flight: Flight, now: datetime) -> Claim | None:
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
            plugin = self.habits.find_plugin(node.plugin, node.version)
            is_ours = (node.worker_group or DEFAULT_GROUP) in self.store.groups
            if not is_ours or (self.hands_over(plugin) and not self.pool.reserve()):
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
            self.site, held.head.id, token.id, token.fence, (node.id, token.loop, token.attempt),
            flight.order.given_at(node),
        )  # fmt: skip
        given = self._prepare(tx, held, node)
        callback = None
        if token.phase is Phase.CALLBACK:
            row = tx.one(NEXT_CALLBACK, (held.head.id, node.id, token.loop, token.attempt))
            callback = (row[0], row[1]) if row else None
        scope = flight.scope(held, token)
        if flight.order.has_secrets:
            attempt.redact = lambda text: str(scope.redact(text))
        return Claim(flight, held, token, node, plugin, attempt, scope, given, callback)

    def _lease_until(self, flight: Flight, now: datetime) -> datetime:
        """Return when a claim made now runs out: the same time as the last claim's while most of that is left.

        The time is indexed; a burst that leaves it as it is spares the database an entry for every node.
        """
        lease = self.habits.lease
        if flight.leased_until is None or flight.leased_until - now < lease * 2 / 3:
            flight.leased_until = now + lease
        return flight.leased_until

    def is_late(self, until: datetime) -> bool:
        """Say whether so little is left of a lease until `until` that it is not known to hold while work begins."""
        return until - self.site.clock() <= self.habits.lease / 3

    def prolong(self, tx: Tx, claim: Claim) -> datetime | None:
        """Prolong a claim under the lock of its task; returns until when, None if the work is not the claim's any more."""
        tx.one(LOCK_ROOT, (claim.flight.root_id,))
        claim.flight.forget()
        until = self.site.clock() + self.habits.lease
        place = (claim.held.head.id, claim.token.id, claim.token.fence)
        return until if tx.touched(PROLONG, (to_micros(until), *place)) else None

    def hands_over(self, plugin: Plugin | None) -> bool:
        """Say whether a plugin is called in a thread of the pool rather than here."""
        return plugin is not None and plugin.blocking and self.pool.is_wanted

    def has_claim(self, tx: Tx, claim: Claim | None) -> bool:
        """Say whether a claim, whose commit was refused, is in the database all the same."""
        if claim is None:
            return False
        # With the lock, because the old connection's commit may still be under way.
        tx.one(LOCK_ROOT, (claim.flight.root_id,))
        row = tx.one(_HOLDER, (claim.held.head.id, claim.token.id))
        claim.flight.forget()
        return row is not None and tuple(row) == (claim.token.fence, self._owner, Wait.RUNNING.value)

    @property
    def _owner(self) -> str:
        """Who holds the claims of this thread."""
        return f"{self.habits.owner}:{threading.get_native_id()}"
