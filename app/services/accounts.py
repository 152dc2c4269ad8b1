"""People and projects: made, and people recognised by their passwords and sessions."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from sqlalchemy import delete, exists, select, update

from app.errors import InvalidInput, NotAllowed, Problem, Refused
from app.extensions import db
from app.models.accounts import EndedSession, User
from app.models.projects import Project
from app.sentences import say
from app.services.access import NAME, SYSTEM, Actor
from app.services.engine import writing
from app.services.journal import record
from app.services.password_rules import password_problems
from app.services.passwords import digest_of, hash_password, is_outdated, is_password

SESSION_LASTS = timedelta(days=30)
"""How long a session lasts at most, however often it is used."""


def create_user(name: str, password: str | None, *, is_admin: bool = False, by: Actor = SYSTEM) -> str:
    """Make a user and return the password, which is generated when none is given; `by` is whom the journal names."""
    problems = (
        [] if NAME.fullmatch(name) else [Problem("name", say("a user name has 1 to 64 letters, digits and . _ @ + -"))]
    )
    problems += [] if password is None else password_problems(password, name)
    if problems:
        raise InvalidInput.of(problems)
    return enter_user(name, password, is_admin=is_admin, by=by)


def enter_user(name: str, password: str | None, *, is_admin: bool = False, by: Actor = SYSTEM) -> str:
    """Make a user like `create_user`, with any password: for trying the product out."""
    password = password or secrets.token_urlsafe(12)
    with writing() as session:
        user = session.scalar(select(User).where(User.username == name))
        if user is not None and user.password_hash:
            raise Refused("exists", say("user {name} exists already", name=name))
        if user is None:
            user = User(username=name, created_at=datetime.now(UTC), session_key=secrets.token_hex(16))
            session.add(user)
        user.password_hash, user.is_admin = hash_password(password), is_admin
        record(session, by, "user", name, "create", detail={"is_admin": is_admin})
    return password


def create_project(name: str, biz_id: int | None, time_zone: str) -> Project:
    """Make a project."""
    if time_zone not in available_timezones():
        raise InvalidInput(Problem("time_zone", say("{zone} is not a time zone; one is Asia/Shanghai", zone=time_zone)))
    if not 1 <= len(name.strip()) <= 128:
        raise InvalidInput(Problem("name", say("a project's name has 1 to 128 characters")))
    with writing() as session:
        if biz_id is not None and session.scalar(select(Project.id).where(Project.biz_id == biz_id)):
            raise Refused("exists", say("a project with business id {id} exists already", id=biz_id))
        project = Project(name=name.strip(), biz_id=biz_id, time_zone=time_zone, created_at=datetime.now(UTC))
        session.add(project)
        session.flush()
        record(session, SYSTEM, "project", project.id, "create", project_id=project.id, detail={"name": project.name})
        session.expunge(project)
    return project


def actor_of_password(username: str, password: str) -> tuple[Actor, str]:
    """Return who logs in and the key of the session; raises NotAllowed, after the same work, when it is wrong.

    A password that was hashed otherwise than it is done today is hashed anew.
    """
    user = db.session.scalar(select(User).where(User.username == username)) if NAME.fullmatch(username) else None
    kept = user.password_hash if user is not None else ""
    is_right = is_password(kept, password)
    if not is_right or user is None or not user.is_active:
        raise NotAllowed(username, say("log in"))
    found = Actor(user.username, user.is_admin), session_of(user)
    if is_outdated(kept):
        anew = update(User).where(User.id == user.id, User.password_hash == kept)
        made = hash_password(password)
        with writing() as session:
            session.execute(anew.values(password_hash=made))
    return found


def session_of(user: User) -> str:
    """Return the key of a new session of a user's: their number, what ends with their password, a mark, and the time."""
    return f"{user.id}:{user.session_key}:{secrets.token_hex(8)}:{int(datetime.now(UTC).timestamp())}"


def actor_of_session(key: str) -> Actor | None:
    """Return who a session belongs to; None when it has ended. One statement."""
    parts = key.split(":")
    if len(parts) != 4 or not (parts[0].isdecimal() and parts[3].isdecimal()):
        return None
    if datetime.now(UTC).timestamp() - int(parts[3]) > SESSION_LASTS.total_seconds():
        return None
    is_ended = exists().where(EndedSession.digest == digest_of(key))
    user = db.session.scalar(select(User).where(User.id == int(parts[0]), User.is_active, ~is_ended))
    if user is None or not hmac.compare_digest(user.session_key, parts[1]):
        return None
    return Actor(user.username, user.is_admin)


def end_session(key: str) -> None:
    """Let a session count no more, in whichever browser its cookie may be; may be called twice."""
    now = datetime.now(UTC)
    with writing() as session:
        session.execute(delete(EndedSession).where(EndedSession.until < now))
        session.merge(EndedSession(digest=digest_of(key), until=now + SESSION_LASTS))


def has_users() -> bool:
    """Say whether anybody can log in yet."""
    return db.session.scalar(select(User.id).where(User.password_hash != "").limit(1)) is not None
