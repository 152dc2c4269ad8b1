"""The Graph: a valid tree compiled for running, shared by all runs of one tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.engine.core.conditions import Condition
from app.engine.core.scope import Variable
from app.engine.core.tree import Step
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
    OPENING = "opening"
    STEP = "step"
    CLOSING = "closing"


class Join(StrEnum):
    """How tokens that arrive at a node go on: each for itself, or as one when the whole fork, or all lines, have come."""

    EACH = "each"
    FORK = "fork"
    ALL = "all"


class Split(StrEnum):
    """Which flows a token takes when it leaves a node."""

    NONE = "none"
    ONLY = "only"
    CHOICE = "choice"
    ALL = "all"
    CHOSEN = "chosen"
    SPREAD = "spread"


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
    Kind.OPENING: KindRow(Join.EACH, Split.SPREAD),
    Kind.STEP: KindRow(Join.ALL, Split.SPREAD, works=True),
    Kind.CLOSING: KindRow(Join.ALL, Split.NONE),
}
"""The last three are the kinds of dependency graphs: a step waits for every line in, and leaves by every line out."""


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
    exclusive gateway take the first true branch where several are true. `step` is what a step does besides, `waits_for`
    how many lines lead to it. `inputs_from` names the variable whose value is all of its inputs. `worker_group`
    is which workers may carry it out, "" those that serve what names no group; `executor_proxy` in whose name it runs, ""
    in the task's.
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
    step: Step | None = None
    waits_for: int = 0
    inputs_from: str = ""
    worker_group: str = ""
    executor_proxy: str = ""

    @property
    def calls(self) -> bool:
        """Say whether it calls a plugin."""
        return KINDS[self.kind].works and self.child is None


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes by id, the variables by bare name, the names of the outputs, and the nodes that lie on a cycle.

    Of a dependency graph: `parallelism` is how many steps may work at once (0: any number), `above` numbers the steps in
    an order in which they can run and holds, as bits of these numbers, all that are above each of them. `hands_out` is
    the one step of a loop's element, all of whose outputs the run hands out.
    """

    start: str
    nodes: Mapping[str, Node]
    variables: Mapping[str, Variable]
    outputs: tuple[str, ...]
    cyclic: frozenset[str]
    language: str = ""
    parallelism: int = 0
    above: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    hands_out: str = ""

    def upstream_value(self, node_id: str, made: Mapping[str, Json]) -> Json:
        """Return what the last of the steps above a node has made; `made` is by node id. Raises KeyError for nothing."""
        above, last, found = self.above[node_id][1], -1, ""
        for id_ in made:
            place = self.above[id_][0]
            if place > last and above >> place & 1:
                last, found = place, id_
        return made[found]

    def at(self, path: tuple[str, ...]) -> Graph:
        """Return the graph of the subprocess at `path`, the ids of the subprocess nodes from the root down."""
        graph = self
        for node_id in path:
            child = graph.nodes[node_id].child
            assert child is not None, "a run's path holds subprocess nodes only"
            graph = child
        return graph
