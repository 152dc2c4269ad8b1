"""The dialect's credentials: a token and a signature over the very call, or, for development, nothing that holds.

The stock client's one header is made for the vendor's private key, so nobody else can tell whom it comes from. It counts
only where SLUICE_ENOS_UNVERIFIED is on, for calls from this machine itself.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, request

from app.api.enos.signed import signed_content
from app.auth import limits
from app.errors import NotAllowed, Refused
from app.services.access import Actor, Project
from app.services.app_tokens import Signed, SigningApp, app_of_call
from app.services.app_users import actor_of_user, project_of_text

log = logging.getLogger(__name__)

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Unproven(NotAllowed):
    """A call that does not prove which app it comes from; it is answered as by the gateway, with HTTP 401."""

    def __init__(self, reason: str) -> None:
        super().__init__("(unknown app)", "call this API")
        self.reason = reason


class Stranger(NotAllowed):
    """A call for a user who is not there, or does not belong to the organization."""


def signing_app() -> SigningApp | None:
    """Return the app that has signed this request; None where a call without proof counts. Raises Unproven."""
    limits.check_failures()
    token = request.headers.get("apim-accesstoken", "")
    signature = request.headers.get("apim-signature", "")
    if not signature and token and _may_be_unverified():
        return None
    body = request.get_data(cache=True).decode("utf-8", "replace")
    content = signed_content(request.query_string.decode("utf-8", "replace"), body)
    call = Signed(token, request.headers.get("apim-timestamp", ""), signature.strip().lower(), content)
    try:
        app = app_of_call(call)
    except Refused as error:
        limits.note_failure()
        log.warning("call-refused address=%s path=%s reason=%r", request.remote_addr, request.path, str(error))
        raise Unproven(str(error)) from error
    limits.count_call(app.code)
    return app


def actor_and_project(app: SigningApp | None, given: Mapping[str, Any]) -> tuple[Actor, Project]:
    """Return who acts, and in which project; raises Stranger for whom or what is not there."""
    user, organization = (str(given.get(key) or "").strip() for key in ("userId", "orgId"))
    project = project_of_text(organization)
    if project is None:
        raise Stranger(user[:64], "act", f"in organization {organization[:64]}")
    try:
        actor = actor_of_user(app, user, project)
    except NotAllowed as error:
        raise Stranger(user[:64], "act", f"in organization {organization[:64]}") from error
    return replace(actor, address=request.remote_addr or ""), project


def _may_be_unverified() -> bool:
    """Say whether a call without proof counts: only by the switch, from loopback, and not through a proxy."""
    if not current_app.config["SLUICE"].enos_unverified or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
