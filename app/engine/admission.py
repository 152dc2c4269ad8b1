"""Room for tasks: how many may run at once, in all and in each project, and which of those that wait goes next.

A task begins like any other, and is held back in the same transaction where there is no room: its root run is blocked, as
below a paused one, and nothing of it is due. Whoever ends a task lets the next ones in, in the transaction that ends it; the
sweep does so too, for whatever was missed. Counting and letting in happen under one lock, so never more run than may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.store import Tx

_LOCK = 5_347_215
"""The number of the lock under which tasks are counted; that of migrations is the one before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tasks may run at once, 0 as many as are started; those that are paused or wait for people count too."""

    total: int = 0
    per_project: int = 0

    @property
    def are_set(self) -> bool:
        """Say whether there is a limit at all; without one nothing here costs anything."""
        return bool(self.total or self.per_project)


NO_LIMITS = Limits()


def hold_back(tx: Tx, limits: Limits, started: Sequence[tuple[int, int, int]]) -> None:
    """Hold back those tasks, (its id, its root run, its project) each, that are above the limits; the last ones first.

    The caller has started them in this transaction, in which their rows say so.
    """
    if not limits.are_set or not started:
        return
    room = _Room(tx, limits)
    for task_id, root_id, project_id in reversed(started):
        if room.is_above(project_id):
            tx.run("UPDATE run SET is_blocked = ? WHERE id = ?", (True, root_id))
            tx.run("UPDATE run_token SET claim_at = NULL WHERE run_id = ?", (root_id,))
            tx.run("UPDATE task SET waits_for_room = ? WHERE id = ?", (True, task_id))
            room.count(project_id, -1)


def let_in(tx: Tx, limits: Limits, now: int) -> int:
    """Let tasks in that wait while there is room, the highest priority and then the oldest first; returns how many.

    One whose row somebody holds, to revoke or pause it, is passed by.
    """
    if tx.one("SELECT 1 FROM task WHERE waits_for_room LIMIT 1") is None:
        return 0
    room, let = _Room(tx, limits), 0
    while (found := _next(tx, room)) is not None:
        task_id, root_id, project_id, state = found
        tx.run("UPDATE task SET waits_for_room = ? WHERE id = ?", (False, task_id))
        tx.run("UPDATE run SET is_blocked = ?, version = version + 1 WHERE id = ?", (False, root_id))
        if state == "running":
            # Paused and resumed meanwhile, its first token may have been parked.
            tx.run("UPDATE run_token SET wait = 'ready', claim_at = ? WHERE run_id = ?", (now, root_id))
        room.count(project_id, 1)
        let += 1
    return let


class _Room:
    """How many tasks run, counted under the lock."""

    def __init__(self, tx: Tx, limits: Limits) -> None:
        self._limits = limits
        tx.hold(_LOCK)
        self._running = {project_id: count for project_id, count in tx.all(_RUNNING)}

    def is_above(self, project_id: int) -> bool:
        """Say whether more run than may, in all or in a project."""
        total, most = self._limits.total, self._limits.per_project
        return bool((total and sum(self._running.values()) > total) or (most and self._running[project_id] > most))

    def count(self, project_id: int, more: int) -> None:
        """Count tasks that run from now on, or do not any more."""
        self._running[project_id] += more

    @property
    def is_full(self) -> bool:
        """Say whether no project may run one more."""
        return bool(self._limits.total) and sum(self._running.values()) >= self._limits.total

    @property
    def full_projects(self) -> Sequence[int]:
        """The projects that may not run one more."""
        most = self._limits.per_project
        return [project_id for project_id, count in self._running.items() if most and count >= most]


def _next(tx: Tx, room: _Room) -> tuple[int, int, int, str] | None:
    if room.is_full:
        return None
    full = room.full_projects
    besides = f" AND t.project_id NOT IN ({', '.join('?' * len(full))})" if full else ""
    found = tx.one(f"{_WAITING}{besides} ORDER BY t.priority DESC, t.id LIMIT 1{tx.passing_by('t', 'r')}", full)
    return None if found is None else (found[0], found[1], found[2], found[3])


# By projects, because there is an index that begins with them.
_RUNNING = (
    "SELECT p.id, (SELECT count(*) FROM task t WHERE t.project_id = p.id AND t.state IN ('running', 'paused'))"
    " - (SELECT count(*) FROM task w WHERE w.waits_for_room AND w.project_id = p.id AND w.state IN ('running', 'paused'))"
    " FROM project p"
)
_WAITING = (
    "SELECT t.id, t.run_id, t.project_id, r.state FROM task t JOIN run r ON r.id = t.run_id"
    " WHERE t.waits_for_room AND t.state IN ('running', 'paused')"
)
