"""pause_node: waits until a person, or another system, says go on."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.base import Await, Context, Outcome, Plugin


class Pause(Plugin):
    """Waits for a callback; whatever it brings is the output."""

    code = "pause_node"
    name = "Wait for a person"
    icon = "hand-stop"
    description = "Stops here until somebody confirms on the task's page, or node_callback is called."
    inputs = (Field("description", "What is to be confirmed", widget="textarea"),)
    outputs = (Field("callback_data", "What was said", type="any"),)
    idempotent = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Wait."""
        return Await(person=True)
