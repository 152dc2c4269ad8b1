"""One flow as a file: written in the form that is wanted, and read so that the editor can open it. Reading saves nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from app.engine.core.bpmn import write_bpmn
from app.engine.core.tree_reading import parse_tree
from app.errors import NotFound, Problem
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template
from app.sentences import say
from app.services.access import Actor, require
from app.services.dat_files import read_dat, write_dat
from app.services.engine import bound
from app.services.exchange import export_dat, export_yaml, with_children
from app.services.ids import new_id
from app.services.portable import Origin, Portable, children_of, with_nodes_changed
from app.services.sealing import sealed_from_file, without_secrets
from app.services.template_details import labels_of
from app.services.templates import find_template, find_with_drafts, template_problems, version_of
from app.services.versions import find_version
from app.services.yaml_files import read_yaml, write_yaml

Format = Literal["json", "yaml", "dat", "bpmn"]

TYPES: Mapping[str, str] = {
    "json": "application/json", "yaml": "application/yaml", "dat": "application/octet-stream",
    "bpmn": "application/xml",
}  # fmt: skip
"""The media type of each format."""

_UNFIT = re.compile(r"[^\w.-]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A flow as a file."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A flow as it is on a canvas, published or not; without a `template_id` it was never saved."""

    tree: Mapping[str, Any]
    name: str
    category: str
    description: str
    labels: Sequence[str]
    template_id: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A flow that was read from a file, and what is wrong with it in this project."""

    name: str
    category: str
    description: str
    tree: Mapping[str, Any]
    problems: Sequence[Problem]


def write_flow(actor: Actor, project: Project, template_id: int, form: Format, number: int | None = None) -> Written:
    """Write the current version of a flow, or the one of that number. Passwords are left empty."""
    require(actor, project, "view")
    template = find_template(project, template_id)
    version = version_of(template) if number is None else find_version(template, number)
    name = _file_name(template.name, f"v{version.number}", form)
    if form == "json":
        whole = Drawn(version.tree, template.name, template.category, template.description, labels_of(template))
        return Written(name, _json_of(whole, version.number))
    if form == "bpmn":
        return Written(name, write_bpmn(parse_tree(version.tree), template.name, template.description))
    export = export_yaml if form == "yaml" else export_dat
    return Written(name, export(actor, project, [template.id], {template.id: version.digest}))


def write_drawn(actor: Actor, project: Project, drawn: Drawn, form: Format) -> Written:
    """Write a flow as it is drawn. Passwords are left empty.

    JSON holds any; for the other formats InvalidInput tells everything that is wrong with its shape.
    """
    require(actor, project, "view")
    name = _file_name(drawn.name, "draft", form)
    if form == "json":
        return Written(name, _json_of(drawn, None))
    tree = parse_tree(drawn.tree)
    if form == "bpmn":
        return Written(name, write_bpmn(tree, drawn.name, drawn.description))
    portables = with_children(actor, project, _portable_of(actor, project, drawn))
    return Written(name, (write_yaml if form == "yaml" else write_dat)(portables))


def _portable_of(actor: Actor, project: Project, drawn: Drawn) -> Portable:
    """Return a drawn flow as a file holds it: under the id that it has, or a new one if it was never saved."""
    template = None if drawn.template_id is None else find_with_drafts(project, drawn.template_id)
    key, now = new_id("n") if template is None else template.pipeline_id, bound().clock()
    origin = Origin(
        0 if template is None else template.id, template is not None, project.id, project.biz_id,
        actor.username if template is None else template.creator, actor.username,
        now if template is None else template.created_at, now,
    )  # fmt: skip
    return Portable(
        key, drawn.name, drawn.tree, drawn.category, drawn.description, pipeline_id=key, origin=origin,
        executor_proxy="" if template is None else template.executor_proxy,
        flow_type="" if template is None else template.flow_type,
    )  # fmt: skip


def _json_of(drawn: Drawn, version: int | None) -> str:
    head = {
        "name": drawn.name, "category": drawn.category, "description": drawn.description,
        "labels": list(drawn.labels), "version": version, "tree": without_secrets(drawn.tree),
    }  # fmt: skip
    return json.dumps(head, ensure_ascii=False, indent=1)


def _file_name(flow: str, what: str, form: Format) -> str:
    return f"{_UNFIT.sub('_', flow).strip('_') or 'flow'}_{what}.{form}"


def read_flow(actor: Actor, project: Project, text: str, choice: str = "") -> Read | Sequence[str]:
    """Read a flow from JSON, YAML or a `.dat`; of several without a choice it returns their names, one of which chooses.

    A flow with mistakes is read, and they are told; what is not of the shape of a flow raises InvalidInput.
    Subprocesses that name other flows of the file name those of the project with the same pipeline ids, if there are any.
    """
    require(actor, project, "edit")
    portables = read_dat(text) if _BASE64.fullmatch(text) else read_yaml(text)
    by_name = _by_name(portables)
    if choice and choice not in by_name:
        raise NotFound("flow of the file", choice)
    if not choice and len(portables) > 1:
        return list(by_name)
    return _read(project, by_name[choice] if choice else portables[0], portables)


def _by_name(portables: Sequence[Portable]) -> dict[str, Portable]:
    """Return flows by their names, and those that share a name by name and key."""
    names = [portable.name for portable in portables]
    return {p.name if names.count(p.name) == 1 else f"{p.name} ({p.key})": p for p in portables}


def _read(project: Project, portable: Portable, portables: Sequence[Portable]) -> Read:
    parse_tree(portable.tree)
    tree, empty = sealed_from_file(_linked(project, portable, portables), project.id, None)
    problems = template_problems(project, tree)
    if empty:
        message = say("{empty} passwords are empty: files carry none, so type them in", empty=empty)
        problems.append(Problem("empty_password", message))
    return Read(portable.name, portable.category, portable.description, tree, problems)


def _linked(project: Project, portable: Portable, portables: Sequence[Portable]) -> Mapping[str, Any]:
    """Let subprocesses name the flows that are here instead of those that are in the file."""
    pipeline_ids = {other.key: other.pipeline_id for other in portables}
    wanted = {node_id: pipeline_ids.get(key, "") for node_id, key in children_of(portable)}
    here = select(Template).where(
        Template.pipeline_id.in_([id_ for id_ in wanted.values() if id_]), Template.is_deleted.is_(False),
        Template.current_version_id.is_not(None), (Template.project_id == project.id) | Template.project_id.is_(None),
    )  # fmt: skip
    # The project's own come last, and so before common ones.
    found = {t.pipeline_id: t for t in sorted(db.session.scalars(here), key=lambda t: t.project_id is not None)}
    links: dict[str, dict[str, Any]] = {
        node_id: {
            "template_id": str(found[id_].id), "version": version_of(found[id_]).digest,
            "template_source": "common" if found[id_].project_id is None else "project",
        }
        for node_id, id_ in wanted.items()
        if id_ in found
    }  # fmt: skip
    return with_nodes_changed(portable.tree, links) if links else portable.tree
