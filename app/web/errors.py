"""How pages tell what went wrong."""

from __future__ import annotations

from flask import Flask, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError

from app.errors import Archived, InvalidInput, NotAllowed, NotFound, Refused, SluiceError
from app.web.sentences import told_error

_STATUS = {NotFound: 404, Archived: 404, NotAllowed: 403, InvalidInput: 400, Refused: 409}


def register(app: Flask) -> None:
    """Turn errors of ours into pages; a form that was refused goes back to where it came from, with the reason."""
    app.register_error_handler(SluiceError, _told)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(OverflowError, _too_large)


def _told(error: SluiceError) -> ResponseReturnValue:
    lines = told_error(error)
    if request.method == "POST" and isinstance(error, Refused | InvalidInput):
        for line in lines:
            flash(line, "danger")
        return redirect(own_page(request.referrer))
    return render_template("error.html", lines=lines), _STATUS.get(type(error), 500)


def _expired(error: CSRFError) -> ResponseReturnValue:
    """Answer what came without the token of the session: most likely a page from before the last login."""
    line = gettext("This form has expired. Go back, reload the page and try again.")
    if request.is_json or request.accept_mimetypes.best == "application/json":
        return jsonify({"error": line, "problems": [], "rule": "csrf"}), error.code or 400
    return render_template("error.html", lines=[line]), error.code or 400


def _too_large(error: OverflowError) -> ResponseReturnValue:
    """Answer a question for a number that SQLite cannot even compare; PostgreSQL compares it, and finds nothing."""
    return render_template("error.html", lines=[gettext("There is nothing of that number.")]), 404


def own_page(address: str | None) -> str:
    """Return the page a form came from, if it is one of ours."""
    return address if address and address.startswith(request.host_url) else "/"
