"""Filters that people save for a list of a project, each for themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.accounts import User
from app.models.lists import SavedFilter
from app.models.projects import Project
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import bound, writing

MOST = 20
LONGEST_NAME, LONGEST_QUERY = 40, 2_000
LISTS = ("tasks", "flows")


def saved_filters(actor: Actor, project: Project, list_name: str) -> Sequence[SavedFilter]:
    """Return the actor's filters of a list, the first saved first."""
    require(actor, project, "view")
    wanted = select(SavedFilter).join(User, User.id == SavedFilter.user_id).where(User.username == actor.username)
    wanted = wanted.where(SavedFilter.project_id == project.id, SavedFilter.list_name == list_name)
    return list(db.session.scalars(wanted.order_by(SavedFilter.id)))


def save_filter(actor: Actor, project: Project, list_name: str, name: str, query: str) -> int:
    """Save a filter for the actor and return its id; one of the same name is changed."""
    with writing() as session:
        require(actor, project, "view")
        user_id = user_id_of(session, actor)
        own = select(SavedFilter).where(SavedFilter.project_id == project.id, SavedFilter.user_id == user_id)
        there = {row.name: row for row in session.scalars(own.where(SavedFilter.list_name == list_name))}
        problems = _problems(list_name, name.strip(), query)
        if name.strip() not in there and len(there) >= MOST:
            problems.append(
                Problem("too_many", say("a list has at most {most} saved filters: delete one first", most=MOST), "name")
            )
        if problems:
            raise InvalidInput.of(problems)
        row = there.get(name.strip())
        if row is None:
            row = SavedFilter(
                project_id=project.id, user_id=user_id, list_name=list_name, name=name.strip(), created_at=bound().clock()
            )  # fmt: skip
            session.add(row)
        row.query = query
        session.flush()
        return row.id


def delete_filter(actor: Actor, project: Project, filter_id: int) -> None:
    """Delete a filter of the actor's own."""
    with writing() as session:
        require(actor, project, "view")
        own = (SavedFilter.user_id == user_id_of(session, actor), SavedFilter.project_id == project.id)
        row = session.scalar(select(SavedFilter).where(SavedFilter.id == filter_id, *own))
        if row is None:
            raise NotFound("saved filter", filter_id)
        session.delete(row)


def user_id_of(session: Session, actor: Actor) -> int:
    """Return the id of the person who acts; what they keep for themselves is kept under it."""
    found = session.scalar(select(User.id).where(User.username == actor.username))
    if found is None:
        raise NotFound("user", actor.username)
    return found


def _problems(list_name: str, name: str, query: str) -> list[Problem]:
    problems = []
    if list_name not in LISTS:
        problems.append(
            Problem("list", say("{given!r} is not one of {known}", given=list_name, known=list(LISTS)), "list")
        )
    if not 1 <= len(name) <= LONGEST_NAME:
        problems.append(
            Problem("name", say("the name of a filter has 1 to {most} characters", most=LONGEST_NAME), "name")
        )
    if not query or len(query) > LONGEST_QUERY:
        message = say("a filter that is saved asks for something, in at most {most} characters", most=LONGEST_QUERY)
        problems.append(Problem("query", message, "query"))
    return problems
