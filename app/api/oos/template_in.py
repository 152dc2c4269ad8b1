"""Reads a template as clients send it and makes a tree of it, with everything that is wrong with it.

The tree is a dependency graph in the language "functions". What a tree has no place for is kept under `oos`: of the tree,
of its activities, and of its variables. `template_out` turns a tree back, also one that was changed on the canvas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from app.api.oos.drawing import Drawn, tree_of
from app.api.oos.fields import Fields, check_functions, written
from app.api.oos.operator_in import Known, OperatorsReading
from app.api.oos.words import LONGEST_NAME, TYPES
from app.engine.core.values import key_of
from app.errors import Problem

MOST_OPERATORS, MOST_LINKS = 5_000, 50_000
_PROPERTY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,100}", re.ASCII)
_TYPES: Mapping[str, str] = {
    "string": "textarea",
    "number": "input",
    "boolean": "input",
    "list": "input",
    "object": "input",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A template that was read: its tree, and everything that is wrong with it."""

    name: str
    description: str
    type: str
    tree: Mapping[str, Any]
    problems: Sequence[Problem] = field(default_factory=tuple)


def read_template(given: Any, known: Known, before: Mapping[str, Any] | None = None) -> Given:
    """Read a template; operators that `before` has too, by name, keep their ids and places."""
    problems: list[Problem] = []
    fields = Fields(given, "", problems)
    name, description = fields.text("name", most=LONGEST_NAME), fields.text("description")
    if not name.strip():
        fields.wrong("name is required")
    type_ = fields.text("type", most=64) or TYPES[0]
    if type_ not in TYPES:
        fields.wrong(f"type is one of {', '.join(TYPES)}")
    linear = fields.flag("linear")
    drawn = OperatorsReading(known, before, problems).read(fields.items("operators", MOST_OPERATORS))
    if not fields.given.get("operators"):
        fields.wrong("operators is required: a list of one operator or more")
    links = _links(fields, linear, drawn)
    constants = _constants(fields)
    parallelism = fields.whole("parallelism")
    fields.refuse("autoRollback", "nothing is rolled back")
    told = [link for link in fields.items("links", MOST_LINKS) if isinstance(link, Mapping)]
    kept = {
        "type": type_, "linear": linear, "tags": fields.tags(),
        "links": [{key: written(link.get(key)) for key in ("src", "dst")} for link in told],
    }  # fmt: skip
    pairs = [(a.name, b.name) for a, b in pairwise(drawn)] if linear else links
    problems += _cycle(drawn, pairs)
    tree = tree_of(drawn, pairs, constants, before) | {"parallelism": parallelism, "oos": kept}
    return Given(name.strip(), description, type_, tree, tuple(problems))


def _links(fields: Fields, linear: bool, drawn: Sequence[Drawn]) -> list[tuple[str, str]]:
    given = fields.items("links", MOST_LINKS)
    if linear:
        return []
    names = {one.name for one in drawn}
    pairs: dict[tuple[str, str], None] = {}
    for number, entry in enumerate(given):
        link = Fields(entry, f"links[{number}]:", fields.problems)
        ends = link.text("src", most=LONGEST_NAME), link.text("dst", most=LONGEST_NAME)
        for key, name in zip(("src", "dst"), ends, strict=True):
            if name not in names:
                link.wrong(f"{key} must name an operator; there is no {name[:60]!r}")
        if ends[0] in names and ends[1] in names:
            pairs[ends] = None
    if len(drawn) > 1 and not given:
        fields.wrong("links are required where linear is false and there is more than one operator")
    return list(pairs)


def _cycle(drawn: Sequence[Drawn], pairs: Sequence[tuple[str, str]]) -> list[Problem]:
    """Say which operators wait for themselves, if some do."""
    after: dict[str, list[str]] = {one.name: [] for one in drawn}
    waits = dict.fromkeys(after, 0)
    for source, target in pairs:
        after[source].append(target)
        waits[target] += 1
    free = [name for name, count in waits.items() if not count]
    while free:
        for target in after[free.pop()]:
            waits[target] -= 1
            if not waits[target]:
                free.append(target)
    left = [name for name, count in waits.items() if count > 0]
    told = f"the links make a circle of, or one before, {', '.join(left)[:300]}"
    return [Problem("template", told, "links:")] if left and len(after) == len(drawn) else []


def _details(one: Fields) -> dict[str, Any]:
    """Read what a parameter has that a variable has no place for."""
    return {
        "type": one.text("type", most=64), "required": one.flag("required"), "multiple": one.flag("multiple"),
        "options": list(one.items("options", 1000)), "unit": one.text("unit", most=64),
        "properties": list(one.items("properties", 1000)), "selectOptions": list(one.items("selectOptions", 1000)),
        "value": one.given.get("value"),
    }  # fmt: skip


def _constants(fields: Fields) -> dict[str, Any]:
    constants: dict[str, Any] = {}
    for number, entry in enumerate(fields.items("properties", 500)):
        one = Fields(entry, f"properties[{number}]:", fields.problems)
        name = one.text("name", most=LONGEST_NAME)
        if not _PROPERTY.fullmatch(name):
            one.wrong(f"name must be of letters, digits and _, not {name[:60]!r}")
            continue
        if key_of(name) in constants:
            one.wrong(f"another property is called {name} too")
        check_functions(one, ("defaultValue", "value"))
        default = one.given.get("defaultValue")
        value = default if default is not None else one.given.get("value")
        kept = {key: value for key, value in _details(one).items() if one.given.get(key) is not None}
        constants[key_of(name)] = {
            "key": key_of(name), "name": one.text("label", most=LONGEST_NAME) or name, "index": number,
            "desc": one.text("description"), "source_type": "custom", "source_tag": "", "source_info": {},
            "custom_type": _TYPES.get(one.text("type", most=64), "input"), "show_type": "show", "validation": "",
            "value": "" if value is None else value,
            "oos": {**kept, "label": one.text("label", most=LONGEST_NAME), "default": default},
        }  # fmt: skip
    return constants
