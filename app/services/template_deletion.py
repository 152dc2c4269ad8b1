"""Deleting a flow: it is gone from all lists, and what was made of it stays."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import Refused
from app.models.flows import FlowSettings
from app.models.projects import Project
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.journal import record
from app.services.template_uses import uses_of
from app.services.templates import hold_template


def delete_template(actor: Actor, project: Project, template_id: int) -> None:
    """Delete a flow of the project, draft or not; what runs goes on. Raises Refused where something needs it."""
    with writing() as session:
        require(actor, project, "edit")
        template = hold_template(project, template_id)
        uses = uses_of(actor, project, template)
        users = [*(used.name for used in uses.flows), *(used.name for used in uses.schedules)]
        if users:
            raise Refused("in_use", say("it is used by {users}", users=users[:5]))
        if session.scalar(select(FlowSettings.template_id).where(FlowSettings.template_id == template.id)) is not None:
            raise Refused("in_cycles", say("it runs in cycles: delete it where its cycles are set"))
        template.is_deleted = True
        session.flush()
        detail = {"name": template.name}
        record(session, actor, "template", template.id, "delete", project_id=project.id, detail=detail)
