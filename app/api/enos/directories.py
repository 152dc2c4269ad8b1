"""Directories of flows."""

from __future__ import annotations

from typing import Any

from app.api.enos import words
from app.api.enos.operation import Call, operation
from app.services.access import Actor, Project
from app.services.flow_directories import Directory, create_directory, directory_tree
from app.services.flow_settings import may_edit

_WORKFLOW = 1


@operation("directories", "listWorkFlowDirs")
def list_work_flow_dirs(call: Call) -> list[dict[str, Any]]:
    """Return the tree of directories and flows, as an array with one root."""
    return [_shown(call.actor, call.project, directory_tree(call.actor, call.project), "Workflow")]


@operation("directories", "create", {"name": (words.PARAMETER, "param: dirName cannot be empty"),
    "parent": (words.PARAMETER, "param: parentId cannot be empty"),
    "missing": (words.PARAMETER, "parentId not found"),
    "exists": (words.PARAMETER, "A directory of the same name already exists"),})  # fmt: skip
def create(call: Call) -> dict[str, str]:
    """Make a directory."""
    parent = call.fields.text("parentId", "parent_id", default="").strip()
    name = call.fields.text("dirName", "dir_name", default="")
    call.fields.check()
    return {"dirId": create_directory(call.actor, call.project, parent, name)}


def _shown(actor: Actor, project: Project, directory: Directory, title: str) -> dict[str, Any]:
    inner = [_shown(actor, project, below, below.name) for below in directory.directories]
    files = [
        {
            "title": flow.template.name, "type": _WORKFLOW, "key": str(flow.number), "isDirectory": False,
            "editable": may_edit(actor, project, flow),
        }
        for flow in directory.flows
    ]  # fmt: skip
    return {
        "children": [*inner, *files], "title": title, "type": _WORKFLOW, "key": directory.id, "isDirectory": True
    }  # fmt: skip
