"""Execution schemes: which optional nodes of a template are taken, under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant, JsonText
from app.models.tasks import Key


class Scheme(Base):
    """A choice of a template's optional nodes; `nodes` are the ids of those that are executed."""

    __tablename__ = "scheme"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    name: Mapped[str] = mapped_column(String(64))
    nodes: Mapped[Any] = mapped_column(JsonText)
    creator: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("template_id", "name"),)
