"""Nudges: hints that a task is owed something. Losing, doubling or delaying one changes nothing but the time."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker

from app.engine.queue_report import QueueReport, report_of

log = logging.getLogger(__name__)

QUEUE = "sluice"
"""The one queue that workers listen to: a worker of two queues can lose a job for ever (docs/decisions/0004-queue.md)."""

DRIVE, SWEEP, FIRE_DUE = "jobs.entry.drive", "jobs.entry.sweep", "jobs.entry.fire_due"
DELIVER_DUE = "jobs.entry.deliver_due"
"""The dotted names that queued jobs carry."""

SCHEDULER_ALIVE = "sluice:scheduler:alive"
"""The key that the scheduler keeps alive; it expires a few seconds after the scheduler's last beat."""

_ENOUGH_WAITING = 2


class Dispatcher(Protocol):
    """Sends nudges. No method raises: the database knows what is owed, and the sweep finds it."""

    def nudge(self, root_id: int) -> None:
        """Ask some worker to drive a task soon; called after the commit that made it necessary."""

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
        self._queue = Queue(QUEUE, connection=redis)
        self._waiting = 0

    def nudge(self, root_id: int) -> None:
        """Enqueue a job, unless enough of them wait."""
        try:
            if self._waiting >= _ENOUGH_WAITING:
                self._waiting = self._queue.count
            if self._waiting < _ENOUGH_WAITING:
                with self._redis.pipeline() as pipe:
                    self._queue.enqueue_call(
                        DRIVE, args=(root_id,), timeout=-1, result_ttl=0, failure_ttl=3600, pipeline=pipe
                    )
                    pipe.llen(self._queue.key)
                    self._waiting = pipe.execute()[-1]
        except RedisError as error:
            log.warning("nudge-lost run=%s error=%s", root_id, error)

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
            return report_of(self._queue, self._redis)
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
        self.alarms: list[tuple[datetime, int]] = []

    def nudge(self, root_id: int) -> None:
        """Remember a nudge."""
        self.nudged.append(root_id)

    def wake_at(self, root_id: int, moment: datetime) -> None:
        """Remember a moment."""
        self.alarms.append((moment, root_id))

    def health(self) -> dict[str, str]:
        """Say that all is well: everything happens in this process."""
        return {"queue": "ok", "workers": "ok", "scheduler": "ok"}

    def report(self) -> QueueReport:
        """Tell how many nudges are kept; there are no workers but this process."""
        return QueueReport(waiting=len(self.nudged))
