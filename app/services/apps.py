"""Other systems' apps: made, ended, and recognised in their calls, with the user that a call is made for."""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, Text, select, type_coerce, update
from sqlalchemy.exc import IntegrityError

from app.errors import InvalidInput, NotAllowed, NotFound, Problem, Refused
from app.extensions import db
from app.models.accounts import ApiApp, User
from app.models.projects import Project
from app.models.sealed import open_column
from app.sentences import say
from app.services.access import NAME, SYSTEM, Actor, find_project, require
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.passwords import digest_of
from app.services.tokens import owner_of

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewApp:
    """An app's credentials, told once, when it is made."""

    code: str
    secret: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class KnownApp:
    """An app as it is listed: everything but its secrets. `biz_id` is that of the project it is confined to."""

    code: str
    is_trusted: bool
    is_active: bool
    biz_id: int | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom an app says, in one call, that it acts for: by name, by a token, or nobody."""

    username: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a gateway says of a call: the app, which it has verified, and the user, whom it may have verified too."""

    app_code: str
    username: str
    is_user_verified: bool


@dataclass(frozen=True, slots=True)
class _App:
    """What is read of an app in each call: its secret still sealed, or a digest of it; its key pair is not read."""

    id: int
    code: str
    sealed_secret: str
    secret_hash: str
    is_trusted: bool
    is_active: bool
    project_id: int | None
    expires_at: datetime | None
    last_used_at: datetime | None


def create_app(
    code: str, secret: str | None, *, is_trusted: bool, biz_id: int | None = None, lasts: timedelta | None = None
) -> NewApp:
    """Make an app and return its credentials; they cannot be read again. For commands: nobody is asked."""
    project_id = find_project(SYSTEM, biz_id).id if biz_id is not None else None
    return _create(SYSTEM, code, secret, is_trusted=is_trusted, project_id=project_id, lasts=lasts)


def create_project_app(
    actor: Actor, project: Project, code: str, *, is_trusted: bool, lasts: timedelta | None = None
) -> NewApp:
    """Make an app that is confined to a project and return its credentials, for who manages the project.

    One that is trusted may do everything there, for whomever it names.
    """
    require(actor, project, "manage")
    return _create(actor, code, None, is_trusted=is_trusted, project_id=project.id, lasts=lasts)


def list_project_apps(actor: Actor, project: Project) -> Sequence[KnownApp]:
    """Return the apps that are confined to a project, by code, for who manages it."""
    require(actor, project, "manage")
    return [KnownApp(*row) for row in db.session.execute(_listed().where(ApiApp.project_id == project.id))]


def disable_project_app(actor: Actor, project: Project, code: str) -> None:
    """Refuse the calls of an app of a project from now on; may be called twice. Raises NotFound."""
    with writing() as session:
        require(actor, project, "manage")
        changed = update(ApiApp).where(ApiApp.code == code, ApiApp.project_id == project.id).values(is_active=False)
        if session.scalar(changed.returning(ApiApp.id)) is None:
            raise NotFound("app", code)
        record(session, actor, "app", code, "deactivate", project_id=project.id)


def renew_project_secret(actor: Actor, project: Project, code: str) -> str:
    """Give an app of a project another secret and return it; it cannot be read again. Raises NotFound."""
    made = secrets.token_urlsafe(24)
    with writing() as session:
        require(actor, project, "manage")
        app = session.scalar(select(ApiApp).where(ApiApp.code == code, ApiApp.project_id == project.id))
        if app is None:
            raise NotFound("app", code)
        app.secret, app.secret_hash = made, ""
        record(session, actor, "app", code, "renew_secret", project_id=project.id)
    return made


def _create(
    actor: Actor, code: str, secret: str | None, *, is_trusted: bool, project_id: int | None, lasts: timedelta | None
) -> NewApp:
    problems = []
    if not NAME.fullmatch(code):
        problems.append(Problem("code", say("an app's code has 1 to 64 letters, digits and . _ @ + -")))
    if lasts is not None and lasts <= timedelta(0):
        problems.append(Problem("lasts", say("an app lasts for one day or more"), "days"))
    if problems:
        raise InvalidInput.of(problems)
    new = NewApp(code, secret or secrets.token_urlsafe(24), str(uuid.uuid4()), str(uuid.uuid4()))
    now = bound().clock()
    with writing() as session:
        if session.scalar(select(ApiApp.id).where(ApiApp.code == code)):
            raise Refused("exists", say("app {code} exists already", code=code))
        session.add(
            ApiApp(
                code=code, secret=new.secret, is_trusted=is_trusted, project_id=project_id,
                access_key=new.access_key, secret_key=new.secret_key, created_at=now,
                expires_at=now + lasts if lasts is not None else None,
            )
        )  # fmt: skip
        detail = {"is_trusted": is_trusted}
        record(session, actor, "app", code, "create", project_id=project_id, detail=detail)
    return new


def list_apps() -> Sequence[KnownApp]:
    """Return all apps, by code. For commands: nobody is asked."""
    return [KnownApp(*row) for row in db.session.execute(_listed())]


def _listed() -> Select[Any]:
    columns: list[Any] = [
        ApiApp.code, ApiApp.is_trusted, ApiApp.is_active, Project.biz_id, ApiApp.created_at, ApiApp.expires_at,
        ApiApp.last_used_at,
    ]  # fmt: skip
    return select(*columns).outerjoin(Project, Project.id == ApiApp.project_id).order_by(ApiApp.code)


def renew_secret(code: str, secret: str | None = None) -> str:
    """Give an app another secret, in place of the one that it has, and return it; it cannot be read again."""
    made = secret or secrets.token_urlsafe(24)
    with writing() as session:
        app = session.scalar(select(ApiApp).where(ApiApp.code == code))
        if app is None:
            raise NotFound("app", code)
        app.secret, app.secret_hash = made, ""
        record(session, SYSTEM, "app", code, "renew_secret")
    return made


def deactivate_app(code: str) -> None:
    """Refuse an app's calls from now on; may be called twice. Raises NotFound."""
    with writing() as session:
        changed = update(ApiApp).where(ApiApp.code == code).values(is_active=False).returning(ApiApp.id)
        if session.scalar(changed) is None:
            raise NotFound("app", code)
        record(session, SYSTEM, "app", code, "deactivate")


def actor_of_app(code: str, secret: str, claim: Claim) -> Actor:
    """Return who acts in an app's call; raises NotAllowed for wrong credentials.

    A trusted app may name anybody: a user who does not exist yet is made, without a password. Any other app proves its
    user by a token of the user's, or acts for itself, in the project that it is confined to.
    """
    app = _find(code)
    kept = _digest(app) if app is not None else ""
    # Digests are compared: all of one length, they do not even tell how long the secret is.
    if not hmac.compare_digest(kept or digest_of(""), digest_of(secret)) or app is None or not kept:
        raise NotAllowed(
            code if NAME.fullmatch(code) else "(no app code)", say("call this API"), say("with these credentials")
        )
    if app.secret_hash:
        _seal(app, secret)
    _admit(app)
    if app.is_trusted and (claim.username or not claim.token):
        return _named(app, claim.username)
    if claim.token:
        owner = owner_of(claim.token)
        return Actor(
            owner.username, owner.is_admin, app_code=app.code, is_trusted=app.is_trusted, project_id=app.project_id
        )
    return _itself(app)


def actor_of_gateway(vouched: Vouched) -> Actor:
    """Return who acts in a call that a gateway vouches for; the app need not be known here. Raises NotAllowed, NotFound.

    A trusted app may name anybody, as in `actor_of_app`. For any other the user must be one that the gateway has verified
    and that exists here; without one an app that is known acts for itself.
    """
    app = _find(vouched.app_code)
    if app is not None:
        _admit(app)
        if app.is_trusted:
            return _named(app, vouched.username)
    if vouched.is_user_verified and vouched.username:
        user = _user(vouched.username)
        if user is None or not user.is_active:
            raise NotFound("user", vouched.username)
        project_id = app.project_id if app is not None else None
        return Actor(user.username, user.is_admin, app_code=vouched.app_code, project_id=project_id)
    if app is None:
        raise NotAllowed(vouched.app_code, say("call this API"), say("without a user that the gateway has verified"))
    return _itself(app)


def _find(code: str) -> _App | None:
    if not NAME.fullmatch(code):
        return None
    row = db.session.execute(
        select(
            ApiApp.id, ApiApp.code, type_coerce(ApiApp.secret, Text), ApiApp.secret_hash, ApiApp.is_trusted, ApiApp.is_active,
            ApiApp.project_id, ApiApp.expires_at, ApiApp.last_used_at,
        ).where(ApiApp.code == code)
    ).one_or_none()  # fmt: skip
    return _App(*row) if row is not None else None


def _digest(app: _App) -> str:
    """Return the digest of an app's secret; "" for one that has none."""
    if app.secret_hash:
        return app.secret_hash
    return digest_of(open_column(app.sealed_secret)) if app.sealed_secret else ""


def _seal(app: _App, secret: str) -> None:
    """Keep an app's secret sealed from now on; its digest, from before that was done, has just matched."""
    own = update(ApiApp).where(ApiApp.id == app.id, ApiApp.secret_hash == app.secret_hash)
    with writing() as session:
        session.execute(own.values(secret=secret, secret_hash=""))


def _admit(app: _App) -> None:
    """Let an app that has proved itself in, and note now and then that it was there; raises NotAllowed."""
    now = bound().clock()
    if not app.is_active:
        raise NotAllowed(app.code, say("call this API"), say("since it was deactivated"))
    if app.expires_at is not None and app.expires_at <= now:
        raise NotAllowed(app.code, say("call this API"), say("since it has expired"))
    if app.last_used_at is None or now - app.last_used_at >= _NOTED_EVERY:
        with writing() as session:
            session.execute(update(ApiApp).where(ApiApp.id == app.id).values(last_used_at=now))


def _itself(app: _App) -> Actor:
    return Actor(f"app:{app.code}", app_code=app.code, acts_for_itself=True, project_id=app.project_id or 0)


def _named(app: _App, username: str) -> Actor:
    """Return the user whom a trusted app names, made where there is none of that name."""
    if not NAME.fullmatch(username):
        raise NotAllowed(app.code, say("call this API"), say("without naming the user that it acts for (bk_username)"))
    user = _user(username)
    if user is None:
        _make_user(username)
    elif not user.is_active:
        raise NotFound("user", username)
    return Actor(username, app_code=app.code, is_trusted=True, project_id=app.project_id)


def _user(username: str) -> User | None:
    if not NAME.fullmatch(username):
        return None
    found: User | None = db.session.scalar(select(User).where(User.username == username))
    return found


def _make_user(username: str) -> None:
    try:
        with writing() as session:
            session.add(User(username=username, created_at=datetime.now(UTC), session_key=secrets.token_hex(16)))
    except IntegrityError:
        # Another call that names the same user has just made it.
        if _user(username) is None:
            raise
