"""What tests of schedules share: schedules of a flow of one node, time that passes, and what has fired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.schedules import Fire, Schedule
from app.models.tasks import Task
from app.services import firing, schedules
from app.services.access import SYSTEM
from app.services.schedules import Plan
from app.services.templates import create_template
from tests.drawing import flow
from tests.engine.workshop import Workshop

EVERY_HOUR = Plan("bksops", "0 * * * *")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what cannot be different on another database."""


def open_workshop(monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose flows may call the recorder."""
    from app.services import schedules as services
    from app.services import tasks, templates

    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    for module in (tasks, templates, services):
        monkeypatch.setattr(module, "known_plugins", lambda: known)
    return Workshop()


def make(workshop: Workshop, plan: Plan, tree: Mapping[str, Any] | None = None, **options) -> int:
    """Make a schedule of a flow of one node, or of another, and enable it."""
    drawn = tree or flow(
        "start > a > end", plugin="recorder", inputs={"a": {"value": "${who}"}}, constants={"${who}": {"value": "x"}}
    )
    template = create_template(SYSTEM, workshop.project, "flow", drawn)
    made = schedules.create_schedule(SYSTEM, workshop.project, template.id, "nightly", plan, **options)
    if plan.form != "once":
        schedules.set_enabled(SYSTEM, workshop.project, made.id, True)
    return made.id


def make_many(workshop: Workshop, count: int, plan: Plan = EVERY_HOUR) -> list[int]:
    """Make schedules that are all due at once, as the service makes them, but quickly."""
    first = row(make(workshop, plan))
    columns = {c.name: getattr(first, c.name) for c in Schedule.__table__.columns if c.name != "id"}
    db.session.add_all(Schedule(**columns) for _ in range(count - 1))
    db.session.commit()
    ids = list(db.session.scalars(select(Schedule.id).order_by(Schedule.id)))
    db.session.rollback()
    return ids


def move_to(workshop: Workshop, *moment: int) -> None:
    """Let it be a time of January 2030."""
    workshop.now = datetime(2030, 1, *moment, tzinfo=UTC)


def pass_to(workshop: Workshop, *moment: int) -> None:
    """Let it be a time of January 2030, and fire and drive what is due."""
    move_to(workshop, *moment)
    firing.fire_due()
    workshop.drive()


def fires() -> list[tuple[str, str]]:
    """What has fired: the time in UTC, and what came of it."""
    rows = db.session.execute(select(Fire.fire_at, Fire.state).order_by(Fire.fire_at)).all()
    db.session.rollback()
    return [(f"{at:%d %H:%M}", state) for at, state in rows]


def tasks() -> list[Task]:
    """The tasks that were made, in the order in which they were."""
    db.session.rollback()
    return list(db.session.scalars(select(Task).order_by(Task.id)))


def row(schedule_id: int) -> Schedule:
    """A schedule as it is now."""
    db.session.rollback()
    return db.session.get_one(Schedule, schedule_id)
