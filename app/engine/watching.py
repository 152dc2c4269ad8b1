"""Watchers: who is to be told of what becomes of a task. What they are owed is written with the move that it tells of.

A task without watchers costs nothing here. Delivery is the work of `app/services/notices.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from app.engine.core.graph import Graph
from app.engine.core.run import Decision, Run, RunState, Wait
from app.engine.core.values import Json, dumps
from app.engine.store import Tx, insert
from app.models.base import to_micros

Kind = Literal["task_finished", "task_failed", "task_revoked", "task_waiting", "fire_failed"]
Channel = Literal["mail", "webhook", "callback", "bksops"]

KINDS: tuple[str, ...] = get_args(Kind)
CHANNELS: tuple[str, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who is to be told: of which kinds of news, by which channel, and where (an address or a URL).

    `schedule_id` is that of the schedule whose watcher it is; `extra` stands in every payload for it, as it is.
    """

    kinds: tuple[str, ...]
    channel: str
    target: str
    schedule_id: int | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """Something that has happened: to a task, or to a schedule whose fire made none. `payload` is JSON-plain."""

    kind: Kind
    at: datetime
    project_id: int
    task_id: int | None = None
    payload: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audience:
    """The watchers of one task, and what each of them is told of it; `system` is the task's `_system` values."""

    watchers: tuple[Watcher, ...]
    project_id: int
    task_id: int
    system: Mapping[str, Json]

    def hear_of_end(self, tx: Tx, state: RunState, now: datetime) -> None:
        """Owe them the news that the task has ended."""
        self._hear(tx, _ENDS[state], state.value, now)

    def hear_of_stops(self, tx: Tx, graph: Graph, before: Run, decision: Decision, now: datetime) -> None:
        """Owe them the news of each node that a person has to see to from now on."""
        for id_, token in decision.tokens.items():
            old = before.tokens.get(id_)
            if token is None or token.wait not in _STOPS or (old is not None and old.wait is token.wait):
                continue
            node, node_run = graph.nodes[token.node_id], decision.run.node_runs.get(token.node_id)
            told = {"id": node.id, "name": node.name, "reason": node_run.reason if node_run else ""}
            kind, state = _STOPS[token.wait]
            self._hear(tx, kind, state, now, told)

    def _hear(self, tx: Tx, kind: Kind, state: str, now: datetime, node: Mapping[str, Json] | None = None) -> None:
        task = {"id": self.task_id, "name": self.system["task_name"], "state": state, "url": self.system["task_url"]}
        project = {"id": self.project_id, "name": self.system["project_name"]}
        payload = {"task": task, "project": project, **({} if node is None else {"node": node})}
        owe(tx, self.watchers, News(kind, now, self.project_id, self.task_id, payload))


_ENDS: Mapping[RunState, Kind] = {
    RunState.FINISHED: "task_finished",
    RunState.FAILED: "task_failed",
    RunState.REVOKED: "task_revoked",
}
_STOPS: Mapping[Wait, tuple[Kind, str]] = {
    Wait.FAILED: ("task_failed", "failed"),
    Wait.PERSON: ("task_waiting", "waiting_person"),
}
"""The waits that end only when a person sees to them: what their beginning is to watchers, and the state of the task."""


def stored_watchers(watchers: Iterable[Watcher]) -> list[Json]:
    """Write watchers as they are kept in a JSON column."""
    return [
        {"kinds": list(w.kinds), "channel": w.channel, "target": w.target, "schedule_id": w.schedule_id, "extra": dict(w.extra)}
        for w in watchers
    ]  # fmt: skip


def read_watchers(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Watcher, ...]:
    """Read what `stored_watchers` has written; nothing is no watcher."""
    return tuple(
        Watcher(tuple(w["kinds"]), w["channel"], w["target"], w["schedule_id"], w["extra"]) for w in stored or ()
    )


def owe(tx: Tx, watchers: Iterable[Watcher], news: News) -> None:
    """Write down, in the caller's transaction, what each watcher of this kind of news is to be told.

    While one notice that a node of a task failed, or waits, has not gone out yet, it speaks for the nodes after it: a
    hundred branches that fail at once are one mail. Callbacks are spared nothing, since programs count.
    """
    for watcher in watchers:
        if news.kind not in watcher.kinds:
            continue
        if watcher.channel not in _EVERY and news.kind in _REPEATED and tx.one(_WAITS, _event(watcher, news)):
            continue
        payload = {"format": 1, "kind": news.kind, "at": news.at.isoformat(), **news.payload, **watcher.extra}
        if watcher.schedule_id is not None:
            payload.setdefault("schedule", {"id": watcher.schedule_id})
        at = to_micros(news.at)
        tx.run(
            _INSERT,
            (uuid.uuid4().hex, news.project_id, news.task_id, watcher.schedule_id, news.kind, watcher.channel,
             watcher.target, dumps(payload), "owed", 0, at, at, ""),
        )  # fmt: skip


_REPEATED = ("task_failed", "task_waiting")
_EVERY = ("callback", "bksops")
"""The channels of programs, which count."""

_COLUMNS = (
    "uid", "project_id", "task_id", "schedule_id", "kind", "channel", "target", "payload", "state", "attempts",
    "next_at", "created_at", "error",
)  # fmt: skip
_INSERT = insert("notice", _COLUMNS)
_WAITS = (
    "SELECT 1 FROM notice WHERE task_id = ? AND kind = ? AND channel = ? AND target = ? AND state = 'owed'"
    " AND attempts = 0 LIMIT 1"
)


def _event(watcher: Watcher, news: News) -> tuple[int | None, str, str, str]:
    return news.task_id, news.kind, watcher.channel, watcher.target
