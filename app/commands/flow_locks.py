"""Commands that lock flows which are run in cycles, so that nobody runs them, and unlock them."""

from __future__ import annotations

import click

from app.commands.flow import flow
from app.commands.reporting import told
from app.services.access import SYSTEM, find_project
from app.services.flow_saving import lock_flow

__all__ = ["flow"]


@flow.command("lock")
@click.argument("number", type=int)
@click.option("--biz-id", type=int, help="The project's business id.")
@click.option("--project-id", type=int, help="The project's own id, in place of the business id.")
@click.option("--unlock", is_flag=True, help="Take the lock back.")
def lock(number: int, biz_id: int | None, project_id: int | None, unlock: bool) -> None:
    """Let nobody run, enable or disable the flow NUMBER, which is run in cycles."""
    if (biz_id is None) == (project_id is None):
        raise click.UsageError("name the project, by --biz-id or by --project-id")
    with told():
        project = (
            find_project(SYSTEM, biz_id) if biz_id is not None else find_project(SYSTEM, project_id or 0, "project")
        )
        lock_flow(SYSTEM, project, number, is_locked=not unlock)
    click.echo(f"flow {number} is {'unlocked' if unlock else 'locked'}")
