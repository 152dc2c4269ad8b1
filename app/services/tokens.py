"""Access tokens: what a user gives to apps that are not trusted, so that they can act for the user."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.errors import InvalidInput, NotAllowed, NotFound, Problem
from app.extensions import db
from app.models.accounts import AccessToken, User
from app.sentences import say
from app.services.access import SYSTEM, Actor
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.passwords import digest_of

_MARK = "sluice_"
"""What tokens begin with, so that a leaked one is recognised for what it is."""

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as it is listed: everything but what it proves itself with."""

    id: int
    username: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a token stands for."""

    username: str
    is_admin: bool


def create_own_token(actor: Actor, name: str = "", *, lasts: timedelta | None = None) -> str:
    """Make a token of who asks and return it; it cannot be read again."""
    _require_person(actor)
    return _create(actor, actor.username, name, lasts)


def list_own_tokens(actor: Actor) -> Sequence[KnownToken]:
    """Return the tokens of who asks, oldest first."""
    _require_person(actor)
    return list_tokens(actor.username)


def revoke_own_token(actor: Actor, token_id: int) -> None:
    """End a token of who asks, or, for an administrator, of anybody; raises NotFound where there is none."""
    _require_person(actor)
    owner = db.session.scalar(
        select(User.username).join(AccessToken, AccessToken.user_id == User.id).where(AccessToken.id == token_id)
    )
    if owner is None or not (actor.is_admin or owner == actor.username):
        raise NotFound("token", token_id)
    _revoke(actor, token_id)


def create_token(username: str, name: str = "", *, lasts: timedelta | None = None) -> str:
    """Make a token of a user and return it; it cannot be read again. For commands: nobody is asked."""
    return _create(SYSTEM, username, name, lasts)


def list_tokens(username: str | None = None) -> Sequence[KnownToken]:
    """Return all tokens, or those of one user, oldest first; raises NotFound for a user who does not exist."""
    wanted = select(
        AccessToken.id, User.username, AccessToken.name, AccessToken.created_at, AccessToken.expires_at,
        AccessToken.last_used_at,
    ).join(User, User.id == AccessToken.user_id)  # fmt: skip
    if username is not None:
        if db.session.scalar(select(User.id).where(User.username == username)) is None:
            raise NotFound("user", username)
        wanted = wanted.where(User.username == username)
    return [KnownToken(*row) for row in db.session.execute(wanted.order_by(AccessToken.id))]


def revoke_token(token_id: int) -> None:
    """End a token; raises NotFound where it has ended already. For commands: nobody is asked."""
    _revoke(SYSTEM, token_id)


def owner_of(token: str) -> Owner:
    """Return whom a token stands for; raises NotAllowed for one that is unknown or has expired, or of a user who left."""
    now = bound().clock()
    # Found by its digest: how long the search takes tells of the digest, and nothing of any token.
    row = db.session.execute(
        select(AccessToken.id, AccessToken.expires_at, AccessToken.last_used_at, User.username, User.is_admin)
        .join(User, User.id == AccessToken.user_id)
        .where(AccessToken.digest == digest_of(token), User.is_active)
    ).one_or_none()
    if row is None:
        raise NotAllowed("(unknown user)", say("call this API"), say("with this token"))
    if row.expires_at is not None and row.expires_at <= now:
        raise NotAllowed(row.username, say("call this API"), say("with this token, which has expired"))
    if row.last_used_at is None or now - row.last_used_at >= _NOTED_EVERY:
        with writing() as session:
            session.execute(update(AccessToken).where(AccessToken.id == row.id).values(last_used_at=now))
    return Owner(row.username, row.is_admin)


def _require_person(actor: Actor) -> None:
    """Raise NotAllowed for an app, also one that acts for a user: a token must not make others that outlive it."""
    if actor.app_code:
        raise NotAllowed(actor.username, say("manage tokens"), say("through an app"))


def _create(actor: Actor, username: str, name: str, lasts: timedelta | None) -> str:
    problems = [] if len(name) <= 64 else [Problem("name", say("a token's name has at most 64 characters"), "name")]
    if lasts is not None and lasts <= timedelta(0):
        problems.append(Problem("lasts", say("a token lasts for one day or more"), "days"))
    if problems:
        raise InvalidInput.of(problems)
    token, now = _MARK + secrets.token_urlsafe(32), bound().clock()
    with writing() as session:
        user_id = session.scalar(select(User.id).where(User.username == username))
        if user_id is None:
            raise NotFound("user", username)
        expires_at = now + lasts if lasts is not None else None
        session.add(
            AccessToken(user_id=user_id, digest=digest_of(token), name=name, created_at=now, expires_at=expires_at)
        )
        record(session, actor, "token", username, "create", detail={"name": name})
    return token


def _revoke(actor: Actor, token_id: int) -> None:
    with writing() as session:
        ended = session.scalar(delete(AccessToken).where(AccessToken.id == token_id).returning(AccessToken.id))
        if ended is None:
            raise NotFound("token", token_id)
        record(session, actor, "token", token_id, "revoke")
