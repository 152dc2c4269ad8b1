"""Templates: saved flows with versions that never change, and drafts of the next one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class Template(Base):
    """A saved flow. One without a project is common: every project may use it; one without a version is a draft only.

    `pipeline_id` names it across servers, as bk-sops' 32-digit pipeline ids do: a file that templates were exported to
    names them by it. It is unique among what has not been deleted in one project, or among what is common.
    `notify_type` and `notify_receivers` are bk-sops' settings of who is told of its tasks, as they came.
    `draft_revision` counts how often a draft was saved; it never goes back, so no two drafts have the same revision.
    `language` is that of its current version's tree (`app/engine/core/languages.py`). `executor_proxy` is in whose name its
    tasks run, "" for whom the project names, else for who starts them. `flow_type` is what people who make a task of it are
    offered first: common, or common_func for a task that somebody else claims.
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
    notify_type: Mapped[Any | None] = mapped_column(JsonText)
    notify_receivers: Mapped[Any | None] = mapped_column(JsonText)
    draft_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    language: Mapped[str] = mapped_column(String(16), default="", server_default="")
    executor_proxy: Mapped[str] = mapped_column(String(64), default="", server_default="")
    flow_type: Mapped[str] = mapped_column(String(16), default="common", server_default="common")

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
    """One saved state of a template; `digest` is the MD5 of its tree, by which subprocess nodes name it.

    `message` is what who saved it says of it.
    """

    __tablename__ = "template_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))
    format: Mapped[int] = mapped_column(default=1)
    tree: Mapped[Any] = mapped_column(JsonText)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    message: Mapped[str] = mapped_column(String(200), default="", server_default="")

    __table_args__ = (UniqueConstraint("template_id", "number"),)


class TemplateDraft(Base):
    """The unfinished next version of a template, one at most. Its tree may be anything; nothing ever runs it.

    `base_version` is the number of the version that it was made from, `name` what the flow is to be called then.
    """

    __tablename__ = "template_draft"

    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), primary_key=True)
    revision: Mapped[int]
    base_version: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(128), default="")
    format: Mapped[int] = mapped_column(default=1)
    tree: Mapped[Any] = mapped_column(JsonText)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


class TemplateLabel(Base):
    """A word on a template, by which lists are filtered."""

    __tablename__ = "template_label"

    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(32), primary_key=True)

    __table_args__ = (Index("ix_template_label_label", "label", "template_id"),)
