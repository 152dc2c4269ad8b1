"""Credentials of a project: entered and replaced, never shown; hosts name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.credentials import Credential
from app.models.projects import Host, Project
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import bound, writing
from app.services.hosts import key_problems, user_problems
from app.services.journal import record
from app.services.paging import Page, Place, page_of

LONGEST_NAME = 64
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class CredentialEntry:
    """What is to be kept of a credential. A secret that is None stays as it is; an empty one is taken away."""

    name: str
    user: str = "root"
    password: str | None = None
    private_key: str | None = None


@dataclass(frozen=True, slots=True)
class KnownCredential:
    """A credential as pages see it: of its secrets only whether they are there; `hosts` is how many hosts name it."""

    id: int
    name: str
    user: str
    edited_by: str
    edited_at: datetime
    has_password: bool
    has_key: bool
    hosts: int


def page_of_credentials(actor: Actor, project: Project, place: Place, limit: int = 50) -> Page:
    """Return a page of a project's credentials, the last added first: rows with the fields of `KnownCredential`."""
    require(actor, project, "view")
    return page_of(_facts().where(Credential.project_id == project.id), [Credential.id], place, limit)


def credential_names(actor: Actor, project: Project) -> Sequence[tuple[int, str]]:
    """Return the credentials that a host can name, as (id, name), by name."""
    require(actor, project, "view")
    wanted = select(Credential.id, Credential.name).where(Credential.project_id == project.id)
    return [(id_, name) for id_, name in db.session.execute(wanted.order_by(Credential.name).limit(500))]


def read_credential(actor: Actor, project: Project, credential_id: int) -> KnownCredential:
    """Return a credential of the project, without its secrets."""
    require(actor, project, "view")
    wanted = _facts().where(Credential.project_id == project.id, Credential.id == credential_id)
    row = db.session.execute(wanted).first()
    if row is None:
        raise NotFound("credential", credential_id)
    return KnownCredential(*row)


def create_credential(actor: Actor, project: Project, entry: CredentialEntry) -> int:
    """Add a credential and return its id; raises InvalidInput with all that is wrong."""
    with writing() as session:
        require(actor, project, "manage")
        _check(project, entry, None)
        credential = Credential(project_id=project.id, password="", private_key="")
        _take(actor, credential, entry)
        session.add(credential)
        session.flush()
        record(
            session, actor, "credential", credential.id, "create", project_id=project.id, detail={"name": entry.name}
        )
        return credential.id


def change_credential(actor: Actor, project: Project, credential_id: int, entry: CredentialEntry) -> None:
    """Change a credential; every host that names it is reached by what it is now."""
    with writing() as session:
        require(actor, project, "manage")
        credential = _find(project, credential_id)
        _check(project, entry, credential)
        replaced = [name for name in ("password", "private_key") if getattr(entry, name) is not None]
        _take(actor, credential, entry)
        detail = {"name": entry.name, "replaced": replaced}
        record(session, actor, "credential", credential_id, "update", project_id=project.id, detail=detail)


def delete_credential(actor: Actor, project: Project, credential_id: int) -> str:
    """Delete a credential that no host names and return its name; raises Refused, which tells the hosts."""
    with writing() as session:
        require(actor, project, "manage")
        credential = _find(project, credential_id)
        named = select(Host.address).where(Host.credential_id == credential_id).order_by(Host.address)
        hosts = list(session.scalars(named.limit(_MOST_NAMED + 1)))
        if hosts:
            message = say(
                "{name} is the credential of {hosts}{others}: give them another one first",
                name=credential.name, hosts=hosts[:_MOST_NAMED],
                others=say(" and others") if len(hosts) > _MOST_NAMED else "",
            )  # fmt: skip
            raise Refused("in_use", message, hosts=hosts)
        name = credential.name
        session.delete(credential)
        record(session, actor, "credential", credential_id, "delete", project_id=project.id, detail={"name": name})
        return name


def _facts() -> Select[Any]:
    hosts = select(func.count()).where(Host.credential_id == Credential.id).correlate(Credential).scalar_subquery()
    columns: list[Any] = [
        Credential.id, Credential.name, Credential.user, Credential.edited_by, Credential.edited_at,
        (Credential.password != "").label("has_password"), (Credential.private_key != "").label("has_key"),
        hosts.label("hosts"),
    ]  # fmt: skip
    return select(*columns)


def _find(project: Project, credential_id: int) -> Credential:
    own = select(Credential).where(Credential.project_id == project.id, Credential.id == credential_id)
    found = db.session.scalar(own)
    if found is None:
        raise NotFound("credential", credential_id)
    return found


def _take(actor: Actor, credential: Credential, entry: CredentialEntry) -> None:
    credential.name, credential.user = entry.name, entry.user
    credential.edited_by, credential.edited_at = actor.username, bound().clock()
    if entry.password is not None:
        credential.password = entry.password
    if entry.private_key is not None:
        credential.private_key = entry.private_key


def _check(project: Project, entry: CredentialEntry, before: Credential | None) -> None:
    own_id = before.id if before is not None else 0
    same = select(Credential.id).where(
        Credential.project_id == project.id, Credential.name == entry.name, Credential.id != own_id
    )
    problems = []
    if not 1 <= len(entry.name) <= LONGEST_NAME:
        problems.append(
            Problem("name", say("a credential's name has 1 to {most} characters", most=LONGEST_NAME), "name")
        )
    elif db.session.scalar(same) is not None:
        problems.append(Problem("name", say("there is a credential {name} already", name=entry.name), "name"))
    problems += [*user_problems(entry.user), *key_problems(entry.private_key)]
    keeps = before is not None and any(
        getattr(before, name) and getattr(entry, name) is None for name in ("password", "private_key")
    )
    if not (entry.password or entry.private_key or keeps):
        problems.append(Problem("password", say("a credential has a password or a private key"), "password"))
    if problems:
        raise InvalidInput.of(problems)
