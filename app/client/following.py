"""Follows a task until it has ended, by asking how it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.client.operations import Operations

ENDED = ("FINISHED", "REVOKED")
EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a task as it stands; `depth` tells how many subprocesses are around it."""

    node_id: str
    name: str
    state: str
    depth: int = 0
    loop: int = 1
    retry: int = 0
    elapsed_s: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands: its state, every node that it has reached, and whether it cannot go on without a person."""

    state: str
    steps: tuple[Step, ...]
    needs_person: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing moves any more: it has ended, or has failed and no other branch goes on."""
        running = any(step.state == "RUNNING" for step in self.steps)
        return self.state in ENDED or (self.state == "FAILED" and not running)


def standing_of(client: Operations, project: int, task: int) -> Standing:
    """Ask how a task stands."""
    status: Mapping[str, Any] = client.get_task_status(task, project)
    state = str(status["state"])
    asks = state not in (*ENDED, "CREATED")
    needs = asks and client.get_tasks_manual_intervention_state(project, task_id_list=[task])
    return Standing(state, tuple(_steps(status, 0)), bool(needs and needs[0]["manual_intervention_required"]))


def follow(
    client: Operations,
    project: int,
    task: int,
    *,
    every_s: float = EVERY_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Standing]:
    """Yield how a task stands at first and after each change, until nothing moves any more."""
    last = None
    while last is None or not last.is_over:
        now = standing_of(client, project, task)
        if now != last:
            yield now
        last = now
        if not now.is_over:
            sleep(every_s)


def _steps(status: Mapping[str, Any], depth: int) -> Iterator[Step]:
    for node_id, node in status.get("children", {}).items():
        yield Step(
            node_id, node.get("name") or node_id, node["state"], depth, node.get("loop", 1), node.get("retry", 0),
            node.get("elapsed_time", 0),
        )  # fmt: skip
        yield from _steps(node, depth + 1)
