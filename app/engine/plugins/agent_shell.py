"""BCE::Agent::ExecuteShell: OOS's shell script, run on hosts of the project's inventory as `script` runs them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Failed, Outcome, Plugin
from app.engine.plugins.script import Script
from app.sentences import Label, say


class AgentShell(Plugin):
    """Runs a shell script on each worker in turn; all must end with exit code 0."""

    code = "BCE::Agent::ExecuteShell"
    name = "Run a shell script (OOS)"
    group = "Hosts"
    icon = "terminal-2"
    description = (
        "Runs a shell script on hosts of the inventory, each named by its address as instanceId; 127.0.0.1 is the worker's"
        " own machine. What it prints is the log; <SOPS_VAR>name:value</SOPS_VAR> in it sets log_outputs[name]."
    )
    inputs = (
        Field("content", "Script", widget="code", required=True),
        Field("user", "User", help="the script refuses to run as another; hosts are entered as the inventory says"),
        Field("workDir", "Working folder"),
        Field("__workerSelectors__", "Workers", type="any", widget="code", required=True,
              help="[{instanceId: address of a host}]"),
    )  # fmt: skip
    outputs = (
        Field("exit_code", "Exit code", type="integer"),
        Field("log", "Log"),
        Field("log_outputs", "Variables that the script set", type="object"),
    )
    blocking = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Run the script as the plugin for scripts does."""
        hosts = workers_of(inputs.get("__workerSelectors__"))
        if not hosts:
            return Failed(
                say(
                    "{field} ({key}) names no host: [{{instanceId: address}}] is wanted", field=Label("Workers"),
                    key="__workerSelectors__",
                )
            )  # fmt: skip
        content = _preamble(str(inputs.get("user") or ""), str(inputs.get("workDir") or "")) + str(inputs["content"])
        given: dict[str, Json] = {"job_script_type": "1", "job_content": content, "job_ip_list": "\n".join(hosts)}
        return Script().execute(given, ctx)


def workers_of(given: Json) -> list[str]:
    """Return the hosts that worker selectors name: texts, or objects with instanceId, shortId, id, ip or host."""
    entries = given if isinstance(given, list) else [given]
    found = []
    for entry in entries:
        named = _name_of(entry) if isinstance(entry, Mapping) else entry
        if isinstance(named, str) and named.strip():
            found.append(named.strip())
    return found


def _name_of(entry: Mapping[str, Json]) -> Json:
    keys = ("instanceId", "shortId", "ip", "host", "id")
    return next((entry[key] for key in keys if isinstance(entry.get(key), str) and entry[key]), None)


def _preamble(user: str, folder: str) -> str:
    lines = []
    if user:
        wanted = shlex.quote(user)
        lines.append(
            f'[ "$(id -un)" = {wanted} ] || {{ echo "this runs as $(id -un), not as" {wanted} >&2; exit 77; }}'
        )
    if folder:
        lines.append(f"cd -- {shlex.quote(folder)} || exit 78")
    return "\n".join([*lines, ""])
