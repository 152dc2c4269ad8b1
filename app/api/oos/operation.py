"""An operation of the dialect: where it answers under both families of URLs, and how a call comes to its handler."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.api.oos.auth import caller
from app.api.oos.envelope import CallError, answer_to, success
from app.engine.core.values import plain_text
from app.errors import SluiceError
from app.services.access import Actor, Project

Method = Literal["GET", "POST", "PUT", "DELETE"]

LARGEST_BODY = 8 * 1024 * 1024
DEEPEST_BODY = 64
_MOST_READ, _CHUNK = 64 * 1024 * 1024, 65_536


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who acts in which project, what was sent as query and as body, and by which family of URLs it came."""

    actor: Actor
    project: Project
    query: Mapping[str, str]
    body: Mapping[str, Any]
    is_newer: bool

    @property
    def locale(self) -> str:
        """The language in which labels are wanted: `zh` or `en`."""
        return "zh" if self.query.get("locale", "").lower().startswith("zh") else "en"


Handler = Callable[[Call], Mapping[str, Any] | Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `path` is under the older prefix, `newer` without one."""

    name: str
    method: Method
    path: str
    newer: str
    handler: Handler


OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, filled as the modules that hold them are imported."""


def operation(method: Method, path: str, newer: str = "") -> Callable[[Handler], Handler]:
    """Make an operation of a handler, under the handler's name; the handler returns the `result` of a success."""

    def add(handler: Handler) -> Handler:
        OPERATIONS[handler.__name__] = Operation(handler.__name__, method, path, newer or path, handler)
        return handler

    return add


def route(blueprint: Blueprint, *, is_newer: bool) -> None:
    """Add every operation to a blueprint, and an answer for whatever else is asked for below its paths."""
    methods: dict[str, list[str]] = {}
    for operation in OPERATIONS.values():
        path = operation.newer if is_newer else operation.path
        view = _view(operation, is_newer)
        blueprint.add_url_rule(
            path, operation.name, view, methods=[operation.method], provide_automatic_options=False, strict_slashes=True
        )
        methods.setdefault(path, []).append(operation.method)
    own = blueprint.url_prefix or ""
    every = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE")

    def elsewhere(rest: str = "") -> ResponseReturnValue:
        known = methods.get(request.path.removeprefix(own))
        if known:
            told = f"{request.path} takes {' and '.join(known)}, not {request.method}"
            raise CallError(405, "MethodNotAllowed", told, {"Allow": ", ".join(known)})
        raise CallError(404, "InvalidURI", f"there is nothing at {request.path[:200]}")

    for number, rule in enumerate(("/v2/<path:rest>",) if is_newer else ("/", "/<path:rest>")):
        blueprint.add_url_rule(
            rule, f"elsewhere_{number}", elsewhere, methods=every, provide_automatic_options=False, strict_slashes=False
        )


def _view(operation: Operation, is_newer: bool) -> Callable[[], ResponseReturnValue]:
    def view() -> ResponseReturnValue:
        try:
            body = _received()
            actor, project = caller(body)
            given = _object(body) if operation.method in ("POST", "PUT") else {}
            result = operation.handler(Call(actor, project, request.args.to_dict(), given, is_newer))
        except SluiceError as error:
            return answer_to(error)
        return result if isinstance(result, Response) else success(result)

    return view


def _received() -> bytes:
    """Return the body; one that is too large is read to its end, since many a client listens only then."""
    request.max_content_length = _MOST_READ
    kept = bytearray()
    try:
        stream, is_whole = request.stream, True
        while chunk := stream.read(_CHUNK):
            is_whole = is_whole and len(kept) + len(chunk) <= LARGEST_BODY
            if is_whole:
                kept += chunk
    except RequestEntityTooLarge:
        is_whole = False
    if not is_whole:
        raise CallError(413, "EntityTooLarge", f"a body has at most {LARGEST_BODY} bytes", {"Connection": "close"})
    return bytes(kept)


def _object(body: bytes) -> Mapping[str, Any]:
    """Read a body; raises CallError for what is no JSON object, or cannot be stored."""
    try:
        given = json.loads(body, parse_constant=_no_number) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise CallError(400, "MalformedJSON", f"the body is not JSON: {error}"[:300]) from error
    if not isinstance(given, dict):
        raise CallError(400, "InappropriateJSON", "the body must be a JSON object")
    _require_storable(given)
    return given


def _require_storable(given: Mapping[str, Any]) -> None:
    level: list[Any] = [given]
    for _ in range(DEEPEST_BODY):
        level = [part for holder in level for part in _parts(holder) if isinstance(part, dict | list)]
        if not level:
            break
    else:
        raise CallError(400, "InappropriateJSON", f"the body is nested more than {DEEPEST_BODY} levels deep")
    try:
        written = json.dumps(given, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise CallError(400, "InappropriateJSON", "the body holds a number that is too large") from error
    if "\\u0000" in written or written != plain_text(written):
        told = "texts must hold neither NUL nor halves of surrogate pairs: no database stores them"
        raise CallError(400, "InappropriateJSON", told)


def _parts(holder: Any) -> list[Any]:
    return list(holder.values()) if isinstance(holder, dict) else list(holder)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
