"""An operation of the dialect: where it answers, what it takes, what it gives; and the envelope around both.

Every answer is HTTP 200 with `result`, errors too. What an operation takes and gives is said as JSON Schema, once: calls
are checked against it, and the reference is made of it.
"""

from __future__ import annotations

import functools
import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from jsonschema import Draft202012Validator

from app.api.bksops.auth import NotFromGateway, actor_of
from app.api.bksops.refusals import code_of, message_of, status_of
from app.engine.core.values import Json, plain_text
from app.errors import InvalidInput, Problem, SluiceError
from app.services.access import Actor, Project, find_project

Schema = Mapping[str, Any]
_ID = re.compile(r"\{(\w+)\}")
_TRUE, _FALSE = ("true", "1"), ("false", "0")
_ESB_NAMES = {"project_id": ("bk_biz_id", "project_id")}
_MOST_ID = 2**63 - 1
_SUSPECT = re.compile(rb"\\u|\d[eE]")
"""Without an escape or an exponent a JSON text brings in nothing that cannot be stored."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `takes` and `gives` are JSON Schemas of its parameters and of the `data` of a success."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    takes: Schema
    gives: Schema
    handler: Callable[[Call], Any]
    checker: Draft202012Validator

    @property
    def ids(self) -> list[str]:
        """The names of the ids in its path."""
        return _ID.findall(self.path)


OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, filled as the modules that hold them are imported."""


class Body(dict[str, Any]):
    """A success whose body has more than `data`."""


def operation(
    method: Literal["GET", "POST"],
    path: str,
    gives: Schema,
    *,
    takes: Mapping[str, Schema] | None = None,
    required: Sequence[str] = (),
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Make an operation of a handler, under the handler's name.

    The handler gets a `Call` and returns the `data` of a success, or a `Body`.
    """

    def add(handler: Callable[[Call], Any]) -> Callable[[Call], Any]:
        schema = {"type": "object", "properties": dict(takes or {}), "required": list(required)}
        OPERATIONS[handler.__name__] = Operation(
            handler.__name__, method, path, schema, gives, handler, Draft202012Validator(schema)
        )
        return handler

    return add


class Call:
    """One call: who asks, the ids of the path, and what was sent in query or body."""

    def __init__(self, operation: Operation, actor: Actor, ids: Mapping[str, int], given: Mapping[str, Any]) -> None:
        self.operation, self.actor, self.ids, self.given = operation, actor, ids, given

    @functools.cached_property
    def project(self) -> Project:
        """The project that the path names: by business id, unless `scope` is something other than `cmdb_biz`."""
        kind: Literal["biz", "project"] = "biz" if self.given.get("scope", "cmdb_biz") == "cmdb_biz" else "project"
        return find_project(self.actor, self.ids["project_id"], kind)

    @functools.cached_property
    def params(self) -> Mapping[str, Any]:
        """The parameters, checked, with defaults; raises InvalidInput with everything that is wrong with them."""
        properties = self.operation.takes["properties"]
        given = dict(self.given)
        if self.operation.method == "GET":
            given = {key: _typed(value, properties.get(key, {})) for key, value in given.items()}
        errors = sorted(self.operation.checker.iter_errors(given), key=lambda error: list(map(str, error.path)))
        if errors:
            raise InvalidInput.of([Problem("params", e.message[:500], "→".join(map(str, e.path))) for e in errors])
        defaults = {key: schema["default"] for key, schema in properties.items() if "default" in schema}
        return {**defaults, **given}


def route(blueprint: Blueprint, *, is_esb: bool = False) -> None:
    """Add every operation to a blueprint; ESB takes the ids from the parameters instead of the path."""
    for operation in OPERATIONS.values():
        rule = f"/{operation.name}/" if is_esb else "/" + _ID.sub(rf"<int(max={_MOST_ID}):\1>", operation.path)
        view = _view(operation, is_esb=is_esb)
        blueprint.add_url_rule(rule, operation.name, view, methods=[operation.method], provide_automatic_options=False)


def broken() -> ResponseReturnValue:
    """Answer for an error of our own that nobody foresaw."""
    return jsonify({"status_code": 50000, "message": "系统异常,请联系管理员处理"}), 500


def _view(operation: Operation, *, is_esb: bool) -> Callable[..., ResponseReturnValue]:
    def view(**ids: int) -> ResponseReturnValue:
        return _answer(operation, is_esb, ids)

    return view


def _answer(operation: Operation, is_esb: bool, ids: Mapping[str, int]) -> ResponseReturnValue:
    extra = {"request_id": uuid.uuid4().hex} if is_esb else {}
    actor: Actor | None = None
    try:
        given = _given()
        actor = actor_of(given)
        if is_esb:
            ids = _ids_of(operation, given)
        result = operation.handler(Call(operation, actor, ids, given))
    except SluiceError as error:
        return _refuse(error, ids, operation.name, actor, extra)
    body = dict(result) if isinstance(result, Body) else {"data": result, "message": ""}
    return jsonify({"result": True, "code": 0, **body, **extra})


def _refuse(
    error: SluiceError, ids: Mapping[str, int], name: str, actor: Actor | None, extra: Mapping[str, Any]
) -> Response:
    """Put an error into the envelope; `data` is there only where the original sends one."""
    body = {"result": False, "message": message_of(error, ids, name, actor), "code": code_of(error), **extra}
    if isinstance(error, NotFromGateway):
        body["data"] = None
    elif name == "get_task_node_detail":
        body["data"] = {}
    answer = jsonify(body)
    answer.status_code = status_of(error)
    return answer


def _given() -> dict[str, Any]:
    """Return query parameters of a GET, the JSON body of a POST whatever its content type says."""
    if request.method == "GET":
        given: Any = dict(request.args)
    else:
        body = request.get_data(cache=False)
        try:
            given = json.loads(body, parse_constant=_no_number) if body.strip() else {}
        except (ValueError, RecursionError) as error:
            raise InvalidInput(Problem("not_json", "invalid param format")) from error
        if not _SUSPECT.search(body):
            return _object(given)
    try:
        written = json.dumps(given, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise InvalidInput(Problem("format", "a number is too large")) from error
    if "\\u0000" in written or written != plain_text(written):
        text = "texts must hold neither NUL nor halves of surrogate pairs: no database stores them"
        raise InvalidInput(Problem("format", text))
    return _object(given)


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is not JSON")


def _object(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InvalidInput(Problem("not_json", "invalid param format"))
    return given


def _ids_of(operation: Operation, given: Mapping[str, Any]) -> dict[str, int]:
    """Read the ids that the path would hold from the parameters."""
    ids, problems = {}, []
    for name in operation.ids:
        names = _ESB_NAMES.get(name, (name,))
        text = next((str(given[n]) for n in names if given.get(n) not in (None, "")), "")
        if text.isascii() and text.isdecimal() and int(text) <= _MOST_ID:
            ids[name] = int(text)
        else:
            problems.append(Problem("params", f"{names[0]} must be given, as a whole number", names[0]))
    if problems:
        raise InvalidInput.of(problems)
    return ids


def _typed(value: str, schema: Schema) -> Json:
    """Read a query parameter as its schema wants it; what does not fit stays text, and is told as wrong."""
    match schema.get("type"):
        case "integer" if re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
            return int(value)
        case "boolean" if value.lower() in (*_TRUE, *_FALSE):
            return value.lower() in _TRUE
        case "array":
            parts = [part.strip() for part in value.split(",") if part.strip()]
            return [_typed(part, schema.get("items", {})) for part in parts]
        case _:
            return value
