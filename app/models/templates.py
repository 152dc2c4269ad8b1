"""Templates: saved flows with versions that never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class Template(Base):
    """A saved flow. One without a project is common: every project may use it."""

    __tablename__ = "template"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(128))
    category: Mapped[str] = mapped_column(String(32), default="Other")
    description: Mapped[str] = mapped_column(Text, default="")
    creator: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    editor: Mapped[str | None] = mapped_column(String(64))
    edited_at: Mapped[datetime] = mapped_column(Instant)
    current_version_id: Mapped[int | None] = mapped_column(Key)
    is_deleted: Mapped[bool] = mapped_column(default=False)


class TemplateVersion(Base):
    """One saved state of a template; `digest` is the MD5 of its tree, by which subprocess nodes name it."""

    __tablename__ = "template_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))
    format: Mapped[int] = mapped_column(default=1)
    tree: Mapped[Any] = mapped_column(JsonText)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("template_id", "number"),)
