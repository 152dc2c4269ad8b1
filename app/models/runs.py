"""What the engine walks: runs, tokens, node runs, values, callbacks, logs and the journal.

The engine writes these by plain SQL (`app/engine/store.py`); the classes are for migrations and for reading.
Times are microseconds since 1970 UTC (`Instant`), JSON is text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class RunRow(Base):
    """A run; the root of a task, or the child that works for a subprocess node.

    `version` of the root grows with every move of the whole task: its update is the lock that orders moves.
    `path` is the ids of the subprocess nodes from the root down, joined by `/`; `element` is which element of its step's
    loop it works on. `has_failed` and `passes` are of runs of dependency graphs (`app/engine/core/run.py`).
    """

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    root_id: Mapped[int | None] = mapped_column(Key, index=True)
    parent_id: Mapped[int | None] = mapped_column(Key)
    parent_token: Mapped[int | None]
    path: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="running")
    is_blocked: Mapped[bool] = mapped_column(default=False)
    holds: Mapped[Any] = mapped_column(JsonText, default=list)
    next_id: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(Key, default=0)
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    outputs: Mapped[Any | None] = mapped_column(JsonText)
    has_failed: Mapped[bool] = mapped_column(default=False, server_default=false())
    passes: Mapped[int] = mapped_column(default=1, server_default="1")
    element: Mapped[int | None]

    __table_args__ = (Index("ix_run_task", "task_id"),)


class TokenRow(Base):
    """A token of a run. `claim_at` is set while somebody owes it something: it may be claimed from then on.

    `worker_group` is whose workers may (`app/engine/core/groups.py`).
    """

    __tablename__ = "run_token"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("run.id"), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(Key, index=True)
    node_id: Mapped[str] = mapped_column(String(64))
    wait: Mapped[str] = mapped_column(String(16))
    phase: Mapped[str] = mapped_column(String(16))
    forks: Mapped[Any] = mapped_column(JsonText)
    loop: Mapped[int]
    attempt: Mapped[int]
    claim_at: Mapped[datetime | None] = mapped_column(Instant)
    owner: Mapped[str | None] = mapped_column(String(64))
    fence: Mapped[int]
    deadline: Mapped[datetime | None] = mapped_column(Instant)
    memo: Mapped[Any] = mapped_column(JsonText)
    losses: Mapped[int] = mapped_column(default=0, server_default="0")
    worker_group: Mapped[str] = mapped_column(String(64), default="default", server_default="default")

    __table_args__ = (
        # Few tokens belong to a group of their own; the others need no entry here when they move.
        Index(
            "ix_run_token_worker_group", "worker_group", "claim_at",
            sqlite_where=text("worker_group NOT IN ('default', '*')"),
            postgresql_where=text("worker_group NOT IN ('default', '*')"),
        ),
        Index("ix_run_token_claim_at", "claim_at"),
        Index("ix_run_token_deadline", "deadline"),
        # Few tokens wait for people, and every page counts them.
        Index(
            "ix_run_token_person", "root_id", sqlite_where=text("wait = 'person'"),
            postgresql_where=text("wait = 'person'"),
        ),
    )  # fmt: skip


class NodeRunRow(Base):
    """One attempt at one pass of a node; all of them are kept."""

    __tablename__ = "node_run"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("run.id"), primary_key=True)
    node_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    loop: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    skipped: Mapped[bool]
    error_ignored: Mapped[bool]
    auto_retries: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)
    given: Mapped[Any | None] = mapped_column(JsonText)
    inputs: Mapped[Any | None] = mapped_column(JsonText)
    outputs: Mapped[Any | None] = mapped_column(JsonText)


class ValueRow(Base):
    """The value that a variable of a run has got."""

    __tablename__ = "run_value"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


class StepOutputRow(Base):
    """What a step of a run has made under a name; the steps after it see it."""

    __tablename__ = "step_output"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    node_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


class CallbackRow(Base):
    """A callback that came for a node run, perhaps before it began; taken in the order of arrival, never dropped."""

    __tablename__ = "callback"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(Key, ForeignKey("run.id"))
    node_id: Mapped[str] = mapped_column(String(64))
    loop: Mapped[int]
    attempt: Mapped[int]
    body: Mapped[Any | None] = mapped_column(JsonText)
    arrived_at: Mapped[datetime] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_callback_node", "run_id", "node_id", "loop", "attempt"),)


class JournalRow(Base):
    """What was changed, by whom, through which app, from where; plain progress is told by the node runs.

    `kind` and `key` name what was changed (task, template, scheme, user, app, project …); rows about a task or one of
    its nodes have its `task_id` too.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int | None] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(16), default="task", server_default="task")
    key: Mapped[str] = mapped_column(String(128), default="", server_default="")
    app_code: Mapped[str] = mapped_column(String(64), default="", server_default="")
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(Key)
    node_id: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    detail: Mapped[Any | None] = mapped_column(JsonText)

    __table_args__ = (Index("ix_journal_project", "project_id", "id"),)


class LogRow(Base):
    """A piece of what a node's plugin logged, in the order of `id`."""

    __tablename__ = "node_log"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(Key)
    node_id: Mapped[str] = mapped_column(String(64))
    loop: Mapped[int]
    attempt: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    body: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_node_log_node", "run_id", "node_id", "loop", "attempt"),)
