"""Statistics of a flow's nodes. A task's nodes have ids of its own, so they are told together by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects import postgresql

from app.extensions import db
from app.models.projects import Project
from app.models.runs import NodeRunRow, RunRow
from app.models.tasks import TaskTree
from app.services.access import Actor, require
from app.services.engine import bound
from app.services.statistics import Numbers, Wanted, ended_tasks, numbers_by, weeks_of

MOST_TASKS = 500
"""Of how many tasks nodes are counted: their trees are read for it, in the database."""


@dataclass(frozen=True, slots=True)
class NodeNumbers:
    """The attempts at the nodes of one name, of which `numbers.well` did not fail."""

    name: str
    numbers: Numbers


def node_statistics(actor: Actor, project: Project, wanted: Wanted) -> Sequence[NodeNumbers]:
    """Return the numbers of the nodes of one flow in its last tasks, those that take the longest first.

    Those of a subprocess are told apart by its name before theirs.
    """
    require(actor, project, "view")
    since = weeks_of(bound().clock(), wanted.weeks, project.time_zone)[0]
    every = ended_tasks(project, wanted, since)
    tasks = select(every.c.run_id, every.c.tree_id).order_by(every.c.id.desc()).limit(MOST_TASKS).subquery()
    visits = union_all(_visits_of_roots(tasks), _visits_of_subprocesses(tasks)).subquery()
    found = numbers_by(select(visits.c.is_well, visits.c.took), visits.c.name)
    slowest = sorted(found.items(), key=lambda item: -(item[1].p95_s or 0))
    return [NodeNumbers(str(name or ""), numbers) for name, numbers in slowest]


def _visits_of_roots(tasks: Subquery) -> Select[Any]:
    """Return the attempts at the nodes of the flow itself, whose trees are read once each."""
    nodes, name = _nodes_of_tree()
    return (
        _attempts(name)
        .select_from(tasks)
        .join(TaskTree, TaskTree.id == tasks.c.tree_id)
        .join(nodes, true())
        .join(NodeRunRow, (NodeRunRow.run_id == tasks.c.run_id) & (NodeRunRow.node_id == nodes.c.key))
        .where(*_COUNTED)
    )


def _visits_of_subprocesses(tasks: Subquery) -> Select[Any]:
    """Return the attempts at the nodes in subprocesses; what has no name among a tree's activities is a gateway or an event."""
    own = _name_at(RunRow.path + "/" + NodeRunRow.node_id)
    return (
        _attempts(_name_at(RunRow.path.expression) + " › " + own)
        .select_from(tasks)
        .join(TaskTree, TaskTree.id == tasks.c.tree_id)
        .join(RunRow, (RunRow.root_id == tasks.c.run_id) & (RunRow.path != ""))
        .join(NodeRunRow, NodeRunRow.run_id == RunRow.id)
        .where(*_COUNTED, own.is_not(None))
    )


_COUNTED = (NodeRunRow.state.in_(("finished", "failed")), NodeRunRow.skipped.is_(False))


def _attempts(name: ColumnElement[str]) -> Select[Any]:
    started, ended = (type_coerce(column, BigInteger) for column in (NodeRunRow.started_at, NodeRunRow.finished_at))
    is_well = case((NodeRunRow.state == "finished", 1), else_=0)
    return select(name.label("name"), is_well.label("is_well"), (ended - started).label("took"))


def _name_at(path: ColumnElement[str]) -> ColumnElement[str]:
    """Return the name of the activity at a path of ids, `a/b` being b in the subprocess a."""
    body = type_coerce(TaskTree.body, Text)
    if db.engine.dialect.name == "sqlite":
        inner = func.replace(path, "/", '".pipeline.activities."', type_=Text)
        return func.json_extract(body, '$.activities."' + inner + '".name', type_=Text)
    keys = func.string_to_array(
        "activities/" + func.replace(path, "/", "/pipeline/activities/", type_=Text) + "/name", "/"
    )
    return cast(body, postgresql.JSON).op("#>>", return_type=Text())(keys)


def _nodes_of_tree() -> tuple[Any, ColumnElement[str]]:
    """Return the activities of a tree as a table with keys, and the name in it; each database reads JSON its own way."""
    body = type_coerce(TaskTree.body, Text)
    if db.engine.dialect.name == "sqlite":
        nodes = func.json_each(body, "$.activities").table_valued("key", "value", name="node")
        return nodes, func.json_extract(nodes.c.value, "$.name")
    tree = cast(body, postgresql.JSON)
    nodes = func.json_each(func.json_extract_path(tree, "activities")).table_valued("key", "value", name="node")
    return nodes, func.json_extract_path_text(nodes.c.value, "name")
