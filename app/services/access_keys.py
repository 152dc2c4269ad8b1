"""Access keys: made for an app, a user and a project; and recognised in requests that they have signed.

Besides, every app has a key pair of its own. By that one it acts for itself, in the project that it is confined to.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, select, type_coerce, update

from app.errors import InvalidInput, NotAllowed, NotFound, Problem
from app.extensions import db
from app.models.access_keys import AccessKey
from app.models.accounts import ApiApp, User
from app.models.projects import Project
from app.models.sealed import open_column
from app.services.access import SYSTEM, Actor, find_project, require
from app.services.engine import bound, writing
from app.services.journal import record

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key pair, told once, when it is made."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key pair as it is listed: everything but its secret."""

    access_key: str
    app_code: str
    username: str
    biz_id: int | None
    is_active: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundKey:
    """What is known of an access key before its holder has proved to know the secret; the secret is still sealed."""

    access_key: str
    sealed_secret: str
    id: int | None
    app_id: int
    app_code: str
    username: str | None
    is_admin: bool
    project_id: int | None
    is_active: bool
    expires_at: datetime | None
    last_used_at: datetime | None

    def secret(self) -> str:
        """Return the secret; raises Unavailable where it was sealed with another key of the installation."""
        return open_column(self.sealed_secret)


def create_key(app_code: str, username: str, biz_id: int, *, lasts: timedelta | None = None) -> NewKey:
    """Make a key pair by which an app acts for a user in a project; the secret cannot be read again."""
    if lasts is not None and lasts <= timedelta(0):
        raise InvalidInput(Problem("lasts", "a key lasts for one day or more", "days"))
    project = find_project(SYSTEM, biz_id)
    now, new = bound().clock(), NewKey(secrets.token_hex(16), secrets.token_hex(16))
    with writing() as session:
        app_id = session.scalar(select(ApiApp.id).where(ApiApp.code == app_code))
        user = session.scalar(select(User).where(User.username == username, User.is_active))
        if app_id is None:
            raise NotFound("app", app_code)
        if user is None:
            raise NotFound("user", username)
        require(Actor(user.username, user.is_admin), project, "view")
        session.add(
            AccessKey(
                app_id=app_id, user_id=user.id, project_id=project.id, access_key=new.access_key,
                secret_key=new.secret_key, created_at=now, expires_at=now + lasts if lasts is not None else None,
            )
        )  # fmt: skip
        detail = {"app": app_code, "user": username}
        record(session, SYSTEM, "access_key", new.access_key, "create", project_id=project.id, detail=detail)
    return new


def list_keys(app_code: str | None = None) -> Sequence[ListedKey]:
    """Return the key pairs, or those of an app, oldest first."""
    wanted = (
        select(
            AccessKey.access_key, ApiApp.code, User.username, Project.biz_id, AccessKey.is_active, AccessKey.created_at,
            AccessKey.expires_at, AccessKey.last_used_at,
        )
        .join(ApiApp, ApiApp.id == AccessKey.app_id)
        .join(User, User.id == AccessKey.user_id)
        .join(Project, Project.id == AccessKey.project_id)
        .order_by(AccessKey.id)
    )  # fmt: skip
    if app_code is not None:
        wanted = wanted.where(ApiApp.code == app_code)
    return [ListedKey(*row) for row in db.session.execute(wanted)]


def deactivate_key(access_key: str) -> None:
    """Refuse what a key signs from now on; may be called twice. Raises NotFound."""
    with writing() as session:
        own = update(AccessKey).where(AccessKey.access_key == access_key)
        if session.scalar(own.values(is_active=False).returning(AccessKey.id)) is None:
            raise NotFound("access key", access_key)
        record(session, SYSTEM, "access_key", access_key, "deactivate")


def find_key(access_key: str) -> FoundKey | None:
    """Find a key pair by its public half, whether it may be used or not."""
    columns: list[Any] = [
        AccessKey.access_key, type_coerce(AccessKey.secret_key, Text), AccessKey.id, ApiApp.id, ApiApp.code,
        User.username, User.is_admin, AccessKey.project_id, AccessKey.is_active & User.is_active & ApiApp.is_active,
        AccessKey.expires_at, ApiApp.expires_at, AccessKey.last_used_at,
    ]  # fmt: skip
    row = db.session.execute(
        select(*columns)
        .join(ApiApp, ApiApp.id == AccessKey.app_id)
        .join(User, User.id == AccessKey.user_id)
        .where(AccessKey.access_key == access_key)
    ).one_or_none()
    if row is None:
        return _own_pair(access_key)
    public, sealed, id_, app_id, code, username, is_admin, project_id, is_active, *ends, used_at = row
    expires_at = min((moment for moment in ends if moment is not None), default=None)
    return FoundKey(
        public, sealed, id_, app_id, code, username, is_admin, project_id, is_active, expires_at, used_at
    )  # fmt: skip


def admit(key: FoundKey) -> tuple[Actor, Project]:
    """Let in whoever has signed with a key, and return who acts in which project; raises NotAllowed."""
    now = bound().clock()
    if not key.is_active:
        raise NotAllowed(key.app_code, "call this API", "with a key that was deactivated")
    if key.expires_at is not None and key.expires_at <= now:
        raise NotAllowed(key.app_code, "call this API", "with a key that has expired")
    project = db.session.get(Project, key.project_id) if key.project_id is not None else None
    if project is None:
        raise NotAllowed(key.app_code, "call this API", "with its own key, since it is confined to no project")
    if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
        _note(key, now)
        project = db.session.get_one(Project, project.id)
    if key.username is None:
        return Actor(f"app:{key.app_code}", app_code=key.app_code, acts_for_itself=True, project_id=project.id), project
    return Actor(key.username, key.is_admin, app_code=key.app_code, project_id=project.id), project


def _own_pair(access_key: str) -> FoundKey | None:
    columns: list[Any] = [
        ApiApp.access_key, type_coerce(ApiApp.secret_key, Text), ApiApp.id, ApiApp.code, ApiApp.project_id,
        ApiApp.is_active, ApiApp.expires_at, ApiApp.last_used_at,
    ]  # fmt: skip
    row = db.session.execute(select(*columns).where(ApiApp.access_key == access_key)).one_or_none()
    if row is None:
        return None
    public, sealed, app_id, code, project_id, is_active, expires_at, used_at = row
    return FoundKey(public, sealed, None, app_id, code, None, False, project_id, is_active, expires_at, used_at)


def _note(key: FoundKey, now: datetime) -> None:
    with writing() as session:
        if key.id is not None:
            session.execute(update(AccessKey).where(AccessKey.id == key.id).values(last_used_at=now))
        session.execute(update(ApiApp).where(ApiApp.id == key.app_id).values(last_used_at=now))
