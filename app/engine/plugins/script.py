"""job_fast_execute_script: runs a shell or Python script on hosts of the project's inventory."""

from __future__ import annotations

import re
import shlex
import zlib
from collections.abc import Callable, Mapping

from app.engine.core.schema import Choice, Field, as_number
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.local_script import run_locally
from app.engine.plugins.script_work import ScriptError, Work
from app.engine.plugins.ssh_script import run_over_ssh
from app.errors import NotFound
from app.sentences import Label, say

_TYPES = {"1": "shell", "4": "python"}
_LONGEST_S = 86_400
_VARIABLE = re.compile(r"<SOPS_VAR>([^:<>]{1,128}):(.*?)</SOPS_VAR>", re.DOTALL)
_KEPT_LOG = 65_536


class Script(Plugin):
    """Runs a script on each host in turn; all must end with exit code 0."""

    code = "job_fast_execute_script"
    name = "Run a script"
    group = "Hosts"
    icon = "terminal-2"
    description = (
        "Runs a shell or Python script: on 127.0.0.1 in the worker's place, on other hosts by SSH. What it prints is the"
        " log; <SOPS_VAR>name:value</SOPS_VAR> in it sets log_outputs[name]."
    )
    inputs = (
        Field("job_script_source", "Source", widget="choice", default="manual", choices=[Choice("manual", "Typed in")]),
        Field("job_script_type", "Language", widget="choice", default="1",
              choices=[Choice("1", "Shell"), Choice("4", "Python")]),
        Field("job_content", "Script", widget="code", required=True, was="content"),
        Field("job_script_param", "Arguments"),
        Field("job_script_timeout", "Time-out in seconds", type="number", widget="number", minimum=0, maximum=_LONGEST_S),
        Field("job_account", "Account"),
        Field("job_ip_list", "Hosts", type="any", widget="hosts", required=True, was="ip_list"),
    )  # fmt: skip
    outputs = (
        Field("job_inst_id", "Number of the run", type="integer"),
        Field("job_inst_name", "Name of the run"),
        Field("job_inst_url", "Link"),
        Field("exit_code", "Exit code", type="integer"),
        Field("log", "Log"),
        Field("log_outputs", "Variables that the script set", type="object"),
    )
    blocking = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Run the script and read what it set."""
        # Flows of the documents' first generation name their inputs without the prefix `job_`.
        given = {k: v for k, v in inputs.items() if v not in (None, "")}
        given |= {f"job_{k}": v for k, v in given.items() if not k.startswith("job_")}
        language = _TYPES.get(str(given.get("job_script_type", "1")))
        content = str(given.get("job_content", ""))
        hosts = [h for h in re.split(r"[\s,;]+", str(given.get("job_ip_list", ""))) if h]
        wrong = _problems(language, content, hosts)
        if wrong:
            return Failed("; ".join(wrong))
        try:
            arguments = tuple(shlex.split(str(given.get("job_script_param", ""))))
        except ValueError as error:
            return Failed(say("the arguments cannot be split: {error}", error=error))
        timeout = as_number(given.get("job_script_timeout")) or _LONGEST_S
        work = Work(str(language), content.replace("\r\n", "\n"), arguments, min(timeout, _LONGEST_S))
        return _run_on(hosts, work, ctx)


def _problems(language: str | None, content: str, hosts: list[str]) -> list[str]:
    wrong = list[str]()
    if language is None:
        wrong.append(
            say(
                "{field} ({key}) must be 1 (shell) or 4 (Python); other languages do not run here",
                field=Label("Language"),
                key="job_script_type",
            )
        )
    if not content.strip():
        wrong.append(say("{field} ({key}) is required", field=Label("Script"), key="job_content"))
    if not hosts:
        wrong.append(say("{field} ({key}) names no host", field=Label("Hosts"), key="job_ip_list"))
    return wrong


def run_script_on(host: str, work: Work, ctx: Context) -> tuple[str, dict[str, Json]]:
    """Run a script on one host; returns why it failed ("" when its exit code is 0), and what it gave."""
    kept: list[str] = []

    def tell(text: str) -> None:
        kept.append(text)
        ctx.log(text)

    reason, exit_code = _run_one(host, work, tell, ctx)
    return reason, _outputs(kept, exit_code)


def _run_on(hosts: list[str], work: Work, ctx: Context) -> Outcome:
    """Run on each host in turn, and stop at the first that fails."""
    number = zlib.crc32(ctx.idempotency_key.encode())
    outputs: dict[str, Json] = {"job_inst_id": number, "job_inst_name": f"script {number}", "job_inst_url": ""}
    kept: list[str] = []
    for host in hosts:

        def tell(text: str, host: str = host) -> None:
            line = f"[{host}] {text}" if len(hosts) > 1 else text
            kept.append(line)
            ctx.log(line)

        reason, exit_code = _run_one(host, work, tell, ctx)
        outputs |= _outputs(kept, exit_code)
        if reason:
            return Failed(reason, outputs)
    return Done(outputs)


def _outputs(kept: list[str], exit_code: int | None) -> dict[str, Json]:
    log = "".join(kept)[-_KEPT_LOG:]
    return {"exit_code": exit_code, "log": log, "log_outputs": dict(_VARIABLE.findall(log))}


def _run_one(host: str, work: Work, tell: Callable[[str], None], ctx: Context) -> tuple[str, int | None]:
    """Return why a host failed ("" when it did not), and the exit code."""
    try:
        access = ctx.host(host)
    except NotFound:
        return say("host {host} is not in the project's inventory", host=host), None
    if access.is_local and not ctx.settings.local_execution:
        return say("scripts do not run on the worker's own machine here: SLUICE_LOCAL_EXECUTION is off"), None
    runner = run_locally if access.is_local else run_over_ssh
    try:
        exit_code = runner(work, access, tell, ctx.is_cancelled)
    except ScriptError as error:
        return say("{error} on {host}", error=error, host=host), None
    return (say("exit code {code} on {host}; see the log", code=exit_code, host=host) if exit_code else ""), exit_code
