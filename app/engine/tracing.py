"""Where the engine tells a tracer what belongs together: what a job drives, and the calls of plugins in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self


class Called(Protocol):
    """What tells a call of a plugin from every other: an attempt (app/engine/attempts.py)."""

    run_id: int
    node_id: str
    loop: int
    number: int

    @property
    def system(self) -> Mapping[str, object]:
        """The values of `_system`: the task's id, the project's, and so on."""


class Span:
    """A stretch of work, as a context; this one is told to nobody."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def came_to(self, outcome: str | int) -> None:
        """Say what came of it: the word for a call, the status of an answer."""


_NOBODY = Span()


class Tracing:
    """Traces nothing; what does replaces it."""

    def carrier(self) -> Mapping[str, str]:
        """Return what goes along with a nudge, so that the job goes on with the trace."""
        return {}

    def request(self, name: str, carrier: Mapping[str, str], facts: Mapping[str, str]) -> Span:
        """Begin the answer to a request, which may go on with a trace of the caller's."""
        return _NOBODY

    def drive(self, root_id: int, carrier: Mapping[str, str]) -> Span:
        """Begin a job that drives a task."""
        return _NOBODY

    def call(self, root_id: int, plugin: str, attempt: Called) -> Span:
        """Begin the call of a plugin."""
        return _NOBODY

    def deliver(self, channel: str, facts: Mapping[str, str]) -> Span:
        """Begin one try to deliver a notice."""
        return _NOBODY


class _Binding:
    tracing = Tracing()


def bind(tracing: Tracing) -> None:
    """Set what traces this process; called once, by whatever begins it."""
    _Binding.tracing = tracing


def bound() -> Tracing:
    """Return what traces this process."""
    return _Binding.tracing
