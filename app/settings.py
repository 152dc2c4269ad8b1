"""Settings: all of them come from the environment, and all of them are declared in one table here."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from app.errors import InvalidInput, Problem
from app.setting_readers import (
    cidrs,
    groups,
    instances,
    is_loopback,
    issuer,
    networks,
    number,
    on_or_off,
    one_of,
    public_key,
    rate,
    seconds,
    switch,
    zone,
)

LINK_LOCAL = "169.254.0.0/16,fe80::/10,100.100.100.200/32,fd00:ec2::254/128"
LOOPBACK = "127.0.0.0/8,::1/128,0.0.0.0/32"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, its default as text, what it means, and how its text is read.

    A variable that is set to nothing stands for the default, unless `empty_counts`.
    """

    variable: str
    default: str
    meaning: str
    read: Callable[[str], object] = str
    empty_counts: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation is set to. The field of `SLUICE_DATA_DIR` is `data_dir`, and so on."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    redis_url: str
    workers: int
    worker_threads: int
    worker_groups: tuple[str, ...]
    secret_key: str
    admin_password: str
    timezone: str
    env: str
    base_url: str
    http_deny: tuple[str, ...]
    local_execution: bool
    smtp_url: str
    mail_from: str
    rerun_limit: int
    running_tasks: int
    project_running_tasks: int
    fires_kept: int
    task_days: int
    tasks_kept: int
    archive_days: int
    archive_dir: Path
    log_format: Literal["text", "json"]
    log_level: str
    otel_url: str
    lease_seconds: float
    api_rate: str
    apigw_public_key: str
    instances: Mapping[str, Mapping[str, object]]
    enos_unverified: bool
    metrics_token: str
    metrics_port: int
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str
    oidc_creates_users: bool
    trusted_proxies: tuple[str, ...]

    @property
    def is_production(self) -> bool:
        """Say whether this is an installation that others depend on."""
        return self.env == "production"

    @property
    def secret_keys(self) -> list[str]:
        """Return the secret keys, the newest first."""
        return [key.strip() for key in self.secret_key.split(",") if key.strip()]

    @property
    def embeds_redis(self) -> bool:
        """Say whether the supervisor starts a Valkey of its own."""
        return self.redis_url.startswith("unix://") and str(self.data_dir) in self.redis_url

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment; raises InvalidInput with everything that is wrong with it.

        Makes the data directory, and the secret key in it, when they are not there.
        """
        values, problems = {}, []
        for field, setting in zip(fields(cls), TABLE, strict=True):
            text = environ.get(setting.variable, setting.default)
            text = text if text or setting.empty_counts else setting.default
            try:
                values[field.name] = setting.read(text)
            except ValueError as error:
                problems.append(Problem("setting", f"{setting.variable}: {error}", setting.variable))
        if values.get("env") == "production" and not values.get("secret_key"):
            problems.append(Problem("setting", "SLUICE_SECRET_KEY must be set in production", "SLUICE_SECRET_KEY"))
        elif values.get("env") == "production" and any(map(_is_short, str(values.get("secret_key")).split(","))):
            text = f"SLUICE_SECRET_KEY: each of its keys must have {SHORTEST_KEY} characters at least in production"
            problems.append(Problem("setting", text, "SLUICE_SECRET_KEY"))
        if values.get("enos_unverified") and (values.get("env") == "production" or not is_loopback(values.get("host"))):
            text = "SLUICE_ENOS_UNVERIFIED can be on only in development, with SLUICE_HOST a loopback address"
            problems.append(Problem("setting", text, "SLUICE_ENOS_UNVERIFIED"))
        if values.get("oidc_issuer") and not values.get("oidc_client_id"):
            text = "SLUICE_OIDC_CLIENT_ID must be set with SLUICE_OIDC_ISSUER"
            problems.append(Problem("setting", text, "SLUICE_OIDC_CLIENT_ID"))
        if problems:
            raise InvalidInput.of(problems)
        return cls(**_completed(values))  # type: ignore[arg-type]


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that look like settings and are none: most likely misspelt."""
    known = {setting.variable for setting in TABLE} | OTHER_VARIABLES
    found = (name for name in environ if name.startswith("SLUICE_") and not name.startswith("SLUICE_CLIENT_"))
    return sorted(name for name in found if name not in known)


SHORTEST_KEY = 24
"""How many characters a secret key has at least where others depend on it."""


def _is_short(key: str) -> bool:
    return 0 < len(key.strip()) < SHORTEST_KEY


OTHER_VARIABLES = {"SLUICE_TEST_DATABASE_URL", "SLUICE_FAULT"}
"""Variables that tests use."""


TABLE: tuple[Setting, ...] = (
    Setting("SLUICE_HOST", "127.0.0.1", "Address that the web server listens on."),
    Setting("SLUICE_PORT", "5000", "Port that the web server listens on.", number(1, 65535)),
    Setting("SLUICE_DATA_DIR", "var", "Folder for the database, the queue's file and the generated secret.", Path),
    Setting(
        "SLUICE_DATABASE_URL", "", "Database: postgresql://… or sqlite:///…; by default SQLite in the data folder."
    ),
    Setting("SLUICE_REDIS_URL", "", "Redis or Valkey: redis://…; by default one is embedded and started."),
    Setting("SLUICE_WORKERS", "2", "How many worker processes `make up` starts.", number(0, 64)),
    Setting("SLUICE_WORKER_THREADS", "16", "How many plugins that may block one worker runs at once.", number(1, 256)),
    Setting(
        "SLUICE_WORKER_GROUPS",
        "default",
        "Which worker groups a worker serves, by commas; `default` is whatever names no group.",
        groups,
    ),
    Setting(
        "SLUICE_SECRET_KEY",
        "",
        "Signs sessions and encrypts secrets; several by commas for rotation, the newest first. Generated and kept"
        " in the data folder; must be set in production.",
    ),
    Setting(
        "SLUICE_ADMIN_PASSWORD", "", "Password of the user admin on the first start; generated and printed when empty."
    ),
    Setting("SLUICE_TIMEZONE", "UTC", "Time zone of projects that are made without one.", zone),
    Setting("SLUICE_ENV", "development", "development or production.", one_of("development", "production")),
    Setting("SLUICE_BASE_URL", "", "Address that links in answers begin with; by default http://host:port."),
    Setting(
        "SLUICE_HTTP_DENY",
        "auto",
        "Networks (CIDR, by commas) that flows may not call; auto: link-local and metadata addresses, in production"
        " loopback and the product's own services too; none: no such limit.",
        networks,
    ),
    Setting(
        "SLUICE_LOCAL_EXECUTION",
        "auto",
        "Whether scripts may run on the worker's machine (on, off); auto: off in production.",
        switch,
    ),
    Setting("SLUICE_SMTP_URL", "", "Mail server: smtp://user:password@host:587 or smtps://…"),
    Setting("SLUICE_MAIL_FROM", "", "Sender of mails."),
    Setting("SLUICE_RERUN_LIMIT", "100", "How often a loop may enter a node again.", number(0, 1_000_000)),
    Setting(
        "SLUICE_RUNNING_TASKS",
        "0",
        "How many started tasks may run at once, those that are paused or wait for people included; those above wait for"
        " room. 0: as many as are started.",
        number(0, 1_000_000),
    ),
    Setting("SLUICE_PROJECT_RUNNING_TASKS", "0", "The same for each project by itself.", number(0, 1_000_000)),
    Setting(
        "SLUICE_FIRES_KEPT",
        "1000",
        "How many of its fires a schedule's history keeps; those of the last day, and of tasks that run, it keeps anyway.",
        number(1, 1_000_000),
    ),
    Setting(
        "SLUICE_TASK_DAYS",
        "0",
        "How many days after its end a task goes from the database to the archive, where its project says nothing else; 0: never.",
        number(0, 36_500),
    ),
    Setting(
        "SLUICE_TASKS_KEPT",
        "0",
        "How many tasks that have ended a project keeps in the database, where it says nothing else; 0: all of them.",
        number(0, 1_000_000_000),
    ),
    Setting(
        "SLUICE_ARCHIVE_DAYS",
        "0",
        "How many days a task stays in the archive before its file is deleted for good; 0: for ever.",
        number(0, 36_500),
    ),
    Setting(
        "SLUICE_ARCHIVE_DIR",
        "",
        "Folder of the archive, the same one for every web server and worker; by default archive in the data folder.",
        Path,
    ),
    Setting(
        "SLUICE_LOG_FORMAT",
        "text",
        "How processes write their logs: text, for people, or json, a line each.",
        one_of("text", "json"),
    ),
    Setting(
        "SLUICE_LOG_LEVEL",
        "INFO",
        "From which level on: DEBUG, INFO, WARNING or ERROR.",
        one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    ),
    Setting(
        "SLUICE_OTEL_URL",
        "",
        "Collector of OpenTelemetry that traces go to, by OTLP over HTTP: http://host:4318/v1/traces; needs requirements-otel.txt.",
    ),
    Setting(
        "SLUICE_LEASE_SECONDS",
        "15",
        "After how long without a sign of life a worker's claim is given to another.",
        seconds,
    ),
    Setting(
        "SLUICE_API_RATE",
        "6000 per minute",
        "How often an app may call the APIs from one address; empty: as often as it likes.",
        rate,
        empty_counts=True,
    ),
    Setting(
        "SLUICE_APIGW_PUBLIC_KEY",
        "",
        "RSA public key (PEM, or that in base64) of a BlueKing API gateway; with it the bk-sops API is open only to calls"
        " that the gateway has signed (X-Bkapi-JWT).",
        public_key,
    ),
    Setting(
        "SLUICE_INSTANCES",
        "",
        "File (JSON) that says by which commands instances are started and stopped, and whose they are; with it the"
        " operators BCE::BCC::StartInstance and StopInstance are there.",
        instances,
    ),
    Setting(
        "SLUICE_ENOS_UNVERIFIED",
        "off",
        "Development only: the EnOS API takes calls from this very machine that bring an apim-accesstoken and no signature,"
        " which nobody can verify; any program here can then act for any user. Only with a loopback SLUICE_HOST.",
        on_or_off,
    ),
    Setting("SLUICE_METRICS_TOKEN", "", "Bearer token for reading /metrics; without one only this machine may."),
    Setting(
        "SLUICE_METRICS_PORT",
        "0",
        "Port on SLUICE_HOST at which a worker that runs without `make up` tells its own measurements; 0: none.",
        number(0, 65535),
    ),
    Setting(
        "SLUICE_OIDC_ISSUER",
        "",
        "OpenID Connect provider that people may log in by, as it names itself: https://…; by default none.",
        issuer,
    ),
    Setting("SLUICE_OIDC_CLIENT_ID", "", "By which name the provider knows this installation."),
    Setting("SLUICE_OIDC_CLIENT_SECRET", "", "Secret of that name; empty for a public client."),
    Setting("SLUICE_OIDC_NAME", "OpenID Connect", "What the button of the login calls the provider."),
    Setting(
        "SLUICE_OIDC_CREATES_USERS",
        "off",
        "Whether whom the provider vouches for, and nobody here is, becomes a user at the first login (on, off).",
        on_or_off,
    ),
    Setting(
        "SLUICE_TRUSTED_PROXIES",
        "",
        "Networks (CIDR, by commas) of the proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody"
        " else's are.",
        cidrs,
    ),
)


def _completed(values: dict[str, object]) -> dict[str, object]:
    """Fill in the defaults that depend on other settings."""
    data_dir = Path(str(values["data_dir"])).resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_production = values["env"] == "production"
    values["data_dir"] = data_dir
    values["database_url"] = _database_url(str(values["database_url"] or f"sqlite:///{data_dir / 'sluice.db'}"))
    values["redis_url"] = values["redis_url"] or f"unix://{data_dir / 'run' / 'valkey.sock'}"
    values["secret_key"] = values["secret_key"] or _kept_secret(data_dir / "secret_key")
    # A path of nothing is the current folder.
    is_given = values["archive_dir"] != Path()
    values["archive_dir"] = Path(str(values["archive_dir"])).resolve() if is_given else data_dir / "archive"
    values["base_url"] = str(values["base_url"] or f"http://{values['host']}:{values['port']}").rstrip("/")
    if values["http_deny"] is None:
        denied = LINK_LOCAL.split(",")
        if is_production:
            own = _own_addresses(str(values["database_url"]), str(values["redis_url"]))
            denied += [*LOOPBACK.split(","), *own]
        values["http_deny"] = tuple(denied)
    if values["local_execution"] is None:
        values["local_execution"] = not is_production
    return values


def _own_addresses(*urls: str) -> Iterator[str]:
    """Yield the addresses of the product's own services, which flows have no business with."""
    for url in urls:
        host = urlsplit(url).hostname
        if not host:
            continue
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            # A service that cannot be found is told at the start, when it is to be used.
            continue
        yield from sorted({str(entry[4][0]).partition("%")[0] for entry in found})


def _database_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _kept_secret(path: Path) -> str:
    """Return the secret that is kept in a file, made on the first start; two processes that make it agree on one."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
