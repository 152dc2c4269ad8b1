"""Planned crashes, for the tests that kill a worker at every point where it could die.

`SLUICE_FAULT=decided:3` kills the process with SIGKILL the third time that it comes to the point `decided`.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping


def fault_of(environ: Mapping[str, str]) -> Callable[[str], None]:
    """Return what is called at each point where a crash is told apart."""
    text = environ.get("SLUICE_FAULT", "")
    if not text:
        return lambda point: None
    at, _, number = text.rpartition(":")
    seen: Counter[str] = Counter()

    def fault(point: str) -> None:
        seen[point] += 1
        if point == at and seen[point] == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    return fault
