"""Templates: saved flows with versions that never change."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class Template(Base):
    """A saved flow. One without a project is common: every project may use it.

    `pipeline_id` names it across servers, as bk-sops' 32-digit pipeline ids do: a file that templates were exported to
    names them by it. It is unique among what has not been deleted in one project, or among what is common.
    """

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
    pipeline_id: Mapped[str] = mapped_column(String(32), default=lambda: uuid.uuid4().hex)

    __table_args__ = (
        # Two indexes, since a unique one takes every NULL in project_id for another value.
        Index(
            "uq_template_project_pipeline", "project_id", "pipeline_id", unique=True,
            sqlite_where=text("NOT is_deleted"), postgresql_where=text("NOT is_deleted"),
        ),
        Index(
            "uq_template_common_pipeline", "pipeline_id", unique=True,
            sqlite_where=text("project_id IS NULL AND NOT is_deleted"),
            postgresql_where=text("project_id IS NULL AND NOT is_deleted"),
        ),
    )  # fmt: skip


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
