"""Executions and their tasks in the dialect's shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.api.oos.ids import execution_id, task_id, template_id
from app.api.oos.template_out import given_properties, operator_body, operator_names, template_of
from app.api.oos.words import EXECUTION_STATES, TASK_STATES, TRIGGERS
from app.services.oos_executions import Execution, Trace

_WAITS: Mapping[str, str] = {"person": "waiting_person", "callback": "waiting_callback", "paused": "paused"}
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Place:
    """An activity of a tree, and the run in which the engine works on it, as the node `node_id`.

    `names` are the operators' names by activity, `element` is the number of a loop's element. One that runs a whole
    template has no node of its own: it is its run.
    """

    run_id: int
    activity_id: str
    tree: Mapping[str, Any]
    names: Mapping[str, str]
    node_id: str
    element: int | None = None

    @property
    def activity(self) -> Mapping[str, Any]:
        """The activity."""
        found: Mapping[str, Any] = self.tree["activities"][self.activity_id]
        return found

    @property
    def runs_template(self) -> bool:
        """Say whether it runs a template."""
        return isinstance(self.activity.get("pipeline"), Mapping)

    @property
    def is_run(self) -> bool:
        """Say whether it is a run as a whole."""
        return self.element is not None and self.runs_template


def execution_body(execution: Execution, trace: Trace | None, locale: str) -> dict[str, Any]:
    """Return an execution; without a trace it has no tasks, as in lists."""
    task, tree = execution.task, execution.tree
    template = template_of(tree, execution.template_name)
    if execution.template_id is not None:
        template["ref"] = template_id(execution.template_id)
    kept = (tree.get("oos") or {}).get("execution") or {}
    tasks = tasks_of(execution, trace) if trace is not None else []
    failed = next((one for one in tasks if one["state"] == "FAILED"), None)
    state = EXECUTION_STATES.get(task.state, "RUNNING")
    updated = [one["updatedTimestamp"] for one in tasks]
    return {
        "id": execution_id(task.id), "description": task.description, "template": template,
        "createdTimestamp": millis(task.created_at),
        "updatedTimestamp": max([millis(task.finished_at or task.started_at or task.created_at), *updated]),
        "finishedTimestamp": millis(task.finished_at), "state": state, "properties": given_properties(tree),
        "tasks": tasks, "tags": kept.get("tags") or [], "trigger": TRIGGERS.get(task.create_method, "MANUAL"),
        "templateDeleted": execution.is_template_deleted, "parallelism": int(tree.get("parallelism") or 0),
        "manually": False, "reason": f"{failed['operator']['name']}: {failed['reason']}" if failed and state == "FAILED" else "",
        "errorCode": "", "locale": locale,
    }  # fmt: skip


def tasks_of(execution: Execution, trace: Trace) -> list[dict[str, Any]]:
    """Return the tasks of an execution, in the order of its template's operators, whether they have begun or not."""
    root = execution.task.run_id
    if root is None:
        return []
    return [task_body(execution, trace, place, 0) for place in places_in(root, execution.tree)]


def places_in(run_id: int, tree: Mapping[str, Any]) -> list[Place]:
    """Return the nodes of a run in the order of its template's operators."""
    names = operator_names(tree)
    return [Place(run_id, id_, tree, names, id_) for id_ in names]


def task_body(execution: Execution, trace: Trace, place: Place, depth: int) -> dict[str, Any]:
    """Return a task with those below it."""
    run = trace.runs.get(place.run_id)
    row = None if place.is_run else trace.node_runs.get((place.run_id, place.node_id))
    ran = run if place.is_run else row
    operator = operator_body(place.activity, place.names)
    context = {**operator["initContext"], **operator["properties"]}
    created = run.started_at if run is not None else execution.task.created_at
    children = children_of(trace, place) if depth < _DEEPEST else []
    outputs = {key: value for key, value in ((row.outputs if row else None) or {}).items() if not key.startswith("_")}
    return {
        "id": task_id(place.run_id, place.activity_id), "loopIndex": place.element or 0,
        "revision": (row.loop * 1000 + row.attempt) if row is not None else 0,
        "createdTimestamp": millis(created),
        "updatedTimestamp": millis((ran.finished_at or ran.started_at) if ran is not None else created),
        "finishedTimestamp": millis(ran.finished_at) if ran is not None else 0,
        "state": state_of(trace, place), "operator": {**operator, "properties": {}, "initContext": context},
        "initContext": context, "context": {}, "outputContext": outputs, "tries": max(row.attempt - 1, 0) if row else 0,
        "reason": row.reason if row is not None else "", "errorCode": "", "namespace": "default",
        "children": [task_body(execution, trace, child, depth + 1) for child in children],
        "log": [_log_entry(entry) for entry in trace.logs.get((place.run_id, place.node_id), ())],
    }  # fmt: skip


def children_of(trace: Trace, place: Place) -> list[Place]:
    """Return what is below an activity: a loop's elements, or the activities of the template that it runs."""
    if place.is_run:
        return places_in(place.run_id, place.activity["pipeline"])
    found: list[Place] = []
    for run in trace.below.get((place.run_id, place.node_id), ()):
        if run.element is not None:
            node_id = place.node_id if place.runs_template else element_node(place.node_id)
            found.append(replace(place, run_id=run.id, node_id=node_id, element=run.element))
        elif place.runs_template:
            found += places_in(run.id, place.activity["pipeline"])
    return found


def all_places(execution: Execution, trace: Trace) -> dict[tuple[int, str], Place]:
    """Return every activity of every run of an execution, by run and activity."""
    root = execution.task.run_id
    left = places_in(root, execution.tree) if root is not None else []
    found: dict[tuple[int, str], Place] = {}
    while left:
        place = left.pop()
        found[place.run_id, place.activity_id] = place
        left += children_of(trace, place)
    return found


def state_of(trace: Trace, place: Place) -> str:
    """Return the state of a task in the dialect's words."""
    if place.is_run:
        return EXECUTION_STATES.get(trace.runs[place.run_id].state, "RUNNING")
    row = trace.node_runs.get((place.run_id, place.node_id))
    token = trace.tokens.get((place.run_id, place.node_id))
    if row is None:
        return "PENDING"
    state = str(row.state)
    if state == "running" and token is not None:
        state = _WAITS.get(token.wait, state)
        if token.wait == "timer":
            state = "retrying" if token.phase == "execute" else "waiting_timer"
    if row.skipped or row.error_ignored:
        state = "ignored"
    return TASK_STATES.get(state, "RUNNING")


def task_detail_body(execution: Execution, trace: Trace, place: Place, locale: str) -> dict[str, Any]:
    """Return a task as its own page shows it."""
    body = task_body(execution, trace, place, 0)
    shown = execution_body(execution, None, locale)
    return {
        **body, "execution": shown, "executions": [], "properties": body["initContext"], "userId": execution.task.creator,
    }  # fmt: skip


def element_node(activity_id: str) -> str:
    """Return the id of the node that works on an element of an activity's loop."""
    return f"{activity_id[:58]}_each"


def millis(moment: datetime | None) -> int:
    """Write a time in milliseconds since 1970; 0 for none."""
    return 0 if moment is None else int(moment.timestamp() * 1000)


def _log_entry(row: Any) -> dict[str, Any]:
    at = row.at.strftime("%Y-%m-%d %H:%M:%S.") + f"{row.at.microsecond // 1000:03d}"
    return {"timestamp": at, "level": "INFO", "msg": row.body, "tags": {"tries": str(max(row.attempt - 1, 0))}}


def pick(tasks: Sequence[Mapping[str, Any]], states: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the tasks that are in one of these states; without states, all of them."""
    return [task for task in tasks if not states or task["state"] in states]
