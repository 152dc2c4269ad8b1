"""Instances of flows, and their tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.api.enos import words
from app.api.enos.instance_shapes import instance_json, listed_json, task_instance_json
from app.api.enos.operation import NOTHING, Call, operation
from app.api.enos.paging import page_of
from app.services.flow_instances import cancel_instance
from app.services.flow_runs import Search, nodes_of, read_instance, read_log, read_task, search_instances

_WHOLE_LOG = 2**20
_EARLIEST, _LATEST = 0, 253_402_300_799_000


@operation("flowInstances", "search", {"sorter": (words.PARAMETER, words.WRONG_INSTANCE_SORTER)})
def search(call: Call) -> dict[str, Any]:
    """Return a page of instances; without an expression only those of the user's own flows."""
    body = call.fields
    kind, like = body.whole("type"), body.text("expression", default="").strip()
    states = _states(call)
    start, until = (_moment(call, key) for key in ("fromTriggerTime", "toTriggerTime"))
    owner = body.text("owner", default="").strip().strip(";")
    page = page_of(body, words.INSTANCE_SORT_FIELDS)
    wanted = Search(start, until, (kind,), like, owner, not like, states, page.order, page.first, page.size)
    found, count = search_instances(call.actor, call.project, wanted)
    shown = [listed_json(call.actor, call.project, view, nodes_of(call.actor, call.project, view)) for view in found]
    return {"flowInsts": shown, "count": count}


@operation("flowInstances", "get")
def get(call: Call) -> dict[str, Any]:
    """Return an instance."""
    view = read_instance(call.actor, call.project, _id(call, "flowInstId", "flowInstanceId"))
    return instance_json(call.actor, call.project, view, nodes_of(call.actor, call.project, view))


@operation("flowInstances", "cancel", {"ended": (words.STATE, words.HAS_ENDED)})
def cancel(call: Call) -> str:
    """End an instance."""
    cancel_instance(call.actor, call.project, _id(call, "flowInstId", "flowInstanceId"))
    return NOTHING


@operation("taskInstances", "get")
def get_task(call: Call) -> dict[str, Any]:
    """Return a task of an instance."""
    return task_instance_json(
        call.project, read_task(call.actor, call.project, _id(call, "taskInstId", "taskInstanceId"))
    )


@operation("taskInstances", "getLog", {"missing": (words.PARAMETER, words.NO_INSTANCE)})
def get_log(call: Call) -> dict[str, str]:
    """Return the end of a task's log."""
    most = call.fields.whole("maxLength", default=_WHOLE_LOG)
    if most < 0:
        call.fields.refuse("maxLength", "0 or more is wanted")
    key = _id(call, "taskInstId", "taskInstanceId")
    return {"log": read_log(call.actor, call.project, key, most)}


def _id(call: Call, *names: str) -> str:
    key = call.fields.text(*names).strip()
    call.fields.check()
    return key


def _moment(call: Call, key: str) -> datetime:
    milliseconds = min(max(call.fields.whole(key), _EARLIEST), _LATEST)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _states(call: Call) -> Sequence[str]:
    """Read a list of numbers of states, empty for any; a number that no state of ours has finds nothing."""
    text = call.fields.text("status", default="")
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"-?\d{1,3}", part, re.ASCII) for part in parts):
        call.fields.refuse("status", "numbers with commas between them are wanted")
        return ()
    numbers = {int(part) for part in parts}
    states = [state for state, (number, _) in words.STATES.items() if number in numbers]
    return states or (["none"] if numbers else [])
