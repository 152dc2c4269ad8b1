"""What there is to work with: plugins and projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.api.bksops.operation import Call, operation
from app.api.bksops.shapes import FLAG, INT, OBJECT, SCOPE, TEXT, array, defaulting, nullable, obj, told
from app.engine.core.schema import Field
from app.engine.plugins.base import Plugin
from app.engine.plugins.registry import PLUGINS
from app.errors import InvalidInput, Problem
from app.services.access import visible_projects
from app.services.members import member_names

_PLUGIN = obj(
    inputs=array(obj(key=TEXT, name=TEXT, type=TEXT, required=FLAG, schema=OBJECT)),
    outputs=array(obj(key=TEXT, name=TEXT, type=TEXT, schema=OBJECT)),
    desc=TEXT, code=TEXT, name=TEXT, group_name=TEXT, version=TEXT, form=TEXT,
)  # fmt: skip
_PRESET = (Field("_result", "Result", type="boolean"), Field("_loop", "Loop", type="integer"))
_TYPES = {"boolean": "bool", "integer": "int", "any": "object"}


@operation("GET", "get_plugin_list/{project_id}/", array(_PLUGIN), takes={"scope": SCOPE})
def get_plugin_list(call: Call) -> Any:
    """List the plugins that nodes can call."""
    _ = call.project
    return [_body(plugin) for plugin in PLUGINS]


@operation(
    "GET",
    "get_plugin_detail/{project_id}/",
    _PLUGIN,
    takes={"code": TEXT, "version": defaulting(TEXT, "legacy"), "scope": SCOPE},
)
def get_plugin_detail(call: Call) -> Any:
    """Return one plugin with its inputs and outputs."""
    _ = call.project
    code, version = call.params.get("code"), call.params["version"]
    if not code:
        raise InvalidInput(Problem("format", "parameter code need to be provided."))
    found = next((plugin for plugin in PLUGINS if (plugin.code, plugin.version) == (code, version)), None)
    if found is None:
        text = f"can not find suitable component with code: {code} and version: {version}"
        raise InvalidInput(Problem("format", text))
    return _body(found)


@operation("GET", "get_user_project_list/", array(obj(project_id=INT, bk_biz_id=nullable(INT), name=TEXT)))
def get_user_project_list(call: Call) -> Any:
    """List the projects that the caller may see."""
    return [{"project_id": p.id, "bk_biz_id": p.biz_id, "name": p.name} for p in visible_projects(call.actor)]


@operation(
    "GET",
    "get_user_project_detail/{project_id}/",
    obj(
        project_id=INT, project_name=TEXT, bk_biz_id=nullable(INT), from_cmdb=FLAG, bk_biz_name=TEXT,
        bk_biz_developer=TEXT, bk_biz_maintainer=told(TEXT, "the managers, joined by commas"), bk_biz_tester=TEXT,
        bk_biz_productor=TEXT,
    ),
    takes={"scope": SCOPE},
)  # fmt: skip
def get_user_project_detail(call: Call) -> Any:
    """Return a project with its people."""
    project = call.project

    def people(role: str) -> str:
        return ",".join(member_names(call.actor, project, role))

    return {
        "project_id": project.id, "project_name": project.name, "bk_biz_id": project.biz_id, "from_cmdb": False,
        "bk_biz_name": project.name, "bk_biz_developer": people("editor"), "bk_biz_maintainer": people("manager"),
        "bk_biz_tester": people("viewer"), "bk_biz_productor": people("operator"),
    }  # fmt: skip


def _body(plugin: type[Plugin]) -> dict[str, Any]:
    return {
        "inputs": _fields(plugin.inputs, with_required=True), "outputs": _fields((*plugin.outputs, *_PRESET)),
        "desc": plugin.description, "code": plugin.code, "name": plugin.name, "group_name": plugin.group,
        "version": plugin.version, "form": "",
    }  # fmt: skip


def _fields(fields: Sequence[Field], *, with_required: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "key": f.key, "name": f.name, "type": _TYPES.get(f.type, f.type),
            "schema": {"type": f.type, "description": f.help, "enum": [choice.value for choice in f.choices]},
            **({"required": f.required} if with_required else {}),
        }
        for f in fields
    ]  # fmt: skip
