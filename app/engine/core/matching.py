"""Which converge joins which fork, and whether the branches of every fork stay apart until there.

A fork's converge is the nearest converge that every path from the fork to the end passes (that post-dominates it), and
that no inner fork needs.
Along each line goes a *stream*: the forks that are open there and which of their branches this is. A node may be
reached by one stream only, except that a fork's own converge closes it. So two branches never meet outside their
converge, nothing jumps into a branch or out of one, and every token of a fork comes to its converge.

A tree that begins midway may begin inside of a branch, where a loop leads to the gateway later. Its first token belongs
to no fork, so it goes through the branch's converge by itself, as if the gateway had chosen that branch alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.core.cycles import cycles_of
from app.engine.core.tree import Gateway, Tree
from app.errors import Problem
from app.sentences import say

FORKS = ("ParallelGateway", "ConditionalParallelGateway")

Stream = tuple[tuple[str, str], ...]
"""The open forks from the outermost in, each as (gateway id, line id of the branch)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A tree's lines as successors and predecessors by node id."""

    start: str
    end: str
    after: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[str, ...]]


def shape_of(tree: Tree) -> Shape:
    """Return the successors and predecessors of every node."""
    after = {id_: tuple(tree.flows[f].target for f in node.outgoing) for id_, node in tree.nodes.items()}
    before: dict[str, list[str]] = {id_: [] for id_ in after}
    for id_, targets in after.items():
        for target in targets:
            before[target].append(id_)
    return Shape(tree.start.id, tree.end.id, after, {id_: tuple(sources) for id_, sources in before.items()})


def reached(start: str, along: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return the nodes that can be reached from `start`."""
    seen, left = {start}, [start]
    while left:
        for node_id in along[left.pop()]:
            if node_id not in seen:
                seen.add(node_id)
                left.append(node_id)
    return seen


def converges_of(tree: Tree) -> dict[str, str | None]:
    """Return the converge that joins each fork, None where there is none. Every node must reach the end.

    Inner forks choose first, each the nearest converge that is still free: a converge joins one fork only, and is on
    the same loops as its fork.
    """
    shape = shape_of(tree)
    next_pass = _post_dominators(shape)
    loop_of = _loops(shape)
    found: dict[str, str | None] = {}
    taken: set[str] = set()
    # In post order a node comes before those that lead to it, so inner forks come before outer ones.
    for node_id in _post_order(_outside(tree), shape.after):
        gateway = tree.gateways.get(node_id)
        if gateway is not None and gateway.type in FORKS:
            loop = loop_of.get(node_id)
            passed = _converges_passed(node_id, tree.gateways, next_pass)
            converge = next((c for c in passed if c not in taken and loop_of.get(c) == loop), None)
            found[node_id] = converge
            taken.add(converge or "")
    return found


def stream_problems(tree: Tree) -> list[Problem]:
    """Say where branches do not come together as they must. Every node must be reached and reach the end."""
    matches = converges_of(tree)
    problems = [
        Problem(
            "no_converge",
            say("the branches of gateway {gateway} do not all come to one converge gateway of its own", gateway=id_),
            id_,
        )
        for id_, converge in matches.items()
        if converge is None
    ]
    problems += _different_converges(tree, {c for c in matches.values() if c is not None})
    return problems or _clashes(tree, {id_: c for id_, c in matches.items() if c is not None})


def _outside(tree: Tree) -> str:
    """Return a node outside of all branches from which every node but the start is reached.

    Where a tree begins midway, on a loop, it is the last node of the loop that all paths to the end pass: if a fork were
    open there, its converge would come after it, and be on the loop as well.
    """
    shape = shape_of(tree)
    if not tree.begins_midway:
        return shape.start
    loop_of, next_pass = _loops(shape), _post_dominators(shape)
    (node_id,) = shape.after[shape.start]
    loop, found = loop_of.get(node_id), shape.start
    while node_id != shape.end:
        if loop is not None and loop_of.get(node_id) == loop:
            found = node_id
        node_id = next_pass[node_id]
    return found


def _loops(shape: Shape) -> dict[str, str]:
    """Name the loop that each node is on, if any, by one of its nodes."""
    return {node_id: min(cycle) for cycle in cycles_of(shape.after) for node_id in cycle}


def _clashes(tree: Tree, matches: Mapping[str, str]) -> list[Problem]:
    """Send streams along the lines and say where two different ones meet."""
    problems: list[Problem] = []
    nodes = tree.nodes
    first = _outside(tree)
    at: dict[str, Stream] = {first: ()}
    left = [first]
    told: set[str] = set()
    while left:
        node_id = left.pop()
        for flow_id in nodes[node_id].outgoing:
            target = tree.flows[flow_id].target
            stream = at[node_id] + ((node_id, flow_id),) if node_id in matches else at[node_id]
            if stream and matches[stream[-1][0]] == target:
                stream = stream[:-1]
            if target not in at:
                at[target] = stream
                left.append(target)
            elif at[target] != stream and target not in told:
                told.add(target)
                problems.append(Problem("streams_meet", _meeting(target, at[target], stream), target))
    if at.get(tree.end.id):
        problems.append(Problem("streams_meet", say("the end is reached from inside a parallel branch"), tree.end.id))
    return problems


def _meeting(node_id: str, one: Stream, other: Stream) -> str:
    return say(
        "node {node} is reached from {one} and from {other}; branches come together in the converge of their gateway only",
        node=node_id, one=_place(one), other=_place(other),
    )  # fmt: skip


def _place(stream: Stream) -> str:
    if not stream:
        return say("outside of all parallel branches")
    return say("a branch of gateway {gateway}", gateway=stream[-1][0])


def _different_converges(tree: Tree, joins: set[str]) -> list[Problem]:
    """An exclusive gateway's branches that come to converges must come together in one."""
    next_pass = _post_dominators(shape_of(tree))
    exclusive = [g for g in tree.gateways.values() if g.type == "ExclusiveGateway"]
    own = {g.id: next(_converges_passed(g.id, tree.gateways, next_pass), None) for g in exclusive}
    shape = shape_of(tree)
    problems = []
    for gateway in exclusive:
        if own[gateway.id] is not None:
            continue
        inner = joins | {c for id_, c in own.items() if c is not None and id_ != gateway.id}
        first = _first_converges(gateway, shape, tree.gateways, inner)
        if len(first) > 1:
            problems.append(
                Problem(
                    "different_converges",
                    say(
                        "the branches of gateway {gateway} come to different converge gateways and never together: {ids}",
                        gateway=gateway.id,
                        ids=sorted(first),
                    ),
                    gateway.id,
                )
            )
    return problems


def _first_converges(gateway: Gateway, shape: Shape, gateways: Mapping[str, Gateway], inner: set[str]) -> set[str]:
    """The converges that a gateway's branches come to first, those that inner gateways own left out."""
    found, seen, left = set(), {gateway.id}, list(shape.after[gateway.id])
    while left:
        node_id = left.pop()
        if node_id in seen:
            continue
        seen.add(node_id)
        is_converge = node_id in gateways and gateways[node_id].type == "ConvergeGateway"
        if is_converge and node_id not in inner:
            found.add(node_id)
        else:
            left.extend(shape.after[node_id])
    return found


def _converges_passed(node_id: str, gateways: Mapping[str, Gateway], next_pass: Mapping[str, str]) -> Iterator[str]:
    """Yield the converges that every path from a node to the end passes, the nearest first."""
    while node_id in next_pass and next_pass[node_id] != node_id:
        node_id = next_pass[node_id]
        if node_id in gateways and gateways[node_id].type == "ConvergeGateway":
            yield node_id


def _post_dominators(shape: Shape) -> dict[str, str]:
    """Return for each node the nearest other that all its paths to the end pass; the end has itself.

    The iteration of Cooper, Harvey and Kennedy on the reversed graph, with no recursion.
    """
    order = _post_order(shape.end, shape.before)
    rank = {node_id: i for i, node_id in enumerate(order)}
    pass_: dict[str, str] = {shape.end: shape.end}
    is_settled = False
    while not is_settled:
        is_settled = True
        for node_id in reversed(order):
            if node_id == shape.end:
                continue
            meeting = None
            for follower in shape.after[node_id]:
                if follower in pass_:
                    meeting = follower if meeting is None else _meet(meeting, follower, pass_, rank)
            if meeting is not None and pass_.get(node_id) != meeting:
                pass_[node_id] = meeting
                is_settled = False
    return pass_


def _meet(one: str, other: str, pass_: Mapping[str, str], rank: Mapping[str, int]) -> str:
    while one != other:
        while rank[one] < rank[other]:
            one = pass_[one]
        while rank[other] < rank[one]:
            other = pass_[other]
    return one


def _post_order(start: str, along: Mapping[str, tuple[str, ...]]) -> list[str]:
    order, seen, work = [], {start}, [(start, iter(along[start]))]
    while work:
        node_id, targets = work[-1]
        for target in targets:
            if target not in seen:
                seen.add(target)
                work.append((target, iter(along[target])))
                break
        else:
            work.pop()
            order.append(node_id)
    return order
