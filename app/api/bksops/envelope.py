"""The dialect's envelope: every answer is HTTP 200 with `result`, errors too; only here do errors become bodies."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.api.bksops.auth import actor_of
from app.api.bksops.words import code_of, message_of
from app.engine.core.values import Json
from app.errors import InvalidInput, Problem, SluiceError
from app.services.access import Actor

Handler = Callable[..., Any]


class Call:
    """One call: who asks, and what was sent in query or body."""

    def __init__(self, actor: Actor, given: Mapping[str, Any], ids: Mapping[str, int]) -> None:
        self.actor, self.given, self.ids = actor, given, ids

    def text(self, key: str, default: str = "") -> str:
        """Return a text that was sent; raises InvalidInput when it is of another type."""
        value = self.given.get(key, default)
        if not isinstance(value, str):
            raise InvalidInput(Problem("params", f"{value!r} is not of type 'string'", key))
        return value

    def object(self, key: str) -> Mapping[str, Json]:
        """Return an object that was sent, {} when there is none."""
        value = self.given.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise InvalidInput(Problem("params", f"{value!r} is not of type 'object'", key))
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts that was sent, [] when there is none."""
        value = self.given.get(key) or []
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise InvalidInput(Problem("params", f"{value!r} is not an array of strings", key))
        return value


def operation(handler: Handler) -> Callable[..., ResponseReturnValue]:
    """Make an operation of a handler: read the call, check its credentials, put the result into the envelope.

    A handler returns the `data` of a success, or a whole body when it returns a `Body`.
    """

    @functools.wraps(handler)
    def answer(**ids: int) -> ResponseReturnValue:
        try:
            given = _given()
            result = handler(Call(actor_of(given, request.headers.get("X-Bkapi-Authorization", "")), given, ids))
        except SluiceError as error:
            body = {"result": False, "message": message_of(error, ids, handler.__name__), "code": code_of(error)}
            return jsonify({**body, "data": {}} if handler.__name__ == "get_task_node_detail" else body)
        body = dict(result) if isinstance(result, Body) else {"data": result, "message": ""}
        return jsonify({"result": True, "code": 0, **body})

    return answer


class Body(dict[str, Any]):
    """A success whose body is not plain `data`."""


def broken() -> ResponseReturnValue:
    """Answer for an error of our own that nobody foresaw."""
    return jsonify({"status_code": 50000, "message": "系统异常,请联系管理员处理"}), 500


def _given() -> dict[str, Any]:
    """Return query parameters of a GET, the JSON body of a POST whatever its content type says."""
    if request.method == "GET":
        return dict(request.args)
    text = request.get_data(cache=False)
    if not text.strip():
        return {}
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(Problem("format", "invalid param format")) from error
    if not isinstance(given, dict):
        raise InvalidInput(Problem("format", "invalid param format"))
    return given
