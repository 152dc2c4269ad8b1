"""Browsers that somebody has logged in with before: strangers who guess at a name cannot shut its owner out of them.

Such a browser has a signed cookie that names the user. It opens nothing; it only takes the login past the limit that holds
for a name from anywhere, and each browser's own limits stay.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

_COOKIE = "known_browser"
_LASTS = timedelta(days=180)


def is_known(username: str) -> bool:
    """Say whether this user has logged in with this browser lately."""
    try:
        named = _signer().loads(request.cookies.get(_COOKIE, ""), max_age=int(_LASTS.total_seconds()))
    except BadSignature:
        return False
    return bool(named == username)


def remember(username: str) -> None:
    """Let the answer to this request tell the browser that this user has logged in with it."""

    @after_this_request
    def _tell(response: Response) -> Response:
        response.set_cookie(
            _COOKIE, _signer().dumps(username), max_age=_LASTS, path="/login", httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
        return response


def _signer() -> URLSafeTimedSerializer:
    config = current_app.config
    # The last key signs, all of them verify.
    return URLSafeTimedSerializer([*reversed(config["SECRET_KEY_FALLBACKS"]), config["SECRET_KEY"]], salt=_COOKIE)
