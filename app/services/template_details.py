"""What there is to a template beside its tree: name, category, description, labels, who is told of its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.engine.core.values import Json
from app.errors import InvalidInput, Problem
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateLabel
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.project_constants import proxy_problems
from app.services.templates import LONGEST_CATEGORY, hold_template, name_problems

MOST_LABELS, LONGEST_LABEL = 20, 32
FLOW_TYPES = ("common", "common_func")
"""Who starts the tasks of a flow: who made them, or whoever claims them."""

_LONGEST_DESCRIPTION = 10_000


@dataclass(frozen=True, slots=True)
class Details:
    """What is to change; what is None stays. `notify_type` and `notify_receivers` are kept as bk-sops writes them."""

    name: str | None = None
    category: str | None = None
    description: str | None = None
    labels: Sequence[str] | None = None
    notify_type: Json = None
    notify_receivers: Json = None
    executor_proxy: str | None = None
    flow_type: str | None = None


def change_details(actor: Actor, project: Project, template_id: int, details: Details) -> list[str]:
    """Change what is beside the tree, at once for all: it makes no version. Returns what has changed."""
    with writing() as session:
        require(actor, project, "edit")
        return _change(session, actor, project, hold_template(project, template_id), details)


def add_label(actor: Actor, project: Project, template_id: int, label: str) -> list[str]:
    """Give a flow one label more; twice is as good as once."""
    with writing() as session:
        require(actor, project, "edit")
        template = hold_template(project, template_id)
        labels = {*labels_of(template), label.strip()}
        return _change(session, actor, project, template, Details(labels=sorted(labels)))


def _change(session: Session, actor: Actor, project: Project, template: Template, details: Details) -> list[str]:
    problems = detail_problems(details)
    if problems:
        raise InvalidInput.of(problems)
    changed = apply_details(session, template, details)
    if changed:
        template.editor, template.edited_at = actor.username, bound().clock()
        detail = {"name": template.name, "changed": changed}
        record(session, actor, "template", template.id, "change_details", project_id=project.id, detail=detail)
    return changed


def detail_problems(details: Details) -> list[Problem]:
    """Return everything that is wrong with details."""
    problems = [] if details.name is None else name_problems(details.name)
    if details.category is not None and not 1 <= len(details.category.strip()) <= LONGEST_CATEGORY:
        problems.append(
            Problem("category", say("a category has 1 to {most} characters", most=LONGEST_CATEGORY), "category")
        )
    if details.description is not None and len(details.description) > _LONGEST_DESCRIPTION:
        message = say("a description has at most {most} characters", most=_LONGEST_DESCRIPTION)
        problems.append(Problem("description", message, "description"))
    labels = details.labels or ()
    if len(labels) > MOST_LABELS or not all(1 <= len(label.strip()) <= LONGEST_LABEL for label in labels):
        message = say(
            "a flow has at most {most} labels of 1 to {longest} characters", most=MOST_LABELS, longest=LONGEST_LABEL
        )
        problems.append(Problem("labels", message, "labels"))
    if details.flow_type is not None and details.flow_type not in FLOW_TYPES:
        message = say(
            "flow_type is one of {known}, not {given!r}", known=list(FLOW_TYPES), given=details.flow_type[:40]
        )
        problems.append(Problem("flow_type", message, "flow_type"))
    return [*problems, *proxy_problems(details.executor_proxy or "")]


def apply_details(session: Session, template: Template, details: Details) -> list[str]:
    """Change a template in the caller's transaction, which has checked them; returns the names of what has changed."""
    changed = []
    for field in fields(details):
        wanted: Any = getattr(details, field.name)
        if wanted is None or field.name == "labels":
            continue
        wanted = wanted.strip() if field.name in ("name", "category", "executor_proxy") else wanted
        if getattr(template, field.name) != wanted:
            setattr(template, field.name, wanted)
            changed.append(field.name)
    if details.labels is not None and _set_labels(session, template, details.labels):
        changed.append("labels")
    return changed


def labels_of(template: Template) -> list[str]:
    """Return a template's labels, in order."""
    wanted = select(TemplateLabel.label).where(TemplateLabel.template_id == template.id)
    return list(db.session.scalars(wanted.order_by(TemplateLabel.label)))


def _set_labels(session: Session, template: Template, labels: Sequence[str]) -> bool:
    wanted, before = {label.strip() for label in labels}, set(labels_of(template))
    gone = TemplateLabel.label.in_(before - wanted)
    session.execute(delete(TemplateLabel).where(TemplateLabel.template_id == template.id, gone))
    session.add_all(TemplateLabel(template_id=template.id, label=label) for label in sorted(wanted - before))
    session.flush()
    return wanted != before
