"""Templates: listed, shown, saved, previewed, copied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from app.api.bksops.operation import Body, Call, operation
from app.api.bksops.shapes import (
    FLAG,
    ID,
    INT,
    NAME,
    OBJECT,
    OWN_TEMPLATE,
    SCOPE,
    SOURCE,
    TEMPLATE,
    TEXT,
    TEXTS,
    TREE,
    array,
    defaulting,
    mapping,
    obj,
    told,
)
from app.api.bksops.translate import shown_micros, shown_time
from app.services import exchange, schemes, templates
from app.services.access import Project, find_project
from app.services.grants import require_trusted
from app.services.previews import preview
from app.services.template_lists import common_template_rows, read_common_template, template_rows

_MOST_COPIED = 10
_LIST = {"template_source": SOURCE, "scope": SCOPE, "id_in": array(ID), "name_keyword": TEXT}
_INFO = obj(**OWN_TEMPLATE["properties"], pipeline_tree=told(TREE, "without `line` and `location`"))
_COMMON_INFO = obj(**TEMPLATE["properties"], pipeline_tree=told(TREE, "without `line` and `location`"))
_PREVIEW = obj(pipeline_tree=TREE, constants_not_referred=told(mapping(OBJECT), "the variables that would be dropped"))
_PREVIEW_TAKES = {"version": TEXT, "exclude_task_nodes_id": defaulting(TEXTS, []), "scope": SCOPE}
_IMPORT_TAKES = {
    "template_data": told(TEXT, "the content of a .dat file"),
    "override": defaulting(FLAG, False),
    "scope": SCOPE,
}
_IMPORTED = obj(count=INT, flows=told(mapping(TEXT), "the names of the flows by their ids"))


@operation("GET", "get_template_list/{project_id}/", array(OWN_TEMPLATE), takes=_LIST)
def get_template_list(call: Call) -> Any:
    """List a project's flows, newest first."""
    project, params = call.project, call.params
    rows = template_rows(
        call.actor, project, params["template_source"], ids=params.get("id_in"), keyword=params.get("name_keyword", "")
    )
    return _rows(rows, project.time_zone, _of_project(project))


@operation(
    "GET", "get_template_info/{template_id}/{project_id}/", _INFO, takes={"template_source": SOURCE, "scope": SCOPE}
)
def get_template_info(call: Call) -> Any:
    """Return a flow with its tree."""
    project = call.project
    template, tree = templates.read_template(
        call.actor, project, call.ids["template_id"], call.params["template_source"]
    )
    return {**_item(template, project.time_zone), **_of_project(project), "pipeline_tree": _without_picture(tree)}


@operation("GET", "get_common_template_list/", array(TEMPLATE), takes={"id_in": array(ID), "name_keyword": TEXT})
def get_common_template_list(call: Call) -> Any:
    """List the common flows, newest first."""
    rows = common_template_rows(ids=call.params.get("id_in"), keyword=call.params.get("name_keyword", ""))
    return _rows(rows, "UTC", {})


@operation("GET", "get_common_template_info/{template_id}/", _COMMON_INFO)
def get_common_template_info(call: Call) -> Any:
    """Return a common flow with its tree."""
    template, tree = read_common_template(call.ids["template_id"])
    return {**_item(template, "UTC"), "pipeline_tree": _without_picture(tree)}


@operation(
    "POST",
    "create_template/{project_id}/",
    obj(template_id=INT, template_name=TEXT),
    takes={
        "name": NAME, "pipeline_tree": TREE, "category": defaulting(TEXT, "Other"),
        "description": defaulting(TEXT, ""), "scope": SCOPE,
    },
    required=("name", "pipeline_tree"),
)  # fmt: skip
def create_template(call: Call) -> Any:
    """Save a flow; everything that is wrong with its tree is told at once."""
    project, params = call.project, call.params
    template = templates.create_template(
        call.actor, project, params["name"], params["pipeline_tree"], category=params["category"],
        description=params["description"],
    )  # fmt: skip
    return {"template_id": template.id, "template_name": template.name}


@operation(
    "GET",
    "get_template_schemes/{project_id}/{template_id}/",
    array(obj(id=TEXT, name=TEXT, data=told(TEXT, "the ids of the nodes to execute, as the text of a JSON list"))),
    takes={"template_source": SOURCE, "scope": SCOPE},
)
def get_template_schemes(call: Call) -> Any:
    """List the execution schemes of a flow."""
    found = schemes.list_schemes(call.actor, call.project, call.ids["template_id"], call.params["template_source"])
    return [
        {"id": f"{scheme.template_id}-{scheme.id}", "name": scheme.name, "data": json.dumps(scheme.nodes)}
        for scheme in found
    ]


@operation("POST", "preview_task_tree/{project_id}/{template_id}/", _PREVIEW, takes=_PREVIEW_TAKES)
def preview_task_tree(call: Call) -> Any:
    """Show the tree that a task of a flow would get, without making one."""
    return _preview(call, "business")


@operation("POST", "preview_common_task_tree/{project_id}/{template_id}/", _PREVIEW, takes=_PREVIEW_TAKES)
def preview_common_task_tree(call: Call) -> Any:
    """Show the tree that a task of a common flow would get, without making one."""
    return _preview(call, "common")


@operation("POST", "import_common_template/", _IMPORTED, takes=_IMPORT_TAKES, required=("template_data",))
def import_common_template(call: Call) -> Any:
    """Import common flows from a .dat file; for trusted apps only."""
    require_trusted(call.actor)
    return _imported(call, None, "common flows")


@operation("POST", "import_project_template/{project_id}/", _IMPORTED, takes=_IMPORT_TAKES, required=("template_data",))
def import_project_template(call: Call) -> Any:
    """Import flows of a project from a .dat file; for trusted apps only."""
    require_trusted(call.actor)
    return _imported(call, call.project, "flows")


@operation(
    "POST",
    "copy_template_across_project/{project_id}/",
    _IMPORTED,
    takes={
        "new_project_id": told(ID, "the own id of the project to copy to"),
        "template_ids": array(ID),
        "scope": SCOPE,
    },
    required=("new_project_id", "template_ids"),
)
def copy_template_across_project(call: Call) -> Any:
    """Copy up to ten flows, with the flows that they contain, to another project; for trusted apps only."""
    require_trusted(call.actor)
    project, params = call.project, call.params
    target = find_project(call.actor, params["new_project_id"], "project")
    copied = exchange.copy_templates(call.actor, project, target, params["template_ids"], most=_MOST_COPIED)
    return _import_body(copied, "flows")


def _preview(call: Call, source: str) -> Any:
    params = call.params
    made = preview(
        call.actor,
        call.project,
        call.ids["template_id"],
        source,
        params["exclude_task_nodes_id"],
        params.get("version", ""),
    )
    return {"pipeline_tree": made.tree, "constants_not_referred": made.dropped}


def _imported(call: Call, project: Project | None, things: str) -> Any:
    params = call.params
    made = exchange.import_dat(call.actor, project, params["template_data"], override=params["override"])
    return _import_body(made, things)


def _import_body(made: Any, things: str) -> Body:
    flows = {str(imported.id): imported.name for imported in made}
    data = {"count": len(flows), "flows": flows}
    return Body(data=data, message=f"Successfully imported {len(flows)} {things}")


def _rows(rows: Iterable[Any], zone: str, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the items of a list; it may have ten thousand of them, so each row is unpacked at once."""
    return [
        {
            "id": id_, "name": name, "category": category, "creator": creator, "editor": editor,
            "create_time": shown_micros(created, zone), "edit_time": shown_micros(edited, zone),
            "description": description, **own,
        }
        for id_, name, category, description, creator, editor, created, edited in rows
    ]  # fmt: skip


def _item(row: Any, zone: str) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "category": row.category, "creator": row.creator, "editor": row.editor,
        "create_time": shown_time(row.created_at, zone), "edit_time": shown_time(row.edited_at, zone),
        "description": row.description,
    }  # fmt: skip


def _of_project(project: Project) -> dict[str, Any]:
    # The documents show the business id as text here.
    biz_id = "" if project.biz_id is None else str(project.biz_id)
    return {
        "bk_biz_id": biz_id, "bk_biz_name": project.name, "project_id": project.id, "project_name": project.name,
    }  # fmt: skip


def _without_picture(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if key not in ("line", "location")}
