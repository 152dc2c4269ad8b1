"""One order for many flows of a list: each is carried out by itself, and what became of each is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.errors import InvalidInput, NotFound, Problem, SluiceError
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template
from app.sentences import say, sentence_of
from app.services.access import Actor, require
from app.services.exchange import export_dat, export_yaml
from app.services.favourites import add_favourite, remove_favourite
from app.services.template_deletion import delete_template
from app.services.template_details import add_label

MOST = 100
"""How many flows one order is for, at most."""

FileFormat = Literal["yaml", "dat"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order for one flow; `reason` says why it was not carried out, and is empty where it was."""

    template_id: int
    name: str
    reason: str = ""


def change_templates(
    actor: Actor, project: Project, template_ids: Sequence[int], action: str, label: str = ""
) -> Sequence[Outcome]:
    """Label, delete or star flows one by one, each in a transaction of its own: one that refuses stops no other."""
    require(actor, project, "view")
    doing: Mapping[str, Callable[[int], object]] = {
        "star": lambda number: add_favourite(actor, project, number),
        "unstar": lambda number: remove_favourite(actor, project, number),
        "label": lambda number: add_label(actor, project, number, label),
        "delete": lambda number: delete_template(actor, project, number),
    }
    if action not in doing:
        unknown = say("{given!r} is not one of {known}", given=action, known=list(doing))
        raise InvalidInput.of([*_count_problems(template_ids), Problem("unknown_action", unknown, "action")])
    return one_by_one(actor, project, template_ids, doing[action])


def one_by_one(
    actor: Actor, project: Project, template_ids: Sequence[int], do: Callable[[int], object]
) -> Sequence[Outcome]:
    """Do something with each of some flows of a project; one that refuses stops no other. Raises InvalidInput for too many."""
    if problems := _count_problems(template_ids):
        raise InvalidInput.of(problems)
    names = names_of_templates(actor, project, template_ids)
    return [_outcome(number, names.get(number, ""), do) for number in template_ids]


def names_of_templates(actor: Actor, project: Project, template_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of flows of a project that have not been deleted, by id."""
    require(actor, project, "view")
    own = select(Template.id, Template.name).where(Template.project_id == project.id, Template.is_deleted.is_(False))
    return {id_: name for id_, name in db.session.execute(own.where(Template.id.in_(template_ids)))}


def export_templates(actor: Actor, project: Project, template_ids: Sequence[int], form: FileFormat) -> str:
    """Write published flows into one file; raises InvalidInput where one is only a draft."""
    require(actor, project, "view")
    problems = _count_problems(template_ids)
    if problems:
        raise InvalidInput.of(problems)
    only_drafts = select(Template.name).where(Template.id.in_(template_ids), Template.project_id == project.id)
    drafts = db.session.scalars(only_drafts.where(Template.current_version_id.is_(None))).all()
    if drafts:
        raise InvalidInput(
            Problem("draft", say("only published flows are exported; these are not: {names}", names=drafts))
        )
    return (export_yaml if form == "yaml" else export_dat)(actor, project, template_ids)


def _count_problems(template_ids: Sequence[int]) -> list[Problem]:
    if 1 <= len(template_ids) <= MOST:
        return []
    return [Problem("chosen", say("choose 1 to {most} flows", most=MOST), "flow")]


def _outcome(template_id: int, name: str, do: Callable[[int], object]) -> Outcome:
    try:
        if not name:
            raise NotFound("template", template_id)
        do(template_id)
    except SluiceError as error:
        return Outcome(template_id, name or str(template_id), sentence_of(error))
    return Outcome(template_id, name)
