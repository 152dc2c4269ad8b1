"""A PostgreSQL server for tests and benchmarks, from the system's own binaries, as an ordinary user."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def postgres_server(*, is_durable: bool = False) -> Iterator[str | None]:
    """Yield the URL of a server: the one in SLUICE_TEST_DATABASE_URL, or one started here; None without binaries.

    One started here outlives no power cut unless `is_durable`: tests need not wait for the disk, measurements must.
    """
    given = os.environ.get("SLUICE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[-2].split(".")[0]))
    if not binaries:
        yield None
        return
    # A server does not run as root, and its folder must be reachable for the user that it runs as.
    home = Path(tempfile.mkdtemp(prefix="sluice-pg-"))
    data = home / "data"
    as_user = _as_ordinary_user(home)
    run = lambda *args: subprocess.run([*as_user, *args], check=True, capture_output=True, cwd="/")  # noqa: E731
    try:
        run(f"{binaries[-1]}/initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c max_connections=200"
        if not is_durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        run(f"{binaries[-1]}/pg_ctl", "-D", str(data), "-l", str(home / "log"), "-w", "-o", options, "start")
        yield f"postgresql://postgres@/postgres?host={home}"
        run(f"{binaries[-1]}/pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str, mould: str = "template1") -> Iterator[str]:
    """Yield the URL of a database that is made like `mould`, by default empty, and dropped afterwards."""
    name = f"sluice_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {mould}")
    try:
        yield (
            server_url.replace("/postgres?", f"/{name}?") if "/postgres?" in server_url else _renamed(server_url, name)
        )
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _renamed(url: str, name: str) -> str:
    head, _, tail = url.rpartition("/")
    return f"{head}/{name}" + (f"?{tail.partition('?')[2]}" if "?" in tail else "")


def _as_ordinary_user(home: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, user.pw_uid, user.pw_gid)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    raise RuntimeError("neither postgres nor nobody exists to run a PostgreSQL server as")
