"""bk_display: shows a text in the node's log."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Done, Outcome, Plugin


class Display(Plugin):
    """Shows a message, and is done."""

    code = "bk_display"
    name = "Show a message"
    icon = "message"
    description = "Writes a text to the node's log. Without a text it does nothing at all."
    inputs = (Field("bk_display_message", "Message", widget="textarea"),)
    idempotent = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Log the message."""
        message = inputs.get("bk_display_message")
        if message:
            ctx.log(str(message))
        return Done()
