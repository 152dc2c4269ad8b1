"""How pages tell what went wrong."""

from __future__ import annotations

from flask import Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import InvalidInput, NotAllowed, NotFound, Refused, SluiceError

_STATUS = {NotFound: 404, NotAllowed: 403, InvalidInput: 400, Refused: 409}


def register(app: Flask) -> None:
    """Turn errors of ours into pages; a form that was refused goes back to where it came from, with the reason."""
    app.register_error_handler(SluiceError, _told)


def _told(error: SluiceError) -> ResponseReturnValue:
    lines = [p.message for p in error.problems] if isinstance(error, InvalidInput) else [str(error)]
    if request.method == "POST" and isinstance(error, Refused | InvalidInput):
        for line in lines:
            flash(line, "danger")
        return redirect(own_page(request.referrer))
    return render_template("error.html", lines=lines), _STATUS.get(type(error), 500)


def own_page(address: str | None) -> str:
    """Return the page a form came from, if it is one of ours."""
    return address if address and address.startswith(request.host_url) else "/"
