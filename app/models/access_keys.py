"""Access keys: pairs that sign requests, each for one app, one user and one project."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant
from app.models.sealed import Sealed
from app.models.tasks import Key


class AccessKey(Base):
    """A key pair of an app, which acts by it for a user in a project. `last_used_at` is right to the minute."""

    __tablename__ = "access_key"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("api_app.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    access_key: Mapped[str] = mapped_column(String(64), unique=True)
    secret_key: Mapped[str] = mapped_column(Sealed)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
