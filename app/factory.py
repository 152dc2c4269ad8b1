"""Makes the application: binds database, login, engine, pages, APIs and commands together."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from redis import Redis
from sqlalchemy import Engine as DatabaseEngine

from app import api, cli, postgresql, web
from app.auth.proxies import TrustedProxies
from app.engine.admission import Limits
from app.engine.dispatch import Dispatcher, RqDispatcher
from app.engine.loading import Loader
from app.engine.plugins.base import PluginSettings
from app.engine.plugins.instance_commands import provider_of
from app.engine.plugins.registry import find_plugin
from app.engine.room import House, utc_now
from app.extensions import csrf, db, limiter, login_manager, migrate, tune
from app.metering import PrometheusMeter
from app.models import (
    access_keys,
    accounts,
    app_tokens,
    archives,
    flows,
    notices,
    projects,
    runs,
    schedules,
    schemes,
    tasks,
    templates,
)
from app.models.sealed import use_secrets
from app.services import engine as engine_binding
from app.services import retention
from app.services.hosts import host_lookup
from app.settings import Settings

_ROOT = Path(__file__).parent

TABLES = (
    access_keys,
    accounts,
    app_tokens,
    archives,
    flows,
    notices,
    projects,
    runs,
    schedules,
    schemes,
    tasks,
    templates,
)
"""The modules whose import declares the tables."""


def calm_collector() -> None:
    """Let Python look for garbage cycles less often; called by processes that hold large compiled flows.

    With the default thresholds a process that holds a flow of ten thousand nodes walks all of it again and again.
    """
    gc.set_threshold(50_000, 20, 100)


def create_app(settings: Settings, dispatcher: Dispatcher | None = None) -> Flask:
    """Make an application. Nothing connects before the first request; `dispatcher` replaces the one through Redis."""
    app = Flask("app", root_path=str(_ROOT), static_folder="static", template_folder="templates")
    keys = settings.secret_keys
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.worker_threads),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        WTF_CSRF_FIELD_NAME="csrf",
        WTF_CSRF_HEADERS=["X-CSRF"],
        # A form holds as long as the session that it was shown in.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        RATELIMIT_STORAGE_URI="redis://",
        RATELIMIT_STORAGE_OPTIONS={"connection_pool": nudging_redis_of(settings).connection_pool},
        SLUICE=settings,
    )
    use_secrets(keys)
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db, directory=str(_ROOT.parent / "migrations"), render_as_batch=True, compare_type=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    with app.app_context():
        tune(db.engine)
        postgresql.tune(db.engine)
    engine_binding.bind(
        engine_binding.Engine(
            Loader(settings.base_url, settings.rerun_limit, limits_of(settings)),
            dispatcher or RqDispatcher(nudging_redis_of(settings)),
            utc_now,
        )
    )
    retention.bind(
        retention.Defaults(settings.task_days, settings.tasks_kept, settings.archive_dir, settings.archive_days)
    )
    # Answers keep the order in which they are written, which is the order in which people read them.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    web.register(app)
    pages = set(app.blueprints)
    api.register(app)
    for name in set(app.blueprints) - pages:
        # Programs prove themselves in each call; there is no session that another site could misuse.
        csrf.exempt(app.blueprints[name])
    cli.register(app)
    return app


def redis_of(settings: Settings) -> Redis:
    """Return a client for waiting on the installation's queue; it connects when it is first used."""
    return Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=None)


def nudging_redis_of(settings: Settings) -> Redis:
    """Return a client for sending nudges: a Redis that hangs must not hold up those who send them."""
    return Redis.from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=1)


def house_of(settings: Settings, engine: DatabaseEngine, fault: Callable[[str], None] = lambda point: None) -> House:
    """Return what the engine is given in a process that drives tasks."""
    plugin_settings = PluginSettings(
        settings.http_deny, settings.local_execution, settings.smtp_url, settings.mail_from,
        provider_of(settings.instances),
    )  # fmt: skip
    return House(
        settings.base_url,
        plugin_settings,
        lambda project_id, address: host_lookup(engine, project_id, address),
        find_plugin,
        settings.rerun_limit,
        timedelta(seconds=settings.lease_seconds),
        fault=fault,
        meter=PrometheusMeter(),
        worker_groups=settings.worker_groups,
        limits=limits_of(settings),
    )


def limits_of(settings: Settings) -> Limits:
    """Return how many tasks may run at once."""
    return Limits(settings.running_tasks, settings.project_running_tasks)


def engine_options(url: str, threads: int) -> dict[str, object]:
    """Return how connections are pooled: one for each thread that may work at once, checked before use on a network."""
    if url.startswith("sqlite"):
        return {"pool_size": threads + 4, "max_overflow": 64}
    return {"pool_size": threads + 4, "max_overflow": 64, "pool_pre_ping": True, "connect_args": postgresql.ALIVE}
