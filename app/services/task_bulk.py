"""One order for many tasks of a list: each is carried out by itself, and what became of each is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.errors import InvalidInput, NotFound, Problem, SluiceError
from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task
from app.sentences import say, sentence_of
from app.services.access import Actor, require
from app.services.task_deletion import delete_task
from app.services.tasks import operate_task

ACTIONS = ("pause", "resume", "revoke", "delete")
MOST = 100
"""How many tasks one order is for, at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order for one task; `reason` says why it was not carried out, and is empty where it was."""

    task_id: int
    name: str
    reason: str = ""


def operate_tasks(actor: Actor, project: Project, task_ids: Sequence[int], action: str) -> Sequence[Outcome]:
    """Pause, resume, revoke or delete tasks one by one, each in a transaction of its own: one that refuses stops no other."""
    require(actor, project, "operate")
    problems = []
    if action not in ACTIONS:
        problems.append(
            Problem(
                "unknown_action", say("{given!r} is not one of {known}", given=action, known=list(ACTIONS)), "action"
            )
        )
    if not 1 <= len(task_ids) <= MOST:
        problems.append(Problem("chosen", say("choose 1 to {most} tasks", most=MOST), "task"))
    if problems:
        raise InvalidInput.of(problems)
    names = names_of_tasks(actor, project, task_ids)
    return [_outcome(actor, project, task_id, names.get(task_id, ""), action) for task_id in task_ids]


def names_of_tasks(actor: Actor, project: Project, task_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of tasks of a project that have not been deleted, by id."""
    require(actor, project, "view")
    own = select(Task.id, Task.name).where(Task.project_id == project.id, Task.is_deleted.is_(False))
    return {id_: name for id_, name in db.session.execute(own.where(Task.id.in_(task_ids)))}


def _outcome(actor: Actor, project: Project, task_id: int, name: str, action: str) -> Outcome:
    try:
        if not name:
            raise NotFound("task", task_id)
        if action == "delete":
            delete_task(actor, project, task_id)
        else:
            operate_task(actor, project, task_id, action)
    except SluiceError as error:
        return Outcome(task_id, name or str(task_id), sentence_of(error))
    return Outcome(task_id, name)
