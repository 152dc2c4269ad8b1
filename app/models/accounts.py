"""Who may use the product: people with their tokens, and other systems' apps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant
from app.models.sealed import Sealed
from app.models.tasks import Key


class User(Base):
    """A person. Without a password hash nobody can log in as this user by name, but trusted apps may act for it.

    `email` is in small letters; who proves it to the OpenID Connect provider logs in as this user.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    session_key: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Instant)
    email: Mapped[str | None] = mapped_column(String(254))

    __table_args__ = (Index("uq_user_email", "email", unique=True),)


class Identity(Base):
    """Whom an OpenID Connect provider knows a user as: its own name (`issuer`), and the user's with it (`subject`)."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class EndedSession(Base):
    """A session that was logged out of, by a digest of its key; kept as long as its cookie could count."""

    __tablename__ = "ended_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(Instant, index=True)


class AccessToken(Base):
    """What proves, in an app's call, which user the call is made for; only a digest of it is kept."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiApp(Base):
    """Another system. Its `secret` proves it in calls of bk-sops, its key pair signs requests of other dialects.

    A trusted app may act for any user by name; one with a project is confined to it. `last_used_at` is right to the
    minute. An app from before secrets were sealed has a `secret_hash`, a SHA-256, until it is used next.
    """

    __tablename__ = "api_app"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    secret: Mapped[str] = mapped_column(Sealed, default="", server_default="")
    secret_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    is_trusted: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    access_key: Mapped[str] = mapped_column(String(36), unique=True)
    secret_key: Mapped[str] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
