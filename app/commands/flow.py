"""`flow run`: runs a pipeline tree to its end, here and now."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.commands.reporting import read_value, told
from app.engine.core.run import OVER
from app.engine.core.status import NodeStatus
from app.engine.core.values import Json, key_of, name_of
from app.errors import InvalidInput, Problem
from app.services.access import SYSTEM, find_project
from app.services.documents import read_document
from app.services.driving import Here
from app.services.reading import TaskStatus, task_detail, task_status
from app.services.tasks import Wish, create_task_of_tree

flow = AppGroup("flow", help="Flows, run from the terminal.")

_MARKS = {
    "running": "…", "finished": "✓", "failed": "✗", "paused": "‖", "waiting_person": "☞", "waiting_callback": "⌚",
    "waiting_timer": "⌚", "retrying": "↻", "skipped": "»", "revoked": "⊘", "upstream_failed": "⊝",
}  # fmt: skip


@flow.command("run")
@click.argument("tree", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--set", "settings", multiple=True, metavar="${KEY}=VALUE", help="Give a variable its value (JSON, or plain text)."
)
@click.option("--project", "biz_id", type=int, default=2, show_default=True, help="Business id of the project.")
@click.option("--confirm", is_flag=True, help="Confirm every node that waits for a person.")
@click.option("--from", "at", default="", metavar="NODE", help="Begin at this node instead of at the start event.")
def run(tree: Path, settings: tuple[str, ...], biz_id: int, confirm: bool, at: str) -> None:
    """Run the pipeline tree in the file TREE; exit code 0 when it finishes, 1 with the reason otherwise."""
    with told():
        project = find_project(SYSTEM, biz_id)
        document = read_document(tree.read_text(encoding="utf-8"))
        inner = document.get("pipeline_tree", document.get("tree", document))
        wish = Wish(tree.stem[:50] or "flow", constants=_values(settings, inner), create_method="app")
        made = create_task_of_tree(SYSTEM, project, inner, wish)
        here = Here(current_app.config["SLUICE"], SYSTEM, project)
        status = _follow(here, made.task_id, made.ids.get(at, at), confirm=confirm)
        for output in task_detail(SYSTEM, project, made.task_id).outputs:
            click.echo(f"{output.key} = {json.dumps(output.value, ensure_ascii=False)}")
    reason = _reason(status)
    click.echo(f"{status.state.upper()}{': ' + reason if reason else ''}")
    raise SystemExit(0 if status.state == "finished" else 1)


def _follow(here: Here, task_id: int, at: str, *, confirm: bool) -> TaskStatus:
    """Drive the task in this process and print each change of a node, until nothing here can bring it on."""
    told_states: dict[tuple[str, int, int], str] = {}
    is_alone = not confirm and not sys.stdin.isatty()
    with here:
        here.start(task_id, at)
        while True:
            here.drive()
            status = task_status(here.actor, here.project, here.task_id)
            waiting = _tell(status.nodes, told_states, "")
            if status.state in OVER:
                return status
            if waiting and is_alone:
                is_alone = False
                click.echo(
                    "waiting until a person has confirmed it on the page of the task; --confirm does that here",
                    err=True,
                )
            for node in waiting:
                if confirm or (sys.stdin.isatty() and click.confirm(f"Confirm {node.name}?", default=True)):
                    here.confirm(node.node_id)
            if here.is_at_rest() and not (waiting and not confirm):
                return task_status(here.actor, here.project, here.task_id)
            time.sleep(0.1)


def _tell(nodes: object, told_states: dict[tuple[str, int, int], str], indent: str) -> list[NodeStatus]:
    """Print what has changed, and return the nodes that wait for a person."""
    waiting: list[NodeStatus] = []
    assert isinstance(nodes, dict)
    for node in nodes.values():
        key = (node.node_id, node.loop, node.attempt)
        if node.state == "waiting_person":
            waiting.append(node)
        if told_states.get(key) != node.state and (node.kind in ("activity", "subprocess") or node.state == "failed"):
            told_states[key] = node.state
            again = f" (pass {node.loop})" if node.loop > 1 else ""
            click.echo(
                f"{indent}{_MARKS.get(node.state, ' ')} {node.name or node.kind}{again}: {node.state}"
                + (f": {node.reason}" if node.reason else "")
            )
        waiting += _tell(dict(node.children), told_states, indent + "  ")
    return waiting


def _reason(status: TaskStatus) -> str:
    failed = [f"node {n.name or n.node_id} failed: {n.reason}" for n in _all(status.nodes) if n.state == "failed"]
    waiting = [
        f"node {n.name or n.node_id} is {n.state}"
        for n in _all(status.nodes)
        if n.state.startswith(("waiting", "paused"))
    ]
    return "" if status.state == "finished" else "; ".join(failed or waiting)


def _all(nodes: object) -> list[NodeStatus]:
    assert isinstance(nodes, dict)
    return [found for node in nodes.values() for found in (node, *_all(dict(node.children)))]


def _values(settings: tuple[str, ...], tree: object) -> dict[str, Json]:
    """Read what `--set` gives; a key that the tree does not know is a slip, for which the flow must not run."""
    known = tree.get("constants") if isinstance(tree, Mapping) else None
    values: dict[str, Json] = {}
    for setting in settings:
        key, sign, text = setting.partition("=")
        if not sign:
            raise InvalidInput(Problem("set", f"--set takes ${{key}}=value, not {setting!r}"))
        key = key_of(name_of(key))
        if isinstance(known, Mapping) and key not in known:
            there_are = ", ".join(map(str, known)) or "none"
            raise InvalidInput(Problem("set", f"--set {key}: the flow has no such variable; there are: {there_are}"))
        values[key] = read_value(text)
    return values
