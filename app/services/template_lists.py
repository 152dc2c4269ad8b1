"""Templates as lists, and the common ones, which every project may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, select, type_coerce

from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor, require
from app.services.templates import OWN

COLUMNS: list[Any] = [
    Template.id, Template.name, Template.category, Template.description, Template.creator, Template.editor,
    type_coerce(Template.created_at, BigInteger).label("created_micros"),
    type_coerce(Template.edited_at, BigInteger).label("edited_micros"),
]  # fmt: skip
"""What a list shows of a template, times as microseconds since 1970; the tree is never read for it."""


def template_rows(
    actor: Actor, project: Project, source: str = "business", *, ids: Sequence[int] | None = None, keyword: str = "",
    limit: int | None = None,
) -> Sequence[Row[Any]]:  # fmt: skip
    """Return a project's templates, or the common ones, newest first, each as a row of `COLUMNS`; no mere drafts."""
    require(actor, project, "view")
    return _rows(project.id if source in OWN else None, ids, keyword, limit)


def common_template_rows(*, ids: Sequence[int] | None = None, keyword: str = "") -> Sequence[Row[Any]]:
    """Return the common templates, newest first; whoever may call may see them."""
    return _rows(None, ids, keyword)


def read_common_template(template_id: int) -> tuple[Template, Mapping[str, Any]]:
    """Return a common template and its current tree."""
    template = db.session.get(Template, template_id)
    if template is None or template.is_deleted or template.project_id is not None or not template.current_version_id:
        raise NotFound("common template", template_id)
    version = db.session.get_one(TemplateVersion, template.current_version_id)
    return template, version.tree


def _rows(
    project_id: int | None, ids: Sequence[int] | None, keyword: str, limit: int | None = None
) -> Sequence[Row[Any]]:
    there = (
        Template.project_id == project_id,
        Template.is_deleted.is_(False),
        Template.current_version_id.is_not(None),
    )
    wanted = select(*COLUMNS).where(*there)
    if ids is not None:
        wanted = wanted.where(Template.id.in_(ids))
    if keyword:
        wanted = wanted.where(Template.name.contains(keyword, autoescape=True))
    return db.session.execute(wanted.order_by(Template.id.desc()).limit(limit)).all()
