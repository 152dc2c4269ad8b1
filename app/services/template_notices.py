"""Who is told of the tasks of each flow: kept as bk-sops keeps it, shown and changed as events and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.engine.core.values import Json
from app.errors import InvalidInput, Problem
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template
from app.sentences import say
from app.services.access import Actor, require
from app.services.notices import Watcher, watcher_problems
from app.services.template_details import Details, change_details

EVENTS = ("success", "fail", "pending_processing")
"""What can be told of: that a task has finished, that it has failed, that it waits for a person."""

_OURS = ("email", "webhook")
_KNOWN_WAYS = {"email", "mail", "webhook"}
_MOST = 500


@dataclass(frozen=True, slots=True)
class FlowNotices:
    """Of which events of a flow's tasks somebody is told, and who: mail addresses, and URLs."""

    template_id: int
    name: str
    events: frozenset[str]
    receivers: Sequence[str]


def list_flow_notices(actor: Actor, project: Project) -> Sequence[FlowNotices]:
    """Return the notices of a project's flows, by name; for who may not edit, without the URLs' paths."""
    require(actor, project, "edit")
    columns = (Template.id, Template.name, Template.notify_type, Template.notify_receivers)
    wanted = select(*columns).where(Template.project_id == project.id, Template.is_deleted.is_(False))
    rows = db.session.execute(wanted.order_by(Template.name, Template.id).limit(_MOST))
    return [FlowNotices(row.id, row.name, _events(row.notify_type), _receivers(row.notify_receivers)) for row in rows]


def set_flow_notices(
    actor: Actor, project: Project, template_id: int, events: Sequence[str], receivers: Sequence[str]
) -> None:
    """Say of which events who is told; ways and groups of bk-sops that mean nothing here are kept."""
    targets = list(dict.fromkeys(text.strip() for text in receivers if text.strip()))
    problems = [
        problem
        for target in targets
        for problem in watcher_problems([Watcher((), "webhook" if "://" in target else "mail", target)])
    ]
    if events and not targets:
        problems.append(
            Problem("receivers", say("name at least one mail address or URL that is to be told"), "receivers")
        )
    if problems:
        raise InvalidInput.of(problems)
    require(actor, project, "edit")
    kept = select(Template.notify_type, Template.notify_receivers).where(Template.id == template_id)
    row = db.session.execute(kept.where(Template.project_id == project.id)).one_or_none()
    before: Mapping[str, Any] = row.notify_receivers if row and isinstance(row.notify_receivers, Mapping) else {}
    details = Details(
        notify_type=_types(row.notify_type if row else None, events),
        notify_receivers={**before, "more_receiver": ",".join(targets)},
    )
    change_details(actor, project, template_id, details)


def _ways(types: Json) -> dict[str, list[str]]:
    given: Mapping[str, Any] = types if isinstance(types, Mapping) else {"success": types, "fail": types}
    return {event: [str(way) for way in given.get(event) or []] for event in EVENTS}


def _events(types: Json) -> frozenset[str]:
    return frozenset(event for event, ways in _ways(types).items() if _KNOWN_WAYS & set(ways))


def _types(types: Json, events: Sequence[str]) -> dict[str, Json]:
    kept: Mapping[str, Any] = types if isinstance(types, Mapping) else {}
    others = {event: [way for way in ways if way not in _KNOWN_WAYS] for event, ways in _ways(types).items()}
    return {**kept, **{event: [*ways, *(_OURS if event in events else ())] for event, ways in others.items()}}


def _receivers(receivers: Json) -> Sequence[str]:
    more = receivers.get("more_receiver") if isinstance(receivers, Mapping) else ""
    names = more if isinstance(more, list) else str(more or "").replace(";", ",").split(",")
    return [text for name in names if (text := str(name).strip())]
