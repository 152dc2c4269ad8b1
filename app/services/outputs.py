"""The outputs of tasks: what their output variables have come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.engine.core.scope import MASK
from app.engine.core.secret_values import is_secret
from app.engine.core.values import Json, key_of, name_of
from app.extensions import db
from app.models.runs import RunRow, ValueRow
from app.models.tasks import Task, TaskTree


@dataclass(frozen=True, slots=True)
class TaskOutput:
    """An output of a task: its variable's key and label, and the value that it has."""

    key: str
    name: str
    value: Json


def outputs_of(task: Task, tree: Mapping[str, Any]) -> list[TaskOutput]:
    """Return the outputs of a finished task, or what its output variables have got so far; none before its start.

    A password is masked, as it is among the inputs of nodes.
    """
    if task.run_id is None:
        return []
    run = db.session.get_one(RunRow, task.run_id)
    known = run.outputs
    if known is None:
        rows = db.session.execute(select(ValueRow.name, ValueRow.value).where(ValueRow.run_id == run.id))
        known = {name: value for name, value in rows}
    return outputs_from(tree, known)


def outputs_from(tree: Mapping[str, Any], known: Mapping[str, Json]) -> list[TaskOutput]:
    """Return the outputs of a tree, by the values that are known."""
    constants = tree.get("constants", {})
    outputs = []
    for key in tree.get("outputs", []):
        constant, name = constants.get(key, {}), name_of(key)
        value = MASK if is_secret(constant) else known.get(name, constant.get("value", key_of(name)))
        outputs.append(TaskOutput(key, constant.get("name", key), value))
    return outputs


def stored_outputs(task_id: int) -> Sequence[TaskOutput]:
    """Return the outputs of a task by its id, for who may know of it; none where it is gone."""
    task = db.session.get(Task, task_id)
    return [] if task is None else outputs_of(task, db.session.get_one(TaskTree, task.tree_id).body)
