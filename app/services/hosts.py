"""Hosts of a project's inventory."""

from __future__ import annotations

from sqlalchemy import Engine, select

from app.engine.plugins.base import HostAccess
from app.errors import NotFound
from app.models.projects import Host
from app.services.access import SYSTEM
from app.services.engine import writing
from app.services.journal import record

LOCAL = ("127.0.0.1", "localhost", "::1")


def add_host(project_id: int, access: HostAccess) -> None:
    """Add a host to a project's inventory, or change the one with that address."""
    with writing() as session:
        host = session.scalar(select(Host).where(Host.project_id == project_id, Host.address == access.address))
        if host is None:
            host = Host(project_id=project_id, address=access.address)
            session.add(host)
        host.port, host.user, host.host_key = access.port, access.user, access.host_key
        host.password, host.private_key = access.password, access.private_key
        record(session, SYSTEM, "host", access.address, "set", project_id=project_id)


def host_lookup(engine: Engine, project_id: int, address: str) -> HostAccess:
    """Say how to reach a host of a project; the worker's own machine is in every inventory. Raises NotFound."""
    if address in LOCAL:
        return HostAccess(address, is_local=True)
    columns = (Host.address, Host.port, Host.user, Host.password, Host.private_key, Host.host_key)
    with engine.connect() as connection:
        row = connection.execute(select(*columns).where(Host.project_id == project_id, Host.address == address)).first()
    if row is None:
        raise NotFound("host", address)
    return HostAccess(*row)
