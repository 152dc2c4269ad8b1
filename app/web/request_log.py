"""What logs and traces say of requests: each has an id, which its answer names, and which all lines that it causes have."""

from __future__ import annotations

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

from app import logs
from app.engine import tracing

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)


def register(app: Flask) -> None:
    """Give every request of an application its id."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _begin() -> None:
    """Take the id that a proxy has given, if it is one."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
    fields: dict[str, object] = {"request": g.request_id}
    if (project_id := (request.view_args or {}).get("project_id")) is not None:
        fields["project"] = project_id
    logs.begin_request(**fields)
    rule = request.url_rule.rule if request.url_rule is not None else "nowhere"
    facts = {"http.request.method": request.method, "http.route": rule, "sluice.request": g.request_id}
    carrier = {name: request.headers.get(name, "") for name in ("traceparent", "tracestate")}
    g.span = tracing.bound().request(f"{request.method} {rule}", carrier, facts)
    g.span.__enter__()


def _end(response: Response) -> Response:
    if "span" in g:
        response.headers[HEADER] = g.request_id
        g.span.came_to(response.status_code)
    if log.isEnabledFor(logging.DEBUG):
        took_ms = round((time.monotonic() - g.get("began_at", time.monotonic())) * 1000, 1)
        log.debug(
            "answered method=%s path=%s status=%s ms=%s", request.method, request.path, response.status_code, took_ms
        )
    return response


def _leave(error: BaseException | None) -> None:
    if (span := g.pop("span", None)) is not None:
        span.__exit__(type(error) if error else None, error, None)
    logs.end_request()
