"""Templates as YAML that people read, compare and keep under version control.

{"sluice": 2, "templates": [{name, label, id, common, executor_proxy, flow_type, category, description, tree}]}: subprocess
nodes name other flows of the file by `template`, which is the other's label, or its name when it has none. `label` is there
only when two flows have one name, `common` only when it is true, `executor_proxy` and `flow_type` only when they are set.
`id` tells which flow an import may replace; it may be left out.
A bare tree, and a file of one flow as version 1 wrote it ({"sluice": 1, name, …, tree}), are understood too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from app.errors import InvalidInput, Problem
from app.sentences import say
from app.services.documents import read_document
from app.services.portable import Portable, children_of
from app.services.templates import subprocesses_of

_PARTS = ("start_event", "activities", "gateways", "end_event", "flows", "constants", "outputs", "line", "location")
_NODE_KEYS = ("id", "type", "name", "template", "component")
_PIPELINE_ID = re.compile(r"\w{1,32}")
_LONGEST_LINE = 120


def write_yaml(portables: Sequence[Portable]) -> str:
    """Write templates as YAML."""
    labels = _labels(portables)
    templates = [_entry(portable, labels) for portable in portables]
    return yaml.dump(
        {"sluice": 2, "templates": templates}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_LONGEST_LINE
    )


def read_yaml(text: str) -> list[Portable]:
    """Read templates, or one bare tree, in YAML or JSON; raises InvalidInput with everything that is wrong."""
    document = read_document(text)
    if "templates" not in document:
        return [_alone(document)]
    entries = document["templates"]
    if not isinstance(entries, list) or not entries:
        raise InvalidInput(Problem("shape", say("templates must be a list of flows")))
    problems = [Problem("shape", message, f"templates[{i}]") for i, e in enumerate(entries) for message in _wrong(e)]
    if problems:
        raise InvalidInput.of(problems)
    portables = [_portable(entry) for entry in entries]
    problems = [
        *(
            Problem("label", say("two flows are called {name!r}: give each a label of its own", name=key), "label")
            for key in _repeated(p.key for p in portables)
        ),
        *(
            Problem("id", say("two flows have the id {id!r}", id=id_), "id")
            for id_ in _repeated(p.pipeline_id for p in portables if p.pipeline_id)
        ),
    ]
    if problems:
        raise InvalidInput.of(problems)
    return portables


class _Dumper(yaml.CSafeDumper):
    """Writes small objects in one line and texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out: aliases are not allowed in a file to import."""
        return True

    def of_mapping(self, value: Mapping[str, Any]) -> yaml.Node:
        """Write an object, in one line if it is small."""
        is_small = len(value) <= 5 and len(str(value)) < _LONGEST_LINE and not any(map(_is_large, value.values()))
        return self.represent_mapping("tag:yaml.org,2002:map", value, flow_style=is_small)

    def of_text(self, value: str) -> yaml.Node:
        """Write a text, one of several lines as a block."""
        return self.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(dict, _Dumper.of_mapping)
_Dumper.add_representer(str, _Dumper.of_text)


def _is_large(value: object) -> bool:
    return (isinstance(value, Mapping | list) and bool(value)) or (isinstance(value, str) and "\n" in value)


def _labels(portables: Sequence[Portable]) -> dict[str, str]:
    """Return what each template is called in the file, by its key: its name, and a number if another has the name."""
    labels: dict[str, str] = {}
    taken = {portable.name for portable in portables}
    first = {portable.name: portable.key for portable in reversed(portables)}
    for portable in portables:
        label, number = portable.name, 1
        while first[portable.name] != portable.key and label in taken:
            number += 1
            label = f"{portable.name} ({number})"
        taken.add(label)
        labels[portable.key] = label
    return labels


def _entry(portable: Portable, labels: Mapping[str, str]) -> dict[str, Any]:
    label = labels[portable.key]
    entry: dict[str, Any] = {"name": portable.name}
    if label != portable.name:
        entry["label"] = label
    entry["id"] = portable.pipeline_id
    if portable.is_common:
        entry["common"] = True
    named = {node_id: labels[key] for node_id, key in children_of(portable)}
    tree = dict(portable.tree)
    tree["activities"] = {i: _node(node, named.get(i)) for i, node in portable.tree["activities"].items()}
    if portable.executor_proxy:
        entry["executor_proxy"] = portable.executor_proxy
    if portable.flow_type not in ("", "common"):
        entry["flow_type"] = portable.flow_type
    return {
        **entry, "category": portable.category, "description": portable.description, "tree": _sorted(tree, _PARTS),
    }  # fmt: skip


def _node(node: Mapping[str, Any], template: str | None) -> dict[str, Any]:
    """Return a node with its telling keys first; `template` is what the flow that it runs is called, if it names one."""
    if template is not None:
        node = {"template": template, **{key: value for key, value in node.items() if key != "template_id"}}
    return _sorted(node, _NODE_KEYS)


def _sorted(value: Mapping[str, Any], first: Sequence[str]) -> dict[str, Any]:
    """Return an object with some keys first, if it has them; the others keep their order."""
    return {**{key: value[key] for key in first if key in value}, **value}


def _wrong(entry: object) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield say("a flow must be an object")
        return
    if not isinstance(entry.get("tree"), Mapping):
        yield say("a flow needs a tree, an object")
    for key in ("name", "label", "id", "category", "description", "executor_proxy", "flow_type"):
        if not isinstance(entry.get(key) or "", str):
            yield say("{key} must be a text", key=key)
    if entry.get("id") and not _PIPELINE_ID.fullmatch(str(entry["id"])):
        yield say("{id!r} is not the id of a flow: 1 to 32 letters, digits and _", id=str(entry["id"])[:80])


def _repeated(values: Iterable[str]) -> list[str]:
    return sorted(value[:80] for value, count in Counter(values).items() if count > 1)


def _portable(entry: Mapping[str, Any]) -> Portable:
    tree = dict(entry["tree"])
    if isinstance(tree.get("activities"), Mapping):
        tree["activities"] = {**tree["activities"], **{i: _renamed(node) for i, node in subprocesses_of(tree)}}
    name = str(entry.get("name") or "").strip()
    return Portable(
        str(entry.get("label") or name), name, tree, category=str(entry.get("category") or "Other"),
        description=str(entry.get("description") or ""), pipeline_id=str(entry.get("id") or ""),
        is_common=bool(entry.get("common")), executor_proxy=str(entry.get("executor_proxy") or "").strip(),
        flow_type=str(entry.get("flow_type") or ""),
    )  # fmt: skip


def _renamed(node: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in node.items() if key != "template"}, "template_id": node.get("template")}


def _alone(document: Mapping[str, Any]) -> Portable:
    """Read a file of one flow, whose subprocesses can only name templates that are there already."""
    tree = document.get("tree", document)
    if not isinstance(tree, Mapping):
        raise InvalidInput(Problem("shape", say("tree must be an object")))
    name = str(document.get("name") or "imported flow").strip()
    return Portable(
        name, name, tree, category=str(document.get("category") or "Other"),
        description=str(document.get("description") or ""), names_local=True,
    )  # fmt: skip
