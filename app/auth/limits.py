"""How often an app may call, and how often anybody may fail to prove who they are."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from flask import Response, current_app, request
from flask_limiter import RateLimitExceeded
from limits import parse
from redis.exceptions import RedisError

from app.errors import Refused
from app.extensions import LIMITS_PREFIX, limiter
from app.sentences import say

FAILED_CALLS = "30 per 5 minutes"
"""How many calls with wrong credentials one address may make; then all its calls wait for the window to end."""

FAILED_LOGINS = "10 per 5 minutes"
"""How often one address may try a wrong password of one user."""

FAILED_BY_ADDRESS = "50 per 5 minutes"
"""How often one address may try wrong passwords, whosever they were to be."""

FAILED_BY_NAME = "100 per hour"
"""How often a wrong password of one user may be tried from anywhere, but in browsers that this user has logged in with."""

_COUNTED_BY, _HAS_FAILED = "sluice.counted_by", "sluice.has_failed"
_BY_NAME = "failed logins by name"


def count_call(app_code: str) -> None:
    """Count a call of an app from this address; raises Refused over SLUICE_API_RATE."""
    _within(_calls, _here(app_code))


def check_failures() -> None:
    """Raise Refused when too many calls from this address had wrong credentials; `note_failure` counts this one in."""
    _within(_failed_calls, _here())


def check_login(username: str, *, is_known_browser: bool = False) -> None:
    """Raise Refused when too many logins of a user, or from this address, failed; `note_failure` counts this one in.

    Whether there is such a user makes no difference.
    """
    _within(_failed_logins, _here(username))
    _within(_failed_by_address, _here())
    if not is_known_browser:
        _within(_failed_by_name, _short(username))


def forget_failures(username: str) -> None:
    """Let a user be tried from anywhere again, as if none had failed: an administrator's way out."""
    # Where Redis is away, each process counts by itself, and the next one begins with none.
    with contextlib.suppress(RedisError):
        limiter.limiter.clear(parse(FAILED_BY_NAME), LIMITS_PREFIX, _short(username), _BY_NAME)


def note_failure() -> None:
    """Let this request count as one more failure, in whichever of the limits it was checked against."""
    request.environ[_HAS_FAILED] = True


def _here(name: str = "") -> str:
    return f"{request.remote_addr or '-'} {_short(name)}"


def _short(name: str) -> str:
    # A name is the caller's: it is cut, so that nobody fills the store with long ones.
    return name[:64] or "-"


def _within(limited: Callable[[], None], counted_by: str) -> None:
    request.environ[_COUNTED_BY] = counted_by
    try:
        limited()
    except RateLimitExceeded as error:
        raise Refused(
            "too_many",
            say("too many requests from {address}: {limit}", address=request.remote_addr, limit=error.description),
        ) from error


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


@limiter.shared_limit(FAILED_BY_ADDRESS, "failed logins here", key_func=_counted_by, deduct_when=_has_failed)
def _failed_by_address() -> None:
    """Stand for the same, whoever it names."""


@limiter.shared_limit(FAILED_BY_NAME, _BY_NAME, key_func=_counted_by, deduct_when=_has_failed)
def _failed_by_name() -> None:
    """Stand for the same, wherever it comes from."""
