"""Starts everything and keeps it running: queue, database schema, web server, workers, scheduler.

`python -m jobs.supervise`, which `make up` calls. Each child that dies is started again; Ctrl-C or SIGTERM stops all
of them in order, consumers first, the queue last, within ten seconds; a second one at once. A child ends when this
process dies, however it dies.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.errors import InvalidInput, Unavailable
from app.factory import redis_of
from app.settings import Settings, unknown_variables
from jobs import web
from jobs.valkey import server_binary, server_command

log = logging.getLogger(__name__)

_CONSUMERS_S = 7.0
_QUEUE_S = 2.0
_STEADY_S = 10.0
_LONGEST_SOCKET = 100


@dataclass(slots=True)
class Child:
    """A process that is to run: its command, what the kernel sends it when we die, and how it fared."""

    name: str
    command: list[str]
    is_last: bool = False
    death_signal: int = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    starts_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps children running until it is asked to stop."""

    environ: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    asked: int = 0

    def start(self, child: Child) -> None:
        """Start a child: a process group of its own, so that a terminal's Ctrl-C reaches only this process."""
        child.process = subprocess.Popen(
            child.command,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_die_with(os.getpid(), child.death_signal),  # noqa: PLW1509 - this process has one thread
        )
        child.started_at = time.monotonic()

    def add(self, child: Child) -> None:
        """Start a child and keep it running."""
        self.children.append(child)
        self.start(child)

    def keep(self) -> None:
        """Start again whatever dies, until asked to stop; a child that dies at once is started ever more slowly."""
        while not self.asked:
            now = time.monotonic()
            for child in self.children:
                if child.process is not None and child.process.poll() is not None:
                    code, group = child.process.returncode, child.process.pid
                    child.failures = 0 if now - child.started_at > _STEADY_S else child.failures + 1
                    wait = 0.1 if child.failures < 2 else min(2.0**child.failures * 0.1, 10.0)
                    child.starts_at, child.process = now + wait, None
                    _say(f"{child.name} ended with code {code}; starting it again")
                    _kill_group(group)
                if child.process is None and now >= child.starts_at:
                    self.start(child)
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop consumers, then the queue; kill what does not stop in time."""
        for is_last, patience in ((False, _CONSUMERS_S), (True, _QUEUE_S)):
            group = [c for c in self.children if c.is_last is is_last and c.process is not None]
            self._signal(group, signal.SIGTERM)
            end = time.monotonic() + patience
            while any(_lives(c) for c in group) and time.monotonic() < end and self.asked < 2:
                time.sleep(0.05)
            self._signal(group, signal.SIGKILL)
            for child in group:
                if child.process is not None:
                    child.process.wait()

    def _signal(self, children: list[Child], number: int) -> None:
        for child in children:
            if child.process is None:
                continue
            if number == signal.SIGKILL:
                _kill_group(child.process.pid)
            elif child.process.poll() is None:
                child.process.send_signal(number)


def main() -> int:
    """Start everything, keep it running, stop it in order."""
    try:
        settings = Settings.from_environ(os.environ)
    except InvalidInput as error:
        for problem in error.problems:
            _say(problem.message)
        return 2
    except OSError as error:
        _say(f"the folder at SLUICE_DATA_DIR cannot be reached: {error}")
        return 1
    logs.set_up(settings.log_format, settings.log_level)
    for name in unknown_variables(os.environ):
        _say(f"warning: {name} is not a setting; see docs/settings.md")
    supervisor = Supervisor(_environ(settings))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _asking(supervisor))
    try:
        with _only_one(settings.data_dir / "lock"):
            _require_port(settings)
            _empty_folder(settings.data_dir / "metrics")
            _open_queue(settings, supervisor)
            _open_database(settings)
            _tell_first_start(settings, supervisor)
            _open_doors(settings, supervisor)
            supervisor.keep()
    except Unavailable as error:
        _say(str(error))
        return 1
    finally:
        supervisor.stop()
    return 0


def _environ(settings: Settings) -> dict[str, str]:
    """What children get: the settings as they were completed, so that all agree, and a clock in UTC."""
    return {
        **os.environ,
        "SLUICE_DATA_DIR": str(settings.data_dir),
        "SLUICE_REDIS_URL": settings.redis_url,
        "PROMETHEUS_MULTIPROC_DIR": str(settings.data_dir / "metrics"),
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
    }


def _empty_folder(path: Path) -> None:
    """Make a folder empty: what processes of an earlier start have measured is not what is measured now."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, mode=0o700)


def _open_queue(settings: Settings, supervisor: Supervisor) -> None:
    if settings.embeds_redis:
        binary, path = server_binary(), Path(settings.redis_url.removeprefix("unix://"))
        if binary is None:
            raise Unavailable("no Valkey or Redis server is installed; install one, or set SLUICE_REDIS_URL")
        if len(str(path)) > _LONGEST_SOCKET:
            raise Unavailable(
                f"the path of the data folder is too long for a socket; set a shorter SLUICE_DATA_DIR than {settings.data_dir}"
            )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        supervisor.add(Child("queue", server_command(binary, path, settings.data_dir / "queue"), is_last=True))
    last: Exception | None = None
    for _ in range(50 if settings.embeds_redis else 1):
        try:
            redis_of(settings).ping()
        except (RedisError, ValueError) as error:
            last = error
            time.sleep(0.1)
        else:
            return
    raise Unavailable(f"the queue at SLUICE_REDIS_URL ({_shown(settings.redis_url)}) cannot be reached: {last}")


def _open_database(settings: Settings) -> None:
    """Reach the database and bring its schema up to date."""
    options = {"connect_args": {"connect_timeout": 5}} if settings.database_url.startswith("postgresql") else {}
    try:
        engine = create_engine(settings.database_url, **options)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
    except (SQLAlchemyError, ImportError, ValueError) as error:
        reason = str(error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else error)
        line = " ".join(reason.split())
        raise Unavailable(
            f"the database at SLUICE_DATABASE_URL ({_shown(settings.database_url)}) cannot be reached: {line}"
        ) from error


def _tell_first_start(settings: Settings, supervisor: Supervisor) -> None:
    """Migrate, and make the first user and the demo project, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "jobs.prepare"],
        env=dict(supervisor.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"the database could not be prepared: {(done.stderr or done.stdout).strip()}")
    if done.stdout.strip():
        _say(done.stdout.strip())


def _open_doors(settings: Settings, supervisor: Supervisor) -> None:
    # The web server ends its own children when it is asked to, not when it is killed.
    supervisor.add(Child("web", web.command(settings), death_signal=signal.SIGTERM))
    for number in range(1, settings.workers + 1):
        supervisor.add(Child(f"worker {number}", [sys.executable, "-m", "jobs.worker"]))
    supervisor.add(Child("scheduler", [sys.executable, "-m", "jobs.scheduler"]))
    _say(f"Sluice is at {settings.base_url} (Ctrl-C stops it)")


def _require_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Unavailable(
                f"port {settings.port} of {settings.host} cannot be used ({error.strerror}); stop what uses it, or set SLUICE_PORT"
            ) from error


class _only_one:
    """Holds the data folder's lock, so that two supervisors never share one folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unavailable(f"Sluice runs already on {self._path.parent}") from error

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()


def _asking(supervisor: Supervisor) -> Callable[[int, Any], None]:
    def ask(number: int, frame: Any) -> None:
        supervisor.asked += 1

    return ask


def _die_with(parent: int, number: int) -> Callable[[], None]:
    """Return what a child does before it begins: ask the kernel to end it when its parent is gone."""

    def prepare() -> None:
        if sys.platform == "linux":
            set_death_signal = 1
            ctypes.CDLL(None).prctl(set_death_signal, number)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _kill_group(group: int) -> None:
    """Kill what is left of a child's process group: nobody else would end a web server's own children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _lives(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _shown(url: str) -> str:
    """Return a URL without its password."""
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, user = head.partition("://")
    return f"{scheme}://{user.partition(':')[0]}@{tail}"


def _say(line: str) -> None:
    """Tell the person at the terminal, or whatever reads the log."""
    if logs.is_for_people():
        print(line, flush=True)
    else:
        log.info("supervisor says=%s", line)


if __name__ == "__main__":
    sys.exit(main())
