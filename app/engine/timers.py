"""The clockwork of a worker process: keeps leases, writes logs while plugins run, and rings for what falls due."""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from app.engine.attempts import INSERT_LOG, Leases
from app.engine.dispatch import Dispatcher
from app.engine.store import Store

log = logging.getLogger(__name__)

_HORIZON = timedelta(minutes=2)
_BEAT_S = 0.5
_MOST_NUDGES = 4


class Clockwork:
    """A thread that beats twice a second.

    Every beat it nudges for what this process knows to be due and writes logs; every second beat it looks whether
    attempts were cancelled; every third of a lease it renews. Without it leases run out and the sweep rings instead:
    later, but the same.
    """

    def __init__(self, store: Store, leases: Leases, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._store, self._leases, self._clock, self._lease = store, leases, clock, lease
        self._dispatcher: Dispatcher | None = None
        self._due: list[tuple[datetime, int]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._rang = threading.Event()
        self._renewed_at = clock()
        self._thread = threading.Thread(target=self._run, name="clockwork", daemon=True)

    def start(self, dispatcher: Dispatcher) -> None:
        """Begin to beat, nudging through `dispatcher`."""
        self._dispatcher = dispatcher
        self._thread.start()

    def stop(self) -> None:
        """Stop beating."""
        self._stop.set()
        self._rang.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def set(self, root_id: int, moment: datetime) -> None:
        """Remember to nudge for a task at `moment`; what is far off is left to the sweep."""
        if moment - self._clock() > _HORIZON:
            return
        with self._lock:
            heapq.heappush(self._due, (moment, root_id))
            if self._due[0] == (moment, root_id):
                self._rang.set()

    def _run(self) -> None:
        beats = 0
        while not self._stop.is_set():
            self._rang.wait(self._pause())
            self._rang.clear()
            beats += 1
            try:
                self._keep(beats)
                self._ring()
            except Exception:
                # Whatever went wrong, most likely the database is away for a moment: the next beat tries again. A
                # clockwork that stopped would let every lease of this process run out.
                log.warning("clockwork-beat-missed", exc_info=True)

    def _pause(self) -> float:
        with self._lock:
            first = self._due[0][0] if self._due else None
        if first is None:
            return _BEAT_S
        return min(_BEAT_S, max(0.0, (first - self._clock()).total_seconds()))

    def _ring(self) -> None:
        now, roots = self._clock(), set()
        with self._lock:
            while self._due and self._due[0][0] <= now:
                roots.add(heapq.heappop(self._due)[1])
        # Whoever is nudged goes on to what else is due, so a few nudges are enough.
        for root_id in sorted(roots)[:_MOST_NUDGES]:
            if self._dispatcher is not None:
                self._dispatcher.nudge(root_id)

    def _keep(self, beats: int) -> None:
        attempts = self._leases.active()
        if not attempts:
            return
        now = self._clock()
        renews = now - self._renewed_at >= self._lease / 3
        taken = [(attempt, entries) for attempt in attempts if (entries := attempt.take_log())]
        if taken or renews:
            try:
                with self._store.transaction() as tx:
                    tx.many(INSERT_LOG, [entry for _, entries in taken for entry in entries])
                    if renews:
                        self._leases.renew(tx, now + self._lease)
            except BaseException:
                for attempt, entries in taken:
                    attempt.give_back_log(entries)
                raise
            if renews:
                self._renewed_at = now
        if beats % 2 == 0:
            with self._store.link() as link:
                self._leases.check(link.tx)
                link.rollback()
