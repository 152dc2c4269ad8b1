"""The constants of a project, which all of its flows can use, and in whose name its tasks run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from app.engine.core.behaviour_reading import LONGEST_USER
from app.engine.core.values import Json, dumps
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Project, ProjectConstant
from app.models.templates import Template, TemplateVersion
from app.sentences import say
from app.services.access import Actor, hold_project, require
from app.services.engine import writing
from app.services.journal import record

LONGEST_CONSTANT_NAME, LONGEST_VALUE = 128, 100_000
MOST_CONSTANTS, MOST_IN_ALL = 500, 1_000_000
"""How many constants a project has at most, and how many characters their values have together: every task gets them all."""

_KEY = re.compile(r"[a-zA-Z_]\w{0,49}", re.ASCII)
_USED = re.compile(r"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt]))_env_(\w+)", re.ASCII)
"""Finds what JSON names; what looks like the end of a word before it may be a line break as JSON writes it."""


@dataclass(frozen=True, slots=True)
class Use:
    """A flow that names a constant."""

    id: int
    name: str
    is_common: bool


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant with the flows of the project, and the common ones, whose current version names it.

    `mark` tells whether somebody has changed it since.
    """

    key: str
    name: str
    value: Json
    flows: Sequence[Use]
    mark: str


def list_constants(actor: Actor, project: Project) -> list[Constant]:
    """Return the constants of a project in the order of their keys, each with what uses it. Two statements."""
    require(actor, project, "view")
    used = _used_in(project)
    return [Constant(row.key, row.name, row.value, used.get(row.key, ()), _mark(row)) for row in _constants(project)]


def known_constants(actor: Actor, project: Project) -> list[tuple[str, str, Json]]:
    """Return the key, the name and the value of each constant of a project, in the order of their keys."""
    require(actor, project, "view")
    return [(row.key, row.name, row.value) for row in _constants(project)]


def set_constant(
    actor: Actor, project: Project, key: str, value: Json, name: str = "", *, seen: str | None = None
) -> None:  # fmt: skip
    """Give a constant its value, as `${_env_KEY}`; flows that start from now on see it.

    `seen` is the mark of the constant as it was changed from, "" where there was none: raises InvalidInput where there is
    one, Refused where somebody has changed it. Without it, the constant is set whatever it was.
    """
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
        before = session.get(ProjectConstant, (project.id, key))
        if seen is not None:
            _expect(key, before, seen)
        _expect_room(session, project, before, value)
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


def _expect(key: str, before: ProjectConstant | None, seen: str) -> None:
    if seen == (_mark(before) if before is not None else ""):
        return
    if not seen:
        raise InvalidInput(
            Problem("key", say("there is a constant {key} already: change it in the list", key=key), "key")
        )
    text = say("somebody has changed {key} or taken it away in the meantime: look at it, then save again", key=key)
    raise Refused("conflict", text)


def _expect_room(session: Session, project: Project, before: ProjectConstant | None, value: Json) -> None:
    """Raise InvalidInput for what would be too many constants, or too much in all; what gets less is always taken."""
    size = func.length(cast(ProjectConstant.value, Text))
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(size), 0)).where(ProjectConstant.project_id == project.id)
    ).one()
    grows = len(dumps(value)) - (len(dumps(before.value)) if before is not None else 0)
    if before is None and count >= MOST_CONSTANTS:
        raise InvalidInput(Problem("key", say("a project has at most {most} constants", most=MOST_CONSTANTS), "key"))
    if grows > 0 and total + grows > MOST_IN_ALL:
        text = say("the values of a project's constants have at most {most} characters in all", most=MOST_IN_ALL)
        raise InvalidInput(Problem("value", text, "value"))


def _mark(constant: ProjectConstant) -> str:
    return hashlib.sha256(dumps([constant.name, constant.value]).encode()).hexdigest()


def _used_in(project: Project) -> dict[str, list[Use]]:
    """Find the flows that name constants: the database reads the trees, and hands out those that name any."""
    text = cast(TemplateVersion.tree, Text)
    wanted = (
        select(Template.id, Template.name, Template.project_id, text)
        .join(TemplateVersion, TemplateVersion.id == Template.current_version_id)
        .where(or_(Template.project_id == project.id, Template.project_id.is_(None)), Template.is_deleted.is_(False))
        .where(text.like("%\\_env\\_%", escape="\\"))
        .order_by(Template.name)
    )
    found: dict[str, list[Use]] = {}
    # Trees may be large: a few of them at a time.
    for template_id, name, owner, tree in db.session.execute(wanted.execution_options(yield_per=20)):
        for key in set(_USED.findall(tree)):
            found.setdefault(key, []).append(Use(template_id, name, owner is None))
    return found
