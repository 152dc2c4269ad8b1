"""Schedules as they are made and changed: their zones, bounds and previews. How they fire: test_firing.py."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import InvalidInput, NotAllowed
from app.services import schedules
from app.services.access import SYSTEM, Actor
from app.services.schedules import Plan
from app.services.templates import create_template
from app.services.timetable import preview_plan
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield Workshop()


def make(workshop: Workshop, plan: Plan, **options):
    template = create_template(SYSTEM, workshop.project, "flow", flow("start > a > end"))
    return schedules.create_schedule(SYSTEM, workshop.project, template.id, "nightly", plan, is_enabled=True, **options)


def test_a_schedule_keeps_a_zone_of_its_own(workshop):
    made = make(workshop, Plan("cron", "0 9 * * *", time_zone="America/New_York"))

    # 09:00 in New York, not in Shanghai, where the project is.
    assert made.next_at == datetime(2030, 1, 1, 14, tzinfo=UTC)


def test_a_fire_at_the_very_start_counts(workshop):
    starts_at = datetime(2030, 1, 1, 12, tzinfo=UTC)
    assert make(workshop, Plan("cron", "0 * * * *", starts_at=starts_at)).next_at == starts_at


def test_another_expression_leaves_the_rest_of_the_plan_and_counts_in_the_projects_zone(workshop):
    plan = Plan("cron", "0 9 * * *", misfire="skip", overlap="queue", time_zone="America/New_York",
                ends_at=datetime(2031, 1, 1, tzinfo=UTC))  # fmt: skip
    made = make(workshop, plan)
    schedules.set_enabled(SYSTEM, workshop.project, made.id, False)
    changed = schedules.modify_expression(SYSTEM, workshop.project, made.id, "bksops", "5 8 * * *")

    assert (changed.form, changed.expression, changed.time_zone) == ("bksops", "5 8 * * *", "")
    assert (changed.misfire, changed.overlap, changed.ends_at) == ("skip", "queue", plan.ends_at)


def test_everything_that_is_wrong_is_told_at_once_the_flow_included(workshop):
    plan = Plan("cron", "61 * * * *", time_zone="Nowhere", ends_at=datetime(2029, 1, 1, tzinfo=UTC), misfire_limit=0)
    with pytest.raises(InvalidInput) as wrong:
        make(workshop, plan, exclude=["nothing"])

    assert [p.rule for p in wrong.value.problems] == ["not_in_tree", "misfire", "ends_at", "field", "zone"]


def test_a_preview_keeps_to_start_and_end(workshop):
    plan = Plan(
        "cron",
        "0 * * * *",
        starts_at=datetime(2030, 1, 1, 12, tzinfo=UTC),
        ends_at=datetime(2030, 1, 1, 14, tzinfo=UTC),
    )
    preview = preview_plan(SYSTEM, workshop.project, plan, 10)

    assert [f"{moment:%H:%M}" for moment in preview.times] == ["20:00", "21:00", "22:00"]
    assert (preview.words, preview.time_zone) == ("Every hour", "Asia/Shanghai")
    with pytest.raises(NotAllowed):
        preview_plan(Actor("stranger"), workshop.project, plan, 10)
