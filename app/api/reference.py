"""The reference of the APIs: as a page, and as an OpenAPI document."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from app.api.openapi import document

blueprint = Blueprint("reference", __name__, url_prefix="/api")


@blueprint.app_template_filter("coded")
def coded(text: str) -> Markup:
    """Show what stands between backticks as code."""
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The document, for tools."""
    return jsonify(document())


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """The document, for people."""
    return render_template("reference.html", document=document())
