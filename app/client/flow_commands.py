"""Commands for flows: listed, shown, brought in and out, and run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from app.client.following import Standing
from app.client.printing import show_json, show_table, words_of
from app.client.session import Session, session_of
from app.client.shapes import TemplateListParams


@click.group()
def flows() -> None:
    """Saved flows."""


@flows.command("list")
@click.option("--search", default="", metavar="TEXT", help="Only flows whose names hold TEXT.")
@session_of
def list_flows(session: Session, search: str) -> None:
    """List the flows of the project."""
    wanted: TemplateListParams = {"name_keyword": search} if search else {}
    found = session.client.get_template_list(session.project, **wanted)
    if session.as_json:
        return show_json(found)
    rows = ((flow["id"], flow["name"], flow["category"], flow["editor"], flow["edit_time"]) for flow in found)
    return show_table(("ID", "NAME", "CATEGORY", "EDITED BY", "EDITED"), rows)


@flows.command("show")
@click.argument("flow")
@session_of
def show_flow(session: Session, flow: str) -> None:
    """Show the variables and nodes of FLOW, which is an id or a whole name."""
    found = session.client.get_template_info(find_flow(session, flow), session.project)
    if session.as_json:
        return show_json(found)
    tree = found["pipeline_tree"]
    click.echo(f"{found['name']} (flow {found['id']}){': ' + found['description'] if found['description'] else ''}\n")
    asked = [(key, c.get("name", ""), json.dumps(c.get("value"), ensure_ascii=False)) for key, c in _asked(tree)]
    if asked:
        show_table(("VARIABLE", "NAME", "DEFAULT"), asked)
        click.echo()
    return show_table(
        ("NODE", "NAME", "CALLS"), ((id_, a.get("name"), _calls(a)) for id_, a in tree["activities"].items())
    )


@flows.command("export")
@click.argument("flow")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@session_of
def export_flow(session: Session, flow: str, file: Path | None) -> None:
    """Write the tree of FLOW as JSON to FILE, or to the terminal. Passwords stay sealed, for this project alone.

    Flows that its subprocesses name are not taken along: `flask --app wsgi templates export` does that.
    """
    found = session.client.get_template_info(find_flow(session, flow), session.project)
    text = json.dumps({"name": found["name"], "pipeline_tree": found["pipeline_tree"]}, ensure_ascii=False, indent=1)
    if file is None:
        return click.echo(text)
    file.write_text(f"{text}\n", encoding="utf-8")
    return click.echo(f"flow {found['id']} written to {file}")


@flows.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Its name; by default what the file says, else the file's own.")
@click.option("--override", is_flag=True, help="Make new versions of flows that are there already; for .dat files.")
@session_of
def import_flow(session: Session, file: Path, name: str | None, override: bool) -> None:
    """Save the flow in FILE: JSON as `export` writes it, a bare tree, or a .dat file of bk-sops (trusted apps only)."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".dat":
        made = session.client.import_project_template(session.project, template_data=text, override=override)["flows"]
    else:
        document = _json_of(text, file)
        chosen = name or document.get("name") or file.stem
        tree = document.get("pipeline_tree", document)
        saved = session.client.create_template(session.project, name=chosen, pipeline_tree=tree)
        made = {str(saved["template_id"]): saved["template_name"]}
    if session.as_json:
        return show_json(made)
    return click.echo("\n".join(f"flow {id_}: {called}" for id_, called in made.items()))


@click.command()
@click.argument("flow")
@click.option("--name", help="Name of the task; by default the flow's.")
@click.option(
    "--set", "values", multiple=True, metavar="KEY=VALUE", help="Give a variable its value (JSON, or plain text)."
)
@click.option("--without", multiple=True, metavar="NODE_ID", help="Leave an optional node out.")
@click.option("--detach", is_flag=True, help="Do not watch: print the task's number and return.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Stop watching after this long, with exit code 1.")
@session_of
def run(
    session: Session, flow: str, name: str | None, values: tuple[str, ...], without: tuple[str, ...], detach: bool,
    timeout: float | None,
) -> None:  # fmt: skip
    """Make a task of FLOW, start it, and watch it to its end.

    The exit code is 0 when it has finished and 1 otherwise. Ctrl-C ends the watching, not the task.
    """
    template = find_flow(session, flow)
    info = session.client.get_template_info(template, session.project)
    made = session.client.create_and_start_task(
        template, session.project, name=name or info["name"], constants=_constants(info["pipeline_tree"], values),
        exclude_task_nodes_id=list(without),
    )  # fmt: skip
    task, url = made["task_id"], made["task_url"]
    if detach:
        return show_json({"task_id": task, "task_url": url}) if session.as_json else click.echo(task)
    if not session.as_json:
        click.echo(f"task {task}: {url}")
    end_of(session, task, session.watch(task, url, timeout))


def end_of(session: Session, task: int, standing: Standing) -> None:
    """Print what came of a task, and leave with the exit code that says so."""
    outputs = session.client.get_task_detail(task, session.project)["outputs"]
    reasons = [(step.name, _reason(session, task, step.node_id)) for step in standing.steps if step.state == "FAILED"]
    if session.as_json:
        told = {"task_id": task, "state": standing.state, "outputs": outputs, "failed": dict(reasons)}
        show_json(told)
    else:
        for output in outputs:
            click.echo(f"{output['key']} = {json.dumps(output['value'], ensure_ascii=False)}")
        for step_name, reason in reasons:
            click.echo(f"{step_name}: {reason}", err=True)
        click.echo(words_of(standing.state))
    raise SystemExit(0 if standing.state == "FINISHED" else 1)


def find_flow(session: Session, flow: str) -> int:
    """Return the id of a flow that is named by its id or its whole name."""
    if flow.isdecimal():
        return int(flow)
    found = session.client.get_template_list(session.project, name_keyword=flow)
    ids = [one["id"] for one in found if one["name"] == flow]
    if len(ids) != 1:
        near = ", ".join(f"{one['id']} {one['name']}" for one in found[:10])
        raise click.ClickException(
            f"{len(ids) or 'no'} flows are named {flow!r}" + (f"; there are: {near}" if near else "")
        )
    return ids[0]


def _constants(tree: Mapping[str, Any], values: Iterable[str]) -> dict[str, Any]:
    """Read KEY=VALUE pairs; a key may be written without its braces."""
    read, known = {}, dict(_asked(tree))
    for text in values:
        key, equals, value = text.partition("=")
        key = key if key.startswith("${") else f"${{{key}}}"
        if not equals or key not in known:
            there = ", ".join(known) or "none"
            raise click.BadParameter(f"{text!r}: give KEY=VALUE with a variable of the flow; there are: {there}")
        read[key] = _value(value)
    return read


def _asked(tree: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    return [(key, one) for key, one in tree.get("constants", {}).items() if one.get("show_type", "show") == "show"]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json_of(text: str, file: Path) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise click.ClickException(f"{file} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise click.ClickException(f"{file} holds no flow: a JSON object is wanted")
    return document


def _calls(activity: Mapping[str, Any]) -> str:
    if activity.get("type") == "SubProcess":
        return f"flow {activity.get('template_id', '')}"
    return str(activity.get("component", {}).get("code", ""))


def _reason(session: Session, task: int, node_id: str) -> str:
    return session.client.get_task_node_detail(task, session.project, node_id=node_id)["ex_data"]
