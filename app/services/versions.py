"""Versions of a flow: listed, opened, compared with one another and with the draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise
from typing import Any, Literal

from sqlalchemy import Row, Select, select

from app.engine.core.change_counts import Counts, counts_of
from app.engine.core.differences import Differences, differences
from app.errors import NotFound
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateVersion
from app.sentences import say
from app.services.access import Actor, require
from app.services.drafts import draft_of
from app.services.templates import find_with_drafts

_A_PAGE = 30
_LARGEST_NUMBER = 2**31


@dataclass(frozen=True, slots=True)
class Version:
    """A version as lists show it; the tree is never read for it."""

    number: int
    digest: str
    by: str
    at: datetime
    message: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OpenVersion:
    """A version with its tree."""

    number: int
    digest: str
    by: str
    at: datetime
    message: str
    is_current: bool
    tree: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """How much a version changed against the one before it, None of the first."""

    number: int
    counts: Counts | None


_COLUMNS: list[Any] = [
    TemplateVersion.id, TemplateVersion.number, TemplateVersion.digest, TemplateVersion.created_by,
    TemplateVersion.created_at, TemplateVersion.message,
]  # fmt: skip


def list_versions(actor: Actor, project: Project, template_id: int, before: int | None = None) -> Sequence[Version]:
    """Return a page of versions, the newest first, those with a number below `before`."""
    require(actor, project, "view")
    template = find_with_drafts(project, template_id)
    rows = db.session.execute(_newest_first(_COLUMNS, template, before).limit(_A_PAGE))
    return [
        Version(number, digest, by, at, message, id_ == template.current_version_id)
        for id_, number, digest, by, at, message in rows
    ]


def count_changes(
    actor: Actor, project: Project, template_id: int, before: int | None = None
) -> Sequence[VersionChanges]:
    """Return how much each version changed, of the page that `list_versions` gives.

    A page asks for its trees at once and holds two of them at a time. Versions never change, and most are never looked
    at, so this is counted when somebody does.
    """
    require(actor, project, "view")
    template = find_with_drafts(project, template_id)
    columns: list[Any] = [TemplateVersion.number, TemplateVersion.digest, TemplateVersion.tree]
    wanted = _newest_first(columns, template, before).limit(_A_PAGE + 1).execution_options(yield_per=1)
    rows = chain(db.session.execute(wanted), [None])
    found = [
        VersionChanges(newer.number, _counted(older, newer)) for newer, older in pairwise(rows) if newer is not None
    ]
    return found[:_A_PAGE]


def read_version(actor: Actor, project: Project, template_id: int, number: int) -> OpenVersion:
    """Return a version with its tree."""
    require(actor, project, "view")
    template = find_with_drafts(project, template_id)
    row = find_version(template, number)
    is_current = row.id == template.current_version_id
    return OpenVersion(row.number, row.digest, row.created_by, row.created_at, row.message, is_current, row.tree)


def compare_versions(
    actor: Actor, project: Project, template_id: int, before: int, after: int | Literal["draft"]
) -> Differences:
    """Return what has changed from one version to another, or to the draft."""
    require(actor, project, "view")
    template = find_with_drafts(project, template_id)
    old = find_version(template, before).tree
    if after != "draft":
        return differences(old, find_version(template, after).tree)
    draft = draft_of(template)
    if draft is None:
        raise NotFound("draft of template", template_id)
    return differences(old, draft.tree)


def compare_trees(actor: Actor, project: Project, before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """Return what has changed from one tree to another, neither of which need be stored anywhere."""
    require(actor, project, "view")
    return differences(before, after)


def _newest_first(columns: list[Any], template: Template, before: int | None) -> Select[Any]:
    wanted = select(*columns).where(TemplateVersion.template_id == template.id)
    if before is not None:
        wanted = wanted.where(TemplateVersion.number < min(before, _LARGEST_NUMBER - 1))
    return wanted.order_by(TemplateVersion.number.desc())


def _counted(older: Row[Any] | None, newer: Row[Any]) -> Counts | None:
    if older is None:
        return None
    return Counts() if older.digest == newer.digest else counts_of(differences(older.tree, newer.tree))


def find_version(template: Template, number: int) -> TemplateVersion:
    """Return a version of a template that has been found; raises NotFound."""
    wanted = select(TemplateVersion).where(TemplateVersion.template_id == template.id, TemplateVersion.number == number)
    row = db.session.scalar(wanted) if 0 < number < _LARGEST_NUMBER else None
    if row is None:
        raise NotFound(say("version of template {template}:", template=template.id), number)
    return row
