"""What a run is: its tokens and node runs, the events that move it and the effects that it asks for.

A **token** stands at a node and says why it stands still. While a run lives, each of its tokens is in one `Wait`:

    READY     the node is to be worked on as soon as a worker claims it
    RUNNING   a worker has claimed it, and its lease has not run out
    TIMER     it is to be worked on when `due` has come (a poll, an automatic retry)
    CALLBACK  a callback will bring it on          PERSON   the same, and a person is to give it
    CHILD     a child run works for it             JOINING  it waits at a converge or a step for others to come
    FAILED    the node failed; a person decides    PAUSED   it stands before the node, until resumed
    LIMIT     as many others work as may at once

So nothing is ever "stuck": what is owed is either due (and found by the sweep), or named.

A **node run** is one attempt at one pass of a node: `loop` counts passes, `attempt` tries within a pass.
A report (`Succeeded`, `Failed`, `Polled`, `Awaited`) belongs to one claim of a token; the shell checks the fence of
that claim, so an old report never reaches `step`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.engine.core.values import Json
from app.sentences import say

OUTCOME_UNKNOWN = say(
    "outcome unknown: the worker died while the node was being executed. See what it did, then retry or skip it."
)


class RunState(StrEnum):
    """The life of a run: RUNNING and PAUSED alternate, FINISHED and REVOKED are for ever.

    FAILED is the end of a dependency graph in which a step has failed; a person may open it again there.
    """

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    REVOKED = "revoked"


OVER = (RunState.FINISHED, RunState.FAILED, RunState.REVOKED)
"""The states of a run that has ended."""


class NodeState(StrEnum):
    """The life of a node run; a skipped or ignored failure is FINISHED with a flag.

    SKIPPED and UPSTREAM_FAILED are steps that never worked: their rule, condition or switch said no, or what they wait
    for has failed.
    """

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    REVOKED = "revoked"
    SKIPPED = "skipped"
    UPSTREAM_FAILED = "upstream_failed"


class Wait(StrEnum):
    """Why a token stands still (see the module's text)."""

    READY = "ready"
    RUNNING = "running"
    TIMER = "timer"
    CALLBACK = "callback"
    PERSON = "person"
    CHILD = "child"
    JOINING = "joining"
    FAILED = "failed"
    PAUSED = "paused"
    LIMIT = "limit"


class Phase(StrEnum):
    """Which of a plugin's methods the next claim of a token calls."""

    EXECUTE = "execute"
    POLL = "poll"
    CALLBACK = "callback"
    CANCEL = "cancel"


class Fork(NamedTuple):
    """A fork that is open: its number in the run, and the converge that closes it."""

    id: int
    converge: str


@dataclass(frozen=True, slots=True)
class Token:
    """A place where a run stands.

    `forks` are the open forks that it belongs to, innermost last. `loop` and `attempt` name its node run; both are 0
    while it stands before the node. `due` is when it may be claimed (READY, TIMER), or its lease runs out (RUNNING).
    `fence` grows with every claim; `losses` counts the last claims in a row whose worker was lost. `deadline` is when
    the node times out. A run that has not begun has one token: READY, with no attempt.
    """

    id: int
    node_id: str
    wait: Wait
    phase: Phase = Phase.EXECUTE
    forks: tuple[Fork, ...] = ()
    loop: int = 0
    attempt: int = 0
    due: datetime | None = None
    fence: int = 0
    deadline: datetime | None = None
    memo: Mapping[str, Json] = field(default_factory=dict)
    losses: int = 0


@dataclass(frozen=True, slots=True)
class NodeRun:
    """One attempt at one pass of a node. `given` are inputs that replace the node's own (a retry with new inputs)."""

    node_id: str
    loop: int
    attempt: int
    state: NodeState
    started_at: datetime
    finished_at: datetime | None = None
    skipped: bool = False
    error_ignored: bool = False
    auto_retries: int = 0
    reason: str = ""
    given: Mapping[str, Json] | None = None
    outputs: Mapping[str, Json] | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        """What identifies it within its run."""
        return (self.node_id, self.loop, self.attempt)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as `step` sees it.

    `node_runs` holds the current node run of each node that a token stands at or that lies on a cycle, and of the
    node that an order names; others are not needed. `is_blocked` says that a run above this one is paused.
    `next_id` numbers tokens and forks. Of a dependency graph, `has_failed` says whether a step has failed for good, and
    `passes` counts how often the run was opened: the `loop` of the steps that begin from then on.
    """

    state: RunState = RunState.RUNNING
    is_blocked: bool = False
    holds: frozenset[str] = frozenset()
    next_id: int = 1
    tokens: Mapping[int, Token] = field(default_factory=dict)
    node_runs: Mapping[str, NodeRun] = field(default_factory=dict)
    has_failed: bool = False
    passes: int = 1

    @property
    def is_over(self) -> bool:
        """Say whether nothing can move it any more."""
        return self.state in OVER

    @property
    def is_stopped(self) -> bool:
        """Say whether its tokens stop before the next node."""
        return self.is_blocked or self.state is RunState.PAUSED


# Events. Those in the past tense report what happened, those that end in Asked are orders.


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins: at its start event, or where its first token has been put."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The plugin is done."""

    token: int
    outputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class FailedNode:
    """The plugin failed, or its inputs were wrong."""

    token: int
    reason: str
    outputs: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Polled:
    """The plugin asks to be called again."""

    token: int
    after: timedelta
    memo: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Awaited:
    """The plugin waits for a callback; `has_come` says that one lies in the inbox already."""

    token: int
    memo: Mapping[str, Json]
    person: bool
    has_come: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The plugin has given up a wait that is no longer wanted."""

    token: int


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """What a call did is not known: its worker died in it, or failed to write its outcome down."""

    token: int
    reason: str = OUTCOME_UNKNOWN


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The node's deadline has passed."""

    token: int


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """The child run that works for a token has ended; one that failed says why."""

    token: int
    outputs: Mapping[str, Json]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TimeCame:
    """A step's delay is over, or the wait before it tries its child run again."""

    token: int


@dataclass(frozen=True, slots=True)
class CallbackCame:
    """A callback for a node is in the inbox, or is to be refused."""

    node_id: str


@dataclass(frozen=True, slots=True)
class PauseAsked:
    """Begin no further node."""


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    """Go on after a pause."""


@dataclass(frozen=True, slots=True)
class BlockedAbove:
    """A run above was paused."""


@dataclass(frozen=True, slots=True)
class FreedAbove:
    """No run above is paused any more."""


@dataclass(frozen=True, slots=True)
class RevokeAsked:
    """End the run for ever; nothing runs after it."""


@dataclass(frozen=True, slots=True)
class RetryAsked:
    """Try a failed node again; `inputs`, when given, replace its whole input set."""

    node_id: str
    inputs: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class SkipAsked:
    """Go on after a failed node as if it had finished."""

    node_id: str


@dataclass(frozen=True, slots=True)
class FailAsked:
    """Give a working node up as failed."""

    node_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldAsked:
    """Stop before a node when it is reached."""

    node_id: str


@dataclass(frozen=True, slots=True)
class ReleaseAsked:
    """Take a hold back, and go on where a token stands at it."""

    node_id: str


@dataclass(frozen=True, slots=True)
class BranchAsked:
    """Leave a failed gateway along the flows that a person chose."""

    node_id: str
    flow_ids: tuple[str, ...]


Event = (
    Started | Succeeded | FailedNode | Polled | Awaited | Cancelled | WorkerLost | TimedOut | ChildEnded | TimeCame | CallbackCame
    | PauseAsked | ResumeAsked | BlockedAbove | FreedAbove | RevokeAsked | RetryAsked | SkipAsked | FailAsked
    | HoldAsked | ReleaseAsked | BranchAsked
)  # fmt: skip


# Effects: what the shell is to do in the same transaction as the move.


@dataclass(frozen=True, slots=True)
class StartChild:
    """Begin a child run for a subprocess; `params` are its variables by bare name, `element` that of a step's loop."""

    token: int
    node_id: str
    params: Mapping[str, Json]
    element: int | None = None


@dataclass(frozen=True, slots=True)
class EndChild:
    """Revoke the child run that works for a token."""

    token: int


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over by itself, in the state that it has now; `outputs` by bare name."""

    outputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class StoreCallback:
    """Keep the callback for this node run, which may not have begun yet."""

    node_id: str
    loop: int
    attempt: int


Effect = StartChild | EndChild | RunEnded | StoreCallback


@dataclass(frozen=True, slots=True)
class Decision:
    """What a step changes: the run after it, and what differs from before.

    `tokens` maps ids to their new form, None for one that is gone; `entered` node runs are new, `changed` ones
    were there; `values` are variables that got a value.
    """

    run: Run
    tokens: Mapping[int, Token | None]
    entered: tuple[NodeRun, ...]
    changed: tuple[NodeRun, ...]
    values: Mapping[str, Json]
    effects: tuple[Effect, ...]
