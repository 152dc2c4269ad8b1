"""The Graph: a valid tree compiled for running, shared by all runs of one tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.engine.core.conditions import Condition
from app.engine.core.scope import Variable
from app.engine.core.values import Json


class Kind(StrEnum):
    """What a node is; `KINDS` says how it behaves."""

    START = "start"
    END = "end"
    ACTIVITY = "activity"
    SUBPROCESS = "subprocess"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    CONDITIONAL = "conditional"
    CONVERGE = "converge"


class Join(StrEnum):
    """How tokens that arrive at a node go on: each for itself, or as one when the whole fork has arrived."""

    EACH = "each"
    FORK = "fork"


class Split(StrEnum):
    """Which flows a token takes when it leaves a node."""

    NONE = "none"
    ONLY = "only"
    CHOICE = "choice"
    ALL = "all"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class KindRow:
    """One row of the kind table: join, split, and whether the node does work of its own."""

    join: Join
    split: Split
    works: bool = False


KINDS: Mapping[Kind, KindRow] = {
    Kind.START: KindRow(Join.EACH, Split.ONLY),
    Kind.ACTIVITY: KindRow(Join.EACH, Split.ONLY, works=True),
    Kind.SUBPROCESS: KindRow(Join.EACH, Split.ONLY, works=True),
    Kind.EXCLUSIVE: KindRow(Join.EACH, Split.CHOICE),
    Kind.PARALLEL: KindRow(Join.EACH, Split.ALL),
    Kind.CONDITIONAL: KindRow(Join.EACH, Split.CHOSEN),
    Kind.CONVERGE: KindRow(Join.FORK, Split.ONLY),
    Kind.END: KindRow(Join.EACH, Split.NONE),
}


@dataclass(frozen=True, slots=True)
class Flow:
    """A line out of a node; `condition` is there where the node decides."""

    id: str
    target: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node, with everything that running it needs.

    `inputs` are as written, `raw_inputs` names those that are not rendered, `renders` says whether any other holds a
    `${…}`, `needs` names all variables that the node reads, transitively. `takes` says which variables an output is
    written to: {output key: variable names}. `params` are the values that a subprocess gives its child: {variable name
    of the child: value as written}. `converge` is the node that joins what a gateway forks. `takes_first` makes an
    exclusive gateway take the first true branch where several are true.
    """

    id: str
    kind: Kind
    name: str = ""
    outgoing: tuple[Flow, ...] = ()
    plugin: str = ""
    version: str = "legacy"
    inputs: Mapping[str, Json] = field(default_factory=dict)
    raw_inputs: frozenset[str] = frozenset()
    renders: bool = False
    needs: frozenset[str] = frozenset()
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    error_ignorable: bool = False
    skippable: bool = True
    retryable: bool = True
    auto_retries: int = 0
    auto_retry_after: timedelta = timedelta()
    timeout: timedelta | None = None
    skips_on_timeout: bool = False
    default_flow: str = ""
    takes_first: bool = False
    converge: str = ""
    child: Graph | None = None
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes by id, the variables by bare name, the names of the outputs, and the nodes that lie on a cycle."""

    start: str
    nodes: Mapping[str, Node]
    variables: Mapping[str, Variable]
    outputs: tuple[str, ...]
    cyclic: frozenset[str]

    def at(self, path: tuple[str, ...]) -> Graph:
        """Return the graph of the subprocess at `path`, the ids of the subprocess nodes from the root down."""
        graph = self
        for node_id in path:
            child = graph.nodes[node_id].child
            assert child is not None, "a run's path holds subprocess nodes only"
            graph = child
        return graph
