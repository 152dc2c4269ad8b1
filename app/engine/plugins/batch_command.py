"""batch_command: runs one command line; the exit codes that count as success are chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.script import run_script_on
from app.engine.plugins.script_work import Work

_LONGEST_S = 7 * 86_400
_HERE = ("", "default")
"""The hosts that mean the worker's own machine."""


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
    )
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
            return Failed("the task has no command")
        host = str(inputs.get("host") or "").strip()
        work = Work("shell", command, (), _LONGEST_S)
        reason, outputs = run_script_on("127.0.0.1" if host in _HERE else host, work, ctx)
        wanted = {int(number) for number in re.findall(r"\d+", str(inputs.get("success_code") or "0"))} or {0}
        exit_code = outputs.get("exit_code")
        if exit_code is None:
            return Failed(reason or "the command did not end", outputs)
        if exit_code in wanted:
            return Done(outputs)
        right = " or ".join(map(str, sorted(wanted)))
        return Failed(f"exit code {exit_code}, where {right} means success; see the log", outputs)
