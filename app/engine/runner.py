"""The driver: claims work, calls plugins with no transaction open, and writes each outcome with the move it causes.

A burst drives one task from node to node. The commit that finishes a node also claims the next one, so a chain costs
one commit a node. What the burst does not keep is nudged for. When its task has nothing left to do, a burst goes on
to other tasks that are due, until its slice of time is over.
"""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from app.engine import tracing
from app.engine.attempts import AT_WORK, INSERT_LOG, Leases, LogEntry
from app.engine.calling import Report, call_plugin, give_up
from app.engine.claiming import NEXT_CALLBACK, Claim, Claims
from app.engine.core.run import (
    Awaited,
    Cancelled,
    Event,
    FailedNode,
    Phase,
    Polled,
    Succeeded,
    Token,
    Wait,
)
from app.engine.core.values import dumps, plain_text
from app.engine.dispatch import Dispatcher
from app.engine.flight import Flight
from app.engine.insisting import DATABASE_ERRORS, insist
from app.engine.plugins.base import Await, Done, Failed, Poll
from app.engine.store import Link, Tx
from app.models.base import to_micros

log = logging.getLogger(__name__)

_ALONE_S = 1.0
_MOST_DUE = 32
_SET_ASIDE = timedelta(minutes=5)
_NOT_WRITTEN = "the node ended, but its outcome could not be written down: see what it did, then retry or skip it"


@dataclass(frozen=True, slots=True)
class Applied:
    """What writing an outcome came to: the next claim, or that the outcome came too late to count."""

    following: Claim | None = None
    is_late: bool = False


class Driver:
    """Drives tasks. `fault` of the habits is called at the points where a crash is told apart:

    claimed (committed), calling, called, deciding (before the commit), decided (after it), nudged.
    """

    def __init__(self, claims: Claims, dispatcher: Dispatcher, leases: Leases) -> None:
        self._claims, self._dispatcher, self.leases = claims, dispatcher, leases
        self._store, self._site, self._habits = claims.store, claims.site, claims.habits
        self.is_stopping = False

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
            if self._claims.hands_over(claim.plugin):
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
            if not self._claims.is_due(link, root_id):
                return None
            claim = insist(
                link,
                lambda tx: self._claims.claim(tx, root_id),
                has_landed=self._claims.has_claim,
                before_commit=self._deciding,
            )
        except DATABASE_ERRORS:
            raise
        except Exception:
            # Our own code fails on this task. It must not stand at the head of what is due for ever.
            log.exception("task-set-aside root=%s again_in=%s", root_id, _SET_ASIDE)
            self._claims.pool.give_back()
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

    def _set_aside(self, tx: Tx, root_id: int) -> None:
        """Put off what is due of a task."""
        now = self._site.clock()
        for column in ("claim_at", "deadline"):
            sql = f"UPDATE run_token SET {column} = ? WHERE root_id = ? AND {column} <= ?"
            tx.run(sql, (to_micros(now + _SET_ASIDE), root_id, to_micros(now)))

    def _hand_over(self, claim: Claim) -> None:
        """Let a plugin that may block work in a thread, which then goes on with the burst."""

        def carry_on() -> None:
            with self._store.link() as link:
                current: Claim | None = claim
                while current is not None:
                    # The thread has nothing else to do, so its burst goes on until the task has nothing left.
                    current = self._work(link, current, math.inf)
                self._drain(link, time.monotonic() + self._habits.slice_s)

        # What is traced and logged there goes on with what this thread is at.
        self._claims.pool.submit(partial(copy_context().run, carry_on))

    def _work(self, link: Link, claim: Claim, end: float) -> Claim | None:
        """Call the plugin, write its outcome down, and return the next claim of the same task."""
        if not self._may_begin(link, claim):
            log.info("late-claim run=%s node=%s attempt=%s", claim.held.head.id, claim.node.id, claim.token.attempt)
            return None
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

    def _may_begin(self, link: Link, claim: Claim) -> bool:
        """Say whether work is still ours, with enough of its lease left; prolongs one that has little left.

        A commit may be told late, as to a host that had been cut off: by then the work may be somebody else's.
        """
        until = claim.token.due
        while until is not None and self._claims.is_late(until):
            until = insist(
                link,
                lambda tx: self._claims.prolong(tx, claim),
                has_landed=lambda tx, _: False,
                before_commit=self._deciding,
            )
            if until is None:
                return False
        return True

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
            lost = self._claims.lost(claim.token, plain_text(f"{_NOT_WRITTEN} ({type(error).__name__}: {error})"))
            applied = write(lambda tx: lost, False)
        if applied.following is not None:
            applied.following.flight.let_go()
        return applied

    def _has_applied(self, tx: Tx, applied: Applied) -> bool:
        return self._claims.has_claim(tx, applied.following)

    def _deciding(self) -> None:
        self._fault("deciding")

    def _apply(
        self, tx: Tx, claim: Claim, report: Report, entries: list[LogEntry], event: Callable[[Tx], Event], goes_on: bool
    ) -> Applied:  # fmt: skip
        """Write an outcome and the move that it causes, and claim what comes next."""
        self._claims.pool.give_back()
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
        following = self._claims.pick(tx, flight, now) if goes_on else None
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
                return Awaited(token, memo, person, has_come=tx.one(NEXT_CALLBACK, at) is not None)

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


def _word_for(report: Report) -> str:
    return "cancel" if report.outcome is None else type(report.outcome).__name__.lower()


def _is_recorded(token: Token | None, claim: Claim, report: Report) -> bool:
    """Say whether the wait that a report began goes on: written by its own first try, or kept by another worker."""
    if token is None or not isinstance(report.outcome, Poll | Await):
        return False
    here = (token.node_id, token.loop, token.attempt) == (claim.node.id, claim.token.loop, claim.token.attempt)
    waits = token.phase in (Phase.POLL, Phase.CALLBACK)
    return here and waits and dumps(token.memo) == dumps(report.outcome.memo)
