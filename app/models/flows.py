"""What a flow has besides its tree where it is run in cycles: its place, its owners, its times, and its instances."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class FlowNumber(Base):
    """A number by which other systems know a flow, or one of the nodes of a flow; given once in an installation."""

    __tablename__ = "flow_number"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), index=True)


class FlowDirectory(Base):
    """A directory of a project's flows. One without a parent is in the root, which has no row of its own."""

    __tablename__ = "flow_directory"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    parent_id: Mapped[str] = mapped_column(String(32), default="")
    name: Mapped[str] = mapped_column(String(128))

    __table_args__ = (UniqueConstraint("project_id", "parent_id", "name"),)


class FlowSettings(Base):
    """How a template is run in cycles, and by whom; `number` is how other systems know it.

    `kind` is 0 (by hand), 1 (by its times) or 2 (temporary). `owners` and `visitors` are user names as `;a;b;`.
    `next_at` is when an active flow runs next by itself, `scheduled_since` when it became active: no time before that is
    one that it should have run at.
    """

    __tablename__ = "flow_settings"

    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    number: Mapped[int] = mapped_column(Key, unique=True)
    directory_id: Mapped[str] = mapped_column(String(32), default="")
    kind: Mapped[int] = mapped_column(default=0)
    expression: Mapped[str] = mapped_column(String(255), default="")
    cycle: Mapped[str] = mapped_column(String(4), default="D")
    starts_on: Mapped[str] = mapped_column(String(10), default="")
    is_active: Mapped[bool] = mapped_column(default=False)
    is_locked: Mapped[bool] = mapped_column(default=False)
    alert_mode: Mapped[int] = mapped_column(default=0)
    account: Mapped[str] = mapped_column(String(128), default="")
    owners: Mapped[str] = mapped_column(Text)
    visitors: Mapped[str] = mapped_column(Text, default=";")
    queue: Mapped[str] = mapped_column(String(128), default="")
    sync_type: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    scheduled_since: Mapped[datetime | None] = mapped_column(Instant)


class FlowReference(Base):
    """That a flow waits for another, or for a node of it."""

    __tablename__ = "flow_reference"

    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), primary_key=True)
    upstream_id: Mapped[int] = mapped_column(ForeignKey("template.id"), primary_key=True, index=True)


class FlowInstance(Base):
    """One run of a flow for one trigger time, `stamp` being the short form of that: there is never a second one.

    `state` is waiting (its time has not come, or another instance of the flow runs), started (its task tells the rest),
    cancelled, or broken (`reason` says why it could not start). `parameters` are its own: [[key, value]]; `from_node`
    limits it to a node and what comes after.
    """

    __tablename__ = "flow_instance"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    stamp: Mapped[str] = mapped_column(String(16))
    trigger_at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[int]
    is_by_hand: Mapped[bool]
    creator: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    parameters: Mapped[Any] = mapped_column(JsonText, default=list)
    from_node: Mapped[str] = mapped_column(String(64), default="")
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), unique=True)
    ids: Mapped[Any | None] = mapped_column(JsonText)
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("template_id", "stamp"),
        Index("ix_flow_instance_state", "state", "trigger_at"),
        Index("ix_flow_instance_project", "project_id", "trigger_at"),
        Index("ix_flow_instance_times", "template_id", "trigger_at"),
    )


class FlowWait(Base):
    """What a node of an instance waits for: another flow, or a node of it by its number, in a period of time.

    A node that waits for several periods goes on when all of them are over.
    """

    __tablename__ = "flow_wait"

    instance_id: Mapped[int] = mapped_column(ForeignKey("flow_instance.id"), primary_key=True)
    node_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    upstream_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    upstream_task: Mapped[int | None] = mapped_column(Key)
    starts_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    is_over: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_flow_wait_is_over", "is_over", "upstream_id"),)
