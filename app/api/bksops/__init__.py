"""The bk-sops dialect: the URLs, envelopes and messages of BlueKing Standard OPS."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from app.api.bksops import nodes, tasks, templates
from app.api.bksops.envelope import broken

PREFIXES = {"bksops": "/apigw", "bksops_o": "/o/bk_sops/apigw"}
"""The paths under which the dialect answers: as the documents write it, and as the original is mounted."""


def register(app: Flask) -> None:
    """Add the dialect under each of its prefixes."""
    for name, prefix in PREFIXES.items():
        blueprint = Blueprint(name, __name__, url_prefix=prefix)
        for module in (templates, tasks, nodes):
            module.route(blueprint)
        app.register_blueprint(blueprint)
    app.register_error_handler(405, _method_not_allowed)
    app.register_error_handler(500, _internal_error)


def _is_ours() -> bool:
    return request.path.startswith(tuple(f"{prefix}/" for prefix in PREFIXES.values()))


def _method_not_allowed(error: HTTPException) -> ResponseReturnValue:
    """Answer a wrong method with an empty body, as the original does."""
    if not _is_ours() or not isinstance(error, MethodNotAllowed):
        return error.get_response()
    return Response(status=405, headers={"Allow": ", ".join(sorted(error.valid_methods or ()))})


def _internal_error(error: InternalServerError) -> ResponseReturnValue:
    return broken() if _is_ours() else error.get_response()
