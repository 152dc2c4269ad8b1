"""What people and other systems may ask of a task, each as one move in the caller's transaction.

Every function raises Refused (and has changed nothing) when the task is not in a state for it. The caller commits
and then nudges for the root run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.engine.core.graph import Graph
from app.engine.core.run import (
    BranchAsked,
    CallbackCame,
    Event,
    FailAsked,
    HoldAsked,
    PauseAsked,
    ReleaseAsked,
    ResumeAsked,
    RetryAsked,
    RunState,
    SkipAsked,
    StoreCallback,
)
from app.engine.core.starting import start_positions
from app.engine.core.validate import Known
from app.engine.core.values import Json, dumps
from app.engine.flight import Flight
from app.engine.loading import Loader, compile_stored, live_run
from app.engine.rows import insert_root
from app.engine.store import Tx
from app.errors import InvalidInput, Problem, Refused
from app.models.base import to_micros
from app.sentences import say


@dataclass(frozen=True, slots=True)
class Desk:
    """Where orders are taken: a transaction, the process's loader, and the present."""

    tx: Tx
    loader: Loader
    now: datetime


def start(desk: Desk, task_id: int, known: Known, at: str = "") -> int:
    """Make the root run of a task, ready to begin in a worker; returns its id. The caller holds the task's row.

    Nothing of the tree is read, unless the run is to begin `at` a node other than its start event. Raises
    InvalidInput for such a node where no run may begin, and for plugins that do not exist any more: the tree itself
    was found valid when it was made.
    """
    row = desk.tx.one(
        "SELECT r.id, r.start, r.plugins FROM task t JOIN task_tree r ON r.id = t.tree_id WHERE t.id = ?", (task_id,)
    )
    assert row is not None, "a task has a tree"
    tree_id, first, plugins = row
    problems: list[Problem] = []
    if any((code, version) not in known for code, version in json.loads(plugins)):
        problems += _unknown_plugins(compile_stored(desk.tx, tree_id).graph, known)
    if at and at not in (places := start_positions(compile_stored(desk.tx, tree_id).graph)):
        text = say("a run cannot begin at {at}; it can at: {places}", at=at, places=sorted(places))
        problems.append(Problem("start_position", text, at))
    if problems:
        raise InvalidInput.of(problems)
    return insert_root(desk.tx, task_id, desk.now, at or first)


def pause(desk: Desk, root_id: int) -> None:
    """Begin no further node of the task."""
    _feed(desk, root_id, root_id, PauseAsked())


def resume(desk: Desk, root_id: int) -> None:
    """Go on after a pause."""
    _feed(desk, root_id, root_id, ResumeAsked())


def revoke(desk: Desk, root_id: int) -> None:
    """End the task for ever."""
    flight = _lock(desk, root_id)
    flight.revoke(desk.tx)
    flight.write(desk.tx)


def retry(desk: Desk, root_id: int, node_id: str, inputs: Mapping[str, Json] | None) -> None:
    """Try a failed node again, with new inputs if they are given."""
    _feed_node(desk, root_id, node_id, RetryAsked(node_id, inputs))


def skip(desk: Desk, root_id: int, node_id: str) -> None:
    """Go on after a failed node."""
    _feed_node(desk, root_id, node_id, SkipAsked(node_id))


def force_fail(desk: Desk, root_id: int, node_id: str, reason: str) -> None:
    """Give a working node up."""
    _feed_node(desk, root_id, node_id, FailAsked(node_id, reason))


def choose_branches(desk: Desk, root_id: int, node_id: str, flow_ids: Sequence[str]) -> None:
    """Leave a failed gateway along chosen flows."""
    _feed_node(desk, root_id, node_id, BranchAsked(node_id, tuple(flow_ids)))


def hold(desk: Desk, root_id: int, node_id: str) -> None:
    """Pause a node before it is reached."""
    _feed_node(desk, root_id, node_id, HoldAsked(node_id))


def release(desk: Desk, root_id: int, node_id: str) -> None:
    """Take a node's pause back."""
    _feed_node(desk, root_id, node_id, ReleaseAsked(node_id))


def pause_subprocess(desk: Desk, root_id: int, node_id: str) -> None:
    """Begin no further node of a running subprocess."""
    _feed(desk, root_id, _child_of(desk, root_id, node_id), PauseAsked())


def resume_subprocess(desk: Desk, root_id: int, node_id: str) -> None:
    """Let a paused subprocess go on."""
    _feed(desk, root_id, _child_of(desk, root_id, node_id), ResumeAsked())


def take_callback(desk: Desk, root_id: int, node_id: str, body: Json) -> None:
    """Store a callback for a node, which may not have begun to wait; it is applied in order, once."""
    run_id = _run_of(desk, root_id, node_id)
    flight = _lock(desk, root_id)
    flight.hold(desk.tx, run_id, (node_id,))
    for effect in flight.feed(desk.tx, run_id, CallbackCame(node_id)):
        if isinstance(effect, StoreCallback):
            desk.tx.run(
                "INSERT INTO callback (run_id, node_id, loop, attempt, body, arrived_at) VALUES (?, ?, ?, ?, ?, ?)",
                (run_id, node_id, effect.loop, effect.attempt, dumps(body), to_micros(desk.now)),
            )
    flight.write(desk.tx)


def _unknown_plugins(graph: Graph, known: Known) -> Iterator[Problem]:
    for node in graph.nodes.values():
        if node.plugin and (node.plugin, node.version) not in known:
            text = say(
                "node {node} calls plugin {code} {version}, which does not exist",
                node=node.id,
                code=node.plugin,
                version=node.version,
            )
            yield Problem("unknown_plugin", text, node.id)
        if node.child is not None:
            yield from _unknown_plugins(node.child, known)


def _feed_node(desk: Desk, root_id: int, node_id: str, event: Event) -> None:
    _feed(desk, root_id, _run_of(desk, root_id, node_id), event, node_id)


def _feed(desk: Desk, root_id: int, run_id: int, event: Event, *nodes: str) -> None:
    flight = _lock(desk, root_id)
    held = flight.hold(desk.tx, run_id, nodes)
    if held.run.state is RunState.FAILED:
        # To open it again, what has become of all its steps must be known.
        flight.hold(desk.tx, run_id, held.graph.nodes)
    flight.feed(desk.tx, run_id, event)
    flight.write(desk.tx)


def _lock(desk: Desk, root_id: int) -> Flight:
    flight = desk.loader.open(desk.tx, root_id)
    flight.lock(desk.tx, desk.now)
    return flight


def _run_of(desk: Desk, root_id: int, node_id: str) -> int:
    """Find the run that a node lives in; its subprocess must have been reached."""
    path = desk.loader.path_of(desk.tx, root_id, node_id)
    run = live_run(desk.tx, root_id, path)
    if run is None:
        raise Refused(
            "not_reached",
            say(
                "node {node} is inside subprocess {subprocess}, which is not reached yet",
                node=node_id,
                subprocess=path[-1],
            ),
            node=node_id,
        )
    return run[0]


def _child_of(desk: Desk, root_id: int, node_id: str) -> int:
    """Find the latest run of a subprocess node."""
    path = desk.loader.path_of(desk.tx, root_id, node_id)
    run = live_run(desk.tx, root_id, (*path, node_id))
    if run is None:
        graph = desk.loader.open(desk.tx, root_id).order.graph.at(path)
        if graph.nodes[node_id].child is None:
            raise Refused("not_a_subprocess", say("node {node} is not a subprocess", node=node_id), node=node_id)
        raise Refused("not_reached", say("subprocess {node} is not reached yet", node=node_id), node=node_id)
    return run[0]
