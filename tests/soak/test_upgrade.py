"""An upgrade while everything runs, in the order of docs/deploy.md: processes of two releases work side by side on one database.

The newer release is a copy of the code with a migration that the older one does not know, and with code that writes what is new
in it. Each node leaves a mark that says which task it was, and which release of the worker carried it out.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.services.access import SYSTEM, find_project
from app.services.schedules import Plan, create_schedule
from app.services.templates import create_template
from tests.drawing import flow
from tests.postgres import fresh_database
from tests.startup.test_supervise import ROOT, eventually, free_port
from tests.valkey import valkey_server

pytestmark = [pytest.mark.soak, pytest.mark.postgres, pytest.mark.timeout(300)]

NAMES = "abcde"
SHAPE = "start > par ; par > a > b > join ; par > c > d > join ; join > e > end"
EVERY_SECOND = "* * * * * ? *"

MIGRATION = '''
"""what only the newer release knows"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "newer", "{head}", None, None


def upgrade() -> None:
    op.add_column("task", sa.Column("colour", sa.String(16), nullable=True))
    op.create_table("drive_note", sa.Column("id", sa.Integer, primary_key=True), sa.Column("run_id", sa.BigInteger))


def downgrade() -> None:
    op.drop_table("drive_note")
    op.drop_column("task", "colour")
'''

CHANGES = {
    "app/models/tasks.py": (
        "    waits_for_room: Mapped[bool]",
        '    colour: Mapped[str | None] = mapped_column(String(16), default="new")\n    waits_for_room: Mapped[bool]',
    ),
    "jobs/entry.py": (
        "    _room().driver.drive(root_id)\n",
        "    _room().driver.drive(root_id)\n    from sqlalchemy import text\n    from app.services.engine import writing\n"
        "    with writing() as session:\n"
        '        session.execute(text("INSERT INTO drive_note (run_id) VALUES (:id)"), {"id": root_id})\n',
    ),
}
"""What the newer release does besides: each task that its web server makes has a colour, its workers note what they drive."""


def newer_release(folder: Path) -> Path:
    """Make the newer release's code, in a folder of its own."""
    for name in ("app", "jobs", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "wsgi.py", folder)
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    (folder / "migrations" / "versions" / "newer.py").write_text(MIGRATION.format(head=head))
    for file, (before, after) in CHANGES.items():
        code = (folder / file).read_text()
        assert code.count(before) == 1, f"{file} has changed"
        (folder / file).write_text(code.replace(before, after))
    return folder


class Machines:
    """Processes of both releases, and whoever starts tasks through the web servers that the load balancer knows."""

    def __init__(self, folder: Path, database: str, queue: str) -> None:
        self.marks, self.releases = folder / "marks", {"old": ROOT, "new": newer_release(folder / "new")}
        self.marks.touch()
        self._folder, self._running = folder, []
        self._shared = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")},
            "SLUICE_SECRET_KEY": "test" * 8, "SLUICE_DATABASE_URL": database, "SLUICE_REDIS_URL": queue,
            "SLUICE_LOCAL_EXECUTION": "on", "SLUICE_LEASE_SECONDS": "5",
        }  # fmt: skip
        self.ports: list[int] = []
        self.started: list[int] = []
        self._who: dict[str, str] = {}
        self._template = 0

    def once(self, release: str, *words: str) -> str:
        """Run a command to its end; returns what it said."""
        done = subprocess.run(
            [sys.executable, *words], cwd=self.releases[release], env=self._environ(release), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, release: str, module: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start a process."""
        with (self._folder / f"{release}-{module}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"jobs.{module}"], cwd=self.releases[release],
                env={**self._environ(release), **settings}, stdout=log, stderr=log,
            )  # fmt: skip
        self._running.append(process)
        return process

    def start_web(self, release: str) -> tuple[subprocess.Popen[bytes], int]:
        """Start a web server, and wait until it is one that the load balancer would take."""
        port = free_port()
        process = self.start(release, "web", SLUICE_PORT=str(port))
        eventually(lambda: self._is_ready(port), 60)
        return process, port

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """Ask a process to stop, as systemd and Docker do; returns how it ended."""
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=15)

    def close(self) -> None:
        """End whatever still runs; a web server that is killed may leave its child behind."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def know(self) -> None:
        """Make an app and the flow that tasks are made of."""
        made = self.once("old", "-m", "flask", "--app", "wsgi", "apps", "create", "t", "--trusted")
        secret = json.loads(made.splitlines()[-1])["secret"]
        self._who = {"bk_app_code": "t", "bk_app_secret": secret, "bk_username": "admin"}
        line = "sleep 0.5; echo ${_system.task_id} %s $RELEASE >> " + str(self.marks)
        inputs = {name: {"job_content": line % name, "job_ip_list": "127.0.0.1"} for name in NAMES}
        tree = flow(SHAPE, plugin="job_fast_execute_script", inputs=inputs)
        self._template = self._call("create_template/2/", name="f", pipeline_tree=tree)["template_id"]

    def start_task(self) -> int:
        """Start a task; whatever is not acknowledged fails the test, since some web server is always there."""
        task: int = self._call(f"create_task/{self._template}/2/", name="t")["task_id"]
        self._call(f"start_task/{task}/2/")
        self.started.append(task)
        return task

    def made_by(self, release: str) -> int:
        """How many marks workers of a release have left."""
        return sum(line.endswith(f" {release}") for line in self.marks.read_text().splitlines())

    def goes_on(self, *releases: str, marks: int = 3) -> None:
        """Wait until workers of each of these releases have carried out some more nodes."""
        before = {release: self.made_by(release) for release in releases}
        eventually(lambda: all(self.made_by(r) >= count + marks for r, count in before.items()), 60)

    def make_busy(self, release: str) -> None:
        """Start several tasks at once, and wait until workers of a release are in the middle of them."""
        for _ in range(6):
            self.start_task()
        self.goes_on(release, marks=4)

    def _call(self, path: str, **body: Any) -> Any:
        address = f"http://127.0.0.1:{self.ports[-1]}/apigw/{path}"
        sent = urllib.request.Request(address, data=json.dumps({**self._who, **body}).encode())
        with urllib.request.urlopen(sent, timeout=20) as answer:
            told = json.load(answer)
        assert told["result"], told
        return told["data"]

    def _is_ready(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _environ(self, release: str) -> dict[str, str]:
        return {**self._shared, "RELEASE": release, "SLUICE_DATA_DIR": str(self._folder / f"{release}-data")}


class Load(threading.Thread):
    """Starts a task again and again, until it is told to stop; `fault` is what went wrong, if anything did."""

    def __init__(self, start: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self._start_task, self._is_over = start, threading.Event()
        self.fault: BaseException | None = None

    def run(self) -> None:
        """Start tasks."""
        try:
            while not self._is_over.wait(0.4):
                self._start_task()
        except BaseException as error:
            self.fault = error

    def end(self) -> None:
        """Stop, and fail if a call has failed."""
        self._is_over.set()
        self.join()
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def database(postgres_url) -> Iterator[str]:
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
def machines(tmp_path, database) -> Iterator[Machines]:
    with valkey_server() as queue:
        made = Machines(tmp_path, database, queue.url)
        yield made
        made.close()


def schedule_every_second(make_app, database: str) -> None:
    """Have a flow started each second, from now on."""
    with make_app(database).app_context():
        project = find_project(SYSTEM, 2)
        template = create_template(SYSTEM, project, "ticks", flow("start > a > end"))
        plan = Plan("quartz", EVERY_SECOND, misfire="all", misfire_limit=100)
        create_schedule(SYSTEM, project, template.id, "every second", plan, is_enabled=True)


def test_a_rolling_upgrade_under_load_loses_and_doubles_nothing(machines, database, make_app, tmp_path):
    machines.once("old", "-m", "jobs.prepare")
    old_web, port = machines.start_web("old")
    machines.ports.append(port)
    old_workers = [machines.start("old", "worker") for _ in range(2)]
    old_scheduler = machines.start("old", "scheduler")
    machines.know()
    schedule_every_second(make_app, database)
    load = Load(machines.start_task)
    load.start()
    machines.goes_on("old")

    # 1, 2. A backup, and the newer release's tables; the older one goes on with them, with old tasks and new ones.
    machines.once("old", "-m", "flask", "--app", "wsgi", "database", "backup", str(tmp_path / "before.gz"))
    machines.once("new", "-m", "jobs.prepare")
    machines.goes_on("old", marks=10)

    # 3. Workers first: each ends the node it is at; for a while both releases work on the same tasks.
    for number, worker in enumerate(old_workers):
        machines.make_busy("old")
        assert machines.stop(worker) == 0
        machines.start("new", "worker")
        machines.goes_on(*(["old", "new"] if number == 0 else ["new"]), marks=6)
    # Then the scheduler, then web servers: the load balancer takes the new one before the old one goes.
    assert machines.stop(old_scheduler) == 0
    machines.start("new", "scheduler")
    new_web, port = machines.start_web("new")
    machines.ports.append(port)
    time.sleep(1)
    machines.stop(old_web)
    machines.goes_on("new", marks=10)
    load.end()

    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))

    def rows(sql: str) -> list[tuple[Any, ...]]:
        with engine.begin() as connection:
            result = connection.execute(text(sql))
            return [tuple(row) for row in result] if result.returns_rows else []

    rows("UPDATE schedule SET is_enabled = false, next_at = NULL")
    eventually(lambda: rows("SELECT count(*) FROM task WHERE state <> 'finished'") == [(0,)], 60)
    marks = [line.split() for line in machines.marks.read_text().splitlines()]
    assert Counter((int(task), name) for task, name, _ in marks) == Counter(
        (task, name) for task in machines.started for name in NAMES
    )
    assert rows("SELECT count(*) FROM run_token") == [(0,)]
    by_release = {release: {task for task, _, of in marks if of == release} for release in ("old", "new")}
    assert by_release["old"] & by_release["new"], "no task was worked on by both releases"
    assert {colour for (colour,) in rows("SELECT DISTINCT colour FROM task")} == {None, "new"}
    assert rows("SELECT count(*) > 0 FROM drive_note") == [(True,)]
    fires = [at for (at,) in rows("SELECT fire_at FROM fire ORDER BY fire_at")]
    assert {later - earlier for earlier, later in pairwise(fires)} == {1_000_000}
    assert rows("SELECT count(DISTINCT task_id) = count(*) FROM fire WHERE state = 'started'") == [(True,)]

    # And back: the older release starts on the newer one's tables, and leaves them as they are.
    machines.once("old", "-m", "jobs.prepare")
    _, port = machines.start_web("old")
    machines.ports.append(port)
    machines.start("old", "worker")
    machines.stop(new_web)
    machines.start_task()
    eventually(lambda: rows("SELECT count(*) FROM task WHERE state <> 'finished'") == [(0,)], 60)
    assert rows("SELECT count(*) > 0 FROM drive_note") == [(True,)]
    engine.dispose()
