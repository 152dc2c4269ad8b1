"""`step`: the only code that moves a run. It decides; the shell writes the decision down and acts on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from app.engine.core import orders, reports, steps
from app.engine.core.graph import Graph
from app.engine.core.move import Move
from app.engine.core.run import (
    Awaited,
    BlockedAbove,
    BranchAsked,
    CallbackCame,
    Cancelled,
    ChildEnded,
    Decision,
    Event,
    FailAsked,
    FailedNode,
    FreedAbove,
    HoldAsked,
    PauseAsked,
    Polled,
    ReleaseAsked,
    ResumeAsked,
    RetryAsked,
    RevokeAsked,
    Run,
    SkipAsked,
    Started,
    Succeeded,
    TimeCame,
    TimedOut,
    WorkerLost,
)
from app.engine.core.step_scope import Made, made_in
from app.engine.core.values import Json

MOVES: Mapping[type, Callable[[Move, Any], None]] = {
    Started: reports.started,
    Succeeded: reports.succeeded,
    FailedNode: reports.failed,
    Polled: reports.polled,
    Awaited: reports.awaited,
    Cancelled: reports.cancelled,
    WorkerLost: reports.worker_lost,
    TimedOut: reports.timed_out,
    ChildEnded: reports.child_ended,
    TimeCame: steps.time_came,
    CallbackCame: orders.callback_came,
    PauseAsked: orders.pause,
    ResumeAsked: orders.resume,
    BlockedAbove: orders.blocked_above,
    FreedAbove: orders.freed_above,
    RevokeAsked: orders.revoke,
    RetryAsked: orders.retry,
    SkipAsked: orders.skip,
    FailAsked: orders.force_fail,
    HoldAsked: orders.hold,
    ReleaseAsked: orders.release,
    BranchAsked: orders.branch,
}


@dataclass(frozen=True, slots=True)
class World:
    """What a step may know besides the run: the time, the values that variables have got, and the limits.

    `values` maps bare names to values (node outputs, parameters of a child run); `extra` holds `_system`.
    `rerun_limit` is how often a node may be entered again after its first pass. `made` finds what steps have made, where
    `values` cannot be gone through.
    """

    now: datetime
    values: Mapping[str, Json] = field(default_factory=dict)
    extra: Mapping[str, Json] = field(default_factory=dict)
    rerun_limit: int = 100
    made: Made | None = None


def step(graph: Graph, run: Run, event: Event, world: World) -> Decision:
    """Decide what `event` does to `run`; raises Refused, having changed nothing, when it may not be."""
    made = world.made or partial(made_in, world.values)
    move = Move(graph, run, world.now, world.values, world.extra, world.rerun_limit, made)
    MOVES[type(event)](move, event)
    move.settle()
    return move.decision()
