"""A task as its run view shows it: every node that it has reached, subprocesses' too, as plain rows that can be compared."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.engine.core.status import NodeStatus
from app.models.projects import Project
from app.services.access import Actor
from app.services.following import Position
from app.services.function_tasks import order_of
from app.services.overview import shown_state
from app.services.reading import task_status
from app.services.tasks import find_task

_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class RunView:
    """What a run view shows: the task's facts, and its nodes by path (ids from the outermost subprocess down, by `/`)."""

    task: Mapping[str, Any]
    nodes: Mapping[str, Mapping[str, Any]]

    def changes(self, since: RunView) -> Mapping[str, Any]:
        """Return what differs from an earlier view: {task, nodes}, `nodes` with only those that changed."""
        nodes = {path: node for path, node in self.nodes.items() if since.nodes.get(path) != node}
        gone = [path for path in since.nodes if path not in self.nodes]
        return {"task": self.task, "nodes": nodes, "gone": gone}


def run_view(actor: Actor, project: Project, task_id: int) -> RunView:
    """Read a task as it stands now."""
    status = task_status(actor, project, task_id)
    task = find_task(actor, project, task_id)
    facts = {
        "id": task.id, "name": task.name, "state": task.state, "shown_state": shown_state(task),
        "executor": task.executor, "started_at": _moment(task.started_at), "finished_at": _moment(task.finished_at),
        "waits_for_room": task.waits_for_room, "priority": task.priority, "order": order_of(task),
    }  # fmt: skip
    return RunView(facts, dict(_rows(status.nodes, "")))


class RunViews:
    """Views that many watchers of the same task share: each position of a task is read once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._views: OrderedDict[int, tuple[Position, RunView]] = OrderedDict()
        self._reading: dict[int, threading.Lock] = {}

    def at(self, actor: Actor, project: Project, task_id: int, position: Position) -> RunView:
        """Return the view of a task at a position, or a later one; asks for the actor's permission each time."""
        find_task(actor, project, task_id)
        with self._lock:
            reading = self._reading.setdefault(task_id, threading.Lock())
        with reading:
            with self._lock:
                kept = self._views.get(task_id)
            if kept is not None and replace(kept[0], log_id=position.log_id) == position:
                return kept[1]
            view = run_view(actor, project, task_id)
            with self._lock:
                self._views[task_id] = (position, view)
                self._views.move_to_end(task_id)
                while len(self._views) > _MOST_KEPT:
                    self._reading.pop(self._views.popitem(last=False)[0], None)
            return view


def _rows(nodes: Mapping[str, NodeStatus], above: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for node in nodes.values():
        path = f"{above}{node.node_id}"
        yield (
            path,
            {
                "id": node.node_id, "name": node.name, "kind": node.kind, "state": node.state, "loop": node.loop,
                "attempt": node.attempt, "retries": node.retries, "skipped": node.skipped,
                "error_ignored": node.error_ignored, "started_at": _moment(node.started_at),
                "finished_at": _moment(node.finished_at), "reason": node.reason, "child_state": node.child_state,
            },
        )  # fmt: skip
        yield from _rows(node.children, f"{path}/")


def _moment(moment: datetime | None) -> int | None:
    """Return a time as milliseconds since 1970, as scripts count it."""
    return int(moment.timestamp() * 1000) if moment is not None else None
