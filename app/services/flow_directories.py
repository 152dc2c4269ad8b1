"""Directories of a project's flows. The root is there without a row; its id follows from the project's."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.flows import FlowDirectory
from app.models.projects import Project
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.flow_settings import Flow, list_flows
from app.services.journal import record

LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory with what is in it; the root's name is empty."""

    id: str
    name: str
    directories: Sequence[Directory]
    flows: Sequence[Flow]


def root_id(project: Project) -> str:
    """Return the id of a project's root directory."""
    return hashlib.md5(f"sluice flow directory {project.id}".encode(), usedforsecurity=False).hexdigest()


def directory_tree(actor: Actor, project: Project) -> Directory:
    """Return a project's directories and flows, each list by name."""
    require(actor, project, "view")
    rows = db.session.scalars(select(FlowDirectory).where(FlowDirectory.project_id == project.id))
    below: dict[str, list[FlowDirectory]] = {}
    for row in sorted(rows, key=lambda directory: directory.name):
        below.setdefault(row.parent_id, []).append(row)
    flows: dict[str, list[Flow]] = {}
    for flow in sorted(list_flows(actor, project), key=lambda flow: (flow.template.name, flow.number)):
        flows.setdefault(flow.settings.directory_id, []).append(flow)

    def of(id_: str, key: str, name: str) -> Directory:
        inner = [of(row.id, row.id, row.name) for row in below.get(key, ())]
        return Directory(id_, name, inner, flows.get(key, ()))

    return of(root_id(project), "", "")


def create_directory(actor: Actor, project: Project, parent_id: str, name: str) -> str:
    """Make a directory and return its id.

    Raises InvalidInput of rules `name` and `parent` (empty), `name_length` or `exists`, NotFound for a parent that is not there.
    """
    with writing() as session:
        require(actor, project, "edit")
        if not 1 <= len(name.strip()) <= LONGEST_NAME:
            rule = "name" if not name.strip() else "name_length"
            raise InvalidInput(Problem(rule, f"a directory's name has 1 to {LONGEST_NAME} characters", "dirName"))
        if not parent_id:
            raise InvalidInput(Problem("parent", "the directory that it is to be made in must be named", "parentId"))
        parent = stored_id(project, parent_id)
        # No key of the project changes; of two who make the same directory at once one waits.
        session.execute(select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))
        same = select(FlowDirectory.id).where(
            FlowDirectory.project_id == project.id,
            FlowDirectory.parent_id == parent,
            FlowDirectory.name == name.strip(),
        )
        if session.scalar(same) is not None:
            raise InvalidInput(Problem("exists", f"there is a directory {name.strip()!r} there already", "dirName"))
        made = FlowDirectory(id=uuid.uuid4().hex, project_id=project.id, parent_id=parent, name=name.strip())
        session.add(made)
        record(session, actor, "directory", made.id, "create", project_id=project.id, detail={"name": made.name})
        return made.id


def stored_id(project: Project, directory_id: str) -> str:
    """Return what stands for a directory in rows, "" for the root; raises NotFound for one that is not the project's."""
    if directory_id == root_id(project):
        return ""
    found = db.session.get(FlowDirectory, directory_id[:64])
    if found is None or found.project_id != project.id:
        raise NotFound("directory", directory_id)
    return found.id
