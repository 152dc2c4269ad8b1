"""BCE::Agent::ExecuteHttp: OOS's HTTP request, made by this installation itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from app.engine.core.schema import Choice, Field, as_number
from app.engine.core.values import Json, dumps
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.outbound import Forbidden, Request, send
from app.sentences import say

_METHODS = ("GET", "POST", "PUT", "DELETE")
_LONGEST_MS = 600_000


class AgentHttp(Plugin):
    """Calls a URL; a 2xx answer is success."""

    code = "BCE::Agent::ExecuteHttp"
    name = "HTTP request (OOS)"
    group = "Network"
    icon = "world"
    description = "Calls a URL; an answer of status 2xx is success. Addresses in SLUICE_HTTP_DENY are refused."
    inputs = (
        Field("method", "Method", widget="choice", required=True, choices=[Choice(m, m) for m in _METHODS]),
        Field("url", "URL", required=True),
        Field("headers", "Headers", type="any", widget="code", help="[{name, value}], or an object"),
        Field("body", "Body", type="any", widget="code"),
        Field("timeoutMill", "Time-out in milliseconds", type="integer", widget="number", default=10_000, minimum=1,
              maximum=_LONGEST_MS),
        Field("__workerSelectors__", "Workers", type="any", widget="code",
              help="not looked at: the request leaves from this installation"),
    )  # fmt: skip
    outputs = (Field("statusCode", "Status", type="integer"), Field("body", "Answer", type="any"))
    blocking = True

    def is_idempotent(self, inputs: Mapping[str, Json]) -> bool:
        """A GET may be sent twice, a POST may not."""
        return str(inputs.get("method", "")).upper() != "POST"

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Send the request and judge the answer by its status."""
        try:
            request = _request(inputs)
            ctx.log(f"{request.method} {request.url}")
            reply = send(request, ctx.settings.http_deny)
        except (httpx.HTTPError, httpx.InvalidURL, Forbidden, ValueError) as error:
            return Failed(say("the request failed: {error}", error=error))
        ctx.log(f"status {reply.status}, {len(reply.text)} characters")
        outputs: dict[str, Json] = {"statusCode": reply.status, "body": _read(reply.text)}
        if not 200 <= reply.status < 300:
            return Failed(
                say("the answer's status is {status}: {text}", status=reply.status, text=reply.text[:500]), outputs
            )
        return Done(outputs)


def _request(inputs: Mapping[str, Json]) -> Request:
    body = inputs.get("body")
    headers = {"Content-Type": "application/json"} if body not in (None, "") and not isinstance(body, str) else {}
    for name, value in _headers(inputs.get("headers")):
        if any(c in name + value for c in "\r\n\0"):
            raise ValueError(say("the header {name!r} holds a line break", name=name))
        headers[name] = value
    text = body if isinstance(body, str) else dumps(body)
    timeout_ms = as_number(inputs.get("timeoutMill")) or 10_000
    return Request(
        str(inputs["method"]).upper(), str(inputs["url"]).strip(), headers, None if body in (None, "") else text.encode(),
        min(timeout_ms, _LONGEST_MS) / 1000,
    )  # fmt: skip


def _headers(given: Json) -> list[tuple[str, str]]:
    """Read headers: an object, or a list of objects with name or key, and value; raises ValueError for anything else."""
    if given in (None, ""):
        return []
    if isinstance(given, Mapping):
        return [(str(name), str(value)) for name, value in given.items()]
    pairs = []
    for row in given if isinstance(given, list) else [given]:
        name = row.get("name", row.get("key")) if isinstance(row, Mapping) else None
        if not isinstance(row, Mapping) or not isinstance(name, str):
            raise ValueError("headers are a list of objects with name and value, or one object")
        pairs.append((name, str(row.get("value", ""))))
    return pairs


def _read(text: str) -> Json:
    try:
        found: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text[:100_000]
    return found
