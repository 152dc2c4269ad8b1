"""What is due of one schedule: which times it fires for now, which it missed, and when its turn comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile

from app.engine.core.cron import fires_after
from app.models.schedules import Schedule

LATE = timedelta(seconds=60)
"""A fire that is later than this was missed: nobody was there for it."""

MOST_COUNTED = 1000
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a schedule does now: the times that it fires for, in order, and the time that it only notes as missed.

    `left_out` is how many times its policy drops without a word of their own; they are told with the last of the
    missed times that is fired or noted, `told_at`. `next_at` is None when it never fires again.
    """

    fires: Sequence[datetime]
    next_at: datetime | None
    missed_at: datetime | None = None
    left_out: int = 0
    told_at: datetime | None = None


class Turns:
    """The turns of many schedules at one moment; those that are written alike are computed once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[tuple[object, ...], Turn] = {}

    def of(self, schedule: Schedule, zone: str) -> Turn:
        """Say what a schedule does now, as `turn_of` does."""
        key = (
            zone, schedule.form, schedule.expression, schedule.next_at, schedule.ends_at, schedule.misfire,
            schedule.misfire_limit,
        )  # fmt: skip
        turn = self._known.get(key)
        if turn is None:
            turn = self._known[key] = turn_of(schedule, zone, self._now)
        return turn


def turn_of(schedule: Schedule, zone: str, now: datetime) -> Turn:
    """Say what a schedule whose next time has come does now, by its policy for what was missed.

    What is not late fires in any case, each time by itself. Raises InvalidInput for an expression or a zone that
    cannot be read.
    """
    due = schedule.next_at
    assert due is not None, "only what has a next time is due"
    if schedule.form == "once":
        return Turn((due,), None)
    missed, current, next_at = _due(schedule, zone, due, now)
    if not missed:
        return Turn(current, next_at)
    if schedule.misfire == "once":
        return Turn((due,), next_at, None, len(missed) + len(current) - 1, due)
    if schedule.misfire == "skip":
        return Turn(current, next_at, due, len(missed) - 1, due)
    fired = missed[: schedule.misfire_limit]
    return Turn((*fired, *current), next_at, None, len(missed) - len(fired), fired[-1])


def _due(
    schedule: Schedule, zone: str, due: datetime, now: datetime
) -> tuple[Sequence[datetime], Sequence[datetime], datetime | None]:
    """Return the times from `due` to `now`, those that were missed apart, and the first time after `now`.

    Of a long absence only so many are walked through, since a schedule may fire every second.
    """
    border = now - LATE
    coming = chain((due,), _times(schedule, zone, due))
    missed: Sequence[datetime] = ()
    if due < border:
        missed = tuple(islice(takewhile(lambda moment: moment < border, coming), MOST_COUNTED))
        coming = chain((), _times(schedule, zone, border - _MOMENT))
    current: list[datetime] = []
    for moment in coming:
        if moment > now:
            return missed, current, moment
        current.append(moment)
    return missed, current, None


def _times(schedule: Schedule, zone: str, after: datetime) -> Iterator[datetime]:
    """Yield a schedule's times after a moment, until its end."""
    for moment in fires_after(schedule.expression, after, zone, schedule.form):  # type: ignore[arg-type]
        if schedule.ends_at is not None and moment > schedule.ends_at:
            return
        yield moment
