"""Who belongs to a project, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import select

from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.accounts import User
from app.models.projects import Membership, Project
from app.sentences import say
from app.services.access import Actor, Role, require
from app.services.engine import writing
from app.services.journal import record

ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a project; who is not active cannot log in."""

    username: str
    role: str
    is_active: bool


def list_members(actor: Actor, project: Project) -> Sequence[Member]:
    """Return who belongs to a project, by name."""
    require(actor, project, "view")
    wanted = select(User.username, Membership.role, User.is_active).join(User, User.id == Membership.user_id)
    rows = db.session.execute(wanted.where(Membership.project_id == project.id).order_by(User.username))
    return [Member(*row) for row in rows]


def set_member(actor: Actor, project: Project, username: str, role: str) -> None:
    """Give a user a role in a project, in place of the one it has."""
    if role not in ROLES:
        raise InvalidInput(
            Problem("role", say("{given!r} is not one of {known}", given=role, known=list(ROLES)), "role")
        )
    with writing() as session:
        require(actor, project, "manage")
        user_id = session.scalar(select(User.id).where(User.username == username))
        if user_id is None:
            raise NotFound("user", username)
        session.merge(Membership(project_id=project.id, user_id=user_id, role=role))
        record(session, actor, "member", username, "set", project_id=project.id, detail={"role": role})


def remove_member(actor: Actor, project: Project, username: str) -> None:
    """Take a user out of a project; raises NotFound."""
    with writing() as session:
        require(actor, project, "manage")
        user_id = session.scalar(select(User.id).where(User.username == username))
        member = session.get(Membership, (project.id, user_id)) if user_id is not None else None
        if member is None:
            raise NotFound("member", username)
        session.delete(member)
        record(session, actor, "member", username, "remove", project_id=project.id)


def member_names(actor: Actor, project: Project, role: str) -> Sequence[str]:
    """Return the names of a project's members in one role, in order."""
    require(actor, project, "view")
    wanted = select(User.username).join(Membership, Membership.user_id == User.id)
    return list(
        db.session.scalars(
            wanted.where(Membership.project_id == project.id, Membership.role == role).order_by(User.username)
        )
    )
