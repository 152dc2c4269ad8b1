"""bk_http_request: calls a URL and judges the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import httpx

from app.engine.core.conditions import ConditionError, parse
from app.engine.core.schema import Choice, Field, as_number
from app.engine.core.values import Json, dumps, read_json
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.outbound import Forbidden, Request, send
from app.sentences import say

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")
"""The methods that RFC 9110 calls idempotent."""

_BASIC = (
    Field("bk_http_request_method", "Method", widget="choice", required=True, default="GET",
          choices=[Choice(m, m) for m in _METHODS]),
    Field("bk_http_request_url", "URL", required=True),
    Field("bk_http_request_body", "Body", type="any", widget="code"),
)  # fmt: skip


class HttpRequest(Plugin):
    """Calls a URL; a 2xx answer with a JSON body is success."""

    code = "bk_http_request"
    name = "HTTP request"
    group = "Network"
    icon = "world"
    description = "Calls a URL. Addresses in SLUICE_HTTP_DENY are refused."
    inputs: ClassVar[Sequence[Field]] = _BASIC
    outputs = (Field("data", "Answer", type="any"), Field("status_code", "Status", type="integer"))
    blocking = True

    def is_idempotent(self, inputs: Mapping[str, Json]) -> bool:
        """A GET may be sent twice, a POST may not."""
        return str(inputs.get("bk_http_request_method", "GET")).upper() in _REPEATABLE

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Send the request and judge the answer."""
        try:
            request = _request(inputs)
            ctx.log(f"{request.method} {request.url}")
            reply = send(request, ctx.settings.http_deny)
        except (httpx.HTTPError, httpx.InvalidURL, Forbidden, ValueError) as error:
            return Failed(say("the request failed: {error}", error=error))
        ctx.log(f"status {reply.status}, {len(reply.text)} characters")
        try:
            answer = read_json(reply.text)
        except ValueError:
            outputs: dict[str, Json] = {"data": reply.text[:10_000], "status_code": reply.status}
            return Failed(
                say("the answer (status {status}) is not JSON: {text!r}", status=reply.status, text=reply.text[:200]),
                outputs,
            )
        outputs = {"data": answer, "status_code": reply.status}
        if not 200 <= reply.status < 300:
            return Failed(
                say("the answer's status is {status}: {text}", status=reply.status, text=reply.text[:500]), outputs
            )
        return _judge(str(inputs.get("bk_http_success_exp") or ""), answer, outputs)


class HttpRequestV1(HttpRequest):
    """The same with headers, a time-out and a condition on the answer."""

    version = "v1.0"
    inputs: ClassVar[Sequence[Field]] = (
        *_BASIC,
        Field("bk_http_request_header", "Headers", type="array", widget="table",
              columns=(Field("name", "Name"), Field("value", "Value"))),
        Field("bk_http_timeout", "Time-out in seconds", type="number", widget="number", default=5, minimum=0, maximum=60),
        Field("bk_http_success_exp", "Success condition, e.g. resp.code == 0"),
    )  # fmt: skip


def _request(inputs: Mapping[str, Json]) -> Request:
    """Make the request of a node's inputs; raises ValueError for headers that no request may have."""
    body = inputs.get("bk_http_request_body")
    rows = inputs.get("bk_http_request_header") or []
    headers = {"Content-Type": "application/json"} if body not in (None, "") else {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, Mapping) and row.get("name"):
            name, value = str(row["name"]), str(row.get("value", ""))
            if any(c in name + value for c in "\r\n\0"):
                raise ValueError(say("the header {name!r} holds a line break", name=name))
            headers[name] = value
    text = body if isinstance(body, str) else dumps(body)
    return Request(
        str(inputs["bk_http_request_method"]).upper(), str(inputs["bk_http_request_url"]).strip(), headers,
        None if body in (None, "") else text.encode(), min(as_number(inputs.get("bk_http_timeout")) or 5, 60),
    )  # fmt: skip


def _judge(condition: str, answer: Json, outputs: dict[str, Json]) -> Outcome:
    if not condition.strip():
        return Done(outputs)
    try:
        is_success = parse(condition).holds({"resp": answer}.__getitem__)
    except ConditionError as error:
        return Failed(say("the success condition cannot be decided: {error}", error=error), outputs)
    return (
        Done(outputs)
        if is_success
        else Failed(say("the success condition {condition!r} does not hold", condition=condition), outputs)
    )
