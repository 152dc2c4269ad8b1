"""bce-auth-v1: how Baidu's clients sign their requests, and how a signature is checked.

The body is not part of what is signed, unless its digest is among the signed headers; TLS protects it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_plus

_VERSION = "bce-auth-v1"
_AK = re.compile(r"[\w.-]{1,64}", re.ASCII)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_HEX = re.compile(r"[0-9a-f]{64}")
_ALWAYS = ("host", "content-length", "content-type", "content-md5")
LONGEST = timedelta(hours=24)
"""How long a signature may hold, whatever it says of itself."""

SKEW = timedelta(minutes=15)
"""How far ahead of ours a client's clock may be."""


class BadHeader(ValueError):
    """An Authorization header that cannot be read."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What an Authorization header says; `signed` is empty where the client leaves the choice of headers to the rules."""

    access_key: str
    timestamp: str
    lasts_s: int
    signed: tuple[str, ...]
    signature: str
    signed_at: datetime

    @property
    def prefix(self) -> str:
        """What the signing key is derived from."""
        return f"{_VERSION}/{self.access_key}/{self.timestamp}/{self.lasts_s}"

    def is_current(self, now: datetime) -> bool:
        """Say whether it holds now."""
        lasts = min(timedelta(seconds=self.lasts_s), LONGEST)
        return self.signed_at - SKEW <= now <= self.signed_at + lasts


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request is signed: the path and query as they came, undecoded, and all headers by lower-case name."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


def read(header: str) -> Authorization:
    """Read an Authorization header; raises BadHeader."""
    parts = header.strip().split("/")
    if len(parts) != 6 or parts[0] != _VERSION:
        raise BadHeader(
            f"Authorization must be {_VERSION}/accessKey/timestamp/expirationInSeconds/signedHeaders/signature"
        )
    _, access_key, timestamp, lasts, signed, signature = parts
    if not _AK.fullmatch(access_key) or not _HEX.fullmatch(signature):
        raise BadHeader("the access key or the signature in Authorization has a wrong form")
    try:
        signed_at = datetime.strptime(timestamp, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadHeader("the timestamp in Authorization is not like 2024-04-24T23:06:40Z") from error
    if not (lasts.isascii() and lasts.isdecimal() and 0 < len(lasts) <= 9) or str(int(lasts)) != lasts:
        raise BadHeader("expirationInSeconds in Authorization is not a whole number")
    names = tuple(name.strip().lower() for name in signed.split(";") if name.strip())
    return Authorization(access_key, timestamp, int(lasts), names, signature, signed_at)


def covers_host(given: Authorization) -> bool:
    """Say whether the host is signed, so that a request cannot be carried to another."""
    return not given.signed or "host" in given.signed


def signature_of(secret_key: str, given: Authorization, request: Request) -> str:
    """Return the signature that a request with this Authorization must have."""
    signing_key = _mac(secret_key, given.prefix)
    return _mac(signing_key, canonical_request(request, given.signed))


def is_signed(secret_key: str, given: Authorization, request: Request) -> bool:
    """Say whether the signature is right, in a time that does not tell how much of it is."""
    return hmac.compare_digest(signature_of(secret_key, given, request), given.signature)


def canonical_request(request: Request, signed: Sequence[str]) -> str:
    """Return what is signed of a request."""
    headers = canonical_headers(request.headers, signed)
    return "\n".join((request.method, _uri(request.path), _query(request.query), headers))


def canonical_headers(headers: Mapping[str, str], signed: Sequence[str]) -> str:
    """Return the signed headers that have a value, sorted as they are written."""
    names: Iterable[str] = signed or [n for n in headers if n in _ALWAYS or n.startswith("x-bce-")]
    values = {name: headers.get(name, "").strip() for name in names if name != "authorization"}
    return "\n".join(sorted(f"{_encoded(n)}:{_encoded(v)}" for n, v in values.items() if v))


def _uri(path: str) -> str:
    # What came encoded is encoded again in one way, whichever way the client's library chose on the wire.
    return quote(
        unquote_plus(path.replace("+", "%2B"), "utf-8", "surrogateescape"), "/-._~", "utf-8", "surrogateescape"
    )


def _query(query: str) -> str:
    pairs = []
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if part and name.lower() != "authorization":
            pairs.append(f"{_encoded(_decoded(name))}={_encoded(_decoded(value))}")
    return "&".join(sorted(pairs))


def _decoded(text: str) -> str:
    return unquote_plus(text, "utf-8", "surrogateescape")


def _encoded(text: str) -> str:
    return quote(text, "-._~", "utf-8", "surrogateescape")


def _mac(key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
