"""People, apps and projects: made, and recognised by their credentials."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import available_timezones

from sqlalchemy import select

from app.engine.core.values import Json
from app.errors import InvalidInput, NotAllowed, NotFound, Problem, Refused
from app.extensions import db
from app.models.accounts import ApiApp, User
from app.models.projects import Membership, Project, ProjectConstant
from app.services.access import SYSTEM, Actor, find_project
from app.services.engine import writing
from app.services.passwords import hash_password, is_password

Role = Literal["viewer", "operator", "manager"]

_NAME = re.compile(r"[\w.@+-]{1,64}")
_CONSTANT_KEY = re.compile(r"[a-zA-Z_]\w{0,49}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewApp:
    """An app's credentials, told once, when it is made."""

    code: str
    secret: str
    access_key: str
    secret_key: str


def create_user(name: str, password: str | None, *, is_admin: bool = False) -> str:
    """Make a user and return the password, which is generated when none is given."""
    problems = (
        [] if _NAME.fullmatch(name) else [Problem("name", "a user name has 1 to 64 letters, digits and . _ @ + -")]
    )
    if password is not None and len(password) < 8:
        problems.append(Problem("password", "a password has at least 8 characters"))
    if problems:
        raise InvalidInput.of(problems)
    password = password or secrets.token_urlsafe(12)
    with writing() as session:
        user = session.scalar(select(User).where(User.username == name))
        if user is not None and user.password_hash:
            raise Refused("exists", f"user {name} exists already")
        if user is None:
            user = User(username=name, created_at=datetime.now(UTC), session_key=secrets.token_hex(16))
            session.add(user)
        user.password_hash, user.is_admin = hash_password(password), is_admin
    return password


def create_project(name: str, biz_id: int | None, time_zone: str) -> Project:
    """Make a project."""
    if time_zone not in available_timezones():
        raise InvalidInput(Problem("time_zone", f"{time_zone} is not a time zone; one is Asia/Shanghai"))
    if not 1 <= len(name.strip()) <= 128:
        raise InvalidInput(Problem("name", "a project's name has 1 to 128 characters"))
    with writing() as session:
        if biz_id is not None and session.scalar(select(Project.id).where(Project.biz_id == biz_id)):
            raise Refused("exists", f"a project with business id {biz_id} exists already")
        project = Project(name=name.strip(), biz_id=biz_id, time_zone=time_zone, created_at=datetime.now(UTC))
        session.add(project)
        session.flush()
        session.expunge(project)
    return project


def set_constant(biz_id: int, key: str, value: Json, name: str = "") -> None:
    """Give a project's constant its value; flows that start from now on see it as `${_env_KEY}`."""
    if not _CONSTANT_KEY.fullmatch(key):
        raise InvalidInput(Problem("key", f"{key!r} is not a key: letters, digits and _, up to 50, no digit first"))
    with writing() as session:
        project = find_project(SYSTEM, biz_id)
        session.merge(ProjectConstant(project_id=project.id, key=key, name=name, value=value))


def drop_constant(biz_id: int, key: str) -> None:
    """Take a project's constant away; raises NotFound."""
    with writing() as session:
        constant = session.get(ProjectConstant, (find_project(SYSTEM, biz_id).id, key))
        if constant is None:
            raise NotFound("constant", key)
        session.delete(constant)


def add_member(project_id: int, username: str, role: Role) -> None:
    """Give a user a role in a project."""
    with writing() as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise NotFound("user", username)
        session.merge(Membership(project_id=project_id, user_id=user.id, role=role))


def create_app(code: str, secret: str | None, *, is_trusted: bool, biz_id: int | None = None) -> NewApp:
    """Make an app and return its credentials; they cannot be read again."""
    if not _NAME.fullmatch(code):
        raise InvalidInput(Problem("code", "an app's code has 1 to 64 letters, digits and . _ @ + -"))
    project_id = find_project(SYSTEM, biz_id).id if biz_id is not None else None
    new = NewApp(code, secret or secrets.token_urlsafe(24), str(uuid.uuid4()), str(uuid.uuid4()))
    with writing() as session:
        if session.scalar(select(ApiApp.id).where(ApiApp.code == code)):
            raise Refused("exists", f"app {code} exists already")
        session.add(
            ApiApp(
                code=code, secret_hash=_hash(new.secret), is_trusted=is_trusted, project_id=project_id,
                access_key=new.access_key, secret_key=new.secret_key, created_at=datetime.now(UTC),
            )
        )  # fmt: skip
    return new


def actor_of_app(code: str, secret: str, username: str) -> Actor:
    """Return who an app acts for; raises NotAllowed for wrong credentials.

    A trusted app may name anybody: a user that does not exist yet is made, without a password. An app that is not
    trusted acts for itself, in the project that it is confined to.
    """
    app = db.session.scalar(select(ApiApp).where(ApiApp.code == code))
    matches = hmac.compare_digest(app.secret_hash if app else _hash(""), _hash(secret))
    if app is None or not matches:
        raise NotAllowed(code or "(no app code)", "call this API", "with these credentials")
    if not app.is_trusted:
        return Actor(f"app:{app.code}", app_code=app.code, project_id=app.project_id or 0)
    if not _NAME.fullmatch(username):
        raise NotAllowed(code, "call this API", "without naming the user that it acts for (bk_username)")
    actor = Actor(username, app_code=app.code, is_trusted=True, project_id=app.project_id)
    user = db.session.scalar(select(User).where(User.username == username))
    if user is not None and not user.is_active:
        raise NotFound("user", username)
    if user is None:
        with writing() as session:
            session.add(User(username=username, created_at=datetime.now(UTC), session_key=secrets.token_hex(16)))
    return actor


def actor_of_password(username: str, password: str) -> tuple[Actor, str]:
    """Return who logs in and the key of the session; raises NotAllowed, after the same work, when it is wrong."""
    user = db.session.scalar(select(User).where(User.username == username))
    is_right = is_password(user.password_hash if user is not None else "", password)
    if not is_right or user is None or not user.is_active:
        raise NotAllowed(username, "log in")
    return Actor(user.username, user.is_admin), f"{user.id}:{user.session_key}"


def actor_of_session(key: str) -> Actor | None:
    """Return who a session belongs to; None when it has ended."""
    number, _, session_key = key.partition(":")
    user = db.session.get(User, int(number)) if number.isdecimal() else None
    if user is None or not user.is_active or not hmac.compare_digest(user.session_key, session_key):
        return None
    return Actor(user.username, user.is_admin)


def has_users() -> bool:
    """Say whether anybody can log in yet."""
    return db.session.scalar(select(User.id).where(User.password_hash != "").limit(1)) is not None


def _hash(secret: str) -> str:
    # App secrets are long and random, so a plain digest is enough, and fast enough for every request.
    return hashlib.sha256(secret.encode()).hexdigest()
