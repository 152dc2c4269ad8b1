"""A Valkey or Redis server for one test, from the binary that the product itself would start."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from jobs.valkey import server_binary, server_command


@dataclass(frozen=True)
class Valkey:
    """A server that listens at `url`, its process, and a client of it."""

    url: str
    process: subprocess.Popen[bytes]
    client: Redis


@contextmanager
def valkey_server() -> Iterator[Valkey]:
    """Start an empty server, and end it; the test is skipped where no binary is installed."""
    binary = server_binary()
    if binary is None:
        pytest.skip("neither Valkey nor Redis is installed")
    # The path of a socket has at most about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="sluice-valkey-", dir="/tmp"))
    url = f"unix://{folder / 's'}"
    process = subprocess.Popen(server_command(binary, folder / "s", folder))
    client = Redis.from_url(url)
    try:
        _wait_for(client)
        yield Valkey(url, process, client)
    finally:
        client.close()
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _wait_for(client: Redis) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            client.ping()
        except RedisError:
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.05)
        else:
            return
