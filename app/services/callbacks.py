"""Callbacks of bk-sops: the POST to the address that a program gave with a task (`callback_url`).

It tells of the task's end, and of each failure that holds it up. It goes out as a notice, so it is owed from the moment of
what it tells of, and delivered at least once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.core.values import Json
from app.engine.watching import Watcher
from app.services.outputs import stored_outputs

CHANNEL = "bksops"

_KINDS = ("task_finished", "task_failed", "task_revoked")
_WITH_OUTPUTS = "v2"
"""The version of callbacks that are JSON and bring the task's outputs; any other is a form, as of an HTML page."""


def callback_watcher(url: str, version: str = "") -> Watcher:
    """Return the watcher that stands for a callback of this version."""
    return Watcher(_KINDS, CHANNEL, url, extra={"callback_version": version} if version else {})


def is_json(payload: Mapping[str, Any]) -> bool:
    """Say whether a callback is sent as JSON, else as a form."""
    return payload.get("callback_version") == _WITH_OUTPUTS


def completed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is owed with what it is to bring besides; reads the database."""
    if not is_json(payload):
        return dict(payload)
    rows = [
        {"key": output.key, "name": output.name, "value": output.value}
        for output in stored_outputs(payload["task"]["id"])
    ]
    return {**payload, "task_outputs": rows}


def callback_body(payload: Mapping[str, Any]) -> dict[str, Json]:
    """Return what the other side gets, under the original's names."""
    more = {key: payload[key] for key in ("callback_version", "task_outputs") if key in payload}
    return {"task_id": payload["task"]["id"], **more, "task_success": payload["kind"] == "task_finished"}
