"""wait_for_flow: stands for another flow, or a task of it, and waits until that has run."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.base import Await, Context, Done, Outcome, Plugin


class WaitForFlow(Plugin):
    """Waits to be called back; whoever starts the instance has written down what it waits for."""

    code = "wait_for_flow"
    name = "Wait for a flow"
    group = "Flow"
    icon = "clock"
    description = (
        "Waits until another flow, or one task of it, has succeeded for the same cycle or an earlier one. It works in flows"
        " that are run in cycles; in any other it waits for node_callback."
    )
    inputs = (
        Field("flow", "Number of the flow"),
        Field("task", "Number of the task; empty: the whole flow"),
        Field("gap", "Gap: a cycle and how many of them earlier, such as D0", default="D0"),
    )
    outputs = ()
    idempotent = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Wait."""
        what = f"flow {inputs.get('flow')}" + (f", task {inputs['task']}" if inputs.get("task") else "")
        ctx.log(f"waits for {what} ({inputs.get('gap')})\n")
        return Await()

    def on_callback(
        self, inputs: Mapping[str, Json], memo: Mapping[str, Json], callback: Json, ctx: Context
    ) -> Outcome:
        """Go on: what was waited for has run."""
        return Done()
