"""Sessions of people: logging in and out, and the token that proves that a form came from our own page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, g, request, session
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from app.auth import known_browsers, limits
from app.errors import NotAllowed, Refused
from app.extensions import csrf, login_manager
from app.sentences import say
from app.services.access import Actor
from app.services.accounts import actor_of_password, actor_of_session, end_session
from app.services.own_password import change_password


class SessionUser(UserMixin):
    """The person behind a request, as Flask-Login wants it."""

    def __init__(self, actor: Actor, key: str) -> None:
        self.actor, self.id = actor, key


def register(app: Flask) -> None:
    """Set the login manager up."""
    login_manager.login_view = "session.login"
    login_manager.login_message = ""
    # Addresses change while people travel, and who has a cookie knows the agent: neither would prove anything.
    login_manager.session_protection = None  # type: ignore[assignment]
    login_manager.user_loader(_load)
    app.teardown_request(_forget_token)


def log_in(username: str, password: str) -> None:
    """Log a person in, in a session that begins anew; raises NotAllowed, also after too many failures."""
    try:
        limits.check_login(username, is_known_browser=known_browsers.is_known(username))
    except Refused as error:
        raise NotAllowed(username, say("log in"), say("for some minutes: too many failures")) from error
    try:
        actor, key = actor_of_password(username, password)
    except NotAllowed:
        limits.note_failure()
        raise
    known_browsers.remember(actor.username)
    enter(actor, key)


def renew_password(current: str, new: str) -> None:
    """Give the person who asks another password, and go on in a session that begins anew; all others end.

    Raises NotAllowed for a wrong current password, also after too many of them; InvalidInput for a new one that will not do.
    """
    who = actor()
    try:
        limits.check_login(who.username, is_known_browser=True)
    except Refused as error:
        raise NotAllowed(
            who.username, say("change the password"), say("for some minutes: too many failures")
        ) from error
    try:
        key = change_password(who, current, new)
    except NotAllowed:
        limits.note_failure()
        raise
    enter(who, key)


def enter(actor: Actor, key: str) -> None:
    """Begin a session for whom something else than a password has proved."""
    _begin_anew()
    login_user(_person_of(actor, key))
    session.permanent = True


def log_out() -> None:
    """End the session, also for a copy of its cookie."""
    if is_logged_in():
        end_session(_person().id)
    logout_user()
    _begin_anew()


def actor() -> Actor:
    """Return who asks; the page requires a login."""
    found: Actor = _person().actor
    return found


def is_logged_in() -> bool:
    """Say whether somebody is logged in."""
    return bool(_person().is_authenticated)


def require_login() -> ResponseReturnValue | None:
    """Send whoever is not logged in to the login."""
    if is_logged_in():
        return None
    answer: ResponseReturnValue = login_manager.unauthorized()
    return answer


def csrf_token() -> str:
    """Return the session's token for forms."""
    token: str = generate_csrf()
    return token


def require_csrf() -> None:
    """Refuse what changes something and did not come from our own page: it has the token in its form, or as a header.

    Everything but the APIs is guarded anyway (`app/factory.py`); blueprints that say it themselves cannot lose it.
    """
    if "csrf_valid" not in g:
        csrf.protect()


def _begin_anew() -> None:
    """Forget everything of the session but the language that the reader has chosen."""
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen


def _forget_token(_: BaseException | None) -> None:
    """Let no later request have this one's token, where they share an application context."""
    for name in ("csrf", "csrf_valid"):
        g.pop(name, None)


def _person() -> Any:
    """Return Flask-Login's user: a SessionUser, or its anonymous one."""
    return current_user


def _load(key: str) -> SessionUser | None:
    found = actor_of_session(key)
    return _person_of(found, key) if found else None


def _person_of(actor: Actor, key: str) -> SessionUser:
    return SessionUser(replace(actor, address=request.remote_addr or ""), key)
