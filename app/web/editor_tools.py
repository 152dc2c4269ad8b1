"""What the flow editor tries and carries: values, conditions, single nodes, and flows as files."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

from flask import jsonify, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor
from app.engine.core.values import plain_text
from app.errors import InvalidInput, NotFound, Problem
from app.sentences import say
from app.services import dry_runs, evaluation, flow_files
from app.services.flow_files import TYPES, Format, Read
from app.web.editor import PREFIX
from app.web.json_edge import asked_number, asked_project, json_blueprint, phrase, take

blueprint = json_blueprint("editor_tools", __name__, PREFIX)


@blueprint.post("/preview")
def preview(project_id: int) -> ResponseReturnValue:
    """Show what a value comes to with the variables as they are."""
    given = take(constants="object", value="any")
    return jsonify(phrase(evaluation.try_value(actor(), asked_project(project_id), given["constants"], given["value"])))


@blueprint.post("/condition")
def condition(project_id: int) -> ResponseReturnValue:
    """Say whether a condition holds for some values; `types` are those of their variables."""
    given = take(evaluate="text", values="object", types="object?")
    decided = evaluation.try_condition(
        actor(), asked_project(project_id), given["evaluate"], given["values"], given["types"] or {}
    )
    return jsonify(phrase(decided))


@blueprint.post("/dry-run")
def dry_run(project_id: int) -> ResponseReturnValue:
    """Run one node by itself, or the flow from it on."""
    given = take(tree="object", node_id="text", values="object?", goes_on="flag?")
    made = dry_runs.dry_run(
        actor(), asked_project(project_id), given["tree"], given["node_id"], given["values"] or {},
        goes_on=given["goes_on"],
    )  # fmt: skip
    url = url_for("tasks.show", project_id=project_id, task_id=made.task_id)
    return jsonify({"task_id": made.task_id, "url": url, "node_id": made.ids[given["node_id"]]}), 201


@blueprint.get("/tasks/<int:task_id>")
def task(project_id: int, task_id: int) -> ResponseReturnValue:
    """Tell how a task is."""
    return jsonify(phrase(dry_runs.watch(actor(), asked_project(project_id), task_id)))


@blueprint.get("/flows/<int:template_id>/export/<form>")
def export(project_id: int, template_id: int, form: str) -> ResponseReturnValue:
    """Give a flow as a file."""
    format_, number = _format(form), asked_number("version")
    written = flow_files.write_flow(actor(), asked_project(project_id), template_id, format_, number)
    return send_file(BytesIO(written.text.encode()), TYPES[form], as_attachment=True, download_name=written.name)


@blueprint.post("/export/<form>")
def export_drawn(project_id: int, form: str) -> ResponseReturnValue:
    """Write a flow as it is on the canvas, in the form of a file."""
    given = take(
        tree="object", name="text", category="text?", description="text?", labels="texts?", template_id="number?"
    )
    drawn = flow_files.Drawn(
        given["tree"], given["name"], given["category"] or "Other", given["description"] or "", given["labels"] or (),
        given["template_id"],
    )  # fmt: skip
    return jsonify(phrase(flow_files.write_drawn(actor(), asked_project(project_id), drawn, _format(form))))


@blueprint.post("/import")
def import_(project_id: int) -> ResponseReturnValue:
    """Read a flow from a file, for the canvas to open; of several flows tell the names, to choose one."""
    text, choice = _file() if request.files else _sent()
    found = flow_files.read_flow(actor(), asked_project(project_id), text, choice)
    if isinstance(found, Read):
        return jsonify(phrase(found))
    return jsonify({"names": found})


def _format(form: str) -> Format:
    if form not in TYPES:
        raise NotFound("format", form)
    return cast(Format, form)


def _file() -> tuple[str, str]:
    sent = next(iter(request.files.values()))
    try:
        return sent.read().decode("utf-8-sig"), plain_text(request.form.get("name", ""))
    except UnicodeDecodeError as error:
        raise InvalidInput(Problem("unreadable", say("the file is no text in UTF-8"))) from error


def _sent() -> tuple[str, str]:
    given: dict[str, Any] = take(text="text", name="text?")
    return given["text"], given["name"] or ""
