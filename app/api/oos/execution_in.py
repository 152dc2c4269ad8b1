"""Reads an execution that a client orders: which template, and the values of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.api.oos.fields import Fields
from app.engine.core.values import Json, key_of, name_of
from app.errors import Problem

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,100}", re.ASCII)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str, int, float, bool), "number": (int, float, str), "boolean": (bool, str), "list": (list,),
    "object": (Mapping,),
}  # fmt: skip


def ordered_tree(tree: Mapping[str, Any], body: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return a template's tree as an execution runs it: with the values that `body` gives, which it keeps.

    A value for which the template has no parameter can be referred to all the same.
    """
    fields = Fields(body, "", problems)
    given = fields.mapping("properties")
    parallelism = fields.whole("parallelism")
    fields.refuse("manually", "set manually of the operators")
    constants = dict(tree.get("constants") or {})
    for name, value in given.items():
        key = key_of(name)
        if key in constants:
            problems += _wrong_value(name, constants[key].get("oos") or {}, value)
            constants[key] = {**constants[key], "value": value}
        elif _NAME.fullmatch(name):
            constants[key] = _undeclared(key, value, len(constants))
        else:
            problems.append(
                Problem("properties", f"the name {name[:60]!r} must be of letters, digits and _", "properties:")
            )
    problems += _missing(constants, given)
    kept = {"properties": dict(given), "tags": _with_both_names(fields.tags())}
    own = {**(tree.get("oos") or {}), "execution": kept}
    changed = {"parallelism": parallelism} if parallelism else {}
    return {**tree, **changed, "constants": constants, "oos": own}


def _with_both_names(tags: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return tags with all four keys: each client finds its own."""
    return [{**tag, "tagKey": tag["key"], "tagValue": tag["value"]} for tag in tags]


def _undeclared(key: str, value: Json, index: int) -> dict[str, Any]:
    return {
        "key": key, "name": name_of(key), "index": index, "desc": "", "source_type": "custom", "source_tag": "",
        "source_info": {}, "custom_type": "input", "show_type": "hide", "validation": "", "value": value,
        "oos": {"undeclared": True},
    }  # fmt: skip


def _missing(constants: Mapping[str, Any], given: Mapping[str, Any]) -> list[Problem]:
    names = [
        name_of(key) for key, constant in constants.items()
        if (constant.get("oos") or {}).get("required") and constant.get("value") in (None, "")
    ]  # fmt: skip
    return [Problem("properties", f"the parameter {name} is required", "properties:") for name in names]


def _wrong_value(name: str, declared: Mapping[str, Any], value: Json) -> list[Problem]:
    wanted = _TYPES.get(str(declared.get("type")))
    is_several = declared.get("multiple") is True and isinstance(value, list)
    values = value if is_several and isinstance(value, list) else [value]
    options = declared.get("options")
    if wanted is not None and not all(isinstance(one, wanted) for one in values) and not isinstance(value, Mapping):
        return [Problem("properties", f"{name} must be of type {declared.get('type')}", "properties:")]
    if isinstance(options, list) and options and not all(one in options for one in values):
        told = ", ".join(map(str, options))[:200]
        return [Problem("properties", f"{name} must be one of {told}", "properties:")]
    return []
