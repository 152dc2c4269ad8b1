"""Commands that make users, projects, apps and access tokens."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from app.auth.limits import forget_failures
from app.commands.reporting import read_value, told
from app.services import access_keys, accounts, project_constants
from app.services import apps as app_accounts
from app.services import tokens as access_tokens
from app.services import users as users_orders
from app.services.access import SYSTEM, find_project

users = AppGroup("users", help="People who use the product.")
projects = AppGroup("projects", help="Projects, which own flows and tasks.")
apps = AppGroup("apps", help="Other systems that call the APIs.")
keys = AppGroup("keys", help="Key pairs that sign the requests of other systems' apps.")
tokens = AppGroup("tokens", help="What users give to apps, so that these can act for them.")

_DAYS = click.IntRange(1, 36_500)


@users.command("create")
@click.argument("name")
@click.option(
    "--password", help="At least 8 characters, and none that is soon guessed; generated and printed when left out."
)
@click.option("--admin", "is_admin", is_flag=True, help="May do everything in every project.")
def create_user(name: str, password: str | None, is_admin: bool) -> None:
    """Make the user NAME."""
    with told():
        made = accounts.create_user(name, password, is_admin=is_admin)
    click.echo(f"user {name} made" + ("" if password else f"; password: {made}"))


@users.command("unlock")
@click.argument("name")
def unlock_user(name: str) -> None:
    """Let the user NAME in again: after being locked, or after too many failed logins from anywhere."""
    with told():
        users_orders.unlock_user(SYSTEM, name)
    forget_failures(name)
    click.echo(f"user {name} may log in")


@projects.command("create")
@click.argument("name")
@click.option(
    "--biz-id", type=click.IntRange(min=1), required=True, help="The id by which clients of bk-sops know the project."
)
@click.option("--time-zone", default="UTC", show_default=True, help="IANA name, for example Asia/Shanghai.")
def create_project(name: str, biz_id: int, time_zone: str) -> None:
    """Make the project NAME."""
    with told():
        project = accounts.create_project(name, biz_id, time_zone)
    click.echo(f"project {name} made; id {project.id}, business id {biz_id}")


@projects.command("constant")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--biz-id", type=int, required=True, help="The project's business id.")
@click.option("--name", default="", help="What it is, for people.")
@click.option("--drop", is_flag=True, help="Take it away.")
def set_constant(key: str, value: str | None, biz_id: int, name: str, drop: bool) -> None:
    """Set a project's constant: every flow that starts from now on can use ${_env_KEY}. VALUE is JSON, or plain text."""
    if (value is None) != drop:
        raise click.UsageError("give a VALUE, or --drop")
    with told():
        project = find_project(SYSTEM, biz_id)
        if value is None:
            project_constants.drop_constant(SYSTEM, project, key)
        else:
            project_constants.set_constant(SYSTEM, project, key, read_value(value), name)
    click.echo(f"${{_env_{key}}} is {'gone' if drop else 'set'}")


@apps.command("create")
@click.argument("code")
@click.option("--secret", help="Generated when left out.")
@click.option("--trusted", "is_trusted", is_flag=True, help="May act for any user, named by bk_username.")
@click.option("--project", "biz_id", type=int, help="Confine the app to the project with this business id.")
@click.option("--days", type=_DAYS, help="How long its credentials hold; for ever when left out.")
def create_app(code: str, secret: str | None, is_trusted: bool, biz_id: int | None, days: int | None) -> None:
    """Make the app CODE. The last line printed is its credentials as JSON; they cannot be read again."""
    with told():
        made = app_accounts.create_app(code, secret, is_trusted=is_trusted, biz_id=biz_id, lasts=_lasts(days))
    click.echo(json.dumps(asdict(made)))


@apps.command("list")
def list_apps() -> None:
    """List the apps: code, what it may, and when it was used."""
    for app in app_accounts.list_apps():
        kind = "trusted" if app.is_trusted else "not trusted"
        where = f"only in the project with business id {app.biz_id}" if app.biz_id is not None else "any project"
        state = "active" if app.is_active else "deactivated"
        click.echo("\t".join((app.code, state, kind, where, *_times(app.created_at, app.expires_at, app.last_used_at))))


@apps.command("renew")
@click.argument("code")
@click.option("--secret", help="Generated when left out.")
def renew_secret(code: str, secret: str | None) -> None:
    """Give the app CODE another secret. The last line printed is the secret; it cannot be read again."""
    with told():
        made = app_accounts.renew_secret(code, secret)
    click.echo(made)


@apps.command("deactivate")
@click.argument("code")
def deactivate_app(code: str) -> None:
    """Refuse the calls of the app CODE from now on."""
    with told():
        app_accounts.deactivate_app(code)
    click.echo(f"app {code} is deactivated")


@keys.command("create")
@click.argument("app_code")
@click.option("--user", required=True, help="Whom the app acts for by this key.")
@click.option("--project", "biz_id", type=int, required=True, help="The business id of the project that it acts in.")
@click.option("--days", type=_DAYS, help="How long it holds; for ever when left out.")
def create_key(app_code: str, user: str, biz_id: int, days: int | None) -> None:
    """Make a key pair of the app APP_CODE. The last line printed is the pair as JSON; it cannot be read again."""
    with told():
        made = access_keys.create_key(app_code, user, biz_id, lasts=_lasts(days))
    click.echo(json.dumps(asdict(made)))


@keys.command("list")
@click.argument("app_code", required=False)
def list_keys(app_code: str | None) -> None:
    """List the key pairs, or those of APP_CODE: access key, app, user, project, and when it was used."""
    for key in access_keys.list_keys(app_code):
        state = "active" if key.is_active else "deactivated"
        whose = (key.access_key, state, key.app_code, key.username, f"project with business id {key.biz_id}")
        click.echo("\t".join((*whose, *_times(key.created_at, key.expires_at, key.last_used_at))))


@keys.command("deactivate")
@click.argument("access_key")
def deactivate_key(access_key: str) -> None:
    """Refuse what the key ACCESS_KEY signs from now on."""
    with told():
        access_keys.deactivate_key(access_key)
    click.echo(f"access key {access_key} is deactivated")


@tokens.command("create")
@click.argument("user")
@click.option("--name", default="", help="What it is for, to tell it from others.")
@click.option("--days", type=_DAYS, default=365, show_default=True, help="How long it holds.")
def create_token(user: str, name: str, days: int) -> None:
    """Make a token of USER. The last line printed is the token; it cannot be read again."""
    with told():
        made = access_tokens.create_token(user, name, lasts=_lasts(days))
    click.echo(made)


@tokens.command("list")
@click.argument("user", required=False)
def list_tokens(user: str | None) -> None:
    """List the tokens, or those of USER: number, user, name, and when it was used."""
    with told():
        found = access_tokens.list_tokens(user)
    for token in found:
        times = _times(token.created_at, token.expires_at, token.last_used_at)
        click.echo("\t".join((str(token.id), token.username, token.name or "(no name)", *times)))


@tokens.command("revoke")
@click.argument("number", type=int)
def revoke_token(number: int) -> None:
    """End the token NUMBER, as `tokens list` shows it."""
    with told():
        access_tokens.revoke_token(number)
    click.echo(f"token {number} is revoked")


def _lasts(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days is not None else None


def _times(made: datetime, expires: datetime | None, used: datetime | None) -> tuple[str, str, str]:
    """Write when something was made, how long it holds, and when it was used last."""
    return (
        f"made {made:%Y-%m-%d}",
        f"until {expires:%Y-%m-%d}" if expires else "for ever",
        (f"used {used:%Y-%m-%d %H:%M} UTC" if used else "never used"),
    )
