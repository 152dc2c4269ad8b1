"""The archive: where the tasks are that were taken out of the database, and what they are found by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant
from app.models.tasks import Key


class ArchivedTask(Base):
    """A task whose rows are in a file; `file` is its path in the folder of archives, `digest` the SHA-256 of its bytes.

    While the task's own row is still there, its rows are being taken out. Whoever had deleted the task does not want to see
    it in lists (`is_deleted`).
    """

    __tablename__ = "archived_task"

    task_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(150))
    creator: Mapped[str] = mapped_column(String(64))
    executor: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    is_deleted: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime] = mapped_column(Instant)
    file: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_archived_task_project", "project_id", "task_id"),)
