"""The reference of the APIs as an OpenAPI document, made of the operations themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.api.bksops.operation import OPERATIONS, Operation

_CREDENTIALS = {
    "name": "X-Bkapi-Authorization", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "A JSON object with `bk_app_code`, `bk_app_secret` and `bk_username`, `access_token` or `bk_token`; "
    "all of them may stand in the query of a GET or the body of a POST instead.",
}  # fmt: skip
_EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "api" / "examples.json"
"""Written from the cases of the tests, together with the reference page."""

_REFUSED = {
    "type": "object",
    "description": "A refusal: nothing was changed.",
    "properties": {"result": {"const": False}, "message": {"type": "string"}, "code": {"type": "integer"}},
    "required": ["result", "message", "code"],
}


def document(title: str = "Sluice") -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every operation of every dialect."""
    operations = sorted(OPERATIONS.values(), key=lambda operation: operation.name)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title, "version": "1",
            "description": "The API of BlueKing Standard OPS. Every answer is HTTP 200 with `result`; a refusal has a "
            "`message` and a `code`. The same operations answer under `/o/bk_sops/apigw/`, and under "
            "`/api/c/compapi/v2/sops/NAME/` with the ids among the parameters.",
        },
        "paths": dict(_paths(operations)),
    }  # fmt: skip


def _paths(operations: Iterable[Operation]) -> Iterable[tuple[str, Any]]:
    for operation in operations:
        yield f"/apigw/{operation.path}", {operation.method.lower(): _operation(operation)}


def _operation(operation: Operation) -> dict[str, Any]:
    parameters = [_CREDENTIALS, *(_path_id(name) for name in operation.ids)]
    told = _examples().get(operation.name, {})
    body: dict[str, Any] = {}
    if operation.method == "GET":
        parameters += [_query(operation, name, schema) for name, schema in operation.takes["properties"].items()]
    else:
        sent = {name: case["send"] for name, case in told.items() if case["send"]}
        body = {"requestBody": {"required": bool(operation.takes["required"]), "content": _json(operation.takes, sent)}}
    replies = {name: case["reply"] for name, case in told.items()}
    return {
        "operationId": operation.name, "summary": summary(operation), "description": _told(operation), "tags": ["bk-sops"],
        "parameters": parameters, **body,
        "responses": {
            "200": {"description": "What came of it", "content": _json({"oneOf": [_success(operation), _REFUSED]}, replies)},
            "429": {"description": "Too many calls", "content": _json(_REFUSED)},
        },
    }  # fmt: skip


def summary(operation: Operation) -> str:
    """Return the first sentence of an operation's description."""
    return _told(operation).partition("\n")[0]


def _told(operation: Operation) -> str:
    return (operation.handler.__doc__ or "").strip()


def _path_id(name: str) -> dict[str, Any]:
    about = {"project_id": "the business id, or the project's own id with a `scope` other than `cmdb_biz`"}.get(
        name, ""
    )
    schema = {"type": "integer", "minimum": 0}
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": about}


def _query(operation: Operation, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    is_required = name in operation.takes["required"]
    parameter = {"name": name, "in": "query", "required": is_required, "schema": schema}
    return {**parameter, "style": "form", "explode": False} if schema.get("type") == "array" else parameter


def _success(operation: Operation) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "result": {"const": True}, "code": {"const": 0}, "message": {"type": "string"}, "data": operation.gives,
        },
        "required": ["result", "code"],
    }  # fmt: skip


def _json(schema: Mapping[str, Any], examples: Mapping[str, Any] | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"application/json": content}


@lru_cache(maxsize=1)
def _examples() -> Mapping[str, Mapping[str, Any]]:
    """Return what the cases of each operation send and get, by the operation's and the case's name."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(_EXAMPLES.read_text("utf-8")) if _EXAMPLES.exists() else {}
    return found
