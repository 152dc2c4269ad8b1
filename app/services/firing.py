"""Firing: what is due of all schedules becomes tasks, each fire exactly once, whoever else fires at the same time.

A fire is a row named by schedule and time, written in the transaction that makes its task and moves the schedule to its
next time. Many schedules share such a transaction, which holds their rows: of two workers at one schedule the second
passes it by, or finds the time gone. So a worker that dies leaves either nothing of a fire, or all of it. Where one
schedule spoils a transaction for the others, it is undone and halved until that schedule stands alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import ColumnElement, Text, func, select, text, type_coerce, update
from sqlalchemy.orm import Session, aliased

from app.engine import operations
from app.engine.core.values import plain_text
from app.engine.insisting import DATABASE_ERRORS
from app.engine.loading import Loader
from app.engine.operations import Desk
from app.engine.store import Tx, insert
from app.errors import InvalidInput, Refused, SluiceError, Unavailable
from app.extensions import db
from app.models.base import to_micros
from app.models.projects import Project
from app.models.schedules import Fire, Schedule
from app.models.tasks import TaskTree
from app.sentences import say
from app.services.engine import bound, nudge, writing
from app.services.firing_queue import release_waiting
from app.services.firing_rows import Start, make_mould, start_of, still_running, write_starts
from app.services.firing_times import LATE, Turn, Turns, turn_of
from app.services.schedules import owe_failed_fire, zone_of

log = logging.getLogger(__name__)

MOST_AT_ONCE = 1000
_TOGETHER, _LATE_TOGETHER = 100, 20
"""How many schedules share a transaction; one that is late may have many fires to catch up with."""

_MOST_NUDGES = 16
_LOCK_PATIENCE = "500ms"
_MOST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Claim:
    """A schedule that this transaction holds, and what it does now. `plugins` are those of its tree, as stored."""

    schedule: Schedule
    project: Project
    mould: str
    plugins: str
    turn: Turn


def fire_due(limit: int = MOST_AT_ONCE) -> int:
    """Fire what is due now and on time, then what is late, then the fires that waited for a task to end; returns how many.

    Nudges go out at the end: until then whoever drives tasks would only take turns with this at the database.
    """
    found, roots = _fire_on_time(limit)
    late = _due(Schedule.next_at < bound().clock() - LATE, limit)
    for ids in _portions(late, _LATE_TOGETHER):
        roots += _fire_apart(ids)
        # To catch up takes a while. Those whose time comes meanwhile are not to be late for it.
        roots += _fire_on_time(limit)[1]
    roots += release_waiting(limit)
    for root_id in roots[:_MOST_NUDGES]:
        nudge(root_id)
    return found + len(late)


def _fire_on_time(limit: int) -> tuple[int, list[int]]:
    """Fire what is due and not late, the longest due first; returns how many, and the root runs to nudge for."""
    now = bound().clock()
    due = _due(Schedule.next_at.between(now - LATE, now), limit)
    return len(due), [root_id for ids in _portions(due, _TOGETHER) for root_id in _fire_apart(ids)]


def _due(is_due: ColumnElement[bool], limit: int) -> Sequence[int]:
    wanted = select(Schedule.id).where(is_due, Schedule.is_enabled).order_by(Schedule.next_at, Schedule.id)
    found = db.session.scalars(wanted.limit(limit)).all()
    db.session.rollback()
    return found


def _portions(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), size):
        yield ids[first : first + size]


def _fire_apart(ids: Sequence[int]) -> list[int]:
    """Fire schedules together, or apart from one that cannot be fired: that one is told as failed."""
    try:
        return _fire(ids)
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        # Whatever is wrong with one schedule, those beside it and behind it are due as well.
        if len(ids) == 1:
            _tell_failure(ids[0], error)
            return []
    half = len(ids) // 2
    return _fire_apart(ids[:half]) + _fire_apart(ids[half:])


def _fire(ids: Sequence[int]) -> list[int]:
    """Carry out everything that schedules have to do now; returns the root runs to nudge for."""
    with writing() as session:
        now = bound().clock()
        claims = _claim(session, ids, now)
        _write_missed(session, claims, now)
        roots: list[int] = []
        # One time of each schedule after another, since what a fire meets is what the one before has left.
        for times in zip_longest(*(claim.turn.fires for claim in claims)):
            roots += _carry_out(session, [(c, at) for c, at in zip(claims, times, strict=True) if at is not None], now)
        return roots


def _claim(session: Session, ids: Sequence[int], now: datetime) -> list[Claim]:
    """Hold schedules and move them on to their next times; those that somebody else has are left out."""
    earlier = aliased(Fire)
    last = select(func.max(earlier.fire_at)).where(earlier.schedule_id == Schedule.id).correlate(Schedule)
    wanted = (
        select(Schedule, Project, TaskTree.mould, type_coerce(TaskTree.plugins, Text), last.scalar_subquery())
        .join(Project, Project.id == Schedule.project_id)
        .join(TaskTree, TaskTree.id == Schedule.tree_id)
        .where(Schedule.id.in_(ids), Schedule.is_enabled, Schedule.next_at <= now)
        .with_for_update(of=Schedule, skip_locked=True)
    )
    claims = []
    turns = Turns(now)
    for schedule, project, mould, plugins, last_fire_at in session.execute(wanted).all():
        turn = turns.of(schedule, zone_of(schedule, project))
        if last_fire_at is not None and last_fire_at >= (turn.missed_at or turn.fires[0]):
            turn = _without_known(session, schedule, turn)
        claims.append(Claim(schedule, project, mould or make_mould(session, schedule), plugins, turn))
    Tx.of_session(session).many(_MOVE_ON, [_moved(claim.schedule.id, claim.turn.next_at) for claim in claims])
    return claims


def _without_known(session: Session, schedule: Schedule, turn: Turn) -> Turn:
    """Leave out the times that have fired already: a clock that was set back lets them come again."""
    first = select(Fire.fire_at).where(Fire.schedule_id == schedule.id, Fire.fire_at >= schedule.next_at)
    known = set(session.scalars(first))
    missed_at = None if turn.missed_at in known else turn.missed_at
    return Turn([at for at in turn.fires if at not in known], turn.next_at, missed_at, turn.left_out, turn.told_at)


def _write_missed(session: Session, claims: Sequence[Claim], now: datetime) -> None:
    missed = [
        _fire_row(claim, claim.turn.missed_at, now, state="missed", reason=say("nobody was there"))
        for claim in claims
        if claim.turn.missed_at is not None
    ]
    Tx.of_session(session).many(_INSERT_FIRE, missed)


def _carry_out(session: Session, due: Sequence[tuple[Claim, datetime]], now: datetime) -> list[int]:
    """Carry out one fire of each schedule; returns the root runs that it made."""
    careful = [claim.schedule.id for claim, _ in due if claim.schedule.overlap != "allow"]
    running = still_running(session, careful) if careful else {}
    queued = _queued(session, careful) if careful else set()
    rows, starts = [], []
    for claim, fire_at in due:
        overlap, tasks = claim.schedule.overlap, running.get(claim.schedule.id, ())
        if overlap == "queue" and (tasks or claim.schedule.id in queued):
            reason = _still_runs(tasks[0][0]) if tasks else say("an earlier fire still waits")
            rows.append(_fire_row(claim, fire_at, now, state="queued", reason=reason))
        elif overlap == "skip" and tasks:
            reason = _still_runs(tasks[0][0])
            rows.append(_fire_row(claim, fire_at, now, state="skipped", reason=reason))
        else:
            for _, root_id in tasks:
                _cancel(session, root_id, now)
            starts.append((claim, _start(session, claim.schedule, claim, fire_at)))
    begun = write_starts(session, [start for _, start in starts], now)
    for (claim, start), made in zip(starts, begun, strict=True):
        rows.append(_fire_row(claim, start.fire_at, now, state="started", task_id=made.task_id))
    Tx.of_session(session).many(_INSERT_FIRE, rows)
    return [made.root_id for made in begun]


def _start(session: Session, schedule: Schedule, claim: Claim, fire_at: datetime) -> Start:
    return start_of(schedule, claim.project, claim.mould, claim.plugins, fire_at)


def _queued(session: Session, schedule_ids: Sequence[int]) -> set[int]:
    """Return those of the schedules of which a fire waits."""
    waiting = select(Fire.schedule_id).where(Fire.state == "queued", Fire.schedule_id.in_(schedule_ids))
    return set(session.scalars(waiting.distinct()))


def _cancel(session: Session, root_id: int, now: datetime) -> None:
    """Revoke a task; raises Unavailable when a worker that does not answer holds it, since others must not wait for that."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_PATIENCE}'"))
    # With a loader of its own: what it learns of a task of this very transaction must not outlive an undoing.
    loader = Loader(bound().loader.base_url, rerun_limit=0, limits=bound().loader.limits)
    try:
        operations.revoke(Desk(Tx.of_session(session), loader, now), root_id)
    except Refused:
        # It has ended by itself in the meantime.
        log.info("nothing-to-cancel run=%s", root_id)
    except LockNotAvailable as error:
        raise Unavailable(
            "the task of the fire before cannot be cancelled: a worker that does not answer holds it"
        ) from error


def _tell_failure(schedule_id: int, error: Exception) -> None:
    """Write down that a fire could not be carried out, and move on."""
    reason = plain_text(f"{error}" or type(error).__name__)
    log.warning("fire-failed schedule=%s", schedule_id, exc_info=None if isinstance(error, SluiceError) else error)
    try:
        _fail(schedule_id, reason)
    except DATABASE_ERRORS:
        raise
    except Exception:
        # It stays due, and is tried again every second; nobody else is to wait for it.
        log.exception("failure-not-written schedule=%s", schedule_id)


def _still_runs(task_id: int) -> str:
    return say("task {task} of the fire before still runs", task=task_id)


def _fail(schedule_id: int, reason: str) -> None:
    with writing() as session:
        now = bound().clock()
        due = select(Schedule).where(Schedule.id == schedule_id, Schedule.is_enabled, Schedule.next_at <= now)
        schedule = session.scalar(due.with_for_update(skip_locked=True))
        if schedule is None or schedule.next_at is None:
            return
        try:
            turn = turn_of(schedule, zone_of(schedule, session.get_one(Project, schedule.project_id)), now)
        except InvalidInput:
            turn, reason = (
                Turn((), None),
                say("{reason}; nobody can tell when it fires next, so it was switched off", reason=reason),
            )
        tx = Tx.of_session(session)
        tx.run(_MOVE_ON, _moved(schedule_id, turn.next_at))
        if session.get(Fire, (schedule_id, schedule.next_at)) is not None:
            return
        left_out = max(len(turn.fires) + (turn.missed_at is not None) + turn.left_out - 1, 0)
        at, told = to_micros(schedule.next_at), reason[:_MOST_REASON]
        tx.run(_INSERT_FIRE, (schedule_id, at, "failed", None, told, left_out, to_micros(now)))
        counted = {"failure_count": Schedule.failure_count + 1}
        session.execute(update(Schedule).where(Schedule.id == schedule_id).values(**counted))
        owe_failed_fire(session, schedule, schedule.next_at, reason)


# By plain SQL, as the engine writes.
_INSERT_FIRE = insert("fire", ("schedule_id", "fire_at", "state", "task_id", "reason", "left_out", "at"))
_MOVE_ON = "UPDATE schedule SET next_at = ?, is_enabled = ? WHERE id = ?"


def _moved(schedule_id: int, next_at: datetime | None) -> tuple[Any, ...]:
    return (None if next_at is None else to_micros(next_at), next_at is not None, schedule_id)


def _fire_row(
    claim: Claim, fire_at: datetime, now: datetime, *, state: str, reason: str = "", task_id: int | None = None
) -> tuple[Any, ...]:
    left_out = claim.turn.left_out if fire_at == claim.turn.told_at else 0
    return (claim.schedule.id, to_micros(fire_at), state, task_id, reason, left_out, to_micros(now))
