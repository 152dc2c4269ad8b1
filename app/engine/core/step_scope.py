"""What a step of a dependency graph sees: its own inputs, what steps above it have made, and the variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.engine.core.graph import Graph, Node
from app.engine.core.languages import LANGUAGES
from app.engine.core.scope import Scope
from app.engine.core.values import Json

Made = Callable[[str], Mapping[str, Json]]
"""Gives what the steps of a run have made under an output's key, by their node ids."""

_BETWEEN = "@"


def made_key(name: str, node_id: str) -> str:
    """Return the name under which what a step has made stands among the values of a move."""
    return f"{name}{_BETWEEN}{node_id}"


def made_of(key: str) -> tuple[str, str] | None:
    """Return the name and the node id of a key that `made_key` has made; None for a variable's name."""
    name, between, node_id = key.rpartition(_BETWEEN)
    return (name, node_id) if between else None


def made_in(values: Mapping[str, Json], name: str) -> dict[str, Json]:
    """Find what steps have made among the values of a run."""
    found = {}
    for key, value in values.items():
        made = made_of(key)
        if made is not None and made[0] == name:
            found[made[1]] = value
    return found


def scope_of_step(
    graph: Graph, node: Node, values: Mapping[str, Json], extra: Mapping[str, Json], made: Made,
    element: Mapping[str, Json] | None = None, inputs: Mapping[str, Json] | None = None,
) -> Scope:  # fmt: skip
    """Return the variables as a step sees them; `inputs` are there in place of its own, `element` goes over them."""
    language = LANGUAGES[graph.language]
    if graph.language != "functions":
        return Scope(graph.variables, values, extra, language, element)
    assert node.step is not None
    own = {**node.step.context, **(node.inputs if inputs is None else inputs), **(element or {})}

    def upstream(name: str) -> Json:
        return graph.upstream_value(node.id, made(name))

    return Scope(graph.variables, values, extra, language, own, upstream)
