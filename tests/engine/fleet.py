"""A real queue, and the product's own workers and scheduler as processes, for the tasks of a site."""

from __future__ import annotations

import logging
import os
import signal
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job

import jobs.scheduler
import jobs.worker
from app.engine import dispatch
from app.engine.dispatch import RqDispatcher
from app.engine.plugins import registry
from app.engine.plugins.base import Plugin
from app.engine.queues import QUEUE
from app.extensions import db
from app.factory import house_of
from app.services.reading import TaskStatus
from app.settings import Settings
from jobs.supervise import Child, Supervisor, _die_with
from jobs.valkey import server_binary, server_command
from tests.engine.flows import FLOWS
from tests.engine.processes import Person, Site, ended

TALLY = "tests:tampered-nudges"
"""The key under which queues count the nudges that they doubled or lost."""


UNREADABLE = ("garbage", "undated", "text", "foreign", "ghost", b"\xff\xfe")
"""The ids of jobs that nobody can read: the last two stand for nothing, and one of these is no text either."""


class DoublingQueue(Queue):
    """Enqueues every nudge twice, however many wait."""

    count = 0

    def enqueue_call(self, *args: Any, **options: Any) -> Any:
        """Enqueue twice."""
        self.connection.incr(TALLY)
        super().enqueue_call(*args, **options)
        return super().enqueue_call(*args, **options)


class LosingQueue(Queue):
    """Loses every nudge; the scheduler's periodic jobs do not come here."""

    count = 0

    def enqueue_call(self, *args: Any, **options: Any) -> Any:
        """Enqueue nothing."""
        self.connection.incr(TALLY)


class Fleet:
    """Use it as a context: inside there is a queue and a scheduler; workers are started when they are wanted.

    `socket` is where the queue listens; its path must be short. `lease_s` is the workers' lease, `queue` what nudges go
    through.
    """

    def __init__(
        self, site: Site, settings: Settings, socket: Path, *, lease_s: float = 15, queue: type[Queue] = Queue
    ) -> None:
        self.site, self._nudges = site, queue
        self.redis = Redis.from_url(f"unix://{socket}")
        self._environ = {
            "SLUICE_DATA_DIR": str(settings.data_dir), "SLUICE_DATABASE_URL": settings.database_url,
            "SLUICE_SECRET_KEY": settings.secret_key, "SLUICE_REDIS_URL": f"unix://{socket}",
            "SLUICE_LEASE_SECONDS": str(lease_s),
        }  # fmt: skip
        binary = server_binary()
        assert binary is not None, "these tests need a Valkey or Redis server"
        self._supervisor = Supervisor(os.environ)
        self._queue = Child("queue", server_command(binary, socket, settings.data_dir / "queue"), is_last=True)
        self._living: set[int] = set()

    def __enter__(self) -> Fleet:
        self._supervisor.add(self._queue)
        self._wait_for_queue()
        self._fork(lambda: self._be(jobs.scheduler.main))
        dispatcher = RqDispatcher(self.redis)
        dispatcher._open = lambda name: self._nudges(name, connection=self.redis)
        self.site.nudge_through(dispatcher)
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._living:
            os.kill(process, signal.SIGKILL)
        ended(list(self._living))
        self._supervisor.stop()
        self.redis.close()

    def add_worker(self, plugins: Sequence[Plugin], *, slice_s: float = 2.0) -> int:
        """Start a worker that knows `plugins`; returns the process's id.

        With a slice that is shorter than a node takes, it leaves a task after each node, so each step is nudged for.
        """
        return self._fork(lambda: self._work(plugins, slice_s))

    def dismiss(self, worker: int) -> None:
        """Ask a worker to stop, and wait until it has."""
        os.kill(worker, signal.SIGTERM)
        self._living.remove(worker)
        assert ended([worker]) == [0]

    def empty_queue(self) -> None:
        """Let the queue forget everything, again and again for a moment."""
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            self.redis.flushall()

    def restart_queue(self) -> None:
        """Kill the queue, and start it again after a while."""
        process = self._queue.process
        assert process is not None, "the queue was started"
        process.kill()
        process.wait()
        time.sleep(0.5)
        self._supervisor.start(self._queue)
        self._wait_for_queue()

    def spoil_queue(self) -> None:
        """Put jobs that nobody can read before and behind the nudges that wait."""
        garbage = {"data": b"\x80garbage", "origin": QUEUE, "status": "queued"}
        self.redis.hset(Job.key_for("garbage"), mapping={**garbage, "created_at": "2030-01-01T08:00:00.000000Z"})
        self.redis.hset(Job.key_for("undated"), mapping={**garbage, "created_at": "x"})
        self.redis.set(Job.key_for("text"), "no hash at all")
        Job.create("no.such.function", id="foreign", connection=self.redis, origin=QUEUE).save()
        for push in (self.redis.lpush, self.redis.rpush):
            push(Queue(QUEUE, connection=self.redis).key, *UNREADABLE)

    def tampered(self) -> int:
        """How many nudges were doubled or lost."""
        return int(self.redis.get(TALLY) or 0)

    def _wait_for_queue(self) -> None:
        for _ in range(100):
            try:
                self.redis.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the queue does not start")

    def _fork(self, work: Callable[[], None]) -> int:
        # A process that lives long must not be given a connection to SQLite: its locks would be this process's.
        db.session.remove()
        db.engine.dispose()
        process = self.site.fork(work)
        self._living.add(process)
        return process

    def _work(self, plugins: Sequence[Plugin], slice_s: float) -> None:
        """Be a worker."""
        registry._BY_KEY.update({(plugin.code, plugin.version): plugin for plugin in plugins})
        dispatch.Queue = self._nudges
        jobs.worker.house_of = lambda *given: replace(house_of(*given), slice_s=slice_s)
        self._be(jobs.worker.main)

    def _be(self, main: Callable[[], int]) -> None:
        """Be one of the product's processes, in a process that was forked from a test's."""
        _die_with(os.getppid(), signal.SIGKILL)()
        logging.getLogger().handlers.clear()
        warnings.resetwarnings()
        os.environ.update(self._environ)
        assert main() == 0


class Voyage:
    """All six flows under way at once, each with a person who attends to it."""

    def __init__(self, site: Site) -> None:
        self.people: dict[str, Person] = {}
        for name, tree in FLOWS.items():
            task_id, _, made = site.make(tree)
            self.people[name] = Person(site, task_id, made)

    def rounds(self, patience_s: float = 60) -> Iterator[set[str]]:
        """Attend to every flow again and again until all have finished; yields those that are in mid-run."""
        end, left = time.monotonic() + patience_s, set(FLOWS)
        while left and time.monotonic() < end:
            left = {name for name in left if self.people[name].attend().state != "finished"}
            yield {name for name in left if self.people[name].effects()}
            time.sleep(0.05)

    def see_to_end(self) -> None:
        """Attend to every flow until all have finished."""
        for _ in self.rounds():
            pass

    def statuses(self) -> Mapping[str, TaskStatus]:
        """The status of each flow."""
        return {name: person.attend() for name, person in self.people.items()}

    def skipped(self) -> set[str]:
        """The passes of nodes that were skipped, because their outcome was unknown."""
        return {name for person in self.people.values() for name in person.skipped}

    def wrongs(self, repeated: Collection[str] = ()) -> Mapping[str, list[str]]:
        """What is wrong with the flows' ends, by the flow's name; see `Person.wrongs`."""
        found = {name: person.wrongs(repeated) for name, person in self.people.items()}
        return {name: wrongs for name, wrongs in found.items() if wrongs}
