"""People's own passwords, changed by themselves."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from app.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.models.accounts import User
from app.sentences import say
from app.services.access import Actor
from app.services.accounts import session_of
from app.services.engine import writing
from app.services.journal import record
from app.services.password_rules import password_problems
from app.services.passwords import hash_password, is_password


def change_password(actor: Actor, current: str, new: str) -> str:
    """Give the actor another password, end all sessions, and return the key of a new one.

    Raises NotAllowed where the current password is wrong, InvalidInput for a new one that will not do.
    """
    kept = db.session.scalar(select(User.password_hash).where(User.username == actor.username)) or ""
    if actor.app_code or not is_password(kept, current):
        raise NotAllowed(actor.username, say("change the password"))
    problems = list(password_problems(new, actor.username))
    if problems:
        raise InvalidInput.of(problems)
    made = hash_password(new)
    with writing() as session:
        user = session.scalar(select(User).where(User.username == actor.username, User.password_hash == kept))
        if user is None:
            raise NotAllowed(actor.username, say("change the password"))
        user.password_hash, user.session_key = made, secrets.token_hex(16)
        record(session, actor, "user", user.username, "change_password")
        return session_of(user)
