"""Reads what a tree says of a step under `step`, and collects everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.engine.core.step_rules import RULES
from app.engine.core.tree import Case, Share, Step
from app.errors import Problem
from app.sentences import say

LONGEST_MS = 31_536_000_000
"""The longest delay, interval or time-out: a year."""

MOST_RETRIES, MOST_CASES = 1000, 1000
HIGHEST_PRIORITY = 1_000_000


def read_step(entry: Any, node_id: str, problems: list[Problem]) -> Step:
    """Read a step's entry; nothing is a plain step. Problems are added to `problems`."""
    if entry is None:
        return Step()
    if not isinstance(entry, Mapping):
        problems.append(Problem("step", say("step of node {node} must be an object", node=node_id), node_id))
        return Step()
    return _Reading(entry, node_id, problems).step()


class _Reading:
    def __init__(self, entry: Mapping[str, Any], node_id: str, problems: list[Problem]) -> None:
        self._entry, self._node_id, self._problems = entry, node_id, problems

    def step(self) -> Step:
        cases, fallback = self._switch()
        timeout = self._duration("timeout_ms")
        context = self._entry.get("context") or {}
        if not isinstance(context, Mapping):
            self._wrong(say("context must be an object of values"))
            context = {}
        return Step(
            rule=self._rule(),
            delay=self._duration("delay_ms"),
            is_manual=self._flag("manual"),
            pauses_on_failure=self._flag("pause_on_failure"),
            condition=self._entry.get("condition"),
            has_condition=self._entry.get("condition") is not None,
            each=self._entry.get("each"),
            width=self._share("each_parallelism"),
            tolerance=self._share("allowed_failures"),
            cases=cases,
            fallback=fallback,
            priority=self._whole("priority", -HIGHEST_PRIORITY, HIGHEST_PRIORITY),
            retries=self._whole("retries", 0, MOST_RETRIES),
            retry_after=self._duration("retry_after_ms"),
            timeout=timeout or None,
            context=context,
        )

    def _rule(self) -> str:
        rule = self._entry.get("rule") or "all_success"
        if not isinstance(rule, str) or rule not in RULES:
            self._wrong(say("rule is one of {rules}, not {rule}", rules=list(RULES), rule=repr(rule)[:80]))
            return "all_success"
        return str(rule)

    def _flag(self, key: str) -> bool:
        value = self._entry.get(key, False)
        if not isinstance(value, bool):
            self._wrong(say("{key} must be true or false", key=key))
        return value is True

    def _whole(self, key: str, least: int, most: int) -> int:
        value = self._entry.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._wrong(say("{key} is a whole number from {least} to {most}", key=key, least=least, most=most))
            return 0
        return value

    def _duration(self, key: str) -> timedelta:
        return timedelta(milliseconds=self._whole(key, 0, LONGEST_MS))

    def _share(self, key: str) -> Share:
        value = self._entry.get(key)
        if value is None:
            return Share()
        ratio, count = (
            (value.get("ratio") or 0, value.get("count") or 0) if isinstance(value, Mapping) else (None, None)
        )
        is_ratio = isinstance(ratio, int | float) and not isinstance(ratio, bool) and 0 <= ratio <= 1
        is_count = isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= 2**31 - 1
        if not is_ratio or not is_count or (ratio and count):
            self._wrong(say("{key} is an object with a ratio from 0 to 1 or a count, not with both", key=key))
            return Share()
        assert isinstance(ratio, int | float)
        return Share(float(ratio), int(count or 0))

    def _switch(self) -> tuple[tuple[Case, ...], str]:
        switch = self._entry.get("switch")
        if switch is None:
            return (), ""
        cases = switch.get("cases") or [] if isinstance(switch, Mapping) else None
        fallback = switch.get("default") or "" if isinstance(switch, Mapping) else None
        is_list = isinstance(cases, list) and len(cases) <= MOST_CASES
        if not is_list or not isinstance(fallback, str) or not all(map(_is_case, cases or ())):
            self._wrong(
                say(
                    "switch is an object with cases, a list of at most {most} objects with case and next, and default",
                    most=MOST_CASES,
                )
            )
            return (), ""
        assert isinstance(cases, list)
        if not cases and not fallback:
            self._wrong(say("switch needs a case or a default"))
        return tuple(Case(case["case"], case["next"]) for case in cases), fallback

    def _wrong(self, message: str) -> None:
        self._problems.append(
            Problem("step", say("node {node}: step.{message}", node=self._node_id, message=message), self._node_id)
        )


def _is_case(case: Any) -> bool:
    return isinstance(case, Mapping) and "case" in case and isinstance(case.get("next"), str)
