"""The Tree: the JSON of a template or task as the canvas and the APIs write it, in types.

The types hold what the engine needs; `Tree.document` keeps the JSON as it came, so that writing it back loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """A flow as it was submitted."""

    start: Event
    end: Event
    activities: Mapping[str, Activity]
    gateways: Mapping[str, Gateway]
    flows: Mapping[str, Flow]
    constants: Mapping[str, Constant]
    outputs: tuple[str, ...]
    document: Mapping[str, Json]

    @property
    def nodes(self) -> dict[str, AnyNode]:
        """All nodes by id."""
        return {self.start.id: self.start, **self.activities, **self.gateways, self.end.id: self.end}


def write_tree(tree: Tree) -> dict[str, Json]:
    """Write a tree back, with everything in it that the engine has no use for."""
    return dict(tree.document)
