"""Deleting tasks: they are hidden at once; their rows go with the retention."""

from __future__ import annotations

from sqlalchemy import update

from app.errors import Refused
from app.models.projects import Project
from app.models.tasks import Task
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.journal import record_task
from app.services.tasks import hold_task


def delete_task(actor: Actor, project: Project, task_id: int) -> None:
    """Delete a task that nothing will go on in; one that runs or is paused is refused: it is to be revoked first."""
    with writing() as session:
        require(actor, project, "operate")
        row = hold_task(actor, project, task_id, "execute_task")
        if row.run_id is not None and row.finished_at is None:
            raise Refused("still_running", say("the task has not ended: revoke it first"))
        session.execute(update(Task).where(Task.id == task_id).values(is_deleted=True))
        record_task(session, actor, project.id, task_id, "delete")
