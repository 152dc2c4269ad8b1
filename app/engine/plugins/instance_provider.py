"""Who starts and stops instances: the interface of what an installation has for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

Order = Literal["start", "stop"]


class InstanceError(Exception):
    """An order was not carried out; the text says why."""


class InstanceProvider(Protocol):
    """Whatever can start and stop instances."""

    def knows(self, instance_id: str, project: object) -> bool:
        """Say whether an instance is there, and is the project's; `project` is its business id."""

    def carry_out(
        self, order: Order, instance_id: str, tell: Callable[[str], None], is_cancelled: Callable[[], bool]
    ) -> None:
        """Start or stop an instance and return when that is done; raises InstanceError."""
