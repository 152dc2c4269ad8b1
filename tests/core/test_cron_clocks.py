"""What schedules do when the clocks of their zone are put forward or back (docs/schedules.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.engine.core.cron import next_fires

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
SPRING = {
    # 02:00 becomes 03:00; 02:00 becomes 02:30 on Lord Howe.
    BERLIN: "2024-03-31T00:00:00+01:00",
    NEW_YORK: "2024-03-10T00:00:00-05:00",
    LORD_HOWE: "2024-10-06T00:00:00+10:30",
}
AUTUMN = {
    # 03:00 becomes 02:00 in Berlin, 02:00 becomes 01:00 in New York and 01:30 on Lord Howe.
    BERLIN: "2024-10-27T00:00:00+02:00",
    NEW_YORK: "2024-11-03T00:00:00-04:00",
    LORD_HOWE: "2024-04-07T00:00:00+11:00",
}


def day(expression, zone, midnight, form="cron"):
    """Return the fires of the day that begins at midnight, at midnight included."""
    start = datetime.fromisoformat(midnight)
    fires = next_fires(expression, start - timedelta(microseconds=1), 99, zone, form)
    return " ".join(f"{fire:%H:%M%z}" for fire in fires if fire.date() == start.date())


@pytest.mark.parametrize(
    ("zone", "expression", "fires"),
    [
        (BERLIN, "30 2 * * *", "03:00+0200"),
        (BERLIN, "0 2 * * *", "03:00+0200"),
        (NEW_YORK, "30 2 * * *", "03:00-0400"),
        (LORD_HOWE, "15 2 * * *", "02:30+1100"),
        (LORD_HOWE, "45 2 * * *", "02:45+1100"),
    ],
)
def test_a_time_that_is_skipped_fires_at_the_end_of_the_gap(zone, expression, fires):
    assert day(expression, zone, SPRING[zone]) == fires


def test_many_times_in_one_gap_fire_once():
    assert day("*/15 2 * * *", BERLIN, SPRING[BERLIN]) == "03:00+0200"


def test_what_is_skipped_and_what_follows_are_not_fired_twice():
    assert day("30 2-3 * * *", BERLIN, SPRING[BERLIN]) == "03:00+0200 03:30+0200"
    assert day("0 2,3 * * *", BERLIN, SPRING[BERLIN]) == "03:00+0200"


def test_a_schedule_of_some_hours_loses_none_when_clocks_go_forward():
    # Debian's cron and Quartz lose the fire at 02:00.
    assert day("0 */2 * * *", BERLIN, SPRING[BERLIN]).startswith("00:00+0100 03:00+0200 04:00+0200 06:00+0200")


def test_a_schedule_of_every_hour_keeps_its_rhythm_when_clocks_go_forward():
    assert day("30 * * * *", BERLIN, SPRING[BERLIN]).startswith("00:30+0100 01:30+0100 03:30+0200 04:30+0200")
    assert day("*/30 0-23 * * *", LORD_HOWE, SPRING[LORD_HOWE]).startswith(
        "00:00+1030 00:30+1030 01:00+1030 01:30+1030 02:30+1100 03:00+1100"
    )


@pytest.mark.parametrize(
    ("zone", "expression", "fires"),
    [
        (BERLIN, "30 2 * * *", "02:30+0200"),
        (BERLIN, "0 3 * * *", "03:00+0100"),
        (NEW_YORK, "30 1 * * *", "01:30-0400"),
        (LORD_HOWE, "45 1 * * *", "01:45+1100"),
        (LORD_HOWE, "0 2 * * *", "02:00+1030"),
        (BERLIN, "*/20 2 * * *", "02:00+0200 02:20+0200 02:40+0200"),
    ],
)
def test_a_time_that_comes_twice_fires_at_the_first(zone, expression, fires):
    assert day(expression, zone, AUTUMN[zone]) == fires


def test_a_schedule_of_some_hours_doubles_none_when_clocks_go_back():
    # Debian's cron fires at both 02:00.
    assert day("0 */2 * * *", BERLIN, AUTUMN[BERLIN]).startswith("00:00+0200 02:00+0200 04:00+0100 06:00+0100")


def test_a_schedule_of_every_hour_keeps_its_rhythm_when_clocks_go_back():
    # Quartz and Celery leave out an hour.
    assert day("30 * * * *", BERLIN, AUTUMN[BERLIN]).startswith(
        "00:30+0200 01:30+0200 02:30+0200 02:30+0100 03:30+0100"
    )
    assert day("*/15 * * * *", LORD_HOWE, AUTUMN[LORD_HOWE]).startswith(
        "00:00+1100 00:15+1100 00:30+1100 00:45+1100 01:00+1100 01:15+1100 01:30+1100 01:45+1100 01:30+1030 01:45+1030 02:00+1030"
    )


def test_a_schedule_of_all_hours_but_one_does_not_count_as_one_of_every_hour():
    assert "02:30+0200 03:30+0100" in day("30 0-22 * * *", BERLIN, AUTUMN[BERLIN])


@pytest.mark.parametrize("form", ["cron", "bksops", "quartz"])
def test_the_rules_are_the_same_for_all_forms(form):
    expression = {"cron": "30 2 * * *", "bksops": "30 2 * * *", "quartz": "0 30 2 * * ?"}[form]

    assert day(expression, BERLIN, SPRING[BERLIN], form) == "03:00+0200"
    assert day(expression, BERLIN, AUTUMN[BERLIN], form) == "02:30+0200"


@pytest.mark.parametrize("expression", ["*/10 * * * *", "30 2 * * *", "*/10 1-3 * * *"])
@pytest.mark.parametrize("midnight", [SPRING[BERLIN], AUTUMN[BERLIN]])
def test_it_does_not_matter_from_where_one_looks(expression, midnight):
    start = datetime.fromisoformat(midnight).astimezone(UTC)
    fires = next_fires(expression, start, 60, BERLIN)

    for minutes in range(0, 300, 7):
        after = start + timedelta(minutes=minutes)
        assert next_fires(expression, after, 3, BERLIN) == [fire for fire in fires if fire > after][:3]


def test_fires_across_a_change_compare_and_subtract_by_real_time():
    first, second = next_fires("30 * * * *", datetime.fromisoformat("2024-10-27T02:00:00+02:00"), 2, BERLIN)

    assert first < second
    assert second - first == timedelta(hours=1)


def test_nothing_changes_in_shanghai():
    assert day("0 */6 * * *", "Asia/Shanghai", "2024-03-31T00:00:00+08:00") == (
        "00:00+0800 06:00+0800 12:00+0800 18:00+0800"
    )


def test_a_midnight_that_is_skipped_does_not_lose_its_day():
    # 24:00 becomes 01:00.
    assert day("0 0 * * *", "America/Santiago", "2024-09-08T01:00:00-03:00") == "01:00-0300"


def test_a_day_that_is_skipped_fires_at_the_next_midnight():
    # Samoa had no 30 December 2011.
    fires = next_fires("0 12 * * *", datetime(2011, 12, 29, tzinfo=UTC), 4, "Pacific/Apia")

    assert [f"{fire:%d %H:%M}" for fire in fires] == ["29 12:00", "31 00:00", "31 12:00", "01 12:00"]
