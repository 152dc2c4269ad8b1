"""What an engine tells of its work while it works, for whoever measures it."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Takes measurements; it must be quick and never raise."""

    def called(self, plugin: str, outcome: str, seconds: float) -> None:
        """A plugin was called: its code, what came of it (done, failed, poll, await, cancel), and how long it took."""

    def drove(self, nodes: int) -> None:
        """A burst has ended that worked on this many nodes."""


class NoMeter:
    """Measures nothing."""

    def called(self, plugin: str, outcome: str, seconds: float) -> None:
        """Forget it."""

    def drove(self, nodes: int) -> None:
        """Forget it."""
