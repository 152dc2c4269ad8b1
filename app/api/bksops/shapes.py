"""The shapes of what the dialect takes and gives, as JSON Schema."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

INT: Schema = {"type": "integer"}
ID: Schema = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
ANY: Schema = {}
OBJECT: Schema = {"type": "object"}
TIME: Schema = {"type": "string", "description": "`YYYY-MM-DD HH:MM:SS +0800` in the project's zone, empty when absent"}


def obj(about: str = "", /, **properties: Schema) -> Schema:
    """An object that has all of these keys, and perhaps others."""
    shape: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {**shape, "description": about} if about else shape


def array(items: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items}


def mapping(values: Schema) -> Schema:
    """An object with keys that nobody knows beforehand."""
    return {"type": "object", "additionalProperties": values}


def nullable(shape: Schema) -> Schema:
    """Such a value, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def one_of(*values: str) -> Schema:
    """One of some texts."""
    return {"type": "string", "enum": list(values)}


def told(shape: Schema, about: str) -> Schema:
    """The same shape with words about it."""
    return {**shape, "description": about}


def defaulting(shape: Schema, default: Any) -> Schema:
    """The same shape with the value that is taken when none is given."""
    return {**shape, "default": default}


SCOPE = told(TEXT, "`cmdb_biz` (default): the project is named by its business id; anything else: by its own id")
SOURCE = defaulting(
    told(TEXT, "`business` (default) or `project`: the project's own flows; `common`: the common ones"), "business"
)
TREE = told(
    OBJECT, "a pipeline tree: start_event, end_event, activities, gateways, flows, constants, outputs, line, location"
)
NAME = {"type": "string", "minLength": 1, "maxLength": 100}
TEXTS = array(TEXT)
NOTHING = told(OBJECT, "empty")

MADE_TASK = obj(task_id=INT, task_url=TEXT, pipeline_tree=TREE)

TEMPLATE = obj(
    id=INT, name=TEXT, creator=TEXT, create_time=TIME, editor=nullable(TEXT), edit_time=TIME, category=TEXT,
    description=TEXT,
)  # fmt: skip
OWN_TEMPLATE = obj(**TEMPLATE["properties"], bk_biz_id=TEXT, bk_biz_name=TEXT, project_id=INT, project_name=TEXT)

STATE = one_of("CREATED", "RUNNING", "FAILED", "SUSPENDED", "NODE_SUSPENDED", "REVOKED", "FINISHED")

STATUS: Schema = {
    "type": "object",
    "properties": {
        "id": TEXT, "state": STATE, "name": TEXT, "retry": INT, "loop": INT, "skip": {"type": ["boolean", "integer"]},
        "error_ignorable": FLAG, "version": TEXT, "elapsed_time": INT, "start_time": nullable(TIME),
        "finish_time": nullable(TIME), "children": told(mapping(OBJECT), "the nodes reached so far, by id, each of this shape"),
        "waits_for_room": told(FLAG, "there, and true, while the task waits for others to end"),
    },
    "required": ["state", "retry", "skip", "elapsed_time", "start_time", "finish_time"],
}  # fmt: skip

OUTPUT_ROW = {
    "type": "object",
    "properties": {"name": TEXT, "key": TEXT, "value": ANY, "preset": FLAG},
    "required": ["key", "value", "preset"],
}
