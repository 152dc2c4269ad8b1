"""Tells load balancers and operators whether the installation works."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.services.health import health, is_ready

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200 with the state of each part, 503 when one is gone."""
    parts = health()
    is_well = all(part == "ok" for part in parts.values())
    return jsonify({"status": "ok" if is_well else "failing", **parts}), 200 if is_well else 503


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 while this web server can serve, whatever workers and the queue are at; 503 without a database."""
    return ("ready", 200) if is_ready() else ("not ready", 503)
