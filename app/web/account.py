"""The reader's own account: another password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.auth.sessions import actor, renew_password, require_csrf, require_login
from app.errors import InvalidInput, NotAllowed
from app.services.password_rules import LONGEST, SHORTEST
from app.web.sentences import told_error

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.before_request(require_login)
blueprint.before_request(require_csrf)


@blueprint.get("/password")
def password() -> ResponseReturnValue:
    """Ask for the password and another one."""
    return render_template("account_password.html", shortest=SHORTEST, longest=LONGEST, name=actor().username)


@blueprint.post("/password")
def change_password() -> ResponseReturnValue:
    """Give the reader another password; their other sessions end."""
    form = request.form
    if form.get("new", "") != form.get("again", ""):
        flash(gettext("The new password was not typed twice alike."), "danger")
        return redirect(url_for("account.password"))
    try:
        renew_password(form.get("current", ""), form.get("new", ""))
    except NotAllowed as error:
        flash(told_error(error)[0] if error.thing else gettext("Your present password is another."), "danger")
    except InvalidInput as error:
        for line in told_error(error):
            flash(line, "danger")
    else:
        flash(
            gettext("You have another password. Other browsers in which you were logged in are logged out."), "success"
        )
    return redirect(url_for("account.password"))
