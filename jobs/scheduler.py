"""The clock: keeps two periodic jobs alive, `sweep` and `fire_due`. `python -m jobs.scheduler`.

rq-scheduler 0.14 ends when Redis restarts, stops for ever at a job that cannot be read, and loses a periodic job when
it dies between taking it out of its set and putting it back. So each beat here re-asserts both declarations, moves a
due job in one MULTI/EXEC, passes a bad one by, and outlives a Redis that goes away. Both jobs are harmless when
doubled, and any number of schedulers may run.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq_scheduler.scheduler import Scheduler

from app.engine.dispatch import FIRE_DUE, QUEUE, SCHEDULER_ALIVE, SWEEP
from app.errors import InvalidInput
from app.factory import redis_of
from app.settings import Settings

log = logging.getLogger(__name__)

PERIODIC = {"sluice-sweep": (SWEEP, 2), "sluice-fire-due": (FIRE_DUE, 1)}
"""The periodic jobs: {id: (what is called, every how many seconds)}."""

_BEAT_S = 1.0
_ALIVE_S = 5


class Clock(Scheduler):
    """An rq-scheduler that survives what makes the original lose jobs."""

    def beat(self) -> None:
        """Assert the declarations and enqueue what is due; raises RedisError when the queue is away."""
        self.connection.set(SCHEDULER_ALIVE, "1", ex=_ALIVE_S)
        self._declare()
        now = int(time.time())
        for job_id in self.connection.zrangebyscore(self.scheduled_jobs_key, 0, now):
            self._fire(job_id.decode(), now)

    def _declare(self) -> None:
        for job_id, (function, every_s) in PERIODIC.items():
            key = Job.key_for(job_id)
            if self.connection.zscore(self.scheduled_jobs_key, job_id) is None or not self.connection.exists(key):
                job = Job.create(
                    function, id=job_id, connection=self.connection, origin=QUEUE, timeout=-1, result_ttl=-1,
                    failure_ttl=-1, meta={"interval": every_s},
                )  # fmt: skip
                job.save()
                self.connection.zadd(self.scheduled_jobs_key, {job_id: int(time.time())})

    def _fire(self, job_id: str, now: int) -> None:
        """Enqueue one tick, unless the last one still waits, and re-date the job, in one step."""
        declared = PERIODIC.get(job_id)
        if declared is None:
            log.warning("foreign-job-dropped job=%s", job_id)
            self.connection.zrem(self.scheduled_jobs_key, job_id)
            return
        function, every_s = declared
        queue, tick_id = Queue(QUEUE, connection=self.connection), f"{job_id}-tick"
        waits = queue.get_job_position(tick_id) is not None
        with self.connection.pipeline() as pipe:
            pipe.multi()
            if not waits:
                tick = Job.create(
                    function,
                    id=tick_id,
                    connection=self.connection,
                    origin=QUEUE,
                    timeout=-1,
                    result_ttl=0,
                    failure_ttl=60,
                )
                queue.enqueue_job(tick, pipeline=pipe)
            pipe.zadd(self.scheduled_jobs_key, {job_id: now + every_s})
            pipe.execute()


def run(redis: Redis, stop: threading.Event) -> None:
    """Beat every second until `stop` is set."""
    clock = Clock(queue_name=QUEUE, connection=redis, interval=1)  # type: ignore[no-untyped-call]
    while not stop.is_set():
        try:
            clock.beat()
        except RedisError as error:
            log.warning("queue-away error=%s", error)
        stop.wait(_BEAT_S)


def main() -> int:
    """Beat until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        settings = Settings.from_environ(os.environ)
    except InvalidInput as error:
        print("\n".join(p.message for p in error.problems), file=sys.stderr)
        return 2
    stop = threading.Event()

    def ask(number: int, frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    log.info("scheduler-begins at=%s", datetime.now(UTC).isoformat())
    run(redis_of(settings), stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
