"""`sluice`: flows, tasks and schedules of an installation, from the terminal of any machine that reaches it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from app.client.connection import ClientError, Sluice
from app.client.flow_commands import flows, run
from app.client.printing import show_json, show_table
from app.client.profile import SECRETS, BadProfile, Profile, keep_profile, path_of, variables
from app.client.session import Session, session_of
from app.client.task_commands import tasks


class Commands(click.Group):
    """A group whose commands tell what went wrong in one line, with exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (ClientError, BadProfile, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
@click.option("--project", type=int, metavar="BIZ_ID", help="Another project than the one that was logged in to.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as the API gives it.")
@click.pass_context
def sluice(ctx: click.Context, project: int | None, as_json: bool) -> None:
    """Run and watch the flows of a Sluice installation.

    `sluice login` says which one, once. Programs set SLUICE_CLIENT_URL, SLUICE_CLIENT_APP, SLUICE_CLIENT_SECRET,
    SLUICE_CLIENT_USER or SLUICE_CLIENT_TOKEN, and SLUICE_CLIENT_PROJECT in its place.
    """
    ctx.obj = ctx.with_resource(Session(os.environ, project, as_json))


@sluice.command()
@click.option("--url", prompt="Address of the installation", help="For example https://sluice.example.com.")
@click.option("--app", prompt="App", help="Code of the app that calls, as `flask --app wsgi apps create` made it.")
@click.option("--user", default="", help="For whom a trusted app acts.")
@click.option("--project", type=int, prompt="Business id of the project", metavar="BIZ_ID", help="In which project.")
def login(url: str, app: str, user: str, project: int) -> None:
    """Keep an address and credentials in a file that only you can read.

    Secrets are asked for, or taken from SLUICE_CLIENT_SECRET and SLUICE_CLIENT_TOKEN: what is typed as an option can be
    seen by others of the machine. Nothing is kept that the installation does not take.
    """
    secret = _secret("secret", "Secret of the app")
    token = "" if user else _secret("token", "Token of a user (empty: none)", default="")
    given = Profile(url, app, secret, user, token, project)
    with Sluice(given.url, given.credentials) as client:
        name = client.get_user_project_detail(given.project)["project_name"]
    click.echo(f"logged in to project {name}; kept in {keep_profile(given, os.environ)}")


def _secret(field: str, words: str, default: str | None = None) -> str:
    """Return a secret from the environment, or as it is typed unseen."""
    kept = os.environ.get(variables()[field])
    typed: str = kept if kept is not None else click.prompt(words, hide_input=True, default=default, show_default=False)
    return typed


@sluice.command()
def logout() -> None:
    """Forget what `sluice login` has kept."""
    path_of(os.environ).unlink(missing_ok=True)
    click.echo("forgotten")


@sluice.command()
@session_of
def config(session: Session) -> None:
    """Show which installation is spoken to, and as whom; secrets are not shown."""
    told: dict[str, object] = {**asdict(session.profile), "file": str(path_of(os.environ))}
    told |= {field: "set" if told[field] else "" for field in SECRETS}
    if session.as_json:
        return show_json(told)
    return show_table(("SETTING", "VALUE"), told.items())


@sluice.group()
def schedules() -> None:
    """Tasks that are made by themselves."""


@schedules.command("list")
@session_of
def list_schedules(session: Session) -> None:
    """List the schedules of the project: repeated ones, then those that fire once."""
    repeated = session.client.get_periodic_task_list(session.project)
    once = session.client.get_clocked_task_list(session.project)
    if session.as_json:
        return show_json({"periodic": repeated, "clocked": once})
    rows: list[Sequence[object]] = [
        (r["id"], r["name"], r["cron"], "on" if r["enabled"] else "off", r["last_run_at"], r["total_run_count"])
        for r in repeated
    ]
    rows.extend((r["id"], r["task_name"], f"once, {r['plan_start_time']}", r["state"], "", "") for r in once)
    return show_table(("ID", "NAME", "WHEN", "STATE", "LAST", "FIRES"), rows)


for _command in (flows, run, tasks):
    sluice.add_command(_command)


def main() -> None:
    """Run the command; this is what `.venv/bin/sluice` calls."""
    sluice(prog_name="sluice")


if __name__ == "__main__":
    main()
