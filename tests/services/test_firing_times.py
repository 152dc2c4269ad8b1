"""What is due of one schedule at a moment: what fires, what was missed, what is left out, and what comes next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models.schedules import Schedule
from app.services.firing_times import Turn, turn_of


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2030, 1, 1, hour, minute, second, tzinfo=UTC)


def turn(now: datetime, *, due: datetime, **columns) -> Turn:
    given = {"form": "cron", "expression": "* * * * *", "misfire": "once", "misfire_limit": 10, **columns}
    return turn_of(Schedule(next_at=due, **given), "UTC", now)


@pytest.mark.parametrize("misfire", ["skip", "once", "all"])
def test_what_is_not_late_fires_by_itself_whatever_the_policy(misfire):
    assert turn(at(9, 0, 1), due=at(9), misfire=misfire) == Turn([at(9)], at(9, 1))


@pytest.mark.parametrize("misfire", ["skip", "once", "all"])
def test_each_second_fires_by_itself_after_a_short_delay(misfire):
    found = turn(at(9, 0, 3), due=at(9), form="quartz", expression="* * * * * ?", misfire=misfire)

    assert found == Turn([at(9, 0, second) for second in range(4)], at(9, 0, 4))


def test_skip_notes_what_was_missed_and_fires_what_is_on_time():
    found = turn(at(9, 10), due=at(9), misfire="skip")

    assert (found.missed_at, found.left_out, found.told_at) == (at(9), 8, at(9))
    assert (found.fires, found.next_at) == ([at(9, 9), at(9, 10)], at(9, 11))


def test_once_fires_one_time_for_all_that_was_missed():
    assert turn(at(9, 10), due=at(9), misfire="once") == Turn((at(9),), at(9, 11), None, 10, at(9))


def test_all_fires_what_was_missed_up_to_its_limit_and_what_is_on_time():
    found = turn(at(9, 10), due=at(9), misfire="all", misfire_limit=3)

    assert found.fires == (at(9), at(9, 1), at(9, 2), at(9, 9), at(9, 10))
    assert (found.left_out, found.told_at, found.missed_at) == (6, at(9, 2), None)


def test_all_leaves_nothing_out_within_its_limit():
    found = turn(at(9, 10), due=at(9), misfire="all", misfire_limit=9)

    assert (len(found.fires), found.left_out) == (11, 0)


def test_nothing_fires_after_the_end_even_when_it_is_caught_up_with():
    found = turn(at(9, 10), due=at(9), misfire="all", ends_at=at(9, 2))

    assert found == Turn((at(9), at(9, 1), at(9, 2)), None, None, 0, at(9, 2))


def test_a_long_absence_of_a_schedule_of_every_second_is_not_walked_through():
    now = at(9) + timedelta(days=300)
    found = turn(now, due=at(9), form="quartz", expression="* * * * * ?", misfire="all", misfire_limit=2)

    assert found.left_out == 998
    assert found.fires == (at(9), at(9, 0, 1), *(now - timedelta(seconds=60 - i) for i in range(61)))
    assert found.next_at == now + timedelta(seconds=1)


def test_a_single_fire_fires_however_late_it_is():
    assert turn(at(20), due=at(9), form="once", misfire="skip") == Turn((at(9),), None)


def test_a_time_that_the_expression_does_not_name_any_more_fires_once_and_leads_to_those_that_it_names():
    found = turn(at(9, 0, 30), due=at(9, 0, 7), expression="0 10 * * *")

    assert found == Turn([at(9, 0, 7)], at(10))
