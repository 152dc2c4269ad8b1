"""Tasks: what people ordered, and the trees that were frozen for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Instant, JsonText

Key = BigInteger().with_variant(Integer, "sqlite")
"""A generated key; SQLite generates only for columns of type INTEGER."""


class TaskTree(Base):
    """The tree that a task runs: its own copy, never changed once the task has started.

    `start` is the id of its start event, `plugins` the (code, version) pairs that it calls, subprocesses included: what
    a start needs to know without reading the tree. `mould` is there for a schedule's tree, of which tasks are made again
    and again (`app/engine/core/moulds.py`).
    """

    __tablename__ = "task_tree"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    format: Mapped[int] = mapped_column(default=1)
    body: Mapped[Any] = mapped_column(JsonText)
    start: Mapped[str] = mapped_column(String(64), default="", server_default="")
    plugins: Mapped[Any] = mapped_column(JsonText, default=list, server_default="[]")
    mould: Mapped[str | None] = mapped_column(Text)


class Task(Base):
    """An order to run a flow. `state` repeats that of its root run: created, running, paused, finished,
    failed, revoked.

    `run_id` is there from the start on. Its `current_flow` is bk-sops' step of the order (func_claim, execute_task,
    finished). `executor` started it; `executor_proxy` is in whose name it runs if that is somebody else, from the start on.
    `env` holds the project's constants, as `_env_…`, from the start on. `watchers` are told of its end and of its
    failures (`app/engine/watching.py`); they are read once it has started. Of tasks that wait for room (`app/engine/admission.py`) the one
    of the highest `priority` goes first.
    """

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    template_id: Mapped[int | None]
    template_source: Mapped[str] = mapped_column(String(16), default="business")
    template_version_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(150))
    description: Mapped[str] = mapped_column(Text, default="")
    creator: Mapped[str] = mapped_column(String(64))
    executor: Mapped[str] = mapped_column(String(64), default="")
    create_method: Mapped[str] = mapped_column(String(16), default="app")
    create_info: Mapped[str] = mapped_column(String(64), default="")
    category: Mapped[str] = mapped_column(String(32), default="Other")
    flow_type: Mapped[str] = mapped_column(String(16), default="common")
    current_flow: Mapped[str] = mapped_column(String(16), default="execute_task")
    tree_id: Mapped[int] = mapped_column(ForeignKey("task_tree.id"))
    run_id: Mapped[int | None] = mapped_column(Key)
    state: Mapped[str] = mapped_column(String(16), default="created")
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    env: Mapped[Any | None] = mapped_column(JsonText)
    watchers: Mapped[Any | None] = mapped_column(JsonText)
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    waits_for_room: Mapped[bool] = mapped_column(default=False, server_default=false())
    executor_proxy: Mapped[str] = mapped_column(String(64), default="", server_default="")

    tree: Mapped[TaskTree] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_task_project_state", "project_id", "state", "id"),
        Index("ix_task_project", "project_id", "id"),
        # In the order of ids: lists of flows show the last tasks of each.
        Index("ix_task_template", "template_id", "id"),
        Index(
            "ix_task_waits_for_room",
            "priority",
            "id",
            sqlite_where=text("waits_for_room"),
            postgresql_where=text("waits_for_room"),
        ),
    )


class FunctionTask(Base):
    """The order of a functionalized task: someone submits it, someone else claims it and carries it out.

    `status` is bk-sops': submitted, claimed, rejected, executed (the task has started); one whose task has ended is
    finished.
    """

    __tablename__ = "function_task"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    creator: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    claimant: Mapped[str] = mapped_column(String(64), default="")
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    rejecter: Mapped[str] = mapped_column(String(64), default="")
    rejected_at: Mapped[datetime | None] = mapped_column(Instant)
    predecessor: Mapped[str] = mapped_column(String(64), default="")
    transferred_at: Mapped[datetime | None] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(16), default="submitted")
