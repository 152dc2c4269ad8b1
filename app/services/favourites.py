"""Flows that somebody wants to see first in a project."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, select

from app.errors import NotFound
from app.models.accounts import User
from app.models.lists import Favourite
from app.models.projects import Project
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.saved_filters import user_id_of


def add_favourite(actor: Actor, project: Project, template_id: int) -> None:
    """Let a flow of the project, or a common one, stand first for the actor; twice is as good as once."""
    with writing() as session:
        require(actor, project, "view")
        template = session.get(Template, template_id)
        if template is None or template.is_deleted or template.project_id not in (None, project.id):
            raise NotFound("template", template_id)
        session.merge(Favourite(project_id=project.id, user_id=user_id_of(session, actor), template_id=template_id))


def remove_favourite(actor: Actor, project: Project, template_id: int) -> None:
    """Let a flow stand among the others again; one that stands there stays."""
    with writing() as session:
        require(actor, project, "view")
        row = session.get(Favourite, (project.id, user_id_of(session, actor), template_id))
        if row is not None:
            session.delete(row)


def is_favourite(actor: Actor, project: Project) -> ColumnElement[int]:
    """Return 1 for templates of a query that the actor wants first, 0 for others."""
    own = (
        select(Favourite.template_id)
        .join(User, User.id == Favourite.user_id)
        .where(Favourite.project_id == project.id, User.username == actor.username)
    )
    return case((Template.id.in_(own), 1), else_=0)
