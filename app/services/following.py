"""Follows tasks for pages that watch them: one look at the database serves every watcher of this process.

A look asks where each watched task stands: its state, the version of its root run, which grows with every move, and the
last piece that its nodes logged. Whoever waits is woken when that differs from what they have seen. Nothing here is
needed for a page to be right: a page that asks again sees the same.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from app.models.runs import LogRow, RunRow
from app.models.tasks import FunctionTask, Task

_log = logging.getLogger(__name__)

EVERY_S = 0.2
"""How often it looks while somebody watches: people are to see a change within a second of its commit."""

_IDLE_S = 5.0
_LOOK_BACK = 200
# On PostgreSQL a piece of log with a smaller number may become visible after one with a larger number.


@dataclass(frozen=True, slots=True)
class Position:
    """Where a task stands; `log_id` is 0 before its nodes have logged anything while it is watched.

    `order` says how far the order is that somebody is to claim; empty for a task that nobody has to.
    """

    state: str
    version: int
    log_id: int = 0
    order: str = ""


Look = Callable[[Collection[int]], Mapping[int, Position]]
"""Says where tasks stand; those that there are not are left out."""


class Following:
    """Wakes those who wait for tasks to move; its thread lives only while somebody does.

    Looks are numbered. What is known of a task may be old, if nobody watched it for a while, and a task that was over may
    have been opened again; so who has seen nothing is told only what a look has seen that began after they asked.
    """

    def __init__(self, look: Look, every_s: float = EVERY_S) -> None:
        self._look, self._every_s = look, every_s
        self._changed = threading.Condition()
        self._watched: Counter[int] = Counter()
        self._known: dict[int, Position] = {}
        self._looks = 0
        self._known_by: dict[int, int] = {}
        self._newcomers = 0
        self._thread: threading.Thread | None = None

    def wait(self, task_id: int, seen: Position | None, timeout_s: float) -> Position | None:
        """Return where a task stands once that is not `seen`, or what is known after `timeout_s`."""
        until = time.monotonic() + timeout_s
        with self._changed:
            self._watched[task_id] += 1
            self._start()
            before = self._looks if seen is None else 0
            self._newcomers += seen is None
            try:
                while True:
                    known = self._known.get(task_id) if self._known_by.get(task_id, 0) > before else None
                    left = until - time.monotonic()
                    if left <= 0 or (known is not None and known != seen):
                        return known
                    self._changed.wait(left)
            finally:
                self._newcomers -= seen is None
                self._watched[task_id] -= 1
                if not self._watched[task_id]:
                    del self._watched[task_id]

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="following", daemon=True)
            self._thread.start()

    def _follow(self) -> None:
        idle_since = time.monotonic()
        while True:
            with self._changed:
                watched = list(self._watched)
                self._looks += 1
                if watched:
                    idle_since = time.monotonic()
                elif time.monotonic() - idle_since > _IDLE_S:
                    self._known.clear()
                    self._known_by.clear()
                    self._thread = None
                    return
            if watched:
                self._tell(watched)
            time.sleep(self._every_s)

    def _tell(self, watched: Collection[int]) -> None:
        try:
            found = self._look(watched)
        except SQLAlchemyError as error:
            _log.warning("cannot see how watched tasks stand: %s", error)
            time.sleep(1.0)
            return
        with self._changed:
            has_moved = any(self._known.get(task_id) != position for task_id, position in found.items())
            self._known.update(found)
            self._known_by.update(dict.fromkeys(found, self._looks))
            if has_moved or self._newcomers:
                self._changed.notify_all()


def database_look(engine: Engine) -> Look:
    """Return a look at the database; it keeps what it has seen of the log, so each one is asked by one thread alone."""
    last = _LastLog()

    def look(task_ids: Collection[int]) -> Mapping[int, Position]:
        wanted = (
            select(Task.id, Task.state, func.coalesce(RunRow.version, 0), FunctionTask.status, FunctionTask.claimant)
            .outerjoin(RunRow, RunRow.id == Task.run_id)
            .outerjoin(FunctionTask, FunctionTask.task_id == Task.id)
            .where(Task.id.in_(task_ids))
        )
        with engine.connect() as connection:
            found = {
                task_id: Position(state, version, order=f"{status} {claimant}".rstrip() if status else "")
                for task_id, state, version, status, claimant in connection.execute(wanted)
            }
            newest = connection.scalar(select(func.max(LogRow.id))) or 0
            if newest != last.seen:
                pieces = (
                    select(RunRow.task_id, func.max(LogRow.id))
                    .join(RunRow, RunRow.id == LogRow.run_id)
                    .where(LogRow.id > last.seen - _LOOK_BACK, RunRow.task_id.in_(task_ids))
                    .group_by(RunRow.task_id)
                )
                last.note(newest, task_ids, {row[0]: row[1] for row in connection.execute(pieces)})
        return {task_id: replace(at, log_id=last.of.get(task_id, 0)) for task_id, at in found.items()}

    return look


class _LastLog:
    def __init__(self) -> None:
        self.seen = 0
        self.of: dict[int, int] = {}

    def note(self, newest: int, task_ids: Collection[int], pieces: Mapping[int, int]) -> None:
        """Remember the newest piece of all, and that of each watched task."""
        self.seen = newest
        self.of = {id_: max(pieces.get(id_, 0), self.of.get(id_, 0)) for id_ in task_ids}
