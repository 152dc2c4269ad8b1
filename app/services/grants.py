"""What users may do with single templates and tasks, beyond their role in the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import exists, or_, select

from app.errors import InvalidInput, NotAllowed, NotFound, Problem
from app.extensions import db
from app.models.accounts import User
from app.models.projects import Grant, Project
from app.models.tasks import Task
from app.models.templates import Template
from app.sentences import say
from app.services.access import Actor, may, require
from app.services.engine import writing
from app.services.journal import record

GrantedPermission = Literal["create_task", "fill_params", "execute_task"]
ObjectKind = Literal["template", "common_template", "task"]

PERMISSIONS = ("create_task", "fill_params", "execute_task")
KINDS = ("template", "common_template", "task")

_CALLED: Mapping[str, str] = {
    said: said
    for said in (
        say("create_task"), say("fill_params"), say("execute_task"), say("template"), say("common_template"), say("task"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownGrant:
    """A permission that a user has on one thing; `name` is the thing's."""

    username: str
    permission: str
    kind: str
    object_id: int
    name: str


def require_grant(
    actor: Actor, project: Project, permission: GrantedPermission, *things: tuple[ObjectKind, int]
) -> None:
    """Raise NotAllowed unless the actor may operate in the project, or has the permission on one of `things`.

    The first of them is what the error names, as `kind id`.
    """
    require(actor, project, "view")
    if may(actor, project, "operate"):
        return
    on_any = or_(*((Grant.kind == kind) & (Grant.object_id == id_) for kind, id_ in things))
    granted = (
        exists()
        .where(Grant.project_id == project.id, Grant.permission == permission, on_any)
        .where(Grant.user_id == User.id, User.username == actor.username)
    )
    if not db.session.scalar(select(granted)):
        kind, id_ = things[0]
        raise NotAllowed(actor.username, _CALLED[permission], say("{kind} {id}", kind=_CALLED[kind], id=id_))


def require_trusted(actor: Actor) -> None:
    """Raise NotAllowed unless a trusted app, or an administrator, asks."""
    if not (actor.is_trusted or actor.is_admin):
        raise NotAllowed(actor.username, say("import"), say("for other systems"))


def list_grants(actor: Actor, project: Project) -> Sequence[KnownGrant]:
    """Return who was given what in a project, by user; what was granted on something that is gone is left out."""
    require(actor, project, "manage")
    given = select(User.username, Grant.permission, Grant.kind, Grant.object_id).join(User, User.id == Grant.user_id)
    rows = db.session.execute(
        given.where(Grant.project_id == project.id).order_by(
            User.username, Grant.kind, Grant.object_id, Grant.permission
        )
    ).all()
    names = {kind: _names(project, kind, [row.object_id for row in rows if row.kind == kind]) for kind in KINDS}
    return [KnownGrant(*row, names[row.kind][row.object_id]) for row in rows if row.object_id in names[row.kind]]


def grant(actor: Actor, project: Project, username: str, permission: str, kind: str, object_id: int) -> None:
    """Give a user a permission on one template or task; giving it twice changes nothing. Raises NotFound."""
    with writing() as session:
        require(actor, project, "manage")
        row = _row(project, username, permission, kind, object_id)
        if object_id not in _names(project, kind, [object_id]):
            raise NotFound(kind.replace("_", " "), object_id)
        session.merge(row)
        detail = {"permission": permission, "on": f"{kind} {object_id}"}
        record(session, actor, "grant", username, "grant", project_id=project.id, detail=detail)


def revoke_grant(actor: Actor, project: Project, username: str, permission: str, kind: str, object_id: int) -> None:
    """Take a permission back; raises NotFound where it was not given."""
    with writing() as session:
        require(actor, project, "manage")
        row = _row(project, username, permission, kind, object_id)
        given = session.get(Grant, (project.id, row.user_id, kind, object_id, permission))
        if given is None:
            raise NotFound(
                "grant",
                say(
                    "{permission} on {kind} {id} for {name}",
                    permission=permission,
                    kind=kind,
                    id=object_id,
                    name=username,
                ),
            )
        session.delete(given)
        detail = {"permission": permission, "on": f"{kind} {object_id}"}
        record(session, actor, "grant", username, "revoke", project_id=project.id, detail=detail)


def _names(project: Project, kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of things of one kind that a project can use, of those with these ids."""
    if kind == "task":
        own = (Task.project_id == project.id, Task.is_deleted.is_(False), Task.id.in_(ids))
        return {id_: name for id_, name in db.session.execute(select(Task.id, Task.name).where(*own))}
    owner = project.id if kind == "template" else None
    there = (Template.project_id == owner, Template.is_deleted.is_(False), Template.id.in_(ids))
    return {id_: name for id_, name in db.session.execute(select(Template.id, Template.name).where(*there))}


def _row(project: Project, username: str, permission: str, kind: str, object_id: int) -> Grant:
    problems = []
    if permission not in PERMISSIONS:
        problems.append(
            Problem("permission", say("{given!r} is not one of {known}", given=permission, known=list(PERMISSIONS)))
        )
    if kind not in KINDS:
        problems.append(Problem("kind", say("{given!r} is not one of {known}", given=kind, known=list(KINDS))))
    if problems:
        raise InvalidInput.of(problems)
    user_id = db.session.scalar(select(User.id).where(User.username == username))
    if user_id is None:
        raise NotFound("user", username)
    return Grant(project_id=project.id, user_id=user_id, kind=kind, object_id=object_id, permission=permission)
