"""The people of an installation, for its administrators: made, locked and let in again, given another password."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import User
from app.sentences import say
from app.services import accounts
from app.services.access import Actor
from app.services.engine import writing
from app.services.journal import record
from app.services.paging import Page, Place, page_of
from app.services.passwords import hash_password

COLUMNS: list[Any] = [
    User.id, User.username, User.is_admin, User.is_active, User.created_at, User.email, (User.password_hash != "").label("has_password"),
]  # fmt: skip


def require_admin(actor: Actor) -> None:
    """Raise NotAllowed unless an administrator asks, who is a person."""
    if not actor.is_admin or actor.app_code:
        raise NotAllowed(actor.username, say("administer"), say("this installation"))


def page_of_users(actor: Actor, search: str, place: Place, limit: int = 50) -> Page:
    """Return a page of users whose names hold a text, the newest first, each as a row of `COLUMNS`."""
    require_admin(actor)
    wanted = select(*COLUMNS)
    if search:
        wanted = wanted.where(User.username.icontains(search, autoescape=True))
    return page_of(wanted, [User.id], place, limit)


def add_user(actor: Actor, username: str, *, is_admin: bool = False) -> str:
    """Make a user, and return the password that was generated; it cannot be read again."""
    require_admin(actor)
    return accounts.create_user(username, None, is_admin=is_admin, by=actor)


def lock_user(actor: Actor, username: str) -> None:
    """Let a user in no more, and end their sessions; their tokens stop working too. Nobody locks themselves out."""
    with writing() as session:
        require_admin(actor)
        user = _user(session, username)
        if user.username == actor.username:
            raise Refused("own_account", say("you cannot lock yourself out; another administrator can"))
        user.is_active, user.session_key = False, secrets.token_hex(16)
        record(session, actor, "user", username, "lock")


def unlock_user(actor: Actor, username: str) -> None:
    """Let a user in again."""
    with writing() as session:
        require_admin(actor)
        _user(session, username).is_active = True
        record(session, actor, "user", username, "unlock")


def reset_password(actor: Actor, username: str) -> str:
    """Give a user another password, end their sessions, and return the password; it cannot be read again."""
    password = secrets.token_urlsafe(12)
    hashed = hash_password(password)
    with writing() as session:
        require_admin(actor)
        user = _user(session, username)
        user.password_hash, user.session_key = hashed, secrets.token_hex(16)
        record(session, actor, "user", username, "reset_password")
    return password


def _user(session: Session, username: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound("user", username)
    return user
