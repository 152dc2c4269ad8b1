"""The labels of a project's flows, as a whole: renamed, joined and dropped."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models.projects import Project
from app.models.templates import Template, TemplateLabel
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.journal import record
from app.services.template_details import LONGEST_LABEL


def rename_label(actor: Actor, project: Project, label: str, name: str) -> int:
    """Call a label otherwise on all flows of a project, and return on how many; with the name of another they become one."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_LABEL:
        raise InvalidInput(Problem("label", say("a label has 1 to {most} characters", most=LONGEST_LABEL), "name"))
    with writing() as session:
        require(actor, project, "edit")
        ids = _labelled(session, project, label)
        session.execute(
            delete(TemplateLabel).where(TemplateLabel.template_id.in_(ids), TemplateLabel.label.in_((label, name)))
        )
        session.execute(insert(TemplateLabel), [{"template_id": id_, "label": name} for id_ in ids])
        record(
            session, actor, "label", label, "rename", project_id=project.id, detail={"name": name, "flows": len(ids)}
        )
        return len(ids)


def drop_label(actor: Actor, project: Project, label: str) -> int:
    """Take a label off all flows of a project, and return off how many."""
    with writing() as session:
        require(actor, project, "edit")
        ids = _labelled(session, project, label)
        session.execute(delete(TemplateLabel).where(TemplateLabel.template_id.in_(ids), TemplateLabel.label == label))
        record(session, actor, "label", label, "drop", project_id=project.id, detail={"flows": len(ids)})
        return len(ids)


def _labelled(session: Session, project: Project, label: str) -> list[int]:
    wanted = select(TemplateLabel.template_id).join(Template, Template.id == TemplateLabel.template_id)
    there = (Template.project_id == project.id, Template.is_deleted.is_(False), TemplateLabel.label == label)
    ids = list(session.scalars(wanted.where(*there)))
    if not ids:
        raise NotFound("label", label)
    return ids
