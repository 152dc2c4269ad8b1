"""The loop of a worker that takes nudges, on a real queue."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue

from app.engine.queues import QUEUE
from jobs import entry
from jobs.worker import NudgeWorker
from tests.valkey import valkey_server


@pytest.fixture
def redis() -> Iterator[Redis]:
    with valkey_server() as server:
        yield server.client


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back the handlers of signals that a worker leaves."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_worker_that_is_asked_to_stop_in_mid_job_ends_the_job_and_takes_no_other(redis, handlers, monkeypatch):
    carried_out = []

    def stop_me() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        carried_out.append("to its end")

    monkeypatch.setitem(entry.NUDGES, "stop-me", stop_me)
    queue = Queue(QUEUE, connection=redis)
    queue.enqueue("stop-me")
    queue.enqueue("stop-me")

    NudgeWorker([QUEUE], connection=redis).work(burst=True, logging_level="WARNING")

    assert carried_out == ["to its end"]
    assert queue.count == 1


def test_a_worker_that_is_asked_to_stop_between_two_jobs_stops_at_once(redis, handlers):
    worker = NudgeWorker([QUEUE], connection=redis)
    worker.check_for_suspension = lambda burst: os.kill(os.getpid(), signal.SIGTERM)
    Queue(QUEUE, connection=redis).enqueue("jobs.entry.sweep")

    assert worker.work(logging_level="WARNING") is False
    assert Queue(QUEUE, connection=redis).count == 1
