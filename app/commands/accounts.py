"""Commands that make users, projects and apps."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from app.commands.reporting import read_value, told
from app.services import accounts

users = AppGroup("users", help="People who use the product.")
projects = AppGroup("projects", help="Projects, which own flows and tasks.")
apps = AppGroup("apps", help="Other systems that call the APIs.")


@users.command("create")
@click.argument("name")
@click.option("--password", help="At least 8 characters; generated and printed when left out.")
@click.option("--admin", "is_admin", is_flag=True, help="May do everything in every project.")
def create_user(name: str, password: str | None, is_admin: bool) -> None:
    """Make the user NAME."""
    with told():
        made = accounts.create_user(name, password, is_admin=is_admin)
    click.echo(f"user {name} made" + ("" if password else f"; password: {made}"))


@projects.command("create")
@click.argument("name")
@click.option("--biz-id", type=int, required=True, help="The id by which clients of bk-sops know the project.")
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
        if value is None:
            accounts.drop_constant(biz_id, key)
        else:
            accounts.set_constant(biz_id, key, read_value(value), name)
    click.echo(f"${{_env_{key}}} is {'gone' if drop else 'set'}")


@apps.command("create")
@click.argument("code")
@click.option("--secret", help="Generated when left out.")
@click.option("--trusted", "is_trusted", is_flag=True, help="May act for any user, named by bk_username.")
@click.option("--project", "biz_id", type=int, help="Confine the app to the project with this business id.")
def create_app(code: str, secret: str | None, is_trusted: bool, biz_id: int | None) -> None:
    """Make the app CODE. The last line printed is its credentials as JSON; they cannot be read again."""
    with told():
        made = accounts.create_app(code, secret, is_trusted=is_trusted, biz_id=biz_id)
    click.echo(json.dumps(asdict(made)))
