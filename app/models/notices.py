"""Notices: what people and other systems are still to be told, and what they have been told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class Notice(Base):
    """One thing that one watcher is to be told, written in the transaction of what it tells of.

    `uid` is the same in every copy that goes out. `state` is owed (`next_at` says from when on it is to be tried), sent
    or given_up (`error` says why). A notice outlives the task and the schedule that it tells of, so it only names them.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    task_id: Mapped[int | None] = mapped_column(Key)
    schedule_id: Mapped[int | None] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(Text)
    payload: Mapped[Any] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(String(8), default="owed")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index("ix_notice_next_at", "next_at"),
        Index("ix_notice_project", "project_id", "state", "id"),
        Index("ix_notice_task", "task_id"),
        Index("ix_notice_schedule", "schedule_id", "id"),
    )
