"""What the editor draws with: the rules of lines and their limits, the plugins, the types of variables.

All of it is read off the tables by which flows are checked and run; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.engine.core import behaviour_reading, conditions, kinds, step_reading, tree_reading
from app.engine.core.languages import LANGUAGES
from app.engine.core.schema import Field
from app.engine.core.step_rules import RULES
from app.engine.core.variables import VARIABLE_TYPES
from app.engine.plugins.base import EVERY_NODE_GIVES, Plugin
from app.engine.plugins.registry import PLUGINS
from app.services.templates import LONGEST_CATEGORY, LONGEST_MESSAGE, LONGEST_NAME, MOST_NESTED

Entry = Mapping[str, Any]


def rules() -> dict[str, Any]:
    """Return the tables that validation goes by: those of `kinds`, the trigger rules and languages of graphs, the limits."""
    limits = {
        "name": LONGEST_NAME, "category": LONGEST_CATEGORY, "message": LONGEST_MESSAGE,
        "node_name": tree_reading.LONGEST_NAME, "typed_name": tree_reading.LONGEST_TYPED_NAME,
        "variable_key": tree_reading.LONGEST_KEY,
        "condition": conditions.LONGEST, "nodes": tree_reading.MOST_NODES, "nested": MOST_NESTED,
        "retries": behaviour_reading.MOST_RETRIES, "retry_interval": behaviour_reading.LONGEST_RETRY_INTERVAL_S,
        "timeout": behaviour_reading.LONGEST_TIMEOUT_S,
        "step_retries": step_reading.MOST_RETRIES, "step_ms": step_reading.LONGEST_MS, "step_cases": step_reading.MOST_CASES,
        "step_priority": step_reading.HIGHEST_PRIORITY,
    }  # fmt: skip
    return {**kinds.as_json(), "trigger_rules": list(RULES), "languages": list(LANGUAGES), "limits": limits}


def plugins() -> Sequence[Entry]:
    """Return the plugins that nodes can call."""
    return [_plugin(plugin) for plugin in PLUGINS]


def variable_types() -> Sequence[Entry]:
    """Return the types that variables can have."""
    return [
        {
            "custom_type": type_.custom_type, "source_tag": type_.source_tag, "name": type_.name,
            "description": type_.description, "widget": type_.widget, "is_meta": type_.is_meta,
            "fields": [field_entry(field) for field in type_.fields], "default_validation": type_.default_validation,
            "source": type_.source,
        }
        for type_ in VARIABLE_TYPES.values()
    ]  # fmt: skip


def _plugin(plugin: type[Plugin]) -> Entry:
    return {
        "code": plugin.code, "version": plugin.version, "name": plugin.name, "group": plugin.group,
        "description": plugin.description, "icon": plugin.icon, "idempotent": plugin.idempotent,
        "inputs": [field_entry(field) for field in plugin.inputs],
        "outputs": [field_entry(field) for field in (*plugin.outputs, *EVERY_NODE_GIVES)],
    }  # fmt: skip


def field_entry(field: Field) -> Entry:
    """Return a field as the pages draw it."""
    return {
        "key": field.key, "name": field.name, "type": field.type, "widget": field.widget, "required": field.required,
        "default": field.default, "choices": [{"value": c.value, "label": c.label} for c in field.choices],
        "help": field.help, "secret": field.secret, "render": field.render, "minimum": field.minimum,
        "maximum": field.maximum, "columns": [field_entry(column) for column in field.columns],
        "was": field.was,
    }  # fmt: skip
