"""What queued jobs call. A job carries an id, never an object; each may run twice, or never, with the same end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from app.engine.admission import let_in
from app.engine.dispatch import ARCHIVE_DUE, DELIVER_DUE, DRIVE, FIRE_DUE, SWEEP, Dispatcher
from app.engine.room import Room, utc_now
from app.models.base import to_micros
from app.services import firing, flow_instances, retention
from app.services.firing_history import forget_fires
from jobs.postman import Postman

_MOST_NUDGES = 16
_ARCHIVES_FOR_S, _TIDIES_EVERY_S = 2.0, 3600.0


class _Process:
    room: Room | None = None
    dispatcher: Dispatcher | None = None
    postman: Postman | None = None
    fires_kept = 1000
    forgot_until = 0
    archived_until = retention.START
    tidies_at = 0.0


def serve(room: Room, dispatcher: Dispatcher, postman: Postman | None = None, *, fires_kept: int = 1000) -> None:
    """Set the engine, and the postman, that this process's jobs use; called once by the worker."""
    _Process.room, _Process.dispatcher, _Process.postman = room, dispatcher, postman
    _Process.fires_kept = fires_kept


def drive(root_id: int) -> None:
    """Drive one task, and then whatever else is due, for a slice of time."""
    _room().driver.drive(root_id)


def sweep() -> None:
    """Find what is due and was not nudged for, or whose nudge was lost, and drive it; then forget a few old fires."""
    room = _room()
    if room.limits.are_set:
        with room.store.transaction() as tx:
            let_in(tx, room.limits, to_micros(utc_now()))
    due = room.store.due_roots(to_micros(utc_now()), _MOST_NUDGES)
    # One nudge for each other worker that could help; this one begins at once.
    for root_id in due[1:]:
        if _Process.dispatcher is not None:
            _Process.dispatcher.nudge(root_id)
    if due:
        room.driver.drive_due()
    _Process.forgot_until = forget_fires(_Process.forgot_until, _Process.fires_kept)


def fire_due() -> None:
    """Make and start the tasks whose schedules are due; a full portion calls for another. Then bring on flows in cycles."""
    while firing.fire_due() >= firing.MOST_AT_ONCE:
        pass
    flow_instances.advance()


def deliver_due() -> None:
    """Send the postman on a round, if there is one in this process."""
    if _Process.postman is not None:
        _Process.postman.call()


def archive_due() -> None:
    """Archive tasks that are kept for too long, for a moment; the next time goes on where this one ends.

    The folder of the archive is looked through at a process's first time, and then every hour.
    """
    begin = time.monotonic()

    def is_enough() -> bool:
        return time.monotonic() > begin + _ARCHIVES_FOR_S

    if begin >= _Process.tidies_at:
        _Process.tidies_at = begin + _TIDIES_EVERY_S
        retention.tidy_archive(is_enough)
    _Process.archived_until = retention.archive_due(_Process.archived_until, is_enough)


def _room() -> Room:
    assert _Process.room is not None, "the worker sets the engine before it takes jobs"
    return _Process.room


NUDGES: Mapping[str, Callable[..., None]] = {
    DRIVE: drive, SWEEP: sweep, FIRE_DUE: fire_due, DELIVER_DUE: deliver_due, ARCHIVE_DUE: archive_due,
}  # fmt: skip
"""What a queued job may call; nothing else is carried out, whatever stands in the queue."""
