"""The constants of a project, which all of its flows can use, and in whose name its tasks run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.engine.core.behaviour_reading import LONGEST_USER
from app.engine.core.values import Json, dumps
from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.projects import Project, ProjectConstant
from app.models.templates import Template, TemplateVersion
from app.sentences import say
from app.services.access import Actor, hold_project, require
from app.services.engine import writing
from app.services.journal import record

LONGEST_KEY, LONGEST_CONSTANT_NAME, LONGEST_VALUE = 50, 128, 100_000
_KEY = re.compile(r"[a-zA-Z_]\w{0,49}", re.ASCII)
_USED = re.compile(r"\b_env_(\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant with the flows of the project whose current version names it, as (id, name)."""

    key: str
    name: str
    value: Json
    flows: Sequence[tuple[int, str]]


def list_constants(actor: Actor, project: Project) -> list[Constant]:
    """Return the constants of a project in the order of their keys, each with what uses it. Two statements."""
    require(actor, project, "view")
    used = _used_in(project)
    return [Constant(row.key, row.name, row.value, used.get(row.key, ())) for row in _constants(project)]


def known_constants(actor: Actor, project: Project) -> list[tuple[str, str, Json]]:
    """Return the key, the name and the value of each constant of a project, in the order of their keys."""
    require(actor, project, "view")
    return [(row.key, row.name, row.value) for row in _constants(project)]


def set_constant(actor: Actor, project: Project, key: str, value: Json, name: str = "") -> None:
    """Give a constant its value, as `${_env_KEY}`; flows that start from now on see it."""
    problems = []
    if not _KEY.fullmatch(key):
        text = say("{key!r} is not a key: letters, digits and _, up to 50, no digit first", key=key[:80])
        problems.append(Problem("key", text, "key"))
    if len(name) > LONGEST_CONSTANT_NAME:
        problems.append(
            Problem("name", say("a name has at most {most} characters", most=LONGEST_CONSTANT_NAME), "name")
        )
    if len(dumps(value)) > LONGEST_VALUE:
        problems.append(Problem("value", say("a value has at most {most} characters", most=LONGEST_VALUE), "value"))
    if problems:
        raise InvalidInput.of(problems)
    with writing() as session:
        require(actor, project, "edit")
        hold_project(session, project)
        session.merge(ProjectConstant(project_id=project.id, key=key, name=name.strip(), value=value))
        record(session, actor, "constant", key, "set", project_id=project.id)


def drop_constant(actor: Actor, project: Project, key: str) -> None:
    """Take a constant away; raises NotFound. Tasks that have started keep what they saw."""
    with writing() as session:
        require(actor, project, "edit")
        hold_project(session, project)
        constant = session.get(ProjectConstant, (project.id, key))
        if constant is None:
            raise NotFound("constant", key)
        session.delete(constant)
        record(session, actor, "constant", key, "drop", project_id=project.id)


def set_executor_proxy(actor: Actor, project: Project, name: str) -> None:
    """Say in whose name tasks run whose flow says nothing of it; "" is who starts them. It holds for later starts."""
    problems = proxy_problems(name)
    if problems:
        raise InvalidInput.of(problems)
    with writing() as session:
        require(actor, project, "manage")
        session.get_one(Project, project.id).executor_proxy = name.strip()
        detail = {"executor_proxy": name.strip()}
        record(session, actor, "project", project.id, "set_executor_proxy", project_id=project.id, detail=detail)


def proxy_problems(name: str) -> list[Problem]:
    """Return what is wrong with a name in which tasks are to run. It need not be a user's: other systems have theirs."""
    if len(name.strip()) <= LONGEST_USER:
        return []
    text = say("a user's name has at most {most} characters", most=LONGEST_USER)
    return [Problem("executor_proxy", text, "executor_proxy")]


def env_of(session: Session, project: Project) -> Mapping[str, Json]:
    """Return a project's constants as the flows that start now see them."""
    rows = session.execute(
        select(ProjectConstant.key, ProjectConstant.value).where(ProjectConstant.project_id == project.id)
    )
    return {f"_env_{key}": value for key, value in rows}


def _constants(project: Project) -> Sequence[ProjectConstant]:
    wanted = select(ProjectConstant).where(ProjectConstant.project_id == project.id)
    return db.session.scalars(wanted.order_by(ProjectConstant.key)).all()


def _used_in(project: Project) -> dict[str, list[tuple[int, str]]]:
    """Find the flows that name constants: the database reads the trees, and hands out those that name any."""
    text = cast(TemplateVersion.tree, Text)
    wanted = (
        select(Template.id, Template.name, text)
        .join(TemplateVersion, TemplateVersion.id == Template.current_version_id)
        .where(Template.project_id == project.id, Template.is_deleted.is_(False), text.like("%\\_env\\_%", escape="\\"))
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for template_id, name, tree in db.session.execute(wanted.order_by(Template.name)):
        for key in sorted(set(_USED.findall(tree))):
            found.setdefault(key, []).append((template_id, name))
    return found
