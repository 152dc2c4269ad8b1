"""The dialect's credentials: an app's code and secret, and the user that it acts for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.services.access import Actor
from app.services.accounts import actor_of_app


def actor_of(given: Mapping[str, Any], header: str) -> Actor:
    """Return who calls; raises NotAllowed. Both generations of names are understood, and the gateway's header."""
    sent = {**_from_header(header), **given}

    def first(*names: str) -> str:
        return next((str(sent[name]) for name in names if sent.get(name)), "")

    return actor_of_app(
        first("bk_app_code", "app_code"), first("bk_app_secret", "app_secret"), first("bk_username", "username")
    )


def _from_header(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
