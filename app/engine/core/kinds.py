"""The kinds of nodes that a tree has: how many lines lead to and from each, and what may not be connected.

`validate.py` checks by these tables, and the canvas gets the very same ones (`as_json`), so no rule is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.core.tree import AnyNode, Event, Gateway, ServiceActivity, Tree
from app.engine.core.values import Json
from app.sentences import Label, say

START, END = "EmptyStartEvent", "EmptyEndEvent"
MOST_LINES = 1000
_NONE, _ONE, _MANY = (0, 0), (1, 1), (1, MOST_LINES)


@dataclass(frozen=True, slots=True)
class Lines:
    """How many lines lead to a node of a kind and from it: the least and the most."""

    inside: tuple[int, int]
    outside: tuple[int, int]


KINDS: Mapping[str, Lines] = {
    START: Lines(_NONE, _ONE),
    "ServiceActivity": Lines(_MANY, _ONE),
    "SubProcess": Lines(_MANY, _ONE),
    "ExclusiveGateway": Lines(_MANY, _MANY),
    "ParallelGateway": Lines(_MANY, _MANY),
    "ConditionalParallelGateway": Lines(_MANY, _MANY),
    "ConvergeGateway": Lines(_MANY, _ONE),
    END: Lines(_MANY, _NONE),
}
"""Each kind by its type as trees write it."""

DEPENDENCY_KINDS: Mapping[str, Lines] = {
    START: Lines(_NONE, _MANY),
    "ServiceActivity": Lines(_MANY, _MANY),
    "SubProcess": Lines(_MANY, _MANY),
    END: Lines(_MANY, _NONE),
}
"""The kinds that a dependency graph has; its activities are steps, which wait for all lines in and leave by all out."""

DECIDING = ("ExclusiveGateway", "ConditionalParallelGateway")
"""The gateways whose lines out have conditions."""

FORBIDDEN: Mapping[tuple[str, str], str] = {
    (START, END): Label("the start leads straight to the end; put a node between them"),
}
"""What may not be connected though the numbers of lines would allow it: {(source, target): why}."""

NOT_DRAWN: Mapping[tuple[str, str], str] = {
    (START, "ConvergeGateway"): Label("the start leads straight to a converge gateway; put a node between them"),
    ("ParallelGateway", "ConvergeGateway"): Label("the branch is empty; put a node between the two gateways"),
    ("ParallelGateway", END): Label(
        "a parallel branch does not lead straight to the end; bring the branches together first"
    ),
}
"""What nobody draws on the canvas by hand, though a tree may have it: while it is built, and when optional nodes were left out."""

TO_ITSELF = Label("a line leads from a node to another one, not back to the same")

IN_A_CIRCLE = Label("the steps would wait for one another in a circle")
"""Why a line of a dependency graph may not lead back to a step that its own source comes after."""


def kind_of(tree: Tree, node: AnyNode) -> str:
    """Return the type of a node, as trees write it."""
    if isinstance(node, Event):
        return START if node.id == tree.start.id else END
    if isinstance(node, Gateway):
        return node.type
    return "ServiceActivity" if isinstance(node, ServiceActivity) else "SubProcess"


def wanted(limits: tuple[int, int]) -> str:
    """Say how many lines are wanted: no line, one line, at least one line, 2 to 5 lines."""
    least, most = limits
    if limits == _MANY:
        return say("at least one line")
    if least == most:
        words = {0: say("no line"), 1: say("one line")}
        return words.get(most) or say("{most} lines", most=most)
    return say("{least} to {most} lines", least=least, most=most)


def as_json() -> dict[str, Json]:
    """Return the tables for the canvas."""
    return {
        "kinds": _lines_as_json(KINDS),
        "dependency_kinds": _lines_as_json(DEPENDENCY_KINDS),
        "forbidden": _pairs_as_json(FORBIDDEN),
        "not_drawn": _pairs_as_json(NOT_DRAWN),
        "to_itself": TO_ITSELF,
        "in_a_circle": IN_A_CIRCLE,
        "deciding": list(DECIDING),
    }


def _pairs_as_json(pairs: Mapping[tuple[str, str], str]) -> Sequence[Json]:
    return [{"source": source, "target": target, "message": message} for (source, target), message in pairs.items()]


def _lines_as_json(kinds: Mapping[str, Lines]) -> dict[str, Json]:
    return {type_: {"in": list(k.inside), "out": list(k.outside)} for type_, k in kinds.items()}
