"""How the flow editor keeps what was drawn: drafts, versions, and what there is to a flow beside its tree."""

from __future__ import annotations

from typing import Any, Literal

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from app.auth.sessions import actor
from app.errors import NotFound
from app.services import drafts, publishing, versions
from app.services.drafts import Draft, Sketch
from app.services.publishing import Publication
from app.services.template_details import Details, change_details
from app.web.editor import PREFIX
from app.web.json_edge import asked_number, asked_project, json_blueprint, phrase, take
from app.web.version_words import words_of_changes

blueprint = json_blueprint("editor_saving", __name__, PREFIX)

_DETAILS = {
    "category": "text?",
    "description": "text?",
    "labels": "texts?",
    "notify_type": "any?",
    "notify_receivers": "any?",
    "executor_proxy": "text?",
    "flow_type": "text?",
}


@blueprint.post("/flows")
def create(project_id: int) -> ResponseReturnValue:
    """Save a new flow: as a draft, or published."""
    given = take(name="text", tree="object", draft="flag?", message="text?", **_DETAILS)
    project, details = asked_project(project_id), _details(given)
    body: dict[str, Any] = {"version": None, "digest": None, "revision": None, "at": None}
    if given["draft"]:
        body["id"], saved = drafts.begin_draft(actor(), project, Sketch(given["tree"]), details)
        body |= _saved(saved)
    else:
        publication = Publication(given["tree"], given["message"] or "", details=details)
        body |= phrase(publishing.publish_new(actor(), project, publication))
    body["url"] = url_for("editor_page.edit", project_id=project_id, template_id=body["id"])
    return jsonify(body), 201


@blueprint.patch("/flows/<int:template_id>")
def change(project_id: int, template_id: int) -> ResponseReturnValue:
    """Change what there is to a flow beside its tree."""
    given = take(name="text?", **_DETAILS)
    return jsonify({"changed": change_details(actor(), asked_project(project_id), template_id, _details(given))})


@blueprint.get("/flows/<int:template_id>/draft")
def show_draft(project_id: int, template_id: int) -> ResponseReturnValue:
    """Show the draft of a flow."""
    found = drafts.read_draft(actor(), asked_project(project_id), template_id)
    if found is None:
        raise NotFound("draft of template", template_id)
    return jsonify(phrase(found))


@blueprint.put("/flows/<int:template_id>/draft")
def save_draft(project_id: int, template_id: int) -> ResponseReturnValue:
    """Save the draft of a flow over the revision that is known."""
    given = take(tree="object", name="text?", base_version="number?", revision="number?", force="flag?")
    project, sketch = asked_project(project_id), Sketch(given["tree"], given["base_version"], given["name"] or "")
    if given["force"]:
        return jsonify(_saved(drafts.overwrite_draft(actor(), project, template_id, sketch)))
    return jsonify(_saved(drafts.save_draft(actor(), project, template_id, sketch, given["revision"])))


@blueprint.delete("/flows/<int:template_id>/draft")
def discard_draft(project_id: int, template_id: int) -> ResponseReturnValue:
    """Throw the draft of a flow away."""
    drafts.discard_draft(actor(), asked_project(project_id), template_id, take(revision="number")["revision"])
    return jsonify({})


@blueprint.post("/flows/<int:template_id>/publish")
def publish(project_id: int, template_id: int) -> ResponseReturnValue:
    """Publish the next version of a flow."""
    given = take(
        tree="object",
        message="text?",
        base_version="number?",
        revision="number?",
        force="flag?",
        name="text?",
        **_DETAILS,
    )
    wanted = Publication(
        given["tree"], given["message"] or "", given["base_version"], given["revision"], _details(given)
    )  # fmt: skip
    save = publishing.publish_over if given["force"] else publishing.publish
    return jsonify(phrase(save(actor(), asked_project(project_id), template_id, wanted)))


@blueprint.get("/flows/<int:template_id>/versions")
def list_versions(project_id: int, template_id: int) -> ResponseReturnValue:
    """List the versions of a flow, the newest first."""
    found = versions.list_versions(actor(), asked_project(project_id), template_id, asked_number("before"))
    return jsonify([phrase(version) for version in found])


@blueprint.get("/flows/<int:template_id>/versions/changes")
def list_changes(project_id: int, template_id: int) -> ResponseReturnValue:
    """Tell in a line each what the versions of the same page changed."""
    found = versions.count_changes(actor(), asked_project(project_id), template_id, asked_number("before"))
    return jsonify([{"number": version.number, "words": words_of_changes(version.counts)} for version in found])


@blueprint.get("/flows/<int:template_id>/versions/<int:number>")
def show_version(project_id: int, template_id: int, number: int) -> ResponseReturnValue:
    """Show a version with its tree."""
    return jsonify(phrase(versions.read_version(actor(), asked_project(project_id), template_id, number)))


@blueprint.post("/flows/<int:template_id>/versions/<int:number>/restore")
def restore(project_id: int, template_id: int, number: int) -> ResponseReturnValue:
    """Publish a version equal to an older one."""
    given = take(message="text?", base_version="number?")
    made = publishing.restore_version(
        actor(), asked_project(project_id), template_id, number, message=given["message"] or "",
        base_version=given["base_version"],
    )  # fmt: skip
    return jsonify(phrase(made))


@blueprint.get("/flows/<int:template_id>/versions/<int:before>/diff/<after>")
def compare(project_id: int, template_id: int, before: int, after: str) -> ResponseReturnValue:
    """Tell what has changed from one version to another, or to the draft."""
    if after != "draft" and not after.isdecimal():
        raise NotFound("version", after)
    number: int | Literal["draft"] = "draft" if after == "draft" else int(after)
    return jsonify(phrase(versions.compare_versions(actor(), asked_project(project_id), template_id, before, number)))


def _details(given: dict[str, Any]) -> Details:
    return Details(
        given["name"], given["category"], given["description"], given["labels"], given["notify_type"],
        given["notify_receivers"], given["executor_proxy"], given["flow_type"],
    )  # fmt: skip


def _saved(draft: Draft) -> dict[str, Any]:
    return {"revision": draft.revision, "at": phrase(draft.at)}
