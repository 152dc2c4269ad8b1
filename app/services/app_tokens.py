"""Tokens of apps that sign each call with their key pair (docs/enos.md): given out, prolonged, and checked.

The proof for a token is a digest of key, time and secret; each counts once. A call's signature is a digest over the
token, the call's parameters and body, the time, and the secret, which never travels.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import Refused
from app.extensions import db
from app.models.accounts import ApiApp
from app.models.app_tokens import AppProof, AppToken
from app.models.base import from_micros
from app.services.engine import bound, writing
from app.services.passwords import digest_of

LASTS = timedelta(hours=2)
DRIFT = timedelta(minutes=5)
"""How far the time in a call may be from ours."""

_KEPT = timedelta(days=1)
"""How long an expired token is remembered, to be told from one that never was."""

_LATEST = 4_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """What an app sends to get a token: its key, the time in milliseconds as written, and the digest over both."""

    key: str
    timestamp: str
    digest: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and for how many seconds more it can be used."""

    token: str
    lasts_s: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed call: `content` is the text of its parameters and body that is signed."""

    token: str
    timestamp: str
    signature: str
    content: str


@dataclass(frozen=True, slots=True)
class SigningApp:
    """The app that has signed a call."""

    code: str
    is_trusted: bool
    project_id: int | None


def proof_of(key: str, timestamp: str, secret: str) -> str:
    """Return the digest by which an app proves itself."""
    return hashlib.sha256(f"{key}{timestamp}{secret}".encode()).hexdigest()


def signature_of(token: str, content: str, timestamp: str, secret: str) -> str:
    """Return the signature of a call."""
    return hashlib.sha256(f"{token}{content}{timestamp}{secret}".encode("utf-8", "surrogatepass")).hexdigest()


def issue_token(proof: Proof) -> Issued:
    """Give an app the token that it has, or a new one.

    Raises Refused with rule `unknown_key`, `bad_proof` (a wrong digest, or a time that is too far from ours) or `replayed`.
    """
    with writing() as session:
        now = bound().clock()
        app = _prove(session, proof, now)
        living = select(AppToken).where(AppToken.app_id == app.id, AppToken.expires_at > now)
        kept = session.scalar(living.order_by(AppToken.expires_at.desc(), AppToken.id.desc()).limit(1))
        return _told(kept if kept is not None else _add(session, app, now), now)


def refresh_token(proof: Proof, token: str) -> Issued:
    """Give an app a new token for one that still lives; the old one lives on to its end.

    Raises Refused as `issue_token` does, and with rule `expired` or `unknown_token`.
    """
    with writing() as session:
        now = bound().clock()
        app = _prove(session, proof, now)
        old = session.scalar(
            select(AppToken).where(AppToken.app_id == app.id, AppToken.digest == digest_of(token)).with_for_update()
        )
        if old is None:
            raise Refused("unknown_token", "there is no such token of this app")
        if old.expires_at <= now:
            raise Refused("expired", "the token has expired; get a new one")
        return _told(_add(session, app, now), now)


def app_of_call(call: Signed) -> SigningApp:
    """Return the app that has signed a call; raises Refused with rule `unsigned` or `expired`."""
    now = bound().clock()
    row = db.session.execute(
        select(AppToken.expires_at, ApiApp)
        .join(ApiApp, ApiApp.id == AppToken.app_id)
        .where(AppToken.digest == digest_of(call.token))
    ).one_or_none()
    if row is None:
        raise Refused("unsigned", "there is no such access token; get one from /apim-token-service/v2.0/token/get")
    expires_at, app = row
    right = signature_of(call.token, call.content, call.timestamp, app.secret_key)
    if not hmac.compare_digest(right.encode(), call.signature.encode("utf-8", "replace")) or not _lives(app, now):
        raise Refused("unsigned", "the signature does not belong to this call")
    if expires_at <= now:
        raise Refused("expired", "the access token has expired; get a new one")
    if not _is_near(call.timestamp, now):
        text = f"apim-timestamp is more than {DRIFT.seconds // 60} minutes from this server's time"
        raise Refused("unsigned", text)
    return SigningApp(app.code, app.is_trusted, app.project_id)


def _prove(session: Session, proof: Proof, now: datetime) -> ApiApp:
    app: ApiApp | None = session.scalar(select(ApiApp).where(ApiApp.access_key == proof.key[:64]).with_for_update())
    if app is None or not _lives(app, now):
        raise Refused("unknown_key", "there is no app with this key")
    right = proof_of(proof.key, proof.timestamp, app.secret_key)
    if not hmac.compare_digest(right.encode(), proof.digest.encode("utf-8", "replace")):
        raise Refused("bad_proof", "the digest is not that of key, timestamp and secret")
    if not _is_near(proof.timestamp, now):
        raise Refused("bad_proof", f"the timestamp is more than {DRIFT.seconds // 60} minutes from this server's time")
    if session.get(AppProof, (app.id, proof.digest)) is not None:
        raise Refused("replayed", "this digest has been used before")
    session.add(AppProof(app_id=app.id, proof=proof.digest, until=now + 2 * DRIFT))
    session.execute(delete(AppProof).where(AppProof.until < now))
    return app


def _add(session: Session, app: ApiApp, now: datetime) -> AppToken:
    old: Any = delete(AppToken).where(AppToken.expires_at < now - _KEPT)
    session.execute(old)
    token = secrets.token_hex(16)
    made = AppToken(app_id=app.id, token=token, digest=digest_of(token), expires_at=now + LASTS)
    session.add(made)
    return made


def _told(token: AppToken, now: datetime) -> Issued:
    return Issued(token.token, int((token.expires_at - now).total_seconds()))


def _lives(app: ApiApp, now: datetime) -> bool:
    return app.is_active and (app.expires_at is None or app.expires_at > now)


def _is_near(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdecimal() and int(timestamp[:20]) < _LATEST):
        return False
    return abs(from_micros(int(timestamp) * 1000) - now) <= DRIFT
