"""People whom an OpenID Connect provider vouches for: which user each of them is here."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotAllowed, NotFound, Problem, Refused
from app.models.accounts import Identity, User
from app.sentences import say
from app.services.access import NAME, SYSTEM, Actor
from app.services.accounts import session_of
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.users import require_admin

_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,189}")
_MOST_TRIES = 100


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a provider says of somebody, in a token that it has signed. `email` is empty unless it has verified it."""

    issuer: str
    subject: str
    email: str = ""
    username: str = ""


def actor_of_identity(claimed: Claimed, *, creates_users: bool) -> tuple[Actor, str]:
    """Return who logs in and the key of the session; raises NotAllowed where nobody here is meant, or the user is locked.

    The subject counts first, since addresses change hands; an address that fits binds the subject to its user.
    """
    with writing() as session:
        user = _known(session, claimed) or _with_email(session, claimed)
        if user is None:
            if not creates_users:
                raise NotAllowed(
                    claimed.email or claimed.subject, say("log in"), say("here: no user has this identity or address")
                )
            user = _new(session, claimed)
        if not user.is_active:
            raise NotAllowed(user.username, say("log in"), say("while locked"))
        _bind(session, claimed, user)
        return Actor(user.username, user.is_admin), session_of(user)


def set_email(actor: Actor, username: str, email: str) -> None:
    """Say which mail address a user has, or, with an empty one, none: who proves it logs in as that user."""
    address = email.strip().lower()
    if address and not _ADDRESS.fullmatch(address):
        raise InvalidInput(
            Problem(
                "email", say("{address!r} is not a mail address; one is ada@example.org", address=address[:80]), "email"
            )
        )
    with writing() as session:
        require_admin(actor)
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise NotFound("user", username)
        other = session.scalar(select(User.username).where(User.email == address, User.id != user.id))
        if address and other is not None:
            raise Refused("taken", say("{other} has this mail address already", other=other))
        user.email = address or None
        record(session, actor, "user", username, "set_email", detail={"email": address})


def _known(session: Session, claimed: Claimed) -> User | None:
    identity = session.get(Identity, (claimed.issuer, claimed.subject))
    return session.get_one(User, identity.user_id) if identity is not None else None


def _with_email(session: Session, claimed: Claimed) -> User | None:
    if not claimed.email:
        return None
    found: User | None = session.scalar(select(User).where(User.email == claimed.email.lower()))
    return found


def _new(session: Session, claimed: Claimed) -> User:
    """Make a user without a password, under a name that nobody has: whoever picks a name must not become its owner."""
    user = User(
        username=_free_name(session, claimed), created_at=bound().clock(), session_key=secrets.token_hex(16),
        password_hash="", is_admin=False, is_active=True,
        email=claimed.email.lower() if _ADDRESS.fullmatch(claimed.email) else None,
    )  # fmt: skip
    session.add(user)
    session.flush()
    record(session, SYSTEM, "user", user.username, "create", detail={"issuer": claimed.issuer})
    return user


def _free_name(session: Session, claimed: Claimed) -> str:
    wanted = claimed.username or claimed.email.partition("@")[0] or "user"
    base = re.sub(r"[^\w.@+-]", "-", wanted)[:58]
    base = base if NAME.fullmatch(base) else "user"
    for number in range(1, _MOST_TRIES):
        name = base if number == 1 else f"{base}-{number}"
        if session.scalar(select(User.id).where(User.username == name)) is None:
            return name
    return f"{base[:40]}-{secrets.token_hex(6)}"


def _bind(session: Session, claimed: Claimed, user: User) -> None:
    if session.get(Identity, (claimed.issuer, claimed.subject)) is None:
        session.add(
            Identity(issuer=claimed.issuer, subject=claimed.subject, user_id=user.id, created_at=bound().clock())
        )
        record(session, SYSTEM, "user", user.username, "bind_identity", detail={"issuer": claimed.issuer})
