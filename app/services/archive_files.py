"""The folder of the archive, kept tidy: files that have been kept for long enough go, and what a killed process left half written."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.archives import ArchivedTask
from app.models.tasks import Task
from app.services.engine import bound, writing

log = logging.getLogger(__name__)

_PORTION = 200
_DEAD_AFTER_S = 3600.0
"""After how long without a byte nobody is writing a file any more."""


def unfinished_folder(folder: Path) -> Path:
    """Return where files of the archive are written before they get their names; makes it where it is missing."""
    place = folder / ".unfinished"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def tidy(folder: Path, days: int, is_enough: Callable[[], bool]) -> None:
    """Delete what was left half written, and the tasks that were archived more than `days` ago; 0: none of them.

    May be called by several processes at once; whatever is left when it is enough, the next one finds.
    """
    _delete_unfinished(folder)
    while days and not is_enough() and _delete_some_older_than(folder, days):
        pass


def _delete_unfinished(folder: Path) -> None:
    for path in (folder / ".unfinished").glob("*"):
        # Another process may have finished it, or deleted it, since it was listed.
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _DEAD_AFTER_S:
                path.unlink()
                log.info("archive-leftover-deleted file=%s", path.name)


def _delete_some_older_than(folder: Path, days: int) -> int:
    """Delete a portion of the archive; returns how many tasks that were."""
    session: Session = db.session()
    # While the task's own row is there, its rows are still being taken out.
    is_out = ~exists().where(Task.id == ArchivedTask.task_id)
    is_old = ArchivedTask.archived_at < bound().clock() - timedelta(days=days)
    wanted = select(ArchivedTask.task_id, ArchivedTask.file).where(is_out, is_old).limit(_PORTION)
    found = session.execute(wanted).all()
    session.rollback()
    for row in found:
        # The file goes first: an entry without a file is found again, a file without an entry never.
        (folder / row.file).unlink(missing_ok=True)
    with writing() as session:
        session.execute(delete(ArchivedTask).where(ArchivedTask.task_id.in_([row.task_id for row in found])))
    if found:
        log.info("archive-expired count=%s", len(found))
    return len(found)
