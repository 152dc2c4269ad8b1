"""Publishing: what is drawn becomes the next version of a flow, if it is valid and nobody was quicker.

Who publishes says which version the work began with. One flow of a project is published at a time, so two flows that are
published at once cannot each begin to contain the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.engine.core.values import Json
from app.errors import InvalidInput, Problem, Refused
from app.models.projects import Project
from app.models.templates import Template, TemplateDraft, TemplateVersion
from app.sentences import say
from app.services.access import Actor, hold_project, require
from app.services.drafts import conflict_of
from app.services.engine import writing
from app.services.input_problems import new_input_problems
from app.services.journal import record
from app.services.sealing import sealed_from_outside
from app.services.template_details import Details, apply_details, detail_problems
from app.services.templates import (
    LONGEST_MESSAGE,
    add_template,
    add_version,
    current_tree,
    digest_of,
    hold_template,
    name_problems,
    template_problems,
    version_of,
)
from app.services.versions import find_version


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published; `tree` is plain JSON.

    `base_version` is the number of the version that the work began with, None if there was none. `draft_revision` is the
    latest draft that was seen: where somebody else has saved a later one, that is told instead of thrown away.
    """

    tree: Mapping[str, Json]
    message: str = ""
    base_version: int | None = None
    draft_revision: int | None = None
    details: Details = field(default_factory=Details)


@dataclass(frozen=True, slots=True)
class Published:
    """The current version after publishing; it is not new where the tree was that of the version before."""

    id: int
    version: int
    digest: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Newer:
    """The version that somebody else has published in the meantime."""

    version: int
    tree: Mapping[str, Any]
    by: str
    at: datetime
    message: str


def publish(actor: Actor, project: Project, template_id: int, publication: Publication) -> Published:
    """Publish the next version; raises Refused with `theirs` where there is a newer one, or a newer draft.

    InvalidInput tells everything that is wrong at once. The draft goes with it, unless it is another's of which the
    publication does not tell that it has been seen. A tree that has not changed makes no version.
    """
    with writing() as session:
        template = _hold(session, actor, project, template_id)
        _expect(template, publication.base_version)
        _expect_draft(session, template, publication.draft_revision)
        published = _publish(session, actor, project, template, publication, current_tree(template) or {})
        _drop_draft(
            session, template, lambda draft: draft.by == actor.username or publication.draft_revision is not None
        )
        return published


def publish_over(actor: Actor, project: Project, template_id: int, publication: Publication) -> Published:
    """Publish the next version, whatever has been published or saved in the meantime."""
    with writing() as session:
        template = _hold(session, actor, project, template_id)
        published = _publish(session, actor, project, template, publication, current_tree(template) or {})
        _drop_draft(session, template, lambda draft: True)
        return published


def publish_new(actor: Actor, project: Project, publication: Publication) -> Published:
    """Publish a new flow, whose name is among the details."""
    with writing() as session:
        require(actor, project, "edit")
        details = publication.details
        problems = [] if details.name is not None else name_problems("")
        problems += _problems(project, publication, None, {})
        if problems:
            raise InvalidInput.of(problems)
        template = add_template(
            actor, project, (details.name or "").strip(), publication.tree, category=details.category or "Other",
            description=details.description or "", message=publication.message.strip(),
        )  # fmt: skip
        apply_details(session, template, details)
        version = version_of(template)
        return Published(template.id, version.number, version.digest, True)


def restore_version(
    actor: Actor, project: Project, template_id: int, number: int, *, message: str, base_version: int | None
) -> Published:
    """Publish a version equal to an older one; the draft stays. It is validated, save for the inputs that it had."""
    with writing() as session:
        template = _hold(session, actor, project, template_id)
        _expect(template, base_version)
        old = find_version(template, number)
        return _publish(session, actor, project, template, Publication(old.tree, message), old.tree)


def _hold(session: Session, actor: Actor, project: Project, template_id: int) -> Template:
    require(actor, project, "edit")
    hold_project(session, project)
    return hold_template(project, template_id)


def _expect(template: Template, base: int | None) -> None:
    current = _current(template)
    if base == (current.number if current is not None else None):
        return
    if current is None:
        raise Refused("conflict", say("this flow has never been published: open it again"), theirs=None)
    newer = Newer(current.number, current.tree, current.created_by, current.created_at, current.message)
    message = say(
        "{name} has published version {number} in the meantime: compare, then take it or go on",
        name=current.created_by,
        number=current.number,
    )
    raise Refused("conflict", message, theirs=newer)


def _expect_draft(session: Session, template: Template, revision: int | None) -> None:
    draft = session.get(TemplateDraft, template.id)
    if draft is not None and revision is not None and draft.revision != revision:
        raise conflict_of(template, draft)


def _drop_draft(session: Session, template: Template, goes: Callable[[TemplateDraft], bool]) -> None:
    draft = session.get(TemplateDraft, template.id)
    if draft is not None and goes(draft):
        session.delete(draft)


def _publish(
    session: Session, actor: Actor, project: Project, template: Template, publication: Publication,
    known: Mapping[str, Json],
) -> Published:  # fmt: skip
    """Publish in the caller's transaction. What is wrong with inputs in the tree `known` already stands in no way."""
    problems = _problems(project, publication, template.id, known)
    if problems:
        raise InvalidInput.of(problems)
    before = _current(template)
    tree = sealed_from_outside(publication.tree, project.id, before.tree if before is not None else None)
    changed = apply_details(session, template, publication.details)
    is_new = before is None or digest_of(tree) != before.digest
    if is_new:
        version = add_version(actor, template, tree, message=publication.message.strip())
    else:
        assert before is not None, "what is not new was there before"
        version = before
        detail = {"name": template.name, "changed": changed, "version": version.number}
        record(session, actor, "template", template.id, "publish_unchanged", project_id=project.id, detail=detail)
    return Published(template.id, version.number, version.digest, is_new)


def _problems(
    project: Project, publication: Publication, own_id: int | None, known: Mapping[str, Json]
) -> list[Problem]:  # fmt: skip
    problems = detail_problems(publication.details)
    if len(publication.message.strip()) > LONGEST_MESSAGE:
        problems.append(
            Problem("message", say("a message has at most {most} characters", most=LONGEST_MESSAGE), "message")
        )
    problems += template_problems(project, publication.tree, own_id)
    return [*problems, *new_input_problems(publication.tree, known)]


def _current(template: Template) -> TemplateVersion | None:
    return version_of(template) if template.current_version_id is not None else None
