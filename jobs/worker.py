"""A worker: takes nudges from the queue and drives tasks. `python -m jobs.worker`."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.timeouts import TimerDeathPenalty

from app import logs, metering, tracing
from app.engine import tracing as port
from app.engine.dispatch import DRIVE, RqDispatcher
from app.engine.queues import queue_of, show_life
from app.engine.room import Room, open_room
from app.engine.tracing import Span
from app.errors import InvalidInput
from app.extensions import db
from app.factory import calm_collector, create_app, house_of, nudging_redis_of, redis_of
from app.settings import Settings
from jobs import entry
from jobs.fault import fault_of
from jobs.postman import Postman

log = logging.getLogger(__name__)

_ALIVE_S = 15
_BEAT_S = 3
_GRACE_S = 2.5


class NudgeWorker(SimpleWorker):
    """An RQ worker for jobs that are nudges.

    It takes one queue only, because RQ can lose a job that was popped from one of several. It does no maintenance of
    its own: what a dead worker held is found by its lease, not by RQ. A job that cannot be read is dropped: the
    database still knows what it was about.
    """

    death_penalty_class = TimerDeathPenalty
    is_stopping: Callable[[], bool] = staticmethod(lambda: False)
    beat_at = 0.0
    is_at_job = False

    def _install_signal_handlers(self) -> None:
        """Listen to signals, and heed the one that came before."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        self._stop_requested = self._stop_requested or self.is_stopping()

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell that the worker lives, every few seconds: RQ would tell it three times a job, in six round trips."""
        if pipeline is None and time.monotonic() - self.beat_at < _BEAT_S:
            return
        self.beat_at = time.monotonic()
        show_life(self.connection, self.queue_names()[0])
        super().heartbeat(timeout, pipeline)

    def _shutdown(self) -> None:
        """Stop after the job at hand, or at once between two: RQ's exception must not end up inside a job."""
        if not self.is_at_job:
            raise StopRequested
        self._stop_requested = True

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Carry a nudge out; a job that is none, or cannot be read, is dropped.

        RQ's own records of a job at work (five more round trips) are left out: nobody needs them.
        """
        self.is_at_job = True
        try:
            self._carry_out(job, queue)
        finally:
            self.is_at_job = False

    def _carry_out(self, job: Job, queue: Queue) -> None:
        try:
            work, args = entry.NUDGES[job.func_name or ""], job.args
        except Exception:
            # Whatever a foreign hand has put into the queue, it must not stop the nudges behind it.
            log.warning("undecodable-job-dropped job=%s", job.id)
            _forget(job, queue, wholly=True)
            return
        try:
            with logs.within(job=job.id), _traced(job):
                work(*args)
        except Exception:
            # The database knows what is still owed; the sweep finds it.
            log.exception("job-failed job=%s", job.id)
        _forget(job, queue, wholly=job.result_ttl == 0)

    def run_maintenance_tasks(self) -> None:
        """Do nothing: leases in the database take the place of RQ's registries."""


def _traced(job: Job) -> Span:
    """Go on with the trace of whoever nudged for a task; ticks come every second, and are no part of any."""
    carrier = job.meta if isinstance(job.meta, dict) else {}
    return port.bound().drive(job.args[0], carrier) if job.func_name == DRIVE else Span()


def _forget(job: Job, queue: Queue, *, wholly: bool) -> None:
    """Take a job off the list of those at work, and what Redis keeps of it; a scheduled one is needed again."""
    with job.connection.pipeline() as pipe:
        pipe.lrem(queue.intermediate_queue_key, 1, job.id)
        if wholly:
            pipe.delete(job.key)
        pipe.execute()


def main() -> int:
    """Work until told to stop."""
    try:
        settings = Settings.from_environ(os.environ)
        tracing.set_up(settings.otel_url, "worker")
    except InvalidInput as error:
        print("\n".join(p.message for p in error.problems), file=sys.stderr)
        return 2
    logs.set_up(settings.log_format, settings.log_level)
    calm_collector()
    app = create_app(settings)
    with app.app_context():
        redis = redis_of(settings)
        room, dispatcher, postman = _open(settings, app)
        metering.serve(settings.metrics_port, settings.host)
        entry.serve(room, dispatcher, postman, fires_kept=settings.fires_kept)
        try:
            _take_jobs(redis, room, queue_of(settings.worker_groups))
        finally:
            _finish(room)
    return 0


def _open(settings: Settings, app: Flask) -> tuple[Room, RqDispatcher, Postman]:
    engine = db.engine
    house = house_of(settings, engine, fault_of(os.environ))
    nudging = nudging_redis_of(settings)
    made: list[RqDispatcher] = []

    def dispatcher_of(clockwork: Any) -> RqDispatcher:
        made.append(RqDispatcher(nudging, clockwork))
        return made[0]

    room = open_room(engine, house, dispatcher_of, threads=settings.worker_threads)
    room.clockwork.start(made[0])
    return room, made[0], Postman(app, house.plugin_settings)


def _take_jobs(redis: Redis, room: Room, queue: str) -> None:
    """Take jobs until a signal asks to stop; a queue that is away for a while is waited for."""
    name = f"{socket.gethostname()[:32]}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    while not room.driver.is_stopping:
        try:
            worker = NudgeWorker([queue], connection=redis, name=name, worker_ttl=_ALIVE_S, maintenance_interval=10**9)
            worker.log_result_lifespan = False
            _stop_with(worker, room)
            _sweep()
            worker.work(logging_level="WARNING", with_scheduler=False)
            if worker._stop_requested:
                return
        except (RedisError, ValueError) as error:
            # ValueError: RQ still knows a worker of this name, from before the queue went away.
            log.warning("queue-away error=%s", error)
            name = f"{name.rsplit('-', 1)[0]}-{uuid.uuid4().hex[:6]}"
            time.sleep(1)


def _sweep() -> None:
    """Begin with what is due already; whatever goes wrong with it is found again by the next sweep."""
    try:
        entry.sweep()
    except Exception:
        log.warning("first-sweep-failed", exc_info=True)


def _stop_with(worker: NudgeWorker, room: Room) -> None:
    """Let the driver end its burst after the node it is at when the worker is asked to stop."""
    ask = worker.request_stop

    def request_stop(number: int, frame: Any) -> None:
        room.driver.is_stopping = True
        ask(number, frame)  # type: ignore[no-untyped-call]

    worker.request_stop = request_stop  # type: ignore[method-assign]
    worker.is_stopping = lambda: room.driver.is_stopping
    # RQ listens to signals only while it takes jobs; until then a stop is remembered.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: setattr(room.driver, "is_stopping", True))


def _finish(room: Room) -> None:
    """Wait a little for plugins that are at work, then cancel them: what they started must not outlive us unseen.

    A node that is cut short like this fails with that reason; one that cannot even be told is found by its lease.
    """
    room.driver.is_stopping = True
    room.pool.wait(_GRACE_S)
    for attempt in room.driver.leases.active():
        attempt.cancel()
    room.pool.wait(_GRACE_S)
    room.clockwork.stop()


if __name__ == "__main__":
    sys.exit(main())
