"""The dialect's credentials: which app calls, and which user it acts for.

Without a gateway the app sends its code and secret, and names or proves its user. At a site with a gateway
(SLUICE_APIGW_PUBLIC_KEY) every call carries what the gateway has signed, and nothing else is believed: whoever could also
send a code and a secret could go around the gateway.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jwt
from flask import current_app, request

from app.auth import limits
from app.errors import NotAllowed
from app.services.access import NAME, Actor
from app.services.apps import Claim, Vouched, actor_of_app, actor_of_gateway

log = logging.getLogger(__name__)

# The original's words, which its clients know.
_MISSING = "X_BKAPI_JWT not in http header or it is empty, please called API through API Gateway"
_BAD_KEY = "APIGW_PUBLIC_KEY error"
_BAD_VALUE = "Invalid X_BKAPI_JWT, wrong format or value"
_EXPIRED = "Invalid X_BKAPI_JWT, which is expired"
_BAD_ISSUER = "Invalid X_BKAPI_JWT, which is not from API Gateway"


class NotFromGateway(NotAllowed):
    """A call at a site with a gateway that the gateway has not signed; the dialect answers it with `"data": null`."""

    def __init__(self, reason: str) -> None:
        super().__init__("(unknown app)", "call this API")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def actor_of(given: Mapping[str, Any]) -> Actor:
    """Return who makes this request, in which `given` was sent as query or body.

    Raises NotAllowed for wrong credentials, NotFound for a user who is not there, Refused with rule `too_many`.
    """
    key: str = current_app.config["SLUICE"].apigw_public_key
    try:
        found = _vouched_for(key) if key else _self_proven(given)
    except NotAllowed as error:
        log.warning("call-refused address=%s path=%s reason=%r", request.remote_addr, request.path, str(error))
        raise
    return replace(found, address=request.remote_addr or "")


def _self_proven(given: Mapping[str, Any]) -> Actor:
    """Return who acts in a call that brings an app's credentials; both generations of names are understood."""
    sent = {**_from_header(request.headers.get("X-Bkapi-Authorization", "")), **given}

    def first(*names: str) -> str:
        found = (sent[name] for name in names if sent.get(name))
        return next((str(value) for value in found if isinstance(value, str | int)), "")

    code = first("bk_app_code", "app_code")
    limits.check_failures()
    limits.count_call(code)
    claim = Claim(first("bk_username", "username"), first("access_token", "bk_token"))
    try:
        return actor_of_app(code, first("bk_app_secret", "app_secret"), claim)
    except NotAllowed:
        limits.note_failure()
        raise


def _vouched_for(public_key: str) -> Actor:
    """Return who acts in a call that the gateway has signed.

    Failures are not counted: a signature cannot be guessed, and all calls come from the gateway's one address.
    """
    vouched = read_jwt(request.headers.get("X-Bkapi-JWT", ""), public_key)
    limits.count_call(vouched.app_code)
    return actor_of_gateway(vouched)


def read_jwt(token: str, public_key: str) -> Vouched:
    """Return what a gateway's token says; raises NotFromGateway for one that does not hold, or names no verified app."""
    if not token:
        raise NotFromGateway(_MISSING)
    try:
        claims = jwt.decode(
            token, public_key, algorithms=["RS256"], issuer="APIGW",
            options={"require": ["exp"], "enforce_minimum_key_length": True},
        )  # fmt: skip
    except jwt.InvalidKeyError as error:
        raise NotFromGateway(_BAD_KEY) from error
    except jwt.ExpiredSignatureError as error:
        raise NotFromGateway(_EXPIRED) from error
    except jwt.InvalidIssuerError as error:
        raise NotFromGateway(_BAD_ISSUER) from error
    except jwt.InvalidTokenError as error:
        has_no_issuer = isinstance(error, jwt.MissingRequiredClaimError) and error.claim == "iss"
        raise NotFromGateway(_BAD_ISSUER if has_no_issuer else _BAD_VALUE) from error
    app_code, is_app_verified = _verified(claims.get("app"), "bk_app_code", "app_code")
    username, is_user_verified = _verified(claims.get("user"), "bk_username", "username")
    if not is_app_verified or not NAME.fullmatch(app_code):
        raise NotFromGateway(_BAD_VALUE)
    return Vouched(app_code, username, is_user_verified)


def _verified(part: object, *names: str) -> tuple[str, bool]:
    """Return the name in a part of a token, and whether the gateway has verified it; older gateways sign nothing else."""
    if not isinstance(part, Mapping):
        return "", False
    name = next((part[n] for n in names if isinstance(part.get(n), str) and part[n]), "")
    return name, part.get("verified", True) is True


def _from_header(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
