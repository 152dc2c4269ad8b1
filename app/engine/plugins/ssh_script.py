"""Runs a script on another host by SSH, whose key must be the one that the inventory knows."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Callable

import asyncssh

from app.engine.plugins.base import HostAccess
from app.engine.plugins.script_work import ScriptError, Work, limited
from app.sentences import say

_CONNECT_S = 15


def run_over_ssh(work: Work, access: HostAccess, tell: Callable[[str], None], is_cancelled: Callable[[], bool]) -> int:
    """Run a script and return its exit code; what it prints is told as it comes."""
    if not access.host_key:
        raise ScriptError(
            say("the inventory has no host key, so the host cannot be trusted; enter its public key first")
        )
    try:
        return asyncio.run(_run(work, access, tell, is_cancelled))
    except asyncssh.HostKeyNotVerifiable as error:
        raise ScriptError(
            say("the host's key is not the one in the inventory ({error}); nothing was sent", error=error)
        ) from error
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise ScriptError(say("SSH failed: {error}", error=error)) from error


async def _run(work: Work, access: HostAccess, tell: Callable[[str], None], is_cancelled: Callable[[], bool]) -> int:
    keys = [asyncssh.import_private_key(access.private_key)] if access.private_key else None
    connection = await asyncssh.connect(
        access.address, access.port, username=access.user or None, password=access.password or None, client_keys=keys,
        known_hosts=([asyncssh.import_public_key(access.host_key)], [], []), connect_timeout=_CONNECT_S, config=None,
        agent_path=None,
    )  # fmt: skip
    try:
        # The script comes by standard input, so it never stands in the host's list of processes.
        interpreter = ["sh", "-s", "--"] if work.language == "shell" else ["python3", "-"]
        command = shlex.join(limited([*interpreter, *work.arguments], work.limits))
        async with connection.create_process(command, stderr=asyncssh.STDOUT, errors="replace") as process:
            process.stdin.write(work.content)
            process.stdin.write_eof()
            await _follow(process, time.monotonic() + work.timeout_s, tell, is_cancelled)
            ended = await process.wait()
            return 128 if ended.exit_status is None else ended.exit_status
    finally:
        connection.close()


async def _follow(
    process: asyncssh.SSHClientProcess[str], end: float, tell: Callable[[str], None], is_cancelled: Callable[[], bool]
) -> None:
    while True:
        reading = asyncio.ensure_future(process.stdout.read(65_536))
        while not (await asyncio.wait([reading], timeout=0.2))[0]:
            reason = say("cancelled") if is_cancelled() else say("timed out") if time.monotonic() > end else ""
            if reason:
                reading.cancel()
                process.kill()
                raise ScriptError(reason)
        text = reading.result()
        if not text:
            return
        tell(text)
