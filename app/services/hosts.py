"""Hosts of a project's inventory. Who changes one gives its secrets; nobody reads them, but the worker that logs in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, func, or_, select

from app.engine.plugins.base import HostAccess
from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.credentials import Credential
from app.models.projects import Host, Project
from app.sentences import say
from app.services.access import SYSTEM, Actor, require
from app.services.engine import writing
from app.services.journal import record
from app.services.paging import Page, Place, page_of

LOCAL = ("127.0.0.1", "localhost", "::1")
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,254}")
_USER = re.compile(r"[^\s:@/]{1,64}")
_HOST_KEY = re.compile(r"(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]{40,}( .*)?")
LONGEST_KEY = 20_000


@dataclass(frozen=True, slots=True)
class HostEntry:
    """What is to be kept of a host. A secret that is None stays as it is; an empty one is taken away.

    With a `credential_id` its user and secrets are the credential's, and the host's own are not asked for.
    """

    address: str
    port: int | None = 22
    user: str = "root"
    host_key: str = ""
    credential_id: int | None = None
    password: str | None = None
    private_key: str | None = None


@dataclass(frozen=True, slots=True)
class KnownHost:
    """A host as pages see it: of its secrets only whether they are there."""

    id: int
    address: str
    port: int
    user: str
    host_key: str
    credential_id: int | None
    credential: str
    has_password: bool
    has_key: bool


def page_of_hosts(actor: Actor, project: Project, search: str, place: Place, limit: int = 50) -> Page:
    """Return a page of a project's hosts, the last added first: rows with the fields of `KnownHost`."""
    require(actor, project, "view")
    wanted = _facts().where(Host.project_id == project.id)
    if search:
        wanted = wanted.where(or_(Host.address.icontains(search, autoescape=True), Credential.name == search))
    return page_of(wanted, [Host.id], place, limit)


def read_host(actor: Actor, project: Project, host_id: int) -> KnownHost:
    """Return a host of the project, without its secrets."""
    require(actor, project, "view")
    row = db.session.execute(_facts().where(Host.project_id == project.id, Host.id == host_id)).first()
    if row is None:
        raise NotFound("host", host_id)
    return KnownHost(*row)


def create_host(actor: Actor, project: Project, entry: HostEntry) -> int:
    """Add a host to a project's inventory and return its id; raises InvalidInput with all that is wrong."""
    with writing() as session:
        require(actor, project, "manage")
        _check(project, entry, None)
        host = Host(project_id=project.id, address=entry.address)
        _take(host, entry)
        session.add(host)
        session.flush()
        record(session, actor, "host", entry.address, "create", project_id=project.id)
        return host.id


def change_host(actor: Actor, project: Project, host_id: int, entry: HostEntry) -> None:
    """Change a host; raises InvalidInput with all that is wrong."""
    with writing() as session:
        require(actor, project, "manage")
        host = _find(project, host_id)
        _check(project, entry, host_id)
        _take(host, entry)
        record(session, actor, "host", entry.address, "update", project_id=project.id)


def delete_host(actor: Actor, project: Project, host_id: int) -> str:
    """Take a host out of a project's inventory and return its address; scripts that name it fail from then on."""
    with writing() as session:
        require(actor, project, "manage")
        host = _find(project, host_id)
        address = host.address
        session.delete(host)
        record(session, actor, "host", address, "delete", project_id=project.id)
        return address


def add_host(project_id: int, access: HostAccess) -> None:
    """Add a host to a project's inventory, or change the one with that address."""
    with writing() as session:
        host = session.scalar(select(Host).where(Host.project_id == project_id, Host.address == access.address))
        if host is None:
            host = Host(project_id=project_id, address=access.address)
            session.add(host)
        host.port, host.user, host.host_key = access.port, access.user, access.host_key
        host.password, host.private_key, host.credential_id = access.password, access.private_key, None
        record(session, SYSTEM, "host", access.address, "set", project_id=project_id)


def host_lookup(engine: Engine, project_id: int, address: str) -> HostAccess:
    """Say how to reach a host of a project; the worker's own machine is in every inventory. Raises NotFound."""
    if address in LOCAL:
        return HostAccess(address, is_local=True)
    columns = (
        Host.address, Host.port, Host.user, Host.password, Host.private_key, Host.host_key, Credential.id,
        Credential.user, Credential.password, Credential.private_key,
    )  # fmt: skip
    wanted = select(*columns).outerjoin(Credential, Credential.id == Host.credential_id)
    with engine.connect() as connection:
        row = connection.execute(wanted.where(Host.project_id == project_id, Host.address == address)).first()
    if row is None:
        raise NotFound("host", address)
    user, password, private_key = row[7:10] if row[6] is not None else row[2:5]
    return HostAccess(row[0], row[1], user, password, private_key, row[5])


def user_problems(user: str) -> list[Problem]:
    """Return what is wrong with the name of somebody who logs in to hosts."""
    message = say("a user has 1 to 64 characters, without spaces, : @ or /")
    return [] if _USER.fullmatch(user) else [Problem("user", message, "user")]


def key_problems(private_key: str | None) -> list[Problem]:
    """Return what is wrong with a private key as it was typed; whether it opens anything, only the host can tell."""
    text = (private_key or "").strip()
    if not text:
        return []
    if len(text) > LONGEST_KEY or not text.startswith("-----BEGIN ") or "PRIVATE KEY-----" not in text:
        message = say("a private key begins with -----BEGIN … PRIVATE KEY-----, as the file of ssh-keygen does")
        return [Problem("private_key", message, "private_key")]
    if "ENCRYPTED" in text:
        return [Problem("private_key", say("the key has a passphrase: give one without"), "private_key")]
    return []


def _facts() -> Select[Any]:
    # An empty text is stored as it is, so that this needs no secret.
    columns: list[Any] = [
        Host.id, Host.address, Host.port, Host.user, Host.host_key, Host.credential_id,
        func.coalesce(Credential.name, "").label("credential"), (Host.password != "").label("has_password"),
        (Host.private_key != "").label("has_key"),
    ]  # fmt: skip
    return select(*columns).outerjoin(Credential, Credential.id == Host.credential_id)


def _find(project: Project, host_id: int) -> Host:
    host = db.session.scalar(select(Host).where(Host.project_id == project.id, Host.id == host_id))
    if host is None:
        raise NotFound("host", host_id)
    return host


def _take(host: Host, entry: HostEntry) -> None:
    host.address, host.port, host.host_key = entry.address, entry.port or 22, entry.host_key
    host.credential_id = entry.credential_id
    if entry.credential_id is not None:
        # What is not used is not kept.
        host.user, host.password, host.private_key = entry.user, "", ""
        return
    host.user = entry.user
    host.password = host.password or "" if entry.password is None else entry.password
    host.private_key = host.private_key or "" if entry.private_key is None else entry.private_key


def _check(project: Project, entry: HostEntry, own_id: int | None) -> None:
    problems = []
    same = select(Host.id).where(Host.project_id == project.id, Host.address == entry.address, Host.id != (own_id or 0))
    if not _ADDRESS.fullmatch(entry.address):
        problems.append(Problem("address", say("an address is a name or an IP address, such as 10.0.0.7"), "address"))
    elif entry.address in LOCAL:
        problems.append(
            Problem(
                "address",
                say("{address} is the worker itself, which is always there", address=entry.address),
                "address",
            )
        )
    elif db.session.scalar(same) is not None:
        problems.append(
            Problem(
                "address", say("there is a host {address} already: change that one", address=entry.address), "address"
            )
        )
    if entry.port is None or not 1 <= entry.port <= 65_535:
        problems.append(Problem("port", say("a port is a number from 1 to 65535"), "port"))
    if entry.host_key and not _HOST_KEY.fullmatch(entry.host_key):
        message = say("a host key is one line such as ssh-ed25519 AAAA…, as ssh-keyscan prints it after the address")
        problems.append(Problem("host_key", message, "host_key"))
    if entry.credential_id is None:
        problems += [*user_problems(entry.user), *key_problems(entry.private_key)]
    elif db.session.scalar(_credential(project, entry.credential_id)) is None:
        problems.append(Problem("credential", say("the credential is gone: choose another"), "credential"))
    if problems:
        raise InvalidInput.of(problems)


def _credential(project: Project, credential_id: int) -> Select[Any]:
    return select(Credential.id).where(Credential.id == credential_id, Credential.project_id == project.id)
