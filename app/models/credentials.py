"""Credentials: how to log in to hosts, kept once for many of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant
from app.models.sealed import Sealed
from app.models.tasks import Key


class Credential(Base):
    """A user name with its password or private key; a host that names one is reached by it, not by its own."""

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(64))
    user: Mapped[str] = mapped_column(String(64), default="root")
    password: Mapped[str] = mapped_column(Sealed, default="")
    private_key: Mapped[str] = mapped_column(Sealed, default="")
    edited_by: Mapped[str] = mapped_column(String(64))
    edited_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("project_id", "name"),)
