"""How far tasks of a list have come: the nodes that have ended, of all that their own trees have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row, func, select

from app.extensions import db
from app.models.runs import NodeRunRow
from app.models.tasks import TaskTree

_MOST_KNOWN = 20_000
_UNDER_WAY = ("running", "paused", "revoked")


# Numbers of nodes by the ids of trees, for each database: the tree of a task that has started never changes.
_sizes: WeakKeyDictionary[Engine, dict[int, int]] = WeakKeyDictionary()


def progress_of(tasks: Sequence[Row[Any]]) -> Mapping[int, int]:
    """Return how many percent of its own nodes each task has ended, by id; what has not started has none.

    Tasks are rows with id, state, run_id and tree_id. It asks twice at most, however many there are.
    """
    percent = {task.id: 100 for task in tasks if task.state == "finished"}
    under_way = [task for task in tasks if task.run_id is not None and task.state in _UNDER_WAY]
    if not under_way:
        return percent
    sizes = _sizes_of([task.tree_id for task in under_way])
    ended = (
        select(NodeRunRow.run_id, func.count(NodeRunRow.node_id.distinct()))
        .where(NodeRunRow.run_id.in_([task.run_id for task in under_way]), NodeRunRow.state == "finished")
        .group_by(NodeRunRow.run_id)
    )
    counts: dict[int, int] = {run_id: count for run_id, count in db.session.execute(ended)}
    for task in under_way:
        percent[task.id] = min(99, 100 * counts.get(task.run_id, 0) // max(1, sizes.get(task.tree_id, 1)))
    return percent


def _sizes_of(tree_ids: Sequence[int]) -> Mapping[int, int]:
    known = _sizes.setdefault(db.engine, {})
    if len(known) > _MOST_KNOWN:
        known.clear()
    unknown = [tree_id for tree_id in tree_ids if tree_id not in known]
    if unknown:
        for tree_id, body in db.session.execute(select(TaskTree.id, TaskTree.body).where(TaskTree.id.in_(unknown))):
            # The start and the end count too: they are nodes that run.
            known[tree_id] = len(body["activities"]) + len(body["gateways"]) + 2
    return known
