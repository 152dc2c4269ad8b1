"""The ground that measurements stand on: a database of each kind, a queue, workers as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from app.engine.room import utc_now
from app.extensions import db
from app.factory import create_app, redis_of
from app.models.base import Base
from app.models.projects import Project
from app.models.tasks import Task
from app.services.access import SYSTEM
from app.services.tasks import Wish, create_task_of_tree, start_task
from app.settings import Settings
from jobs.valkey import server_binary, server_command
from tests.postgres import fresh_database, postgres_server

ROOT = Path(__file__).parent.parent


@dataclass(slots=True)
class Ground:
    """One database with two workers on it."""

    name: str
    app: Flask
    project: Project
    redis: Redis

    def order(self, tree: Mapping[str, Any]) -> int:
        """Make a task without starting it, so that making it is not measured."""
        return create_task_of_tree(SYSTEM, self.project, tree, Wish("bench")).task_id

    def start(self, task_id: int) -> None:
        """Start a task."""
        start_task(SYSTEM, self.project, task_id)

    def wait(self, task_ids: list[int], patience_s: float = 300) -> None:
        """Wait until tasks have finished."""
        end = time.monotonic() + patience_s
        counted = text("SELECT count(*) FROM task WHERE id >= :a AND id <= :b AND state = 'finished'")
        while time.monotonic() < end:
            found = db.session.scalar(counted, {"a": min(task_ids), "b": max(task_ids)})
            db.session.rollback()
            if found == len(task_ids):
                return
            time.sleep(0.004)
        raise RuntimeError(f"{self.name}: tasks {task_ids[:3]}… did not finish")

    def wait_for_person(self, task_id: int, patience_s: float = 10) -> None:
        """Wait until a node of a task waits for a person."""
        end = time.monotonic() + patience_s
        waiting = text(
            "SELECT count(*) FROM run_token t JOIN run r ON r.id = t.run_id WHERE r.task_id = :task AND t.wait = 'person'"
        )
        while time.monotonic() < end:
            found = db.session.scalar(waiting, {"task": task_id})
            db.session.rollback()
            if found:
                return
            time.sleep(0.004)
        raise RuntimeError(f"{self.name}: task {task_id} does not wait for a person")

    def finished_at(self, task_id: int) -> float:
        """When a task ended, by its own time, in seconds since 1970."""
        task = db.session.get(Task, task_id)
        assert task is not None
        assert task.finished_at is not None
        moment = task.finished_at.timestamp()
        db.session.rollback()
        return moment

    def seconds(self, task_id: int) -> float:
        """How long a task took, by its own times."""
        task = db.session.get(Task, task_id)
        assert task is not None
        assert task.started_at is not None
        assert task.finished_at is not None
        took = (task.finished_at - task.started_at).total_seconds()
        db.session.rollback()
        return took


@contextmanager
def grounds(workers: int = 2) -> Iterator[Iterator[Ground]]:
    """Yield the grounds one after another; a database kind that this machine lacks is left out, and said so."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-bench-")))
        server = stack.enter_context(postgres_server(is_durable=True))

        def each() -> Iterator[Ground]:
            with _ground("SQLite", f"sqlite:///{folder / 'bench.db'}", folder / "s", workers) as ground:
                yield ground
            if server is None:
                print("PostgreSQL is not installed; `apt-get install postgresql` brings its measurements")
                return
            with fresh_database(server) as url, _ground("PostgreSQL", url, folder / "p", workers) as ground:
                yield ground

        yield each()


@contextmanager
def _ground(name: str, url: str, folder: Path, workers: int) -> Iterator[Ground]:
    folder.mkdir()
    socket = folder / "q.sock"
    environ = {
        "SLUICE_DATA_DIR": str(folder), "SLUICE_DATABASE_URL": url, "SLUICE_REDIS_URL": f"unix://{socket}", "TZ": "UTC",
    }  # fmt: skip
    binary = server_binary()
    assert binary is not None, "Valkey is installed with the product"
    processes = [subprocess.Popen(server_command(binary, socket, folder / "queue"), stdout=subprocess.DEVNULL)]
    try:
        app = create_app(Settings.from_environ(environ))
        with app.app_context():
            redis = redis_of(app.config["SLUICE"])
            _wait_for(redis)
            Base.metadata.create_all(db.engine)
            project = Project(name="Bench", biz_id=1, time_zone="UTC", created_at=utc_now())
            db.session.add(project)
            db.session.commit()
            db.session.refresh(project)
            db.session.expunge(project)
            db.session.rollback()
            for _ in range(workers):
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "jobs.worker"], cwd=ROOT, env={**os.environ, **environ},
                        stderr=subprocess.DEVNULL,
                    )
                )  # fmt: skip
            ground = Ground(name, app, project, redis)
            _warm_up(ground, workers)
            yield ground
            db.session.remove()
            db.engine.dispose()
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(20)


def _wait_for(redis: Redis) -> None:
    for _ in range(100):
        try:
            redis.ping()
        except RedisError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the queue does not start")


def _warm_up(ground: Ground, workers: int) -> None:
    from rq import Worker  # noqa: PLC0415 - only the warm-up asks for it

    from tests.drawing import flow  # noqa: PLC0415

    for _ in range(200):
        if Worker.count(connection=ground.redis) >= workers:
            break
        time.sleep(0.1)
    for _ in range(4):
        task_id = ground.order(flow("start > a > b > end"))
        ground.start(task_id)
        ground.wait([task_id])
