"""Commands for tasks: listed, shown, watched, and told what to do."""

from __future__ import annotations

import json
from typing import Any

import click

from app.client.flow_commands import end_of
from app.client.following import Step, standing_of
from app.client.printing import show_json, show_step, show_table, words_of
from app.client.session import Session, session_of
from app.client.shapes import OperateNodeParams, TaskListParams


@click.group()
def tasks() -> None:
    """Tasks: flows that were ordered, once each."""


@tasks.command("list")
@click.option("--search", default="", metavar="TEXT", help="Only tasks whose names hold TEXT.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="How many at most.")
@session_of
def list_tasks(session: Session, search: str, limit: int) -> None:
    """List the tasks of the project, newest first."""
    wanted: TaskListParams = {"limit": limit}
    if search:
        wanted["keyword"] = search
    found = session.client.get_task_list(session.project, **wanted)
    if session.as_json:
        return show_json(found)
    states = {"": "not started"}
    ids = [task["id"] for task in found if task["is_started"]]
    for first in range(0, len(ids), _TOGETHER):
        told = session.client.get_tasks_status(session.project, task_id_list=ids[first : first + _TOGETHER])
        states |= {str(row["id"]): words_of(row["status"]["state"]) for row in told}
    rows = (
        (task["id"], task["name"], states.get(str(task["id"]), states[""]), task["executor"], task["start_time"])
        for task in found
    )
    return show_table(("ID", "NAME", "STATE", "STARTED BY", "STARTED"), rows)


_TOGETHER = 50
"""Of so many tasks the API tells the states at once."""


@tasks.command("show")
@click.argument("task", type=int)
@session_of
def show_task(session: Session, task: int) -> None:
    """Show a task: how it stands, every node that it has reached, and its outputs."""
    detail = session.client.get_task_detail(task, session.project)
    standing = standing_of(session.client, session.project, task)
    if session.as_json:
        return show_json({**detail, "status": session.client.get_task_status(task, session.project)})
    click.echo(f"{detail['name']} (task {task}): {words_of(standing.state)}\n{detail['task_url']}")
    for step in standing.steps:
        show_step(step)
    for output in detail["outputs"]:
        click.echo(f"{output['key']} = {json.dumps(output['value'], ensure_ascii=False)}")
    return None


@tasks.command("watch")
@click.argument("task", type=int)
@click.option("--timeout", type=float, metavar="SECONDS", help="Stop watching after this long, with exit code 1.")
@session_of
def watch_task(session: Session, task: int, timeout: float | None) -> None:
    """Watch a task to its end; the exit code is 0 when it has finished and 1 otherwise."""
    url = session.client.get_task_detail(task, session.project)["task_url"]
    end_of(session, task, session.watch(task, url, timeout))


@tasks.command("log")
@click.argument("task", type=int)
@click.argument("node")
@session_of
def show_log(session: Session, task: int, node: str) -> None:
    """Print what NODE, an id or a name, has logged."""
    step = find_step(session, task, node)
    text = session.client.get_task_node_log(task, session.project, node_id=step.node_id)
    if session.as_json:
        return show_json({"node_id": step.node_id, "log": text})
    return click.echo(text, nl=not text.endswith("\n"))


def _order(action: str, about: str) -> None:
    """Add a command that tells a task what to do."""

    @tasks.command(action, help=about)
    @click.argument("task", type=int)
    @session_of
    def order(session: Session, task: int) -> None:
        session.client.operate_task(task, session.project, action=action)
        _done(session, task, action)


_order("pause", "Let no further node of TASK begin.")
_order("resume", "Let TASK go on.")
_order("revoke", "End TASK for good.")


@tasks.command("retry")
@click.argument("task", type=int)
@click.argument("node")
@click.option("--inputs", metavar="JSON", help="Inputs in place of all of the node's own.")
@session_of
def retry_node(session: Session, task: int, node: str, inputs: str | None) -> None:
    """Run the failed NODE, an id or a name, again."""
    step = find_step(session, task, node)
    order: OperateNodeParams = {"node_id": step.node_id, "action": "retry"}
    if inputs:
        order["inputs"] = _object(inputs)
    session.client.operate_node(session.project, task, **order)
    _done(session, task, f"retry of {step.name}")


@tasks.command("skip")
@click.argument("task", type=int)
@click.argument("node")
@session_of
def skip_node(session: Session, task: int, node: str) -> None:
    """Go on behind the failed NODE, an id or a name, as if it had finished."""
    step = find_step(session, task, node)
    session.client.operate_node(session.project, task, node_id=step.node_id, action="skip")
    _done(session, task, f"skip of {step.name}")


def find_step(session: Session, task: int, node: str) -> Step:
    """Return the node of a task that is named by its id or its name; of several with one name that which failed."""
    steps = standing_of(session.client, session.project, task).steps
    found = [step for step in steps if node in (step.node_id, step.name)]
    failed = [step for step in found if step.state == "FAILED"]
    chosen = found if len(found) == 1 else failed
    if len(chosen) != 1:
        there = ", ".join(f"{step.node_id} {step.name}" for step in found or steps)
        count = "no node" if not found else f"{len(found)} nodes"
        raise click.ClickException(f"task {task} has reached {count} of that name or id; there are: {there or 'none'}")
    return chosen[0]


def _object(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise click.BadParameter('give an object: {"key": value}')
    return value


def _done(session: Session, task: int, what: str) -> None:
    told = f"task {task}: {what} asked"
    return show_json({"task_id": task, "done": what}) if session.as_json else click.echo(told)
