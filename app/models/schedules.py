"""Schedules: when tasks are made by themselves, and what each fire came to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class Schedule(Base):
    """An order to make and start tasks at certain times, of a tree of its own: the template may change or go.

    `form` says how `expression` is written (bksops, cron, quartz), or is `once` for a single fire. `next_at` is the
    next fire of an enabled schedule; whoever fires it holds the row and moves it on, so a fire is made by one only.
    `misfire` says what becomes of fires that nobody was there for: skip, once, or all (up to `misfire_limit`).
    `overlap` says what becomes of a fire while the last task still runs: allow, skip, queue, or cancel that task.
    `time_zone` is the one that the expression is read in; empty, it is the project's. `watchers` are told of its tasks
    and of the fires that made none (`app/engine/watching.py`).
    """

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    template_id: Mapped[int | None] = mapped_column(Key)
    template_source: Mapped[str] = mapped_column(String(16), default="business")
    name: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(8))
    expression: Mapped[str] = mapped_column(String(255), default="")
    tree_id: Mapped[int] = mapped_column(ForeignKey("task_tree.id"))
    category: Mapped[str] = mapped_column(String(32), default="Other")
    creator: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    editor: Mapped[str] = mapped_column(String(64), default="")
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    is_enabled: Mapped[bool] = mapped_column(default=False)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    misfire: Mapped[str] = mapped_column(String(8), default="once")
    misfire_limit: Mapped[int] = mapped_column(default=10)
    overlap: Mapped[str] = mapped_column(String(8), default="allow")
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    watchers: Mapped[Any] = mapped_column(JsonText, default=list, server_default="[]")
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    last_run_at: Mapped[datetime | None] = mapped_column(Instant)
    total_run_count: Mapped[int] = mapped_column(default=0)
    failure_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_schedule_next_at", "next_at"),)


class Fire(Base):
    """One fire of a schedule, named by its time: there is never a second one.

    `state` is started, failed (`reason` says why), skipped (the last task still ran), missed (nobody was there), or
    queued (it waits for the last task to end). `left_out` is how many times after this one were missed as well and did
    not fire, by the schedule's policy; from 1,000 on they are not counted any further.
    """

    __tablename__ = "fire"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"), primary_key=True)
    fire_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_fire_state", "state"),)
