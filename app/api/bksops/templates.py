"""Templates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.api.bksops.envelope import Call, operation
from app.services.access import find_project
from app.services.templates import create_template as save_template


def route(blueprint: Blueprint) -> None:
    """Add the operations to the dialect."""
    blueprint.post("/create_template/<int:project_id>/")(create_template)


@operation
def create_template(call: Call) -> Any:
    """Save a flow as a template."""
    project = find_project(call.actor, call.ids["project_id"], kind_of(call))
    template = save_template(
        call.actor, project, call.text("name"), call.object("pipeline_tree"),
        category=call.text("category", "Other"), description=call.text("description"),
    )  # fmt: skip
    return {"template_id": template.id, "template_name": template.name}


def kind_of(call: Call) -> Any:
    """Say how the call counts projects: by business id, unless its scope is `project`."""
    return "biz" if call.given.get("scope", "cmdb_biz") == "cmdb_biz" else "project"
