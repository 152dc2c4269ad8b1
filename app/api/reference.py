"""The reference of the APIs: as a page, and as an OpenAPI document."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from app.api.openapi import document

blueprint = Blueprint("reference", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The document, for tools."""
    return jsonify(document())


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """The document, for people."""
    return render_template("reference.html", document=document())
