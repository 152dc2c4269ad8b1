"""The Tree: the JSON of a template or task as the canvas and the APIs write it, in types.

The types hold what the engine needs; `Tree.document` keeps the JSON as it came, so that writing it back loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from app.engine.core.values import Json

TimeoutAction = Literal["forced_fail", "forced_fail_and_skip"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an activity: `hook` says that the editor made it a variable, `render` whether `${…}` in it counts."""

    value: Json
    hook: bool = False
    render: bool = True


@dataclass(frozen=True, slots=True)
class AutoRetry:
    """How often a failed node tries again by itself, and after how many seconds."""

    times: int
    interval_s: float


@dataclass(frozen=True, slots=True)
class Timeout:
    """After how many seconds a node is given up, and whether it is skipped then."""

    seconds: float
    action: TimeoutAction


@dataclass(frozen=True, slots=True)
class Share:
    """A number of a loop's elements: `count`, or `ratio` of them all where that is set."""

    ratio: float = 0.0
    count: int = 0

    def of(self, total: int) -> int:
        """Return how many of `total` are meant."""
        return int(self.ratio * total) if self.ratio else self.count


@dataclass(frozen=True, slots=True)
class Case:
    """A branch of a switch: the step `next` goes on where `case` is true."""

    case: Json
    next: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a node of a dependency graph does besides calling its plugin; the defaults are those of a plain step.

    `condition` and `each` are in the tree's language; `each` gives the elements of a loop, `width` how many of them run
    at once and `tolerance` how many may fail. A switch (`cases` or `fallback`) calls nothing and chooses what comes next.
    `context` are values that the step's inputs may name.
    """

    rule: str = "all_success"
    delay: timedelta = timedelta()
    is_manual: bool = False
    pauses_on_failure: bool = False
    condition: Json = None
    has_condition: bool = False
    each: Json = None
    width: Share = Share()
    tolerance: Share = Share()
    cases: tuple[Case, ...] = ()
    fallback: str = ""
    priority: int = 0
    retries: int = 0
    retry_after: timedelta = timedelta()
    timeout: timedelta | None = None
    context: Mapping[str, Json] = field(default_factory=dict)

    @property
    def switches(self) -> bool:
        """Say whether it is a switch."""
        return bool(self.cases or self.fallback)


@dataclass(frozen=True, slots=True)
class Event:
    """The start or the end."""

    id: str
    name: str
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A variable of the tree. `source_info` says which node's inputs or outputs it stands for: {node id: tags}."""

    key: str
    name: str = ""
    index: int = 0
    source_type: str = "custom"
    custom_type: str = ""
    source_tag: str = ""
    source_info: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    show_type: str = "hide"
    value: Json = ""
    is_meta: bool = False
    pre_render: bool = False


@dataclass(frozen=True, slots=True)
class ServiceActivity:
    """A node that calls a plugin."""

    id: str
    name: str
    stage_name: str
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    optional: bool
    error_ignorable: bool
    skippable: bool
    retryable: bool
    code: str
    version: str
    inputs: Mapping[str, Input]
    auto_retry: AutoRetry | None = None
    timeout: Timeout | None = None
    step: Step = Step()
    worker_group: str = ""
    executor_proxy: str = ""


@dataclass(frozen=True, slots=True)
class SubProcess:
    """A node that runs another flow; `pipeline` is its tree once it has been unfolded."""

    id: str
    name: str
    stage_name: str
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    optional: bool
    error_ignorable: bool
    skippable: bool
    retryable: bool
    template_id: str
    template_source: str
    version: str
    always_use_latest: bool
    constants: Mapping[str, Constant]
    pipeline: Tree | None
    step: Step = Step()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A node that only routes; `conditions` are texts by flow id, `strategy` is of an exclusive one: ONLY or FIRST."""

    id: str
    name: str
    type: str
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    conditions: Mapping[str, str]
    default_flow: str | None
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A line from one node to another."""

    id: str
    source: str
    target: str


Activity = ServiceActivity | SubProcess
AnyNode = Event | ServiceActivity | SubProcess | Gateway


@dataclass(frozen=True, slots=True)
class Tree:
    """A flow as it was submitted.

    With `is_dependencies` it is a dependency graph (`kind` "dependencies"): its activities are steps. `language` names
    the language of its values (`core/languages.py`). `worker_group` is that of the nodes which name none. One that
    `begins_midway` may begin inside of a parallel branch.
    """

    start: Event
    end: Event
    activities: Mapping[str, Activity]
    gateways: Mapping[str, Gateway]
    flows: Mapping[str, Flow]
    constants: Mapping[str, Constant]
    outputs: tuple[str, ...]
    document: Mapping[str, Json]
    is_dependencies: bool = False
    language: str = ""
    parallelism: int = 0
    worker_group: str = ""
    begins_midway: bool = False

    @property
    def nodes(self) -> dict[str, AnyNode]:
        """All nodes by id."""
        return {self.start.id: self.start, **self.activities, **self.gateways, self.end.id: self.end}


def write_tree(tree: Tree) -> dict[str, Json]:
    """Write a tree back, with everything in it that the engine has no use for."""
    return dict(tree.document)
