"""Projects: what owns templates, tasks, hosts and permissions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.sealed import Sealed
from app.models.tasks import Key


class Project(Base):
    """A project; `biz_id` is the id by which bk-sops' clients know it.

    `keep_days` and `keep_tasks` say how long its tasks stay in the database after their end, and how many of them: 0 is for
    ever, None what the installation is set to (`app/services/retention.py`). `executor_proxy` is in whose name
    tasks run whose flow names nobody, "" for who starts them.
    """

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    biz_id: Mapped[int | None] = mapped_column(unique=True)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[datetime] = mapped_column(Instant)
    keep_days: Mapped[int | None]
    keep_tasks: Mapped[int | None]
    executor_proxy: Mapped[str] = mapped_column(String(64), default="", server_default="")


class ProjectConstant(Base):
    """A value that every flow of a project can use, as `${_env_KEY}`."""

    __tablename__ = "project_constant"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), default="")
    value: Mapped[Any] = mapped_column(JsonText)


class Membership(Base):
    """What a user may do in a project: viewer, operator, editor or manager."""

    __tablename__ = "membership"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))


class Grant(Base):
    """What a user may do beyond the role: bk-sops' create_task, fill_params or execute_task on one template or task.

    `kind` is template, common_template or task; a grant on a template holds for the tasks made of it.
    """

    __tablename__ = "grant"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    object_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    permission: Mapped[str] = mapped_column(String(16), primary_key=True)


class Host(Base):
    """A host that scripts may run on, and how to reach it: by a credential, else by its own user, password and key."""

    __tablename__ = "host"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    address: Mapped[str] = mapped_column(String(255))
    port: Mapped[int] = mapped_column(default=22)
    user: Mapped[str] = mapped_column(String(64), default="root")
    password: Mapped[str] = mapped_column(Sealed, default="")
    private_key: Mapped[str] = mapped_column(Sealed, default="")
    host_key: Mapped[str] = mapped_column(String(2048), default="")
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), index=True)

    __table_args__ = (UniqueConstraint("project_id", "address"),)
