"""Runs a script on the worker's own machine, in a session of its own that can be ended as a whole."""

from __future__ import annotations

import contextlib
import math
import os
import random
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from app.engine.plugins.base import HostAccess
from app.engine.plugins.script_work import ScriptError, Work, limited
from app.sentences import say

_LOOK_EVERY_S = 0.2
_GRACE_S = 2.0


def run_locally(work: Work, access: HostAccess, tell: Callable[[str], None], is_cancelled: Callable[[], bool]) -> int:
    """Run a script and return its exit code; what it prints is told as it comes."""
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        path = Path(folder) / "script"
        path.write_text(work.content, encoding="utf-8")
        command = ["/bin/sh", str(path)] if work.language == "shell" else [sys.executable, str(path)]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")}
        with _on_cores(work.limits.cores):
            process = subprocess.Popen(
                limited([*command, *work.arguments], work.limits), cwd=folder, env=kept, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            assert process.stdout is not None, "the output is piped"
            return _follow(process, process.stdout, time.monotonic() + work.timeout_s, tell, is_cancelled)
        finally:
            _end(process)


@contextlib.contextmanager
def _on_cores(cores: float) -> Iterator[None]:
    """Let what is started meanwhile be on some of the cores only: a process inherits where its starter's thread may be."""
    if not cores or not hasattr(os, "sched_setaffinity"):
        yield
        return
    usual = os.sched_getaffinity(0)
    # Not the first ones always, or every script would share them.
    os.sched_setaffinity(0, random.sample(sorted(usual), min(len(usual), math.ceil(cores))))
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


def _follow(
    process: subprocess.Popen[bytes], output: IO[bytes], end: float, tell: Callable[[str], None],
    is_cancelled: Callable[[], bool],
) -> int:  # fmt: skip
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        is_open = True
        while is_open or process.poll() is None:
            if is_cancelled():
                raise ScriptError(say("cancelled"))
            if time.monotonic() > end:
                raise ScriptError(say("timed out"))
            if is_open and selector.select(_LOOK_EVERY_S):
                chunk = os.read(output.fileno(), 65_536)
                is_open = bool(chunk)
                if chunk:
                    tell(chunk.decode("utf-8", errors="replace"))
            elif process.poll() is not None:
                # A child that it left behind may keep the pipe open; the script itself is done.
                break
    return process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the script's session."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            continue
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
