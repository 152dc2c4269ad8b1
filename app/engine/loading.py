"""Opens flights: finds a run's task, compiles its tree once for each process, and locates nodes in it."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.engine.admission import NO_LIMITS, Limits
from app.engine.core.compile import compile_tree
from app.engine.core.graph import Graph
from app.engine.core.run import OVER, RunState
from app.engine.core.secret_values import with_secrets
from app.engine.core.tree_reading import parse_tree
from app.engine.core.values import Json
from app.engine.core.variables.moments import BEGAN, WRITTEN
from app.engine.flight import Flight, Order
from app.engine.store import Tx
from app.engine.watching import Audience, read_watchers
from app.errors import NotFound
from app.models.base import from_micros
from app.models.sealed import owner_of, owners_in_task, unseal

_MOST_NODES = 20_000

_ORDER = (
    "SELECT t.id, t.name, t.executor, t.executor_proxy, t.creator, t.tree_id, p.id, p.name, p.biz_id, p.time_zone,"
    " t.env, t.watchers, r.started_at FROM run r"
    " JOIN task t ON t.id = r.task_id JOIN project p ON p.id = t.project_id WHERE r.id = ?"
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A task's tree ready to run, its own id, and where each of its nodes is: the path of subprocess nodes above it."""

    graph: Graph
    paths: Mapping[str, tuple[str, ...]]
    id: str = ""


class Loader:
    """Opens flights for one process. Trees never change once their task has started, so they are kept compiled."""

    def __init__(self, base_url: str, rerun_limit: int, limits: Limits = NO_LIMITS) -> None:
        self.base_url, self._rerun_limit, self.limits = base_url, rerun_limit, limits
        self._orders: OrderedDict[int, tuple[Order, Compiled]] = OrderedDict()
        self._nodes = 0
        self._lock = threading.Lock()

    def open(self, tx: Tx, root_id: int) -> Flight:
        """Return a flight for a root run; nothing of it is read or locked yet."""
        return Flight(root_id, self._order(tx, root_id)[0])

    def compiled(self, tx: Tx, root_id: int) -> Compiled:
        """Return the compiled tree of a root run's task."""
        return self._order(tx, root_id)[1]

    def path_of(self, tx: Tx, root_id: int, node_id: str) -> tuple[str, ...]:
        """Return the subprocess nodes above a node; raises NotFound when the task's tree has no such node."""
        path = self.compiled(tx, root_id).paths.get(node_id)
        if path is None:
            raise NotFound("node", node_id)
        return path

    def _order(self, tx: Tx, root_id: int) -> tuple[Order, Compiled]:
        with self._lock:
            known = self._orders.get(root_id)
            if known is not None:
                self._orders.move_to_end(root_id)
                return known
        made = self._make(tx, root_id)
        with self._lock:
            if root_id not in self._orders:
                self._orders[root_id] = made
                self._nodes += len(made[1].paths)
            while self._nodes > _MOST_NODES and len(self._orders) > 1:
                _, (_, dropped) = self._orders.popitem(last=False)
                self._nodes -= len(dropped.paths)
        return made

    def _make(self, tx: Tx, root_id: int) -> tuple[Order, Compiled]:
        row = tx.one(_ORDER, (root_id,))
        assert row is not None, "a root run has a task, and a task a project"
        (
            task_id, name, executor, proxy, creator, tree_id, project_id, project_name, biz_id, time_zone, env, watchers,
            started_at,
        ) = row  # fmt: skip
        compiled = compile_opened(tx, tree_id, project_id)
        task_url = f"{self.base_url}/taskflow/execute/{project_id}/?instance_id={task_id}"
        system: dict[str, Json] = {
            "task_id": task_id, "task_name": name, "executor": proxy or executor, "operator": executor or creator,
            "project_id": project_id, "project_name": project_name, "bk_biz_id": biz_id, "bk_biz_name": project_name,
            "biz_cc_id": biz_id, "biz_cc_name": project_name, "time_zone": time_zone, "task_url": task_url,
            "task_start_time": f"{from_micros(started_at).astimezone(ZoneInfo(time_zone)):{WRITTEN}}", "language": "en",
        }  # fmt: skip
        given = {**json.loads(env or "{}"), "_system": system, BEGAN: from_micros(started_at).isoformat()}
        has_secrets = _has_secrets(compiled.graph)
        audience = Audience(read_watchers(json.loads(watchers)), project_id, task_id, system) if watchers else None
        owner = owner_of(project_id)
        order = Order(task_id, compiled.graph, given, self._rerun_limit, has_secrets, audience, owner, self.limits)
        return order, compiled


def compile_opened(tx: Tx, tree_id: int, project_id: int) -> Compiled:
    """Compile the tree that was stored for a task of a project, with its passwords in plain text."""
    owners = owners_in_task(project_id)
    return _compiled(with_secrets(_stored(tx, tree_id), lambda text: unseal(text, owners)))


def compile_stored(tx: Tx, tree_id: int) -> Compiled:
    """Compile the tree that was stored for a task as it is, to be looked at: its passwords stay sealed."""
    return _compiled(_stored(tx, tree_id))


def live_run(tx: Tx, root_id: int, path: tuple[str, ...]) -> tuple[int, RunState] | None:
    """Return the run at a path of a task that an order is for, and its state; None where the path was never reached.

    That is the one that lives (of a loop's elements the first that does), else the latest.
    """
    rows = tx.all(
        "SELECT id, state FROM run WHERE root_id = ? AND path = ? ORDER BY id DESC", (root_id, "/".join(path))
    )
    found = [(run_id, RunState(state)) for run_id, state in rows]
    return next((run for run in reversed(found) if run[1] not in OVER), found[0] if found else None)


def _stored(tx: Tx, tree_id: int) -> Mapping[str, Json]:
    body = tx.one("SELECT body FROM task_tree WHERE id = ?", (tree_id,))
    assert body is not None, "a task has a tree"
    document: Mapping[str, Json] = json.loads(body[0])
    return document


def _compiled(document: Mapping[str, Json]) -> Compiled:
    graph = compile_tree(parse_tree(document))
    return Compiled(graph, dict(_paths(graph, ())), str(document.get("id", "")))


def _paths(graph: Graph, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in graph.nodes.values():
        yield node.id, path
        if node.child is not None:
            yield from _paths(node.child, (*path, node.id))


def _has_secrets(graph: Graph) -> bool:
    if any(variable.secret for variable in graph.variables.values()):
        return True
    return any(_has_secrets(node.child) for node in graph.nodes.values() if node.child is not None)
