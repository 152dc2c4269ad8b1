"""A script that is to be run, in the words that the ways of running it share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_GRACE_S = 2
"""How much longer than until the first signal a process lives that takes no notice of it."""


class ScriptError(Exception):
    """A script could not be run to its end: refused, timed out or cancelled."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What each process of a script may use; 0 is without a limit.

    `cores` is how many cores it may be on at once, rounded up; `cpu_s` the CPU time after which it is ended (SIGXCPU);
    `memory_mb` how much address space it gets.
    """

    cores: float = 0
    cpu_s: int = 0
    memory_mb: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """A script's language (shell or python), its text, its arguments, how long it may take, and what it may use."""

    language: str
    content: str
    arguments: tuple[str, ...]
    timeout_s: float
    limits: Limits = Limits()


def limited(command: Sequence[str], limits: Limits) -> list[str]:
    """Return a command that sets its limits, and runs nothing where it cannot; what it starts inherits them."""
    orders = []
    if limits.cpu_s:
        orders += [f"ulimit -S -t {limits.cpu_s}", f"ulimit -H -t {limits.cpu_s + _GRACE_S}"]
    if limits.memory_mb:
        orders.append(f"ulimit -v {limits.memory_mb * 1024}")
    return ["/bin/sh", "-c", " && ".join([*orders, 'exec "$@"']), "sh", *command] if orders else list(command)
