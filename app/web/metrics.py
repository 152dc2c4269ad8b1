"""`/metrics` for Prometheus, and the measuring of answers.

Whoever knows SLUICE_METRICS_TOKEN may read them. Without a token they are for this machine alone: a call that was passed on by a
proxy is not from this machine, whatever its address says.
"""

from __future__ import annotations

import hmac
import ipaddress
import time

from flask import Blueprint, Flask, Response, abort, current_app, g, request

from app.metering import answered, exposition
from app.services.measures import measures

blueprint = Blueprint("metrics", __name__)

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def register(app: Flask) -> None:
    """Measure every answer of an application."""
    app.before_request(_begin)
    app.after_request(_end)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write the measurements of all processes of this installation."""
    if not _may_read():
        abort(404)
    return Response(exposition(measures()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read() -> bool:
    token = current_app.config["SLUICE"].metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    is_passed_on = any(name in request.headers for name in _FORWARDED)
    return not is_passed_on and ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback


def _begin() -> None:
    g.began_at = time.monotonic()


def _end(response: Response) -> Response:
    if "began_at" in g:
        method = request.method if request.method in _METHODS else "other"
        answered(request.blueprint or "none", method, response.status_code, time.monotonic() - g.began_at)
    return response
