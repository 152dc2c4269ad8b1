"""BCE::BCC::StartInstance and StopInstance: machines started and stopped by whatever this installation has for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.agent_shell import workers_of
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.instance_provider import InstanceError, Order
from app.sentences import say

GROUP = "Instances"
"""The group of the plugins that are there only where instances are configured."""


class StopInstance(Plugin):
    """Stops instances, one after the other; all must stop."""

    code = "BCE::BCC::StopInstance"
    name = "Stop instances (OOS)"
    group = GROUP
    icon = "player-stop"
    description = "Carries out the command that SLUICE_INSTANCES has for stopping each instance."
    inputs = (
        Field("instances", "Instances", type="any", widget="code", help="[{instanceId}]"),
        Field("instanceId", "Instance", type="any", help="one instance, as older templates name it"),
    )
    outputs = (Field("instances", "Instances", type="array"),)
    blocking = True
    order: ClassVar[Order] = "stop"

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Carry the order out for each instance that is named."""
        found = workers_of(inputs.get("instances")) or workers_of(inputs.get("instanceId"))
        if not found:
            return Failed(say("no instance is named: instances is a list of objects with instanceId"))
        try:
            _carry_out(self.order, found, ctx)
        except InstanceError as error:
            return Failed(str(error))
        return Done({"instances": [{"instanceId": instance_id} for instance_id in found]})


class StartInstance(StopInstance):
    """Starts instances, one after the other; all must start."""

    code = "BCE::BCC::StartInstance"
    name = "Start instances (OOS)"
    icon = "player-play"
    description = "Carries out the command that SLUICE_INSTANCES has for starting each instance."
    order: ClassVar[Literal["start", "stop"]] = "start"


def _carry_out(order: Order, instance_ids: list[str], ctx: Context) -> None:
    provider, project = ctx.settings.instances, ctx.system.get("bk_biz_id")
    unknown = [id_ for id_ in instance_ids if provider is None or not provider.knows(id_, project)]
    if provider is None or unknown:
        raise InstanceError(
            say(
                "no instance {unknown} is known here for this project; nothing was done",
                unknown=", ".join(unknown)[:300],
            )
        )
    tell: Callable[[str], None] = ctx.log
    for instance_id in instance_ids:
        tell(f"{order} {instance_id}\n")
        provider.carry_out(order, instance_id, tell, ctx.is_cancelled)
