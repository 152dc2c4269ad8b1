"""Nudges: hints that a task is owed something. Losing, doubling or delaying one changes nothing but the time."""

from __future__ import annotations

import logging
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker

from app.engine import tracing
from app.engine.queue_report import QueueReport, report_of
from app.engine.queues import QUEUE, live_queues, serving

log = logging.getLogger(__name__)

DRIVE, SWEEP, FIRE_DUE = "jobs.entry.drive", "jobs.entry.sweep", "jobs.entry.fire_due"
DELIVER_DUE, ARCHIVE_DUE = "jobs.entry.deliver_due", "jobs.entry.archive_due"
"""The dotted names that queued jobs carry."""

SCHEDULER_ALIVE = "sluice:scheduler:alive"
"""The key that the scheduler keeps alive; it expires a few seconds after the scheduler's last beat."""

_ENOUGH_WAITING = 2
_LOOKS_EVERY_S = 5.0
"""How often a process asks Redis which queues workers listen to."""


class Dispatcher(Protocol):
    """Sends nudges. No method raises: the database knows what is owed, and the sweep finds it."""

    def nudge(self, root_id: int, group: str | None = None) -> None:
        """Ask some worker to drive a task soon; called after the commit that made it necessary.

        `group` is whose workers are wanted; None where that is not known, so that those of each kind are asked.
        """

    def wake_at(self, root_id: int, moment: datetime) -> None:
        """Ask to be nudged for a task at `moment`, if that is soon; the sweep is there for the rest."""

    def health(self) -> dict[str, str]:
        """Return "ok", or what is wrong, for queue, workers and scheduler."""

    def report(self) -> QueueReport:
        """Return what the queue holds and who works on it."""


class RqDispatcher:
    """Nudges through RQ.

    A job that still waits in the queue will find whatever is due when it begins, since a worker goes on to other due
    tasks after the one that it was nudged for. So no more than a few jobs need to wait: one for each sender that did
    not know better, at most, above `_ENOUGH_WAITING`. What waits is learnt with each job that is sent, so that a nudge
    is one round trip.
    """

    def __init__(self, redis: Redis, alarms: Alarms | None = None) -> None:
        self._redis, self._alarms = redis, alarms
        self._waiting: dict[str, int] = defaultdict(int)
        self._queues: Sequence[str] = (QUEUE,)
        self._looked_at = 0.0

    def nudge(self, root_id: int, group: str | None = None) -> None:
        """Enqueue a job at each queue that is meant, unless enough of them wait there."""
        try:
            queues = self._live_queues()
            for name in queues if group is None else serving(queues, group):
                self._enqueue(root_id, name)
        except RedisError as error:
            log.warning("nudge-lost run=%s error=%s", root_id, error)

    def _live_queues(self) -> Sequence[str]:
        if time.monotonic() - self._looked_at > _LOOKS_EVERY_S:
            self._looked_at = time.monotonic()
            self._queues = live_queues(self._redis)
        return self._queues

    def _enqueue(self, root_id: int, name: str) -> None:
        queue = self._open(name)
        if self._waiting[name] >= _ENOUGH_WAITING:
            self._waiting[name] = queue.count
        if self._waiting[name] < _ENOUGH_WAITING:
            with self._redis.pipeline() as pipe:
                queue.enqueue_call(
                    DRIVE, args=(root_id,), timeout=-1, result_ttl=0, failure_ttl=3600, pipeline=pipe,
                    meta=dict(tracing.bound().carrier()),
                )  # fmt: skip
                pipe.llen(queue.key)
                self._waiting[name] = pipe.execute()[-1]

    def _open(self, name: str) -> Queue:
        return Queue(name, connection=self._redis)

    def wake_at(self, root_id: int, moment: datetime) -> None:
        """Leave the moment to this process's alarms."""
        if self._alarms is not None:
            self._alarms.set(root_id, moment)

    def health(self) -> dict[str, str]:
        """Ask Redis, and look at the signs of life that workers and scheduler leave there."""
        try:
            workers = Worker.count(connection=self._redis)
            has_scheduler = self._redis.exists(SCHEDULER_ALIVE)
        except RedisError as error:
            gone = f"unreachable: {type(error).__name__}"
            return {"queue": gone, "workers": "unknown", "scheduler": "unknown"}
        return {
            "queue": "ok",
            "workers": "ok" if workers else "none is running",
            "scheduler": "ok" if has_scheduler else "none is running",
        }

    def report(self) -> QueueReport:
        """Ask RQ."""
        try:
            return report_of(live_queues(self._redis), self._redis)
        except RedisError as error:
            return QueueReport(unreachable=type(error).__name__)


class Alarms(Protocol):
    """Keeps the next due times of one process."""

    def set(self, root_id: int, moment: datetime) -> None:
        """Remember to nudge for a task at `moment`."""


class InlineDispatcher:
    """Keeps nudges in memory, for whoever drives in this process: commands and tests."""

    def __init__(self) -> None:
        self.nudged: deque[int] = deque()
        self.groups: list[str | None] = []
        self.alarms: list[tuple[datetime, int]] = []

    def nudge(self, root_id: int, group: str | None = None) -> None:
        """Remember a nudge."""
        self.nudged.append(root_id)
        self.groups.append(group)

    def wake_at(self, root_id: int, moment: datetime) -> None:
        """Remember a moment."""
        self.alarms.append((moment, root_id))

    def health(self) -> dict[str, str]:
        """Say that all is well: everything happens in this process."""
        return {"queue": "ok", "workers": "ok", "scheduler": "ok"}

    def report(self) -> QueueReport:
        """Tell how many nudges are kept; there are no workers but this process."""
        return QueueReport(waiting=len(self.nudged))
