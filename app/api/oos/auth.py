"""The dialect's credentials: a request is signed with an access key, which says who acts, in which project."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from dataclasses import replace

from flask import request

from app.api.oos import signature
from app.api.oos.envelope import CallError
from app.auth import limits
from app.services.access import Actor, Project
from app.services.access_keys import admit, find_key
from app.services.reading import present

log = logging.getLogger(__name__)


def caller(body: bytes) -> tuple[Actor, Project]:
    """Return who makes this request and in which project; raises CallError, NotAllowed, Refused of rule `too_many`."""
    try:
        return _verified(body)
    except CallError as error:
        log.warning("call-refused address=%s path=%s reason=%r", request.remote_addr, request.path, str(error))
        raise


def _verified(body: bytes) -> tuple[Actor, Project]:
    header = request.headers.get("Authorization", "")
    if not header.strip():
        raise CallError(403, "AccessDenied", "the request is not signed: it has no Authorization header")
    try:
        given = signature.read(header)
    except signature.BadHeader as error:
        raise CallError(400, "InvalidHTTPAuthHeader", str(error)) from error
    if not signature.covers_host(given):
        raise CallError(400, "InvalidHTTPAuthHeader", "host must be among the signed headers")
    limits.count_call(given.access_key)
    key = find_key(given.access_key)
    if key is None:
        raise CallError(403, "InvalidAccessKeyId", f"there is no access key {given.access_key}")
    if not given.is_current(present()):
        raise CallError(400, "RequestExpired", f"the signature of {given.timestamp} does not hold now")
    if not signature.is_signed(key.secret(), given, _received()):
        raise CallError(403, "SignatureDoesNotMatch", "the signature is not the one of this request by this key")
    _check_digest(body)
    actor, project = admit(key)
    return replace(actor, address=request.remote_addr or ""), project


def _received() -> signature.Request:
    """Return the request as it came: the path and the query undecoded, all headers."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    query = request.query_string.decode("utf-8", "surrogateescape")
    path = str(raw).partition("?")[0] if raw and str(raw).startswith("/") else request.path
    headers = {name.lower(): _as_sent(value) for name, value in request.headers.items()}
    return signature.Request(request.method, path, query, headers)


def _as_sent(value: str) -> str:
    """Return a header as the client wrote it: servers hand headers over as Latin-1, clients sign them as UTF-8."""
    return value.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def _check_digest(body: bytes) -> None:
    given = request.headers.get("Content-Md5", "").strip()
    if not given:
        return
    right = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode("ascii")
    if not hmac.compare_digest(given.encode("latin-1", "replace"), right.encode()):
        raise CallError(400, "BadDigest", "Content-Md5 is not that of the body")
