"""Alerts of flows: which owners are told, and how, when an instance fails or cannot even start."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.core.values import Json
from app.engine.store import Tx
from app.models.accounts import User
from app.models.flows import FlowInstance
from app.models.projects import Project
from app.services.engine import bound
from app.services.flow_settings import Flow
from app.services.notices import News, Watcher, owe, watcher_problems

_MAIL = 1
"""The bit of `alert_mode` that asks for mails. The other asks for text messages, which nothing here can send."""

_TOLD_OF = ("task_failed", "fire_failed")


def watchers_of_flow(session: Session, flow: Flow) -> list[Watcher]:
    """Return who is told that an instance failed: the owners who have a mail address, or whose names are one."""
    if not flow.settings.alert_mode & _MAIL:
        return []
    known = select(User.username, User.email).where(User.username.in_(flow.owners), User.is_active)
    addresses = {username: email for username, email in session.execute(known) if email}
    targets = dict.fromkeys(addresses.get(name, name) for name in flow.owners)
    watchers = [Watcher(_TOLD_OF, "mail", target) for target in targets]
    return [watcher for watcher in watchers if not watcher_problems([watcher])]


def tell_broken(session: Session, project: Project, flow: Flow, instance: FlowInstance) -> None:
    """Owe those who are told of failures that an instance cannot start."""
    told: dict[str, Json] = {
        "number": flow.number, "instance": f"{flow.number}-{instance.stamp}", "reason": instance.reason,
        "name": f"{flow.template.name}-{instance.stamp}",
    }  # fmt: skip
    payload: dict[str, Json] = {"flow": told, "project": {"id": project.id, "name": project.name}}
    news = News("fire_failed", bound().clock(), project.id, payload=payload)
    owe(Tx.of_session(session), watchers_of_flow(session, flow), news)
