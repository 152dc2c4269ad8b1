"""The clock: fires schedules at every full second, and keeps the periodic jobs alive. `python -m jobs.scheduler`.

Schedules fire in this process, whatever workers and the queue are at: a fire needs the database only. The periodic job
`fire_due` comes half a second later, for what nobody has fired by then. Any number of schedulers may run.

rq-scheduler 0.14 ends when Redis restarts, stops for ever at a job that cannot be read, and loses a periodic job when
it dies between taking it out of its set and putting it back. So each beat here re-asserts the declarations, moves a
due job in one MULTI/EXEC, passes a bad one by, and outlives a Redis that goes away. All of them are harmless when
doubled.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Full, Queue
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as JobQueue
from rq.job import Job
from rq_scheduler.scheduler import Scheduler

from app import logs, tracing
from app.engine.dispatch import (
    ARCHIVE_DUE,
    DELIVER_DUE,
    FIRE_DUE,
    SCHEDULER_ALIVE,
    SWEEP,
    Dispatcher,
    RqDispatcher,
)
from app.engine.insisting import DATABASE_ERRORS
from app.engine.queue_report import QueueReport
from app.engine.queues import QUEUE, live_queues
from app.errors import InvalidInput
from app.extensions import db
from app.factory import create_app, nudging_redis_of
from app.services import firing, flow_instances
from app.settings import Settings

log = logging.getLogger(__name__)

PERIODIC = {
    "sluice-sweep": (SWEEP, 2), "sluice-fire-due": (FIRE_DUE, 1), "sluice-deliver-due": (DELIVER_DUE, 1),
    "sluice-archive-due": (ARCHIVE_DUE, 30),
}  # fmt: skip
"""The periodic jobs: {id: (what is called, every how many seconds)}."""

_ALIVE_S = 5
_MOST_WAITING = 64
_STUCK_S = 60.0
"""After how long without a look at the schedules a scheduler is not alive, though its process is."""


class Timekeeper:
    """Fires what is due at every full second, until `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._looked_at = time.monotonic()

    def run(self) -> None:
        """Fire; a database that is away is asked again at the next second."""
        while not self._stop.is_set():
            try:
                while self._fire() and not self._stop.is_set():
                    pass
            except DATABASE_ERRORS as error:
                log.warning("database-away error=%s", error)
                db.session.remove()
            self._stop.wait(_until(0.0))

    def is_well(self) -> bool:
        """Say whether it has looked at the schedules of late."""
        return time.monotonic() - self._looked_at < _STUCK_S

    def _fire(self) -> bool:
        """Fire a portion, and say whether there is more."""
        self._looked_at = time.monotonic()
        has_more = firing.fire_due() >= firing.MOST_AT_ONCE
        return flow_instances.advance() >= flow_instances.MOST_AT_ONCE or has_more


class Clock(Scheduler):
    """An rq-scheduler that survives what makes the original lose jobs."""

    def beat(self) -> None:
        """Assert the declarations and enqueue what is due; raises RedisError when the queue is away."""
        now = int(time.time())
        self._declare(now)
        for job_id in self.connection.zrangebyscore(self.scheduled_jobs_key, 0, now):
            self._fire(job_id.decode(errors="replace"), job_id, now)

    def show_life(self) -> None:
        """Leave the sign of life that `GET /healthz` looks for."""
        self.connection.set(SCHEDULER_ALIVE, "1", ex=_ALIVE_S)

    def _declare(self, now: int) -> None:
        for job_id, (function, every_s) in PERIODIC.items():
            key, due = Job.key_for(job_id), self.connection.zscore(self.scheduled_jobs_key, job_id)
            # One that is due much later than it comes round was dated by a clock that has been set back since.
            if due is None or due > now + every_s or not self.connection.exists(key):
                job = Job.create(
                    function, id=job_id, connection=self.connection, origin=QUEUE, timeout=-1, result_ttl=-1,
                    failure_ttl=-1, meta={"interval": every_s},
                )  # fmt: skip
                job.save()
                self.connection.zadd(self.scheduled_jobs_key, {job_id: now})

    def _fire(self, job_id: str, member: bytes, now: int) -> None:
        """Enqueue one tick, unless the last one still waits, and re-date the job, in one step.

        Whatever is due, workers of each kind look for their own; everything else one of them does.
        """
        declared = PERIODIC.get(job_id)
        if declared is None:
            log.warning("foreign-job-dropped job=%s", job_id)
            self.connection.zrem(self.scheduled_jobs_key, member)
            return
        function, every_s = declared
        names = live_queues(self.connection)
        queues = [JobQueue(name, connection=self.connection) for name in (names if function == SWEEP else names[:1])]
        ticks = [(queue, f"{job_id}-tick" if queue.name == QUEUE else f"{job_id}-tick-{queue.name.encode().hex()}")
                 for queue in queues]  # fmt: skip
        owed = [(queue, tick_id) for queue, tick_id in ticks if queue.get_job_position(tick_id) is None]
        with self.connection.pipeline() as pipe:
            pipe.multi()
            for queue, tick_id in owed:
                tick = Job.create(
                    function, id=tick_id, connection=self.connection, origin=queue.name, timeout=-1, result_ttl=0,
                    failure_ttl=60,
                )  # fmt: skip
                # Whatever stands under its key, if it is not the last tick.
                pipe.delete(tick.key)
                queue.enqueue_job(tick, pipeline=pipe)
            pipe.zadd(self.scheduled_jobs_key, {job_id: now + every_s})
            pipe.execute()


class Beats(threading.Thread):
    """Beats every second in a thread of its own, so that a queue that hangs holds up no fire; sets `stop` if it fails."""

    def __init__(self, redis: Redis, stop: threading.Event, is_well: Callable[[], bool]) -> None:
        super().__init__(name="beats", daemon=True)
        self._clock = Clock(queue_name=QUEUE, connection=redis, interval=1)  # type: ignore[no-untyped-call]
        self._stopping, self._is_well = stop, is_well

    def run(self) -> None:
        """Beat until `stop` is set."""
        try:
            while not self._stopping.wait(_until(0.5)):
                self._beat()
        finally:
            self._stopping.set()

    def _beat(self) -> None:
        try:
            if self._is_well():
                self._clock.show_life()
            self._clock.beat()
        except RedisError as error:
            log.warning("queue-away error=%s", error)


class Aside:
    """A dispatcher that sends another's nudges from a thread of its own; those that are too many the sweep makes up for."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._waiting: Queue[tuple[int, str | None]] = Queue(_MOST_WAITING)
        threading.Thread(target=self._send, name="nudges", daemon=True).start()

    def nudge(self, root_id: int, group: str | None = None) -> None:
        """Leave a nudge to the thread."""
        with contextlib.suppress(Full):
            self._waiting.put_nowait((root_id, group))

    def wake_at(self, root_id: int, moment: datetime) -> None:
        """Pass a moment on."""
        self._dispatcher.wake_at(root_id, moment)

    def health(self) -> dict[str, str]:
        """Ask the other."""
        return self._dispatcher.health()

    def report(self) -> QueueReport:
        """Ask the other."""
        return self._dispatcher.report()

    def _send(self) -> None:
        while True:
            self._dispatcher.nudge(*self._waiting.get())


def main() -> int:
    """Fire and beat until told to stop; returns 1 when something unforeseen has ended either, to be started again."""
    try:
        settings = Settings.from_environ(os.environ)
        tracing.set_up(settings.otel_url, "scheduler")
    except InvalidInput as error:
        print("\n".join(p.message for p in error.problems), file=sys.stderr)
        return 2
    logs.set_up(settings.log_format, settings.log_level)
    stop = threading.Event()
    asked = _stop_when_asked(stop)
    app = create_app(settings, Aside(RqDispatcher(nudging_redis_of(settings))))
    log.info("scheduler-begins at=%s", datetime.now(UTC).isoformat())
    with app.app_context():
        timekeeper = Timekeeper(stop)
        beats = Beats(nudging_redis_of(settings), stop, timekeeper.is_well)
        beats.start()
        timekeeper.run()
    return 0 if asked.is_set() else 1


def _stop_when_asked(stop: threading.Event) -> threading.Event:
    """Set `stop`, and the event that is returned, when the process is asked to end."""
    asked = threading.Event()

    def ask(number: int, frame: Any) -> None:
        asked.set()
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return asked


def _until(fraction: float) -> float:
    """Return how many seconds it is to the next moment so far into a second, by the machine's clock."""
    return (fraction - time.time()) % 1.0


if __name__ == "__main__":
    sys.exit(main())
