"""The bk-sops dialect: the URLs, envelopes and messages of BlueKing Standard OPS."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from app.api.bksops import catalogue, function_tasks, nodes, schedules, task_lists, tasks, templates
from app.api.bksops.operation import broken, route

MODULES = (catalogue, function_tasks, nodes, schedules, task_lists, tasks, templates)
"""The modules whose import declares the operations."""

PREFIXES = {"bksops": "/apigw", "bksops_o": "/o/bk_sops/apigw"}
"""The paths under which the dialect answers: as the documents write it, and as the original is mounted."""

ESB = "/api/c/compapi/v2/sops"
"""The path under which it answers as through the ESB, with the ids among the parameters."""


def register(app: Flask) -> None:
    """Add the dialect under each of its prefixes."""
    for name, prefix in PREFIXES.items():
        blueprint = Blueprint(name, __name__, url_prefix=prefix)
        route(blueprint)
        app.register_blueprint(blueprint)
    esb = Blueprint("bksops_esb", __name__, url_prefix=ESB)
    route(esb, is_esb=True)
    app.register_blueprint(esb)
    app.register_error_handler(405, _method_not_allowed)
    app.register_error_handler(500, _internal_error)


def _is_ours() -> bool:
    return request.path.startswith(tuple(f"{prefix}/" for prefix in (*PREFIXES.values(), ESB)))


def _method_not_allowed(error: HTTPException) -> ResponseReturnValue:
    """Answer a wrong method with an empty body, as the original does."""
    if not _is_ours() or not isinstance(error, MethodNotAllowed):
        return error.get_response()
    return Response(status=405, headers={"Allow": ", ".join(sorted(error.valid_methods or ()))})


def _internal_error(error: InternalServerError) -> ResponseReturnValue:
    return broken() if _is_ours() else error.get_response()
