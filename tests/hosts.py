"""Several hosts on one machine: each is a network namespace with an address that only the others know.

Hosts share the file system, and so do the tests, which reach the database and the queue by sockets in it. A cable can be
pulled: then nothing that a host sends arrives, and nobody is told.
"""

from __future__ import annotations

import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from jobs.valkey import server_binary, server_command
from tests.postgres import _as_ordinary_user

ROOT = Path(__file__).parent.parent
STORE = "store"
"""The host of the database and the queue."""

_ADDRESS = "10.77.0."


class Hosts:
    """The hosts of one test, a database and a queue on the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._names, self._lan = folder, [STORE], f"sluice-{os.getpid()}"
        self.processes: dict[str, list[subprocess.Popen[bytes]]] = {}
        self._queue: subprocess.Popen[bytes] | None = None
        self._binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self._as_user = _as_ordinary_user(folder)

    @property
    def database_url(self) -> str:
        """The database, for the test itself."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    @property
    def queue_url(self) -> str:
        """The queue, for the test itself."""
        return f"unix://{self.folder / 'queue.sock'}"

    def open(self) -> None:
        """Make the network, and start the database and the queue."""
        _ip("netns", "add", self._lan)
        _ip("-n", self._lan, "link", "add", "bridge", "type", "bridge")
        _ip("-n", self._lan, "link", "set", "bridge", "up")
        self._connect(STORE, 1)
        self._postgres("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {_ADDRESS}0/24 trust\n")
        self.start_database()
        self.start_queue()

    def close(self) -> None:
        """End everything."""
        for name in list(self.processes):
            self.kill(name)
        self.stop_queue()
        with suppress(subprocess.CalledProcessError):
            self.stop_database()
        for name in [*map(self._space, self._names), self._lan]:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def add(self, name: str, *modules: str, **settings: str) -> None:
        """Add a host that runs some of the product's processes."""
        self._names.append(name)
        self._connect(name, len(self._names))
        self.boot(name, *modules, **settings)

    def boot(self, name: str, *modules: str, **settings: str) -> None:
        """Start processes on a host."""
        environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")},
            "SLUICE_DATA_DIR": str(self.folder / name), "SLUICE_SECRET_KEY": "test" * 8, "SLUICE_LEASE_SECONDS": "3",
            "SLUICE_DATABASE_URL": f"postgresql://postgres@{_ADDRESS}1/postgres", "SLUICE_LOCAL_EXECUTION": "on",
            "SLUICE_REDIS_URL": f"redis://{_ADDRESS}1:6379", **settings,
        }  # fmt: skip
        for module in modules:
            log = (self.folder / f"{name}.log").open("ab")
            command = ["ip", "netns", "exec", self._space(name), sys.executable, "-m", f"jobs.{module}"]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True)
            log.close()
            self.processes.setdefault(name, []).append(process)

    def kill(self, name: str) -> None:
        """Let a host lose its power: no process of it does anything any more."""
        for process in self.processes.pop(name, []):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def pull_cable(self, name: str) -> None:
        """Cut a host off."""
        _ip("-n", self._lan, "link", "set", f"to-{name}", "down")

    def plug_cable(self, name: str) -> None:
        """Bring a host back."""
        _ip("-n", self._lan, "link", "set", f"to-{name}", "up")

    def start_database(self) -> None:
        """Start PostgreSQL."""
        options = f"-c listen_addresses={_ADDRESS}1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._postgres("pg_ctl", "-l", str(self.folder / "pg.log"), "-w", "-o", options, "start")

    def stop_database(self) -> None:
        """Stop PostgreSQL, with everything that is under way in it."""
        self._postgres("pg_ctl", "-m", "immediate", "stop")

    def start_queue(self) -> None:
        """Start Valkey."""
        binary = server_binary()
        assert binary is not None, "these tests need a Valkey or Redis server"
        command = server_command(binary, self.folder / "queue.sock", self.folder / "queue")
        command[command.index("--port") + 1] = "6379"
        command += ["--bind", f"{_ADDRESS}1", "--protected-mode", "no"]
        self._queue = subprocess.Popen(["ip", "netns", "exec", self._space(STORE), *command])

    def stop_queue(self) -> None:
        """Kill Valkey."""
        if self._queue is not None:
            self._queue.kill()
            self._queue.wait()

    def _connect(self, name: str, number: int) -> None:
        space = self._space(name)
        _ip("netns", "add", space)
        _ip("-n", space, "link", "add", "lan", "type", "veth", "peer", "name", f"to-{name}", "netns", self._lan)
        _ip("-n", space, "addr", "add", f"{_ADDRESS}{number}/24", "dev", "lan")
        _ip("-n", self._lan, "link", "set", f"to-{name}", "master", "bridge", "up")
        for link in ("lan", "lo"):
            _ip("-n", space, "link", "set", link, "up")

    def _space(self, name: str) -> str:
        return f"{self._lan}-{name}"

    def _postgres(self, program: str, *words: str) -> None:
        command = [f"{self._binaries}/{program}", "-D", str(self.folder / "data"), *words]
        subprocess.run(
            ["ip", "netns", "exec", self._space(STORE), *self._as_user, *command],
            check=True,
            capture_output=True,
            cwd="/",
        )


@contextmanager
def hosts() -> Iterator[Hosts]:
    """Make hosts; the test is skipped where that cannot be."""
    wrong = why_not()
    if wrong:
        pytest.skip(wrong)
    # The path of a socket has at most about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="sluice-hosts-", dir="/tmp"))
    folder.chmod(0o755)
    made = Hosts(folder)
    try:
        made.open()
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def why_not() -> str:
    """Say what is missing for hosts to be made, with the command that brings it; nothing where nothing is."""
    if os.geteuid() != 0:
        return "network namespaces are made by root only: sudo -E make test"
    if shutil.which("ip") is None:
        return "the command ip is missing: apt-get install iproute2"
    if not glob.glob("/usr/lib/postgresql/*/bin"):
        return "PostgreSQL is not installed: apt-get install postgresql"
    probe = f"sluice-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], check=False, capture_output=True, text=True)
    subprocess.run(["ip", "netns", "del", probe], check=False, capture_output=True)
    return f"network namespaces cannot be made here: {made.stderr.strip()}" if made.returncode else ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
