"""Choosing the language."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from app.auth.sessions import require_csrf
from app.languages import LANGUAGES
from app.web.errors import own_page

blueprint = Blueprint("language", __name__)
blueprint.before_request(require_csrf)


@blueprint.post("/language")
def choose() -> ResponseReturnValue:
    """Keep a language in the session, and show the page again in it."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest(f"language is one of {', '.join(LANGUAGES)}")
    session["language"] = chosen
    if "HX-Request" in request.headers:
        return "", 204, {"HX-Refresh": "true"}
    return redirect(own_page(request.referrer))
