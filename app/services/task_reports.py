"""All of a task in one piece, to be kept, printed or read by a program: what it ran, with what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.engine.core.scope import MASK
from app.engine.core.secret_values import with_secrets
from app.engine.core.values import Json
from app.engine.plugins.registry import find_plugin
from app.extensions import db
from app.models.notices import Notice
from app.models.projects import Project
from app.models.runs import LogRow, NodeRunRow, RunRow
from app.models.tasks import Task
from app.models.templates import TemplateVersion
from app.services.access import Actor, require
from app.services.histories import deeds_of
from app.services.notices import list_notices
from app.services.outputs import TaskOutput
from app.services.overview import shown_state
from app.services.reading import task_detail

MOST_LOGS, LAST_PIECES, _LAST_LINES = 20, 60, 40
"""Of how many failed attempts the log is shown, how many pieces of it are read, and how many lines are shown."""

Place = tuple[int, str, int, int]
"""An attempt: its run, node, loop and number."""


@dataclass(frozen=True, slots=True)
class Input:
    """A variable that was asked for, with the value that the task was made with; secrets are masked."""

    key: str
    name: str
    value: Json


@dataclass(frozen=True, slots=True)
class ReportedAttempt:
    """One attempt at a node, with the values it was called with; `log` is the end of what a failed one logged."""

    loop: int
    attempt: int
    state: str
    started_at: datetime
    finished_at: datetime | None
    reason: str
    inputs: Mapping[str, Json]
    outputs: Mapping[str, Json]
    log: str = ""


@dataclass(frozen=True, slots=True)
class ReportedNode:
    """A node that the task has come to; `path` is its id behind those of the subprocesses that it is in, by `/`.

    `labels` are what its inputs and outputs are called, by key.
    """

    path: str
    name: str
    kind: str
    plugin: str
    labels: Mapping[str, str]
    attempts: Sequence[ReportedAttempt]


@dataclass(frozen=True, slots=True)
class Report:
    """A task as a whole. `tree` holds no secrets; `version` is that of its flow, None where that is not known."""

    task: Task
    state: str
    version: int | None
    tree: Mapping[str, Any]
    inputs: Sequence[Input]
    nodes: Sequence[ReportedNode]
    outputs: Sequence[TaskOutput]
    journal: Sequence[Mapping[str, Any]]
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of, wherever it was read: the attempts with the paths of their runs, and the ends of logs."""

    task: Task
    tree: Mapping[str, Any]
    outputs: Sequence[TaskOutput]
    attempts: Sequence[tuple[str, NodeRunRow]]
    logs: Mapping[Place, str]
    journal: Sequence[Mapping[str, Any]]
    notices: Sequence[Notice]


def report_of(actor: Actor, project: Project, task_id: int) -> Report:
    """Return everything that there is to tell of a task, in a number of queries that does not grow with it."""
    require(actor, project, "view")
    detail = task_detail(actor, project, task_id)
    attempts = _attempts(detail.task)
    logs = _ends_of_logs([row for _, row in attempts if row.state == "failed"][-MOST_LOGS:])
    deeds, notices = deeds_of(actor, project, task_id), list_notices(actor, project, task_id=task_id)
    return report_from(Material(detail.task, detail.tree, detail.outputs, attempts, logs, deeds, notices))


def report_from(given: Material) -> Report:
    """Make a report of what was read; it still asks which version of the flow the task ran."""
    task, tree = given.task, with_secrets(given.tree, lambda text: MASK)
    number = select(TemplateVersion.number).where(TemplateVersion.id == task.template_version_id)
    shown = [c for c in tree["constants"].values() if c.get("show_type") == "show"]
    inputs = [Input(c["key"], c.get("name") or c["key"], c.get("value")) for c in sorted(shown, key=_index)]
    return Report(
        task, shown_state(task), db.session.scalar(number) if task.template_version_id else None, tree, inputs,
        _nodes(given, tree), given.outputs, given.journal, given.notices,
    )  # fmt: skip


def _index(constant: Mapping[str, Any]) -> int:
    index = constant.get("index", 0)
    return index if isinstance(index, int) else 0


def _attempts(task: Task) -> list[tuple[str, NodeRunRow]]:
    if task.run_id is None:
        return []
    rows = db.session.execute(
        select(RunRow.path, NodeRunRow)
        .join(RunRow, RunRow.id == NodeRunRow.run_id)
        .where(RunRow.root_id == task.run_id)
        .order_by(NodeRunRow.started_at, NodeRunRow.run_id, NodeRunRow.loop, NodeRunRow.attempt, NodeRunRow.node_id)
    )
    return [(path, row) for path, row in rows]


def _nodes(given: Material, tree: Mapping[str, Any]) -> list[ReportedNode]:
    """Return the nodes in the order in which they were come to, events and gateways only where they failed."""
    found: dict[str, list[ReportedAttempt]] = {}
    for above, row in given.attempts:
        path = f"{above}/{row.node_id}" if above else row.node_id
        found.setdefault(path, []).append(_attempt(row, given.logs.get(place_of(row), "")))
    return [node for path, attempts in found.items() for node in _node(tree, path, attempts)]


def _node(tree: Mapping[str, Any], path: str, attempts: Sequence[ReportedAttempt]) -> Iterator[ReportedNode]:
    drawn = node_at(tree, path)
    works = drawn.get("type") in ("ServiceActivity", "SubProcess")
    if works or any(attempt.state == "failed" for attempt in attempts):
        component = drawn.get("component") or {}
        plugin = find_plugin(str(component.get("code")), str(component.get("version") or "legacy"))
        name, kind = str(drawn.get("name") or ""), str(drawn.get("type") or "")
        labels = {f.key: f.name for f in (*plugin.inputs, *plugin.outputs)} if plugin is not None else {}
        yield ReportedNode(path, name, kind, plugin.name if plugin is not None else "", labels, attempts)


def node_at(tree: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return a node of a frozen tree by its path; an empty one where there is none."""
    *above, last = path.split("/")
    for id_ in above:
        tree = tree.get("activities", {}).get(id_, {}).get("pipeline") or {}
    events = [tree.get("start_event") or {}, tree.get("end_event") or {}]
    found: Mapping[str, Any] = next((event for event in events if event.get("id") == last), {})
    return tree.get("activities", {}).get(last) or tree.get("gateways", {}).get(last) or found


def _attempt(row: NodeRunRow, log: str) -> ReportedAttempt:
    state = "skipped" if row.skipped else row.state
    outputs = {key: value for key, value in (row.outputs or {}).items() if not key.startswith("_") and key != "log"}
    return ReportedAttempt(
        row.loop, row.attempt, state, row.started_at, row.finished_at, row.reason, row.inputs or {}, outputs, log
    )


def _ends_of_logs(rows: Sequence[NodeRunRow]) -> dict[Place, str]:
    """Return the last lines that each of some attempts logged; there are never many."""
    found = {}
    for row in rows:
        run_id, node_id, loop, attempt = place_of(row)
        wanted = select(LogRow.body).where(
            LogRow.run_id == run_id, LogRow.node_id == node_id, LogRow.loop == loop, LogRow.attempt == attempt
        )
        pieces = db.session.scalars(wanted.order_by(LogRow.id.desc()).limit(LAST_PIECES)).all()
        found[place_of(row)] = end_of_log(list(reversed(pieces)))
    return found


def end_of_log(pieces: Sequence[str]) -> str:
    """Return the last lines of the last pieces of a log."""
    text = "".join(body if body.endswith("\n") else f"{body}\n" for body in pieces)
    return "\n".join(text.rstrip("\n").split("\n")[-_LAST_LINES:])


def place_of(row: NodeRunRow | LogRow) -> Place:
    """Return which attempt a row is, or is about."""
    return row.run_id, row.node_id, row.loop, row.attempt
