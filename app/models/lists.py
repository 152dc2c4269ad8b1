"""What people keep of the lists for themselves: filters under a name, and flows that are to stand first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant
from app.models.tasks import Key


class SavedFilter(Base):
    """A filter that a user has saved for a list of a project; `query` is what stands in the list's address."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    list_name: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("project_id", "user_id", "list_name", "name"),)


class Favourite(Base):
    """A flow, of the project or a common one, that a user wants to see first in a project."""

    __tablename__ = "favourite"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), primary_key=True)

    __table_args__ = (Index("ix_favourite_template", "template_id"),)
