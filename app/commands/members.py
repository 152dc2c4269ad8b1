"""Commands that say who may do what in a project."""

from __future__ import annotations

import click

from app.commands.accounts import projects
from app.commands.reporting import told
from app.services import grants
from app.services import members as people
from app.services.access import SYSTEM, find_project

__all__ = ["projects"]


@projects.command("member")
@click.argument("name")
@click.argument("role", type=click.Choice([*people.ROLES, "none"]))
@click.option("--biz-id", type=int, required=True, help="The project's business id.")
def set_member(name: str, role: str, biz_id: int) -> None:
    """Give the user NAME a ROLE in a project; none takes the user out of it."""
    with told():
        project = find_project(SYSTEM, biz_id)
        if role == "none":
            people.remove_member(SYSTEM, project, name)
        else:
            people.set_member(SYSTEM, project, name, role)
    click.echo(f"{name} is {'no member' if role == 'none' else role} of {project.name}")


@projects.command("grant")
@click.argument("name")
@click.argument("permission", type=click.Choice(grants.PERMISSIONS))
@click.argument("kind", type=click.Choice(grants.KINDS))
@click.argument("number", type=int)
@click.option("--biz-id", type=int, required=True, help="The project's business id.")
@click.option("--drop", is_flag=True, help="Take the permission back.")
def grant(name: str, permission: str, kind: str, number: int, biz_id: int, drop: bool) -> None:
    """Let the user NAME do one thing with one template or task: PERMISSION on the KIND with the id NUMBER."""
    with told():
        project = find_project(SYSTEM, biz_id)
        change = grants.revoke_grant if drop else grants.grant
        change(SYSTEM, project, name, permission, kind, number)
    click.echo(f"{name} may {'no longer ' if drop else ''}{permission} {kind} {number}")
