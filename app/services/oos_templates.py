"""Templates as OOS keeps them: found by name among those in one language, listed by pages, saved under names that are unique."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.engine.core.values import Json
from app.errors import InvalidInput, NotFound, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor, require, require_on_common
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.template_uses import uses_of
from app.services.templates import (
    add_template,
    add_version,
    find_template,
    hold_template,
    name_problems,
    template_problems,
)

LANGUAGE = "functions"
"""The language of the trees that the dialect can read and write."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which templates: `keyword` is part of the name, `name` the whole of it; common ones, or the project's own."""

    is_common: bool = False
    keyword: str = ""
    name: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A template with the tree of its current version."""

    row: Template
    tree: Mapping[str, Any]

    @property
    def source(self) -> str:
        """In which list it is: the project's, or the common ones."""
        return "business" if self.row.project_id is not None else "common"


def page_of_templates(
    actor: Actor, project: Project, wanted: Wanted, *, by_name: bool, ascending: bool, offset: int, limit: int
) -> tuple[Sequence[Stored], int]:
    """Return some of the templates, in order, and how many there are."""
    require(actor, project, "view")
    where = _where(project, wanted)
    column = Template.name if by_name else Template.created_at
    order = (column.asc(), Template.id.asc()) if ascending else (column.desc(), Template.id.desc())
    rows = db.session.scalars(select(Template).where(*where).order_by(*order).offset(offset).limit(limit)).all()
    total = db.session.scalar(select(func.count()).select_from(Template).where(*where)) or 0
    return _with_trees(rows), total


def find_stored(actor: Actor, project: Project, template_id: int) -> Stored:
    """Find a template in the dialect's language, the project's own or a common one."""
    require(actor, project, "view")
    for source in ("business", "common"):
        try:
            row = find_template(project, template_id, source)
        except NotFound:
            continue
        if row.language == LANGUAGE:
            return _with_trees([row])[0]
    raise NotFound("template", template_id)


def find_named(actor: Actor, project: Project, name: str, *, is_common: bool = False) -> Stored:
    """Find the template of a name; where several are called so (the canvas allows it), the latest."""
    found, _ = page_of_templates(
        actor, project, Wanted(is_common, name=name), by_name=False, ascending=False, offset=0, limit=1
    )
    if not found:
        raise NotFound("template", name)
    return found[0]


def create_named(actor: Actor, project: Project, name: str, description: str, tree: Mapping[str, Json]) -> int:
    """Save a new template and return its id; raises Refused where the project has one of that name."""
    with writing() as session:
        require(actor, project, "edit")
        _check(session, project, name, tree, None)
        return add_template(actor, project, name, tree, category="Other", description=description).id


def update_named(
    actor: Actor, project: Project, template_id: int, name: str, description: str, tree: Mapping[str, Json]
) -> None:
    """Save the next version of a template, perhaps under another name."""
    with writing() as session:
        require(actor, project, "edit")
        template = _hold(project, template_id)
        _check(session, project, name, tree, template_id)
        template.name, template.description = name, description
        template.editor, template.edited_at = actor.username, bound().clock()
        add_version(actor, template, tree)


def delete_named(actor: Actor, project: Project, template_id: int) -> None:
    """Delete a template; what runs goes on. Raises Refused where a flow or a schedule uses it."""
    with writing() as session:
        require(actor, project, "edit")
        template = _hold(project, template_id)
        uses = uses_of(actor, project, template)
        users = [*(f"flow {used.name}" for used in uses.flows), *(f"schedule {used.name}" for used in uses.schedules)]
        if users:
            raise Refused("in_use", f"template {template.name} is used by {', '.join(users)[:300]}")
        template.is_deleted = True
        session.flush()
        detail = {"name": template.name}
        record(session, actor, "template", template_id, "delete", project_id=project.id, detail=detail)


def saving_problems(project: Project, name: str, tree: Mapping[str, Json], own_id: int | None = None) -> list[str]:
    """Return everything that is wrong with what is to be saved, or run, as a template of the project."""
    problems = [*name_problems(name), *template_problems(project, tree, own_id)]
    return list(dict.fromkeys(problem.message for problem in problems))


def require_editable(actor: Actor, *, is_common: bool) -> None:
    """Raise NotAllowed for who may not change the common templates, if one is meant."""
    if is_common:
        require_on_common(actor, "edit")


def _check(session: Session, project: Project, name: str, tree: Mapping[str, Json], own_id: int | None) -> None:
    # Of two who save at once one waits, so no two get the same name.
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    taken = select(Template.id).where(*_where(project, Wanted(name=name)))
    if own_id is not None:
        taken = taken.where(Template.id != own_id)
    if session.scalar(taken.limit(1)) is not None:
        raise Refused("exists", f"there is a template called {name} already")
    problems = [*name_problems(name), *template_problems(project, tree, own_id)]
    if problems:
        raise InvalidInput.of(problems)


def _hold(project: Project, template_id: int) -> Template:
    template = hold_template(project, template_id)
    if template.language != LANGUAGE:
        raise NotFound("template", template_id)
    return template


def _where(project: Project, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [
        Template.project_id.is_(None) if wanted.is_common else Template.project_id == project.id,
        Template.is_deleted.is_(False), Template.language == LANGUAGE, Template.current_version_id.is_not(None),
    ]  # fmt: skip
    if wanted.keyword:
        where.append(Template.name.contains(wanted.keyword, autoescape=True))
    if wanted.name:
        where.append(Template.name == wanted.name)
    if wanted.id is not None:
        where.append(Template.id == wanted.id)
    return where


def _with_trees(rows: Sequence[Template]) -> list[Stored]:
    ids = [row.current_version_id for row in rows]
    found: Sequence[Row[Any]] = db.session.execute(
        select(TemplateVersion.id, TemplateVersion.tree).where(TemplateVersion.id.in_(ids))
    ).all()
    trees = {row.id: row.tree for row in found}
    return [Stored(row, trees[row.current_version_id]) for row in rows]
