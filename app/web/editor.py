"""What the flow editor's canvas asks of the server while a flow is drawn; everything is JSON."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor
from app.errors import NotFound
from app.services import catalogue, editing, flow_choice, versions
from app.web.json_edge import asked_number, asked_project, asked_text, json_blueprint, phrase, take

PREFIX = "/projects/<int:project_id>/editor"
blueprint = json_blueprint("editor", __name__, PREFIX)


@blueprint.get("/rules")
def rules(project_id: int) -> ResponseReturnValue:
    """Tell what validation goes by."""
    asked_project(project_id)
    return jsonify(catalogue.rules())


@blueprint.get("/plugins")
def plugins(project_id: int) -> ResponseReturnValue:
    """List the plugins that nodes can call."""
    asked_project(project_id)
    return jsonify(catalogue.plugins())


@blueprint.get("/variable-types")
def variable_types(project_id: int) -> ResponseReturnValue:
    """List the types that variables can have."""
    asked_project(project_id)
    return jsonify(catalogue.variable_types())


@blueprint.post("/check")
def check(project_id: int) -> ResponseReturnValue:
    """Tell everything that is wrong with a tree."""
    given = take(tree="object", template_id="number?")
    problems = editing.check(actor(), asked_project(project_id), given["tree"], given["template_id"])
    return jsonify({"problems": [phrase(problem) for problem in problems]})


@blueprint.post("/compare")
def compare(project_id: int) -> ResponseReturnValue:
    """Tell what has changed from one tree to another."""
    given = take(before="object", after="object")
    return jsonify(phrase(versions.compare_trees(actor(), asked_project(project_id), given["before"], given["after"])))


@blueprint.get("/flows")
def flows(project_id: int) -> ResponseReturnValue:
    """List the flows that a subprocess can run."""
    project, source = asked_project(project_id), asked_text("source", "project")
    found, following = flow_choice.find_choices(
        actor(), project, source, search=asked_text("search"), label=asked_text("label"), before=asked_number("cursor")
    )
    labels = flow_choice.labels_to_choose(actor(), project, source)
    return jsonify({"flows": [_choice(choice) for choice in found], "next": following, "labels": labels})


@blueprint.get("/flows/<int:template_id>")
def flow(project_id: int, template_id: int) -> ResponseReturnValue:
    """Show a flow with the tree of one of its versions."""
    source, digest = asked_text("source", "project"), asked_text("digest")
    choice, tree = flow_choice.open_choice(actor(), asked_project(project_id), template_id, source, digest)
    return jsonify({**_choice(choice), "tree": tree})


@blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing(project_id: int, rest: str) -> ResponseReturnValue:
    """Say of any other address that there is nothing, in JSON too."""
    raise NotFound("address", f"/projects/{project_id}/editor/{rest}")


def _choice(choice: flow_choice.Choice) -> dict[str, object]:
    return {**phrase(choice), "number": choice.number}
