"""The EnOS dialect: the batch data processing service of version 2.1, and the token service before it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, Response

from app.api.enos import directories, flows, instances, times, tokens
from app.api.enos.operation import OPERATIONS, answer

MODULES = (directories, flows, instances, times)
"""The modules whose import declares the operations."""

SERVICE, TOKENS = "/batch-processing-service/v2.1", "/apim-token-service/v2.0/token"


def register(app: Flask) -> None:
    """Add the dialect to the application."""
    blueprint = Blueprint("enos", __name__)
    for resource in dict.fromkeys(resource for resource, _ in OPERATIONS):
        blueprint.add_url_rule(
            f"{SERVICE}/{resource}", resource, _view(resource), methods=["GET", "POST"], provide_automatic_options=False
        )
    for name, view in (("get", tokens.get), ("refresh", tokens.refresh)):
        blueprint.add_url_rule(
            f"{TOKENS}/{name}", f"token_{name}", view, methods=["POST"], provide_automatic_options=False
        )
    app.register_blueprint(blueprint)


def _view(resource: str) -> Callable[[], Response]:
    def view() -> Response:
        return answer(resource)

    return view
