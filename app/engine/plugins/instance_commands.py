"""Instances that are started and stopped by commands, which the operator of the installation has configured for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.plugins.base import HostAccess
from app.engine.plugins.instance_provider import InstanceError, Order
from app.engine.plugins.local_script import run_locally
from app.engine.plugins.script_work import ScriptError, Work
from app.sentences import say

_LONGEST_S = 86_400


@dataclass(frozen=True, slots=True)
class Commands:
    """How one instance is started and stopped, in the words of the shell, and whose it is, by business ids."""

    start: str
    stop: str
    projects: Sequence[int]


class CommandProvider:
    """Starts and stops instances by the commands that the operator of the installation has configured for each."""

    def __init__(self, commands: Mapping[str, Commands]) -> None:
        self._commands = commands

    def knows(self, instance_id: str, project: object) -> bool:
        """Say whether there are commands for an instance, and whether it is the project's."""
        found = self._commands.get(instance_id)
        return found is not None and project in found.projects

    def carry_out(
        self, order: Order, instance_id: str, tell: Callable[[str], None], is_cancelled: Callable[[], bool]
    ) -> None:
        """Carry out the command, which must end with exit code 0."""
        commands = self._commands[instance_id]
        command = commands.start if order == "start" else commands.stop
        try:
            exit_code = run_locally(
                Work("shell", command, (instance_id,), _LONGEST_S),
                HostAccess("127.0.0.1", is_local=True),
                tell,
                is_cancelled,
            )
        except ScriptError as error:
            raise InstanceError(say("instance {instance}: {error}", instance=instance_id, error=error)) from error
        if exit_code:
            raise InstanceError(
                say(
                    "instance {instance} did not {order}: its command ended with exit code {code}",
                    instance=instance_id,
                    order=order,
                    code=exit_code,
                )
            )


def provider_of(instances: Mapping[str, Mapping[str, object]]) -> CommandProvider | None:
    """Return the provider of the instances that SLUICE_INSTANCES has; None where there are none."""
    if not instances:
        return None
    return CommandProvider({id_: _commands(entry) for id_, entry in instances.items()})


def _commands(entry: Mapping[str, object]) -> Commands:
    projects = entry["projects"]
    assert isinstance(projects, list), "the settings hold lists of business ids"
    return Commands(str(entry["start"]), str(entry["stop"]), tuple(projects))
