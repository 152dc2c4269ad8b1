"""The dialect's answers: one shape for successes and what went wrong in the business, another for what was wrong with the call.

A   HTTP 200 {success, msg, code, result}: clients return normally, and their callers look at `success`.
B   HTTP 4xx or 5xx {requestId, code, message}, `code` a text: clients raise. Any other shape makes them raise something
    that nobody can read.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.errors import InvalidInput, NotAllowed, NotFound, Refused, SluiceError, Unavailable

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[\w.:-]{1,80}", re.ASCII)
_CODES: Mapping[int, str] = {
    400: "InvalidHTTPRequest", 404: "InvalidURI", 405: "MethodNotAllowed", 408: "RequestTimeout", 411: "MissingContentLength",
    413: "EntityTooLarge", 414: "InvalidURI", 429: "TooManyRequests", 431: "InvalidHTTPRequest", 500: "InternalError",
    503: "ServiceUnavailable",
}  # fmt: skip


class CallError(SluiceError):
    """Something is wrong with the call itself: who makes it, where it goes, what form its body has (channel B)."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.code, self.headers = status, code, headers or {}
        super().__init__(message)


def success(result: Mapping[str, Any]) -> Response:
    """Answer that it was done."""
    return _with_id(jsonify({"success": True, "msg": "", "code": 200, "result": result}))


def refusal(code: int, reason: str) -> Response:
    """Answer that the business forbids it (channel A): `code` is a whole number that is not 200."""
    return _with_id(jsonify({"success": False, "msg": reason, "code": code, "result": {}}))


def answer_to(error: SluiceError) -> Response:
    """Phrase an error of ours in the channel that it belongs to."""
    match error:
        case CallError():
            return fault(error.status, error.code, str(error), error.headers)
        case NotAllowed():
            return fault(403, "AccessDenied", str(error))
        case Unavailable():
            return fault(503, "ServiceUnavailable", str(error))
        case Refused() if error.rule == "too_many":
            return fault(429, "TooManyRequests", str(error))
        case NotFound():
            return refusal(404, str(error))
        case Refused():
            return refusal(409, str(error))
        case InvalidInput():
            return refusal(400, reason_of(error))
        case _:
            return refusal(400, str(error))


def reason_of(error: InvalidInput) -> str:
    """Return everything that is wrong with an input as one text."""
    return "; ".join(f"{p.where} {p.message}" if p.where.startswith(("operators", "links", "properties")) else p.message
                     for p in error.problems)  # fmt: skip


def fault(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer that the call was wrong, or that we are (channel B)."""
    answer = jsonify({"requestId": request_id(), "code": code, "message": message})
    answer.status_code = status
    answer.headers.update(headers or {})
    return _with_id(answer)


def request_id() -> str:
    """Return the id that the client gave to its request, or one of our own."""
    given = request.headers.get("x-bce-request-id", "")
    if not _REQUEST_ID.fullmatch(given):
        given = request.environ.setdefault("sluice.request_id", str(uuid.uuid4()))
    return given


def register_errors(blueprint: Blueprint) -> None:
    """Let whatever goes wrong in the dialect answer in its own way."""
    blueprint.register_error_handler(SluiceError, answer_to)
    blueprint.register_error_handler(HTTPException, _http_error)
    # By its number too: else another dialect's handler of the whole application would come first.
    blueprint.register_error_handler(500, _http_error)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    told = "something went wrong here; it has been noted" if status >= 500 else error.description or error.name
    return fault(status, _CODES.get(status, "InvalidHTTPRequest"), told)


def _with_id(answer: Response) -> Response:
    answer.headers["x-bce-request-id"] = request_id()
    answer.headers["Content-Type"] = "application/json;charset=UTF-8"
    return answer
