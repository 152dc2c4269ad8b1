"""Who asks, and what they may do in a project. Every use case begins here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotAllowed, NotFound
from app.extensions import db
from app.models.accounts import User
from app.models.projects import Membership, Project
from app.sentences import say

__all__ = (
    "NAME", "SYSTEM", "Actor", "IdKind", "Permission", "Project", "Role", "find_project", "hold_project", "may",
    "require", "require_on_common", "visible_projects",
)  # fmt: skip

Permission = Literal["view", "operate", "edit", "manage"]
Role = Literal["viewer", "operator", "editor", "manager"]
IdKind = Literal["biz", "project"]

NAME = re.compile(r"[\w.@+-]{1,64}")
"""What users and apps are called: 1 to 64 letters, digits and . _ @ + -."""

_CALLED: Mapping[Permission, str] = {
    "view": say("view"),
    "operate": say("operate"),
    "edit": say("edit"),
    "manage": say("manage"),
}

_ROLES: dict[str, tuple[Permission, ...]] = {
    "viewer": ("view",),
    "operator": ("view", "operate"),
    "editor": ("view", "operate", "edit"),
    "manager": ("view", "operate", "edit", "manage"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person, an app for a person, or an app for itself.

    A trusted app may do everything, whoever it names. Any other does what the person may whom it acts for, or, where it
    acts for itself, everything in its project. One with a `project_id` is confined to that project in any case.
    `address` is where the call comes from.
    """

    username: str
    is_admin: bool = False
    app_code: str = ""
    is_trusted: bool = False
    acts_for_itself: bool = False
    project_id: int | None = None
    address: str = ""


SYSTEM = Actor("system", is_admin=True)
"""Acts where no person asked: commands on the server's own terminal."""


def require(actor: Actor, project: Project, permission: Permission) -> None:
    """Raise NotAllowed unless the actor may do this in the project."""
    if not may(actor, project, permission):
        raise NotAllowed(actor.username, _CALLED[permission], say("project {project}", project=project.name))


def require_on_common(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor may do this with the common flows.

    They are for all to see; administrators and apps that are trusted everywhere may change them.
    """
    if permission != "view" and not (actor.is_admin or (actor.is_trusted and actor.project_id is None)):
        raise NotAllowed(actor.username, _CALLED[permission], say("the common templates"))


def may(actor: Actor, project: Project, permission: Permission) -> bool:
    """Say whether the actor may do this in the project."""
    if actor.project_id is not None and actor.project_id != project.id:
        return False
    if actor.is_admin or actor.is_trusted:
        return True
    if actor.acts_for_itself:
        return actor.project_id is not None
    role = db.session.scalar(
        select(Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project.id, User.username == actor.username)
    )
    return role is not None and permission in _ROLES[role]


def find_project(actor: Actor, number: int, kind: IdKind = "biz") -> Project:
    """Find a project by its business id (bk-sops' older ids) or by its own id; the caller may see it or it is not there."""
    column = Project.biz_id if kind == "biz" else Project.id
    # bk-sops' ids have 31 bits, ours 63; a larger one is nobody's.
    is_one = 0 <= number < (2**31 if kind == "biz" else 2**63)
    project = db.session.scalar(select(Project).where(column == number)) if is_one else None
    if project is None or not may(actor, project, "view"):
        raise NotFound("project", number)
    return project


def hold_project(session: Session, project: Project) -> None:
    """Hold a project's row for a change of what it consists of: of two who make one at once, one waits."""
    # No key of it changes, so tasks may be made meanwhile.
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))


def visible_projects(actor: Actor) -> list[Project]:
    """Return the projects that the actor may see, by name; in one statement, whatever their number."""
    wanted = select(Project).order_by(Project.name)
    if actor.project_id is not None:
        wanted = wanted.where(Project.id == actor.project_id)
    if not (actor.is_admin or actor.is_trusted):
        if actor.acts_for_itself:
            return list(db.session.scalars(wanted)) if actor.project_id is not None else []
        own = select(Membership.project_id).join(User, User.id == Membership.user_id)
        wanted = wanted.where(Project.id.in_(own.where(User.username == actor.username)))
    return list(db.session.scalars(wanted))
