"""Our status and details in the dialect's shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from app.api.bksops.words import CLASSES, STATES
from app.engine.core.status import NodeStatus
from app.errors import InvalidInput, Problem
from app.services.reading import AttemptDetail, NodeDetail, TaskStatus


def shown_time(moment: datetime | None, zone: str) -> str:
    """Write a time as the dialect does: `2018-04-26 16:08:34 +0800`, "" for none."""
    return "" if moment is None else shown_micros(int(moment.timestamp()) * 1_000_000, zone)


def shown_micros(micros: int, zone: str) -> str:
    """Write a time, given in microseconds since 1970, as the dialect does; lists write tens of thousands of them."""
    return _minute(zone, micros // 60_000_000) % (micros // 1_000_000 % 60)


@lru_cache(maxsize=65_536)
def _minute(zone: str, minute: int) -> str:
    """Return the text of a minute, with a place for the seconds."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%%02d %z")


def read_time(text: str, zone: str, where: str) -> datetime:
    """Read a time with or without an offset; without one it is in the project's zone."""
    for form in ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            moment = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the zone is added below
        except ValueError:
            continue
        if moment.year < 1971 or moment.year > 9000:
            break
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    raise InvalidInput(
        Problem("params", f"{text[:40]!r} is not a time: YYYY-MM-DD HH:MM:SS, perhaps with +0800", where)
    )


def elapsed(begin: datetime | None, end: datetime | None, now: datetime) -> int:
    """Return whole seconds between two times, or until now."""
    return 0 if begin is None else max(0, int(((end or now) - begin).total_seconds()))


def task_status_body(status: TaskStatus, root_id: str, zone: str, now: datetime) -> dict[str, Any]:
    """Return a task's status: a short form before it has started, then the tree of what has been reached."""
    if status.state == "created":
        return {
            "start_time": None, "state": "CREATED", "retry": 0, "skip": 0, "finish_time": None, "elapsed_time": 0,
            "children": {},
        }  # fmt: skip
    children = {node_id: node_body(node, zone, now) for node_id, node in status.nodes.items()}
    return {
        "id": root_id,
        "state": derived(STATES[status.state], children),
        "name": CLASSES["root"],
        "retry": 0,
        "loop": 1,
        "skip": False,
        "error_ignorable": False,
        "version": "",
        "elapsed_time": elapsed(status.started_at, status.finished_at, now),
        "start_time": shown_time(status.started_at, zone),
        "finish_time": shown_time(status.finished_at, zone),
        "children": children,
        **({"waits_for_room": True} if status.waits_for_room else {}),
    }


def node_body(node: NodeStatus, zone: str, now: datetime) -> dict[str, Any]:
    """Return a node's status with those inside it."""
    children = {inner_id: node_body(inner, zone, now) for inner_id, inner in node.children.items()}
    state = STATES[node.child_state] if node.child_state == "paused" else STATES[node.state]
    version = f"{node.run_id}:{node.node_id}:{node.loop}:{node.attempt}"
    return {
        "id": node.node_id,
        "state": derived(state, children),
        "name": node.name or CLASSES[node.kind],
        "retry": node.retries,
        "loop": node.loop,
        "skip": node.skipped,
        "error_ignorable": node.error_ignored,
        "error_ignored": node.error_ignored,
        "version": hashlib.md5(version.encode(), usedforsecurity=False).hexdigest(),
        "elapsed_time": elapsed(node.started_at, node.finished_at, now),
        "start_time": shown_time(node.started_at, zone),
        "finish_time": shown_time(node.finished_at, zone),
        "children": children,
    }


def derived(state: str, children: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the dialect calls a running parent: by its children, if one runs, else failed or suspended."""
    if state != "RUNNING" or not children:
        return state
    states = {child["state"] for child in children.values()}
    if "RUNNING" in states:
        return "RUNNING"
    if "FAILED" in states:
        return "FAILED"
    return "NODE_SUSPENDED" if states & {"SUSPENDED", "NODE_SUSPENDED"} else "RUNNING"


def node_detail_body(detail: NodeDetail, names: Mapping[str, str], zone: str, now: datetime) -> dict[str, Any]:
    """Return a node in detail; `names` are the labels of its plugin's declared outputs."""
    current, earlier = detail.attempts[-1], detail.attempts[:-1]
    return {
        **node_body(detail.status, zone, now),
        "histories": [_history(i, attempt, zone, now) for i, attempt in enumerate(earlier, 1)],
        "inputs": current.inputs,
        "outputs": outputs_body(current.outputs, names),
        "ex_data": current.reason,
    }


def outputs_body(outputs: Mapping[str, Any], names: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """Return outputs as rows, those that the plugin declares first."""
    declared = [key for key in (*names, "_result") if key in outputs]
    others = [key for key in outputs if key not in declared]
    rows = [(key, True) for key in declared] + [(key, False) for key in others]
    labels = {**names, "_result": "执行结果"}
    return [{"name": labels.get(key, key), "key": key, "value": outputs[key], "preset": preset} for key, preset in rows]


def _history(number: int, attempt: AttemptDetail, zone: str, now: datetime) -> dict[str, Any]:
    return {
        "history_id": number,
        "elapsed_time": elapsed(attempt.started_at, attempt.finished_at, now),
        "inputs": attempt.inputs,
        "outputs": outputs_body(attempt.outputs, {}),
        "ex_data": attempt.reason,
        "loop": attempt.loop,
        "skip": attempt.skipped,
        "state": "FAILED",
        "start_time": shown_time(attempt.started_at, zone),
        "finish_time": shown_time(attempt.finished_at, zone),
        "children": {},
    }
