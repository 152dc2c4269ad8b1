"""Reads how a node behaves: its tries, its time-out, which workers carry it out, and in whose name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.core.entry_reading import EntryReading
from app.engine.core.groups import is_group
from app.engine.core.tree import AutoRetry, Timeout
from app.sentences import say

MOST_RETRIES, LONGEST_RETRY_INTERVAL_S, LONGEST_TIMEOUT_S = 100, 86_400, 31_536_000
LONGEST_USER = 64


class BehaviourReading(EntryReading):
    """The part of reading a tree that every activity's settings need."""

    def _auto_retry(self, id_: str, value: Any) -> AutoRetry | None:
        if not isinstance(value, Mapping) or not value.get("enable"):
            return None
        times, interval = self._number(value.get("times", 1)) or 0.0, self._number(value.get("interval", 0))
        if interval is None or not (1 <= times <= MOST_RETRIES and 0 <= interval <= LONGEST_RETRY_INTERVAL_S):
            self._wrong(
                "auto_retry",
                say(
                    "auto_retry of {id} takes times 1 to {times} and an interval of 0 to {seconds} s",
                    id=id_, times=MOST_RETRIES, seconds=LONGEST_RETRY_INTERVAL_S,
                ),
                id_,
            )  # fmt: skip
            return None
        return AutoRetry(int(times), interval)

    def _timeout(self, id_: str, value: Any) -> Timeout | None:
        if not isinstance(value, Mapping) or not value.get("enable"):
            return None
        seconds, action = self._number(value.get("seconds")), value.get("action", "forced_fail")
        if (
            seconds is None
            or not 0 < seconds <= LONGEST_TIMEOUT_S
            or action not in ("forced_fail", "forced_fail_and_skip")
        ):
            self._wrong(
                "timeout",
                say("timeout_config of {id} takes seconds, and action forced_fail or forced_fail_and_skip", id=id_),
                id_,
            )
            return None
        return Timeout(seconds, action)

    def _group(self, entry: Mapping[str, Any], where: str) -> str:
        name = entry.get("worker_group") or ""
        if name and not (isinstance(name, str) and is_group(name)):
            text = say(
                "{name!r} is no worker group: 1 to 64 letters, digits, _, . and - are wanted", name=str(name)[:40]
            )
            self._wrong("worker_group", text, where)
            return ""
        return str(name)

    def _proxy(self, entry: Mapping[str, Any], where: str) -> str:
        name = entry.get("executor_proxy") or ""
        if not isinstance(name, str) or len(name) > LONGEST_USER:
            text = say(
                "executor_proxy of {id} is the name of a user, of at most {most} characters",
                id=where,
                most=LONGEST_USER,
            )
            self._wrong("executor_proxy", text, where)
            return ""
        return name.strip()
