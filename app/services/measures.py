"""What the database and the queue know of an installation's work, as numbers for a monitoring system."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from app.extensions import db
from app.models.base import to_micros
from app.models.notices import Notice
from app.models.runs import TokenRow
from app.services.access import SYSTEM
from app.services.engine import bound
from app.services.health import health, queue_report
from app.services.work import work

Gauges = Mapping[str, tuple[str, Mapping[str, float]]]


def measures() -> Gauges:
    """Return the gauges by name: what each means, and its number for each value of its label (none: one number)."""
    parts = health()
    if parts["database"] != "ok":
        return {"sluice_up": ("Whether a part of the installation works.", _up(parts))}
    seen, report = work(SYSTEM), queue_report(SYSTEM)
    owed = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.state == "owed")) or 0
    found: Gauges = {
        "sluice_up": ("Whether a part of the installation works.", _up(parts)),
        "sluice_parked": ("Places in tasks that stand still, by what they wait for.", dict(seen.parked)),
        "sluice_overdue": ("Places in tasks that have been due for more than ten seconds.", {"": seen.overdue}),
        "sluice_longest_due_seconds": ("How long the longest due place in a task has waited.", {"": _longest_due()}),
        "sluice_stuck": ("Places in tasks that nothing will move; there must be none.", {"": len(seen.stuck)}),
        "sluice_unserved": (
            "Places in tasks that are due for a worker group which no worker serves.",
            {group: count for group, count in seen.groups.items() if not report.serves(group)} or {"": 0},
        ),
        "sluice_tasks_waiting_for_room": ("Started tasks that wait for others to end.", {"": seen.waiting_tasks}),
        "sluice_queue_jobs": ("Nudges that wait in the queue.", {"": report.waiting}),
        "sluice_queue_workers": ("Workers that the queue knows.", {"": len(report.workers)}),
        "sluice_notices_owed": ("Notices that have not been delivered yet.", {"": owed}),
    }
    db.session.rollback()
    return found


def _up(parts: Mapping[str, str]) -> dict[str, float]:
    return {part: float(state == "ok") for part, state in parts.items()}


def _longest_due() -> float:
    now = to_micros(bound().clock())
    first = db.session.scalar(
        select(TokenRow.claim_at).where(TokenRow.wait.in_(("ready", "timer"))).order_by(TokenRow.claim_at).limit(1)
    )
    return max(0.0, (now - to_micros(first)) / 1e6) if first is not None else 0.0
