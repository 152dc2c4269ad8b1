"""Drafts: the unfinished next version of a template, one at most, shared by all who edit it.

A draft may be any JSON object; only publishing validates. Who saves it says which revision is known there: when another
one has been saved since, nothing is overwritten unless that is what is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.engine.core.values import Json, dumps
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateDraft
from app.sentences import say
from app.services.access import Actor, require
from app.services.documents import MOST_CHARACTERS
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.sealing import is_stored_as, sealed_as_is
from app.services.template_details import Details, apply_details, detail_problems
from app.services.templates import begin_template, find_with_drafts, hold_template, name_problems, version_of


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved. `base_version` is the number of the version it was made from, None for a new flow.

    Without a revision it is what there is where no draft is: the current version.
    """

    revision: int | None
    tree: Mapping[str, Any]
    by: str
    at: datetime
    base_version: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is to be saved as a draft; `tree` is plain JSON. Without a name the flow keeps the one that it has."""

    tree: Mapping[str, Json]
    base_version: int | None = None
    name: str = ""


def read_draft(actor: Actor, project: Project, template_id: int) -> Draft | None:
    """Return a template's draft, if it has one."""
    require(actor, project, "view")
    return draft_of(find_with_drafts(project, template_id))


def draft_of(template: Template) -> Draft | None:
    """Return the draft of a template that has been found, if it has one."""
    row = db.session.get(TemplateDraft, template.id)
    return None if row is None else _draft(row)


def begin_draft(actor: Actor, project: Project, sketch: Sketch, details: Details) -> tuple[int, Draft]:
    """Make a flow that is a draft only, named as the details say; returns its id too."""
    with writing() as session:
        require(actor, project, "edit")
        problems = [*name_problems(details.name or ""), *detail_problems(replace(details, name=None))]
        if problems:
            raise InvalidInput.of(problems)
        template = begin_template(
            actor, project, (details.name or "").strip(), category=details.category or "Other",
            description=details.description or "",
        )  # fmt: skip
        apply_details(session, template, details)
        draft = store_draft(session, actor, template, sketch)
        detail = {"name": template.name, "is_draft": True}
        record(session, actor, "template", template.id, "create", project_id=project.id, detail=detail)
        return template.id, draft


def save_draft(actor: Actor, project: Project, template_id: int, sketch: Sketch, revision: int | None) -> Draft:
    """Save a draft over `revision`, None where there is none yet; raises Refused with `theirs` if that is not the latest.

    A save that comes twice, since its answer was lost, is no conflict. The journal tells who began a draft and who took it
    over, not each of the saves that editors make by themselves.
    """
    with writing() as session:
        require(actor, project, "edit")
        template = hold_template(project, template_id)
        before = session.get(TemplateDraft, template.id)
        if revision != (before.revision if before is not None else None):
            if before is None or before.by != actor.username or not is_stored_as(sketch.tree, before.tree, project.id):
                raise conflict_of(template, before)
            return _draft(before)
        is_new = before is None or before.by != actor.username
        draft = store_draft(session, actor, template, sketch)
        if is_new:
            record(session, actor, "template", template.id, "draft", project_id=project.id, detail=_detail(draft))
        return draft


def overwrite_draft(actor: Actor, project: Project, template_id: int, sketch: Sketch) -> Draft:
    """Save a draft, whatever has been saved in the meantime."""
    with writing() as session:
        require(actor, project, "edit")
        template = hold_template(project, template_id)
        draft = store_draft(session, actor, template, sketch)
        detail = _detail(draft)
        record(session, actor, "template", template.id, "overwrite_draft", project_id=project.id, detail=detail)
        return draft


def discard_draft(actor: Actor, project: Project, template_id: int, revision: int) -> None:
    """Take a draft away; with the draft of a flow that was never published the flow goes."""
    with writing() as session:
        require(actor, project, "edit")
        template = hold_template(project, template_id)
        before = session.get(TemplateDraft, template.id)
        if before is None:
            raise NotFound("draft of template", template_id)
        if revision != before.revision:
            raise conflict_of(template, before)
        session.delete(before)
        template.is_deleted = template.current_version_id is None
        detail = {"revision": revision, "name": template.name}
        record(session, actor, "template", template.id, "discard_draft", project_id=project.id, detail=detail)


def store_draft(session: Session, actor: Actor, template: Template, sketch: Sketch) -> Draft:
    """Write a draft in the caller's transaction, who has asked whether it may be; its secrets are sealed."""
    name = sketch.name.strip()
    problems = name_problems(name) if name else []
    if sketch.base_version is not None and not 0 < sketch.base_version < 2**31:
        problems.append(Problem("base_version", say("base_version is the number of a version"), "base_version"))
    if len(dumps(sketch.tree)) > MOST_CHARACTERS:
        problems.append(
            Problem("too_large", say("a draft has at most {most} characters", most=MOST_CHARACTERS), "tree")
        )
    if problems:
        raise InvalidInput.of(problems)
    template.draft_revision += 1
    row = TemplateDraft(
        template_id=template.id, revision=template.draft_revision, base_version=sketch.base_version,
        name=name or template.name, tree=sealed_as_is(sketch.tree, template.project_id), by=actor.username, at=bound().clock(),
    )  # fmt: skip
    row = session.merge(row)
    if template.current_version_id is None and name:
        template.name = name
    session.flush()
    return _draft(row)


def conflict_of(template: Template, before: TemplateDraft | None) -> Refused:
    """Return what tells that somebody else has saved the draft, or has published or discarded it."""
    if before is not None:
        message = say(
            "{by} has saved the draft in the meantime: compare, then take theirs or overwrite it", by=before.by
        )
        return Refused("conflict", message, theirs=_draft(before))
    current = version_of(template)
    message = say(
        "the draft has been published or discarded in the meantime: compare with the current version, then go on"
    )
    now = Draft(None, current.tree, current.created_by, current.created_at, current.number, template.name)
    return Refused("conflict", message, theirs=now)


def _draft(row: TemplateDraft) -> Draft:
    return Draft(row.revision, row.tree, row.by, row.at, row.base_version, row.name)


def _detail(draft: Draft) -> dict[str, Json]:
    return {"revision": draft.revision, "base_version": draft.base_version, "name": draft.name}
