"""Whom an app that has signed a call acts for: a user named in the call, who must be known and belong to the project."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.errors import NotAllowed, Refused
from app.extensions import db
from app.models.accounts import User
from app.models.projects import Project
from app.services.access import NAME, Actor, may
from app.services.app_tokens import SigningApp


def project_of_text(text: str) -> Project | None:
    """Return the project with an id that is written as a number, perhaps after an `o`; None where there is none."""
    digits = text.removeprefix("o")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        return None
    found: Project | None = db.session.get(Project, int(digits))
    return found


def actor_of_user(app: SigningApp | None, username: str, project: Project) -> Actor:
    """Return who acts: the user, with that user's own rights, in calls of an app that is trusted to name users.

    Any other app acts for itself, by its own code as the user's name, in the project that it is confined to. Without an
    app nobody has vouched for the call. Raises NotAllowed for a user who is not there or does not belong to the project,
    Refused with rule `locked` for one who may do nothing any more.
    """
    if app is not None and not app.is_trusted:
        if username != app.code or app.project_id != project.id:
            raise NotAllowed(app.code, "name users", f"in project {project.id}")
        return Actor(f"app:{app.code}", app_code=app.code, acts_for_itself=True, project_id=project.id)
    user = db.session.scalar(select(User).where(User.username == username)) if NAME.fullmatch(username) else None
    if user is None:
        raise NotAllowed(username[:64], "act", f"in project {project.id}")
    actor = Actor(user.username, user.is_admin)
    if app is not None:
        actor = replace(actor, app_code=app.code, project_id=app.project_id)
    if not may(actor, project, "view"):
        raise NotAllowed(username, "act", f"in project {project.id}")
    if not user.is_active:
        raise Refused("account_locked", f"user {username} was deactivated")
    return actor
