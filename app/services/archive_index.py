"""What the archive has: so that whoever asks for a task that has left the database is told where it is now."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Archived, NotFound
from app.extensions import db
from app.models.archives import ArchivedTask
from app.models.projects import Project
from app.services.engine import bound


def archived_entry(project: Project, task_id: int) -> ArchivedTask | None:
    """Return what is known of an archived task of the project; asks for no permission."""
    session: Session = db.session()
    # A larger id than the database has a number for is nobody's.
    known = ArchivedTask.task_id == (task_id if 0 < task_id < 2**63 else 0)
    return session.scalar(select(ArchivedTask).where(known, ArchivedTask.project_id == project.id))


def no_task(project: Project, task_id: int, kind: str = "task") -> NotFound:
    """Return the error for a task that is not in the database, for somebody who may view the project."""
    entry = archived_entry(project, task_id)
    if entry is None or entry.is_deleted:
        return NotFound(kind, task_id)
    return Archived(kind, task_id, archive_url(project, task_id))


def archive_url(project: Project, task_id: int) -> str:
    """Return the address of an archived task's page."""
    return f"{bound().loader.base_url}/projects/{project.id}/archive/{task_id}/"
