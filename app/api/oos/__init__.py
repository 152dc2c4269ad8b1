"""The OOS dialect: the URLs, signatures, envelopes and templates of Baidu's orchestration service (docs/oos.md)."""

from __future__ import annotations

from flask import Blueprint, Flask

from app.api.oos import executions, operators
from app.api.oos import templates as templates
from app.api.oos.envelope import register_errors
from app.api.oos.operation import route

MODULES = (executions, operators, templates)
"""The modules whose import declares the operations."""

PREFIXES = {"oos": "/api/logic/oos", "oos_v2": ""}
"""The paths under which the dialect answers: that of the older SDKs, and that of the newer ones, which is none."""


def register(app: Flask) -> None:
    """Add the dialect under each of its prefixes."""
    for name, prefix in PREFIXES.items():
        blueprint = Blueprint(name, __name__, url_prefix=prefix or None)
        route(blueprint, is_newer=not prefix)
        register_errors(blueprint)
        app.register_blueprint(blueprint)
