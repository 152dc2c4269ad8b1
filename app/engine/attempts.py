"""Attempts in progress: what a plugin may ask while it works, the leases that keep its claim, and its log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from app.engine.core.values import Json, plain_text
from app.engine.plugins.base import HostAccess, PluginSettings
from app.engine.store import Tx, insert
from app.models.base import from_micros, to_micros

INSERT_LOG = insert("node_log", ("run_id", "node_id", "loop", "attempt", "at", "body"))
PROLONG = "UPDATE run_token SET claim_at = ? WHERE run_id = ? AND id = ? AND fence = ? AND wait = 'running'"
"""Give a lease that still holds more time; touches nothing where it was taken away."""

LogEntry = tuple[int, str, int, int, int, str]
"""A row of the log: run, node, loop, attempt, time, text."""

_MOST_LOG_TEXT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """What plugins may use of the installation: the clock, the operator's settings and the project's hosts."""

    clock: Callable[[], datetime]
    settings: PluginSettings
    host_of: Callable[[int, str], HostAccess]


class Attempt:
    """One claim of a token being worked on: the plugin's `Context`. `redact` masks secrets in what it logs."""

    def __init__(
        self, site: Site, run_id: int, token_id: int, fence: int, name: tuple[str, int, int], given: Mapping[str, Json]
    ) -> None:
        self.run_id, self.token_id, self.fence = run_id, token_id, fence
        self.node_id, self.loop, self.number = name
        self._site, self._given = site, given
        self.redact: Callable[[str], str] = str
        self._lines: list[tuple[datetime, str]] = []
        self._logged = 0
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    @property
    def idempotency_key(self) -> str:
        """`run:node:loop:attempt`."""
        return f"{self.run_id}:{self.node_id}:{self.loop}:{self.number}"

    @property
    def system(self) -> Mapping[str, Json]:
        """The `_system` values."""
        system = self._given["_system"]
        assert isinstance(system, Mapping)
        return system

    @property
    def settings(self) -> PluginSettings:
        """What the operator allows."""
        return self._site.settings

    def now(self) -> datetime:
        """The present, in UTC."""
        return self._site.clock()

    def host(self, address: str) -> HostAccess:
        """Look a host up in the task's project; raises NotFound."""
        project_id = self.system["project_id"]
        assert isinstance(project_id, int)
        return self._site.host_of(project_id, address)

    def log(self, text: str) -> None:
        """Append to the node's log; what comes after the first 8 MB of an attempt is dropped, and said so."""
        with self._lock:
            if self._logged > _MOST_LOG_TEXT:
                return
            self._logged += len(text)
            if self._logged > _MOST_LOG_TEXT:
                text = "\n[the log is cut here: it is longer than 8 MB]\n"
            self._lines.append((self.now(), plain_text(self.redact(text))))

    def is_cancelled(self) -> bool:
        """Say whether the attempt is no longer wanted."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Tell the plugin to stop."""
        self._cancelled.set()

    def take_log(self) -> list[LogEntry]:
        """Take what was logged since the last time; whoever takes it sees that it is written."""
        if not self._lines:
            return []
        with self._lock:
            lines, self._lines = self._lines, []
        return [(self.run_id, self.node_id, self.loop, self.number, to_micros(at), text) for at, text in lines]

    def give_back_log(self, entries: list[LogEntry]) -> None:
        """Take entries back that could not be written; they come before what was logged since."""
        with self._lock:
            self._lines[:0] = [(from_micros(at), text) for *_, at, text in entries]


AT_WORK: ContextVar[Attempt | None] = ContextVar("attempt", default=None)
"""The attempt that this thread works on, for whoever logs something meanwhile."""


class Leases:
    """The attempts that this process works on."""

    def __init__(self) -> None:
        self._active: dict[tuple[int, int, int], Attempt] = {}
        self._lock = threading.Lock()

    def add(self, attempt: Attempt) -> None:
        """Begin to keep an attempt's lease."""
        with self._lock:
            self._active[(attempt.run_id, attempt.token_id, attempt.fence)] = attempt

    def remove(self, attempt: Attempt) -> None:
        """Let an attempt's lease go."""
        with self._lock:
            self._active.pop((attempt.run_id, attempt.token_id, attempt.fence), None)

    def active(self) -> list[Attempt]:
        """Return the attempts in progress."""
        with self._lock:
            return list(self._active.values())

    def renew(self, tx: Tx, until: datetime) -> None:
        """Prolong every lease that still holds, and cancel the attempts whose lease was taken away."""
        for attempt in self.active():
            if tx.touched(PROLONG, (to_micros(until), attempt.run_id, attempt.token_id, attempt.fence)) == 0:
                attempt.cancel()

    def check(self, tx: Tx) -> None:
        """Cancel the attempts whose lease was taken away."""
        for attempt in self.active():
            sql = "SELECT fence FROM run_token WHERE run_id = ? AND id = ? AND wait = 'running'"
            row = tx.one(sql, (attempt.run_id, attempt.token_id))
            if row is None or row[0] != attempt.fence:
                attempt.cancel()
