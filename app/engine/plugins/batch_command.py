"""batch_command: runs one command line; the exit codes that count as success are chosen."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping

from app.engine.core.schema import Field, as_number
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.script import run_script_on
from app.engine.plugins.script_work import Limits, Work
from app.sentences import say

_LONGEST_S = 7 * 86_400
_HERE = ("", "default")
"""The hosts that mean the worker's own machine."""

_USED_UP = (-signal.SIGXCPU, 128 + signal.SIGXCPU)
"""How a command ends that has used up its CPU time: by the signal itself, or as its shell tells it."""


class BatchCommand(Plugin):
    """Runs a command line on one host."""

    code = "batch_command"
    name = "Run a command"
    group = "Hosts"
    icon = "terminal-2"
    description = (
        "Runs a command line with a shell: in the worker's place, or by SSH on a host of the project's inventory. What it"
        " prints is the log."
    )
    inputs = (
        Field("command", "Command", widget="code"),
        Field("success_code", "Exit codes that mean success", default="0"),
        Field("host", "Host; empty or default: the worker's place"),
        Field("cores", "CPU cores at most; only in the worker's place", type="number", widget="number", minimum=0,
              maximum=1024),
        Field("cpu_s", "CPU seconds at most, of each process", type="number", widget="number", minimum=0,
              maximum=10**9),
        Field("memory_mb", "Memory at most, of each process (MB)", type="number", widget="number", minimum=0,
              maximum=10**7),
    )  # fmt: skip
    outputs = (
        Field("exit_code", "Exit code", type="integer"),
        Field("log", "Log"),
        Field("log_outputs", "Variables that the command set", type="object"),
    )
    blocking = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Run the command, and see whether its exit code is one of those that were asked for."""
        command = str(inputs.get("command") or "").replace("\r\n", "\n")
        if not command.strip():
            return Failed(say("the task has no command"))
        host = str(inputs.get("host") or "").strip()
        work = Work("shell", command, (), _LONGEST_S, _limits(inputs))
        reason, outputs = run_script_on("127.0.0.1" if host in _HERE else host, work, ctx)
        wanted = {int(number) for number in re.findall(r"\d+", str(inputs.get("success_code") or "0"))} or {0}
        exit_code = outputs.get("exit_code")
        if exit_code is None:
            return Failed(reason or say("the command did not end"), outputs)
        if exit_code in wanted:
            return Done(outputs)
        if exit_code in _USED_UP and work.limits.cpu_s:
            return Failed(say("the command used up its {seconds} s of CPU time", seconds=work.limits.cpu_s), outputs)
        right = " or ".join(map(str, sorted(wanted)))
        return Failed(
            say("exit code {code}, where {right} means success; see the log", code=exit_code, right=right), outputs
        )


def _limits(inputs: Mapping[str, Json]) -> Limits:
    cores, cpu_s, memory_mb = (as_number(inputs.get(key)) or 0 for key in ("cores", "cpu_s", "memory_mb"))
    return Limits(float(cores), int(cpu_s), int(memory_mb))
