"""Tokens that apps get for their key pair, and what they have proved themselves with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Instant
from app.models.sealed import Sealed
from app.models.tasks import Key


class AppToken(Base):
    """A token with which an app signs its calls for a while; kept sealed, since the same one is given out again."""

    __tablename__ = "app_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("api_app.id"), index=True)
    token: Mapped[str] = mapped_column(Sealed)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class AppProof(Base):
    """What an app has proved itself with once: it does not count a second time. Kept as long as its time counts."""

    __tablename__ = "app_proof"

    app_id: Mapped[int] = mapped_column(ForeignKey("api_app.id"), primary_key=True)
    proof: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(Instant, index=True)
