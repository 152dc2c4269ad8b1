"""What the queue holds, and who works on it: for people who look after the installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.job import Job

from app.engine.queues import groups_of

MOST_FAILED = 20


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker process: what it does, when it gave its last sign of life, and the worker groups that it serves.

    `jobs` counts what it has done.
    """

    name: str
    state: str
    host: str
    pid: int | None
    since: datetime | None
    seen_at: datetime | None
    jobs: int
    failed: int
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that RQ gave up: its dotted name, when, and the last line of why. Nothing is lost by it: jobs are nudges."""

    id: str
    name: str
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class QueueReport:
    """The queue at a moment; `unreachable` says why nothing is known of it, where that is so."""

    workers: Sequence[SeenWorker] = ()
    waiting: int = 0
    started: int = 0
    failed_count: int = 0
    failed: Sequence[FailedJob] = ()
    unreachable: str = ""

    def serves(self, group: str) -> bool:
        """Say whether a worker serves a group."""
        return any(group in worker.groups for worker in self.workers)


def report_of(names: Sequence[str], redis: Redis) -> QueueReport:
    """Ask Redis for all of these queues; raises RedisError."""
    queues = [Queue(name, connection=redis) for name in names]
    ids = [id_ for queue in queues for id_ in queue.failed_job_registry.get_job_ids(0, MOST_FAILED - 1)][:MOST_FAILED]
    jobs = [job for job in Job.fetch_many(ids, connection=redis) if job is not None]
    workers = sorted(Worker.all(connection=redis), key=lambda worker: str(worker.name))
    return QueueReport(
        [_seen(worker) for worker in workers], sum(queue.count for queue in queues),
        sum(queue.started_job_registry.count for queue in queues),
        sum(queue.failed_job_registry.count for queue in queues),
        [FailedJob(job.id, str(job.func_name), _utc(job.ended_at), _last_line(job)) for job in jobs],
    )  # fmt: skip


def _seen(worker: Any) -> SeenWorker:
    return SeenWorker(
        str(worker.name), str(worker.get_state()), str(worker.hostname or ""), worker.pid, _utc(worker.birth_date),
        _utc(worker.last_heartbeat), int(worker.successful_job_count), int(worker.failed_job_count),
        sorted(group for name in worker.queue_names() for group in groups_of(name)),
    )  # fmt: skip


def _last_line(job: Job) -> str:
    result = job.latest_result()
    lines = str(result.exc_string if result is not None else "").strip().splitlines()
    return lines[-1][:500] if lines else ""


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
