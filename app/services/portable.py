"""Templates on their way between the database and files: what files hold, whatever their format, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from app.engine.core.tree_reading import MOST_NODES
from app.engine.core.values import Json
from app.errors import InvalidInput, Problem
from app.sentences import say
from app.services.template_details import Details, detail_problems
from app.services.templates import MOST_NESTED, subprocesses_of, tree_problems

MOST_TEMPLATES = 1000
"""How many templates a file may hold."""

_LONGEST_NAME = 128
_LONGEST_CATEGORY = 32


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an exported template stood: its own id, its project's ids (None when it is common), its dates and people.

    It is not current when it is an older version that a subprocess names.
    """

    template_id: int
    is_current: bool
    project_id: int | None
    biz_id: int | None
    creator: str
    editor: str
    created_at: datetime
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Portable:
    """A template as a file holds it.

    The subprocess nodes of its tree name other templates of the file: their `template_id` is the other's `key`. Only
    when `names_local` is set it is the id of a template in the database. `notify_type` and `notify_receivers` are bk-sops'
    settings of who is told of its tasks. An empty `executor_proxy` or `flow_type` says nothing of it. `origin` is known when exporting.
    """

    key: str
    name: str
    tree: Mapping[str, Any]
    category: str = "Other"
    description: str = ""
    pipeline_id: str = ""
    is_common: bool = False
    names_local: bool = False
    notify_type: Json = None
    notify_receivers: Json = None
    executor_proxy: str = ""
    flow_type: str = ""
    origin: Origin | None = None


def children_of(portable: Portable) -> list[tuple[str, str]]:
    """Return the ids of the subprocess nodes that name another template of the file, each with the other's key."""
    if portable.names_local:
        return []
    return [(node_id, str(node.get("template_id") or "")) for node_id, node in subprocesses_of(portable.tree)]


def with_nodes_changed(tree: Mapping[str, Any], changes: Mapping[str, Mapping[str, Json]]) -> dict[str, Any]:
    """Return a tree with keys of some of its activities set anew: {node_id: {key: value}}."""
    activities = {
        node_id: {**node, **changes[node_id]} if node_id in changes else node
        for node_id, node in tree["activities"].items()
    }
    return {**tree, "activities": activities}


def problems_of_file(portables: Sequence[Portable]) -> list[Problem]:
    """Return everything that is wrong with the templates of one file, each message with the template's name before it."""
    if len(portables) > MOST_TEMPLATES:
        return [
            Problem(
                "too_large",
                say("a file holds at most {most} flows, this one {count}", most=MOST_TEMPLATES, count=len(portables)),
            )
        ]
    keys = {portable.key for portable in portables}
    problems = [problem for portable in portables for problem in _problems_of(portable, keys)]
    if not problems:
        try:
            problems += _size_problems(in_order(portables))
        except InvalidInput as error:
            problems += error.problems
    return problems


def in_order(portables: Sequence[Portable]) -> list[Portable]:
    """Return the templates with those that others name first; raises InvalidInput if they name one another in a circle."""
    by_key = {portable.key: portable for portable in portables}
    children = {portable.key: [key for _, key in children_of(portable) if key in by_key] for portable in portables}
    try:
        return [by_key[key] for key in TopologicalSorter(children).static_order()]
    except CycleError as error:
        path = " -> ".join(by_key[key].name for key in reversed(error.args[1]))
        raise InvalidInput(
            Problem("subprocess_cycle", say("flows contain one another in a circle: {path}", path=path))
        ) from error


def named(portable: Portable, problem: Problem) -> Problem:
    """Return a problem of a template with the template's name before it."""
    return Problem(
        problem.rule,
        say("{flow}: {message}", flow=portable.name[:_LONGEST_NAME] or say("(no name)"), message=problem.message),
        problem.where,
    )


def _problems_of(portable: Portable, keys: set[str]) -> Iterator[Problem]:
    found: list[Problem] = []
    if not 1 <= len(portable.name) <= _LONGEST_NAME:
        found.append(Problem("name", say("a flow's name has 1 to {most} characters", most=_LONGEST_NAME), "name"))
    if not 1 <= len(portable.category) <= _LONGEST_CATEGORY:
        found.append(
            Problem("category", say("a category has 1 to {most} characters", most=_LONGEST_CATEGORY), "category")
        )
    found += detail_problems(Details(executor_proxy=portable.executor_proxy, flow_type=portable.flow_type or None))
    for node_id, key in children_of(portable):
        if key not in keys:
            message = say(
                "subprocess {node} names flow {key}, which the file does not hold",
                node=node_id,
                key=key[:80] or say("(none)"),
            )
            found.append(Problem("unknown_template", message, node_id))
    if not portable.names_local:
        found += tree_problems(portable.tree)
    for problem in found:
        yield named(portable, problem)


def _size_problems(ordered: Sequence[Portable]) -> Iterator[Problem]:
    """Reckon how large each template is with its subprocesses, without unfolding it: that could be without end."""
    levels: dict[str, int] = {}
    nodes: dict[str, int] = {}
    for portable in ordered:
        children = [key for _, key in children_of(portable)]
        levels[portable.key] = 1 + max((levels[key] for key in children), default=0)
        nodes[portable.key] = _node_count(portable.tree) + sum(nodes[key] for key in children)
        if levels[portable.key] > MOST_NESTED:
            message = say("subprocesses are nested more than {most} levels deep", most=MOST_NESTED)
            yield named(portable, Problem("too_deep", message))
        if nodes[portable.key] > MOST_NODES:
            message = say("a flow has at most {most} nodes with its subprocesses", most=MOST_NODES)
            yield named(portable, Problem("too_large", message))


def _node_count(tree: Mapping[str, Any]) -> int:
    """Count the nodes of a tree; what cannot be read is reported elsewhere, or by the template that is named."""
    return sum(len(tree[part]) for part in ("activities", "gateways") if isinstance(tree.get(part), Mapping))
