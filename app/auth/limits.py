"""How often an app may call, and how often anybody may fail to prove who they are."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, request
from flask_limiter import RateLimitExceeded

from app.errors import Refused
from app.extensions import limiter

FAILED_CALLS = "30 per 5 minutes"
"""How many calls with wrong credentials one address may make; then all its calls wait for the window to end."""

FAILED_LOGINS = "10 per 5 minutes"
"""How often one address may try a wrong password of one user."""

_COUNTED_BY, _HAS_FAILED = "sluice.counted_by", "sluice.has_failed"


def count_call(app_code: str) -> None:
    """Count a call of an app from this address; raises Refused over SLUICE_API_RATE."""
    _within(_calls, app_code)


def check_failures() -> None:
    """Raise Refused when too many calls from this address had wrong credentials; `note_failure` counts this one in."""
    _within(_failed_calls)


def check_login(username: str) -> None:
    """Raise Refused when too many logins of a user from this address failed; `note_failure` counts this one in."""
    _within(_failed_logins, username)


def note_failure() -> None:
    """Let this request count as one more failure, in whichever of the limits it was checked against."""
    request.environ[_HAS_FAILED] = True


def _within(limited: Callable[[], None], name: str = "") -> None:
    # A name is the caller's: it is cut, so that nobody fills the store with long ones.
    request.environ[_COUNTED_BY] = f"{request.remote_addr or '-'} {name[:64]}"
    try:
        limited()
    except RateLimitExceeded as error:
        raise Refused("too_many", f"too many requests from {request.remote_addr}: {error.description}") from error


def _rate() -> str:
    rate: str = current_app.config["SLUICE"].api_rate
    return rate


def _counted_by() -> str:
    key: str = request.environ[_COUNTED_BY]
    return key


def _has_failed(_: Response) -> bool:
    return _HAS_FAILED in request.environ


@limiter.shared_limit(_rate, "calls", key_func=_counted_by, error_message="that app may call no more often")
def _calls() -> None:
    """Stand for a call: entering this function is what is counted."""


@limiter.shared_limit(
    FAILED_CALLS, "failed calls", key_func=_counted_by, deduct_when=_has_failed, error_message="wrong credentials"
)
def _failed_calls() -> None:
    """Stand for a call that may turn out to have wrong credentials."""


@limiter.shared_limit(FAILED_LOGINS, "failed logins", key_func=_counted_by, deduct_when=_has_failed)
def _failed_logins() -> None:
    """Stand for a login that may turn out to fail."""
