"""What watching costs: twenty open run views of a run of 1,000 nodes, and how long after its commit the end is seen."""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.services import accounts
from benchmarks.ground import ROOT, Ground
from tests.drawing import flow

VIEWS, NODES = 20, 1_000
_AGENT = {"User-Agent": "bench"}


@dataclass(slots=True)
class View:
    """One open page: how much it was told, and when it saw the end."""

    events: int = 0
    received: int = 0
    over_at: float = 0.0
    ready: threading.Event = field(default_factory=threading.Event)


def measure_live(ground: Ground) -> None:
    """Run a task that twenty pages watch, and print what the web server spent on it."""
    tree = flow("start > " + " > ".join(f"a{i}" for i in range(NODES)) + " > end")
    accounts.create_user("watcher", "watching-the-bench", is_admin=True)
    port = _free_port()
    with _web(ground, port) as process:
        cookie = _log_in(port)
        task_id = ground.order(tree)
        views = [View() for _ in range(VIEWS)]
        path = f"/projects/{ground.project.id}/tasks/{task_id}/events"
        threads = [threading.Thread(target=_watch, args=(port, view, path, cookie), daemon=True) for view in views]
        for thread in threads:
            thread.start()
        for view in views:
            view.ready.wait(20)
        before, began = _cpu_seconds(process.pid), time.monotonic()
        ground.start(task_id)
        ground.wait([task_id])
        for thread in threads:
            thread.join(20)
        took, spent = time.monotonic() - began, _cpu_seconds(process.pid) - before
        finished = ground.finished_at(task_id)
    late = sorted(view.over_at - finished for view in views)
    print(
        f"  {VIEWS} run views of a run of {NODES:,} nodes ({took:.1f} s): the web server spent {spent:.2f} s of one core,"
    )
    print(
        f"  {spent / took:.2f} of it while they watched; {statistics.median(v.events for v in views):.0f} events and ",
        end="",
    )
    print(
        f"{statistics.median(v.received for v in views) / 1024:.0f} kB a page; the end seen {late[-1] * 1000:.0f} ms after its commit\n"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _web(ground: Ground, port: int) -> Iterator[subprocess.Popen[bytes]]:
    settings = ground.app.config["SLUICE"]
    environ = {
        **os.environ, "SLUICE_DATA_DIR": str(settings.data_dir), "SLUICE_DATABASE_URL": settings.database_url,
        "SLUICE_REDIS_URL": settings.redis_url, "SLUICE_PORT": str(port), "SLUICE_SECRET_KEY": settings.secret_key,
    }  # fmt: skip
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
        "--blocking-threads", "400", "--workers-kill-timeout", "3", "--no-ws", "--log-level", "error", "wsgi:app",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait_until_open(port)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_open(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server does not start")


def _log_in(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/login", headers=_AGENT)
    answer = connection.getresponse()
    cookie, page = _cookie(answer), answer.read().decode()
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None, "the login has a form"
    form = urllib.parse.urlencode({"csrf": token[1], "username": "watcher", "password": "watching-the-bench"})
    headers = {**_AGENT, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    answer = connection.getresponse()
    answer.read()
    return _cookie(answer)


def _cookie(answer: http.client.HTTPResponse) -> str:
    """Return all cookies that an answer sets, as a browser sends them back."""
    return "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or ())


def _watch(port: int, view: View, path: str, cookie: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={**_AGENT, "Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    for line in answer:
        view.received += len(line)
        if line.startswith(b"event:"):
            view.events += 1
            view.ready.set()
        if line.startswith(b"event: over"):
            view.over_at = time.time()
            return


def _cpu_seconds(pid: int) -> float:
    """The processor time of a process and of those it started, as Linux counts it."""
    return sum(_own_seconds(each) for each in (pid, *_children(pid)))


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _own_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
