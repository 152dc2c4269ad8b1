"""The operators: what templates can call here, described as the dialect describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import current_app

from app.api.oos.fields import Fields
from app.api.oos.operation import Call, operation
from app.api.oos.paging import page_of, paged
from app.api.oos.words import OPERATOR_WORDS, RETRY_INTERVAL, TIMEOUT
from app.engine.core.values import Json
from app.services import catalogue

SWITCH = "BCE::SwitchTo"
SWITCH_CODE, LEGACY = "switch_to", "legacy"
_ELSEWHERE = (SWITCH_CODE, "wait_for_flow")
"""Plugins that mean nothing here by themselves."""

_TYPES = {"integer": "number", "number": "number", "boolean": "boolean", "object": "object", "array": "list"}


@dataclass(frozen=True, slots=True)
class Operator:
    """Something that templates can call: its name here, the plugin behind it, and what it takes and gives.

    `adds` are properties that it has besides those that a template gives it, as the original adds them.
    """

    name: str
    code: str
    version: str
    label: str
    description: str = ""
    group: str = ""
    inputs: Sequence[Mapping[str, Any]] = ()
    outputs: Sequence[Mapping[str, Any]] = ()
    adds: Mapping[str, Json] = field(default_factory=dict)

    @property
    def required(self) -> list[str]:
        """The properties that it cannot do without."""
        return [entry["key"] for entry in self.inputs if entry["required"] and entry["default"] is None]


_SWITCH_INPUTS = (
    {"key": "switch", "name": "Cases", "type": "array", "required": True, "default": None, "choices": [],
     "help": "[{case: an expression, next: the name of the operator that goes on where it is true}]"},
    {"key": "default", "name": "Otherwise", "type": "string", "required": False, "default": None, "choices": [],
     "help": "the name of the operator that goes on where no case is true"},
)  # fmt: skip


def known_operators() -> Mapping[str, Operator]:
    """Return, by name, exactly the operators that can run at this installation."""
    found = _all_operators()
    if current_app.config["SLUICE"].instances:
        return found
    return {name: operator for name, operator in found.items() if operator.group != "Instances"}


@lru_cache(maxsize=1)
def _all_operators() -> Mapping[str, Operator]:
    plugins = catalogue.plugins()
    codes = [plugin["code"] for plugin in plugins]
    found = {SWITCH: Operator(SWITCH, SWITCH_CODE, LEGACY, "Switch", "Goes on with one of several operators.",
                              "Control", _SWITCH_INPUTS)}  # fmt: skip
    for plugin in plugins:
        code, version = plugin["code"], plugin["version"]
        if code in _ELSEWHERE:
            continue
        name = code if version == LEGACY or codes.count(code) == 1 else f"{code}@{version}"
        adds = {"instanceId": {"Ref": "instanceId"}} if plugin["group"] == "Instances" else {}
        outputs = [entry for entry in plugin["outputs"] if not entry["key"].startswith("_")]
        found[name] = Operator(
            name, code, version, plugin["name"], plugin["description"], plugin["group"], plugin["inputs"], outputs, adds
        )
    return found


def operator_of(code: str, version: str) -> str:
    """Return the name of the operator that stands for a plugin; one that is no longer there keeps its code."""
    found = (name for name, entry in _all_operators().items() if (entry.code, entry.version) == (code, version))
    return next(found, code)


@operation("POST", "/v1/operator/list", "/v2/operator/list")
def list_operators(call: Call) -> Mapping[str, Any]:
    """List the operators that can run here, by name or part of it."""
    page = page_of(call)
    keyword = Fields(call.body.get("operator") or {}, "operator", []).text("name").lower()
    names = sorted(name for name in known_operators() if keyword in name.lower())
    if not page.ascending:
        names = names[::-1] if page.sort == "name" else names
    chosen = [_spec(known_operators()[name], call.locale) for name in names[page.offset : page.offset + page.size]]
    body = paged(page, "operators", chosen, len(names))
    groups = sorted({operator.group for operator in known_operators().values()})
    return {**body, "categories": [{"name": name, "sequence": number} for number, name in enumerate(groups)]}


def _spec(operator: Operator, locale: str) -> dict[str, Any]:
    label, description = OPERATOR_WORDS.get(locale, {}).get(operator.name, (operator.label, operator.description))
    return {
        "name": operator.name, "label": label, "description": description, "operator": operator.name, "retries": 0,
        "retryInterval": RETRY_INTERVAL, "timeout": TIMEOUT, "parallelismRatio": 0.0, "parallelismCount": 0,
        "allowedFailureRatio": 0.0, "allowedFailureCount": 0, "manually": False, "scheduleDelayMilli": 0,
        "pauseOnFailure": False, "properties": [_property(entry) for entry in operator.inputs],
        "output": [_property(entry) for entry in operator.outputs], "initContext": {}, "tags": [],
        "waitOnAgentMilli": 0, "autoRollback": False,
    }  # fmt: skip


def _property(entry: Mapping[str, Any]) -> dict[str, Any]:
    choices = entry.get("choices") or []
    described = {
        "name": entry["key"], "type": _TYPES.get(entry["type"], "string"), "required": bool(entry["required"]),
        "multiple": False, "label": entry["name"], "description": entry["help"] or "",
        "options": [choice["value"] for choice in choices], "properties": [],
        "selectOptions": [{"label": choice["label"], "value": str(choice["value"])} for choice in choices],
    }  # fmt: skip
    return described if entry.get("default") is None else {**described, "defaultValue": entry["default"]}
