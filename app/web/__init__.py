"""The pages."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, url_for
from flask_babel import Babel
from werkzeug.routing import IntegerConverter

from app.auth import oidc, sessions
from app.languages import DEFAULT, LANGUAGES, TAGS, TRANSLATIONS, language
from app.web import (
    account,
    approvals,
    archive,
    audit,
    editor,
    editor_history,
    editor_page,
    editor_saving,
    editor_tools,
    flows,
    health,
    home,
    hosts,
    insights,
    language_choice,
    live,
    login,
    metrics,
    navigation,
    request_log,
    run_api,
    schedules,
    search,
    settings,
    settings_access,
    system,
    task_creation,
    task_lists,
    task_reports,
    tasks,
)
from app.web.drawing import SHAPES, WORDS
from app.web.editor_words import plugin_word
from app.web.errors import register as register_errors
from app.web.moments import past
from app.web.plain_forms import PlainRequest
from app.web.reasons import told_reason

_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.request_class = PlainRequest
    app.url_map.converters["int"] = _Number
    request_log.register(app)
    sessions.register(app)
    oidc.register(app)
    _speak(app)
    for module in (
        health,
        metrics,
        login,
        account,
        language_choice,
        home,
        flows,
        editor_page,
        editor,
        editor_history,
        editor_saving,
        editor_tools,
        task_lists,
        approvals,
        hosts,
        audit,
        task_creation,
        task_reports,
        archive,
        tasks,
        run_api,
        schedules,
        insights,
        settings,
        settings_access,
        search,
        system,
    ):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(task_creation.asking)
    live.register(app)
    metrics.register(app)
    navigation.register(app)
    register_errors(app)
    app.after_request(_with_headers)
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["words"] = WORDS
    app.jinja_env.globals["shapes"] = SHAPES
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.jinja_env.filters["ago"] = ago
    app.jinja_env.filters["at"] = at
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["told_reason"] = told_reason
    app.jinja_env.filters["plugin_word"] = plugin_word


class _Number(IntegerConverter):
    """A number in an address: one that no database can hold leads nowhere, like any other that is nobody's."""

    regex = r"\d{1,18}"


def _speak(app: Flask) -> None:
    """Let templates and views write in the reader's language."""
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT, BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS))
    Babel(app, locale_selector=language)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(language=language, languages=LANGUAGES, language_tag=language_tag)


def language_tag(locale: str | None = None) -> str:
    """Return what stands in `lang` for a language; for the reader's own if none is given."""
    return TAGS[locale or language()]


def asset(name: str) -> str:
    """Return the address of a bundled file, whose name holds a hash of its content."""
    return url_for("static", filename=f"dist/{_manifest().get(name, name)}")


def csp_nonce() -> str:
    """Return the mark by which this page's scripts may add style sheets, as the code editor does; asking allows it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def ago(moment: datetime | None) -> str:
    """Write a time as people say it: 5 min ago."""
    return "" if moment is None else past((datetime.now(UTC) - moment) // timedelta(seconds=1))


def moment(micros: int) -> datetime:
    """Return a time that lists give in microseconds since 1970."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC)


def at(moment: datetime | None, zone: str) -> str:
    """Write a time in full, in a project's zone."""
    return "" if moment is None else moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    path = Path(__file__).parent.parent / "static" / "dist" / "manifest.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _with_headers(response: Response) -> Response:
    # The canvas sets its sizes by style attributes; what could be loaded or run from one is nothing.
    styles = f"; style-src 'self' 'nonce-{g.csp_nonce}'; style-src-attr 'unsafe-inline'" if "csp_nonce" in g else ""
    response.headers.setdefault("Content-Security-Policy", _POLICY + styles)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
