"""Schedules: the two forms of five fields, what is refused and why, what they say, and what they may cost."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.engine.core.cron import check, cron_of, describe, next_fires
from app.errors import InvalidInput

# A Monday.
AFTER = datetime(2024, 1, 1, tzinfo=UTC)


def days(expression, n=4, form="cron"):
    return ", ".join(f"{fire:%m-%d}" for fire in next_fires(expression, AFTER, n, form=form))


def times(expression, n=4, form="cron"):
    return ", ".join(f"{fire:%H:%M}" for fire in next_fires(expression, AFTER, n, form=form))


def messages(expression, form="cron"):
    return [problem.message for problem in check(expression, form)]


class TestCron:
    @pytest.mark.parametrize(
        ("expression", "fires"),
        [
            ("*/20 * * * *", "00:20, 00:40, 01:00, 01:20"),
            ("5/20 3 * * *", "03:05, 03:25, 03:45, 03:05"),
            ("10-30/10 9,17 * * *", "09:10, 09:20, 09:30, 17:10"),
            ("0 8-9,20-23/3 * * *", "08:00, 09:00, 20:00, 23:00"),
            ("7 7 * * *", "07:07, 07:07, 07:07, 07:07"),
        ],
    )
    def test_hours_and_minutes_are_lists_of_numbers_ranges_and_steps(self, expression, fires):
        assert times(expression) == fires

    @pytest.mark.parametrize("weekday", ["0", "7", "sun", "SUN", "Sunday", "7-7"])
    def test_sunday_has_many_names(self, weekday):
        assert days(f"0 0 * * {weekday}") == "01-07, 01-14, 01-21, 01-28"

    def test_months_have_names(self):
        assert days("0 0 1 feb,Apr-JUN *") == "02-01, 04-01, 05-01, 06-01"

    def test_either_day_field_will_do_when_both_say_something(self):
        assert days("0 0 3 * fri", 3) == "01-03, 01-05, 01-12"

    def test_both_day_fields_must_match_when_one_begins_with_a_star(self):
        assert days("0 0 */10 * thu", 3) == "01-11, 02-01, 03-21"

    def test_a_backward_range_is_refused(self):
        assert messages("0 22-2 * * *") == [
            "hour: '22-2' runs backwards; write it as two ranges with a comma between them"
        ]


class TestBksops:
    def test_the_third_field_is_the_day_of_week(self):
        assert days("0 0 fri * *", 3, "bksops") == "01-05, 01-12, 01-19"

    def test_the_suffix_may_stand_behind(self):
        assert days("0 0 5 * * (m/h/d/dM/MY)", 3, "bksops") == "01-05, 01-12, 01-19"

    def test_both_day_fields_must_match(self):
        assert days("0 0 fri 13 *", 3, "bksops") == "09-13, 12-13, 06-13"

    def test_a_backward_range_goes_round(self):
        assert times("0 22-1 * * *", 4, "bksops") == "01:00, 22:00, 23:00, 00:00"
        assert days("0 0 sat-mon * *", 4, "bksops") == "01-06, 01-07, 01-08, 01-13"
        assert days("0 0 7-1 * *", 3, "bksops") == "01-07, 01-08, 01-14"

    def test_a_step_runs_over_a_range_that_goes_round(self):
        assert times("0 22-3/2 * * *", 4, "bksops") == "02:00, 22:00, 00:00, 02:00"

    def test_a_step_needs_a_range(self):
        assert messages("5/15 * * * *", "bksops") == ["minute: '5/15' has a step but no range; write 5-59/15"]

    def test_the_text_is_printed_from_an_object(self):
        assert cron_of({"minute": " 0 , 30", "hour": "", "day_of_week": "1-5"}) == "0,30 * 1-5 * * (m/h/d/dM/MY)"
        assert cron_of({}) == "* * * * * (m/h/d/dM/MY)"
        assert cron_of({"other": "1", "month_of_year": "*/2"}) == "* * * * */2 (m/h/d/dM/MY)"

    def test_what_is_printed_can_be_read(self):
        assert check(cron_of({"minute": "*/5", "day_of_month": "1, 15"}), "bksops") == []


class TestRefusals:
    @pytest.mark.parametrize(
        "part", ["60", "-1", "1-", "-", "", "1,,2", "*/0", "*/", "*5", "x", "1-x", "1/2/3", "*-5", "1.5", "٣"]
    )
    @pytest.mark.parametrize("form", ["cron", "bksops"])
    def test_a_field_that_cannot_be_read_is_named(self, part, form):
        (problem,) = check(f"{part} * * * *" if part else ", * * * *", form)

        assert problem.where == "minute"
        assert problem.message.startswith("minute: ")

    def test_all_problems_are_told_at_once(self):
        assert messages("61 24 0 13 8") == [
            "minute: 61 is not between 0 and 59",
            "hour: 24 is not between 0 and 23",
            "day of month: 0 is not between 1 and 31",
            "month of year: 13 is not between 1 and 12",
            "day of week: 8 is not between 0 and 7",
        ]

    @pytest.mark.parametrize(("expression", "form"), [("", "cron"), ("* * * *", "cron"), ("* * * * * *", "bksops")])
    def test_the_number_of_fields_is_told(self, expression, form):
        assert "5 fields are wanted" in messages(expression, form)[0]

    @pytest.mark.parametrize("zone", ["", "Europe", "Mars/Olympus", "../../etc/passwd", "a\0b", "x" * 5000])
    def test_a_zone_that_does_not_exist_is_refused(self, zone):
        with pytest.raises(InvalidInput, match="is not a time zone"):
            next_fires("* * * * *", AFTER, 1, zone)

    @pytest.mark.parametrize("n", [-1, 1001])
    def test_the_number_of_fires_is_limited(self, n):
        with pytest.raises(InvalidInput, match="0 to 1000"):
            next_fires("* * * * *", AFTER, n)

    @pytest.mark.parametrize("after", [datetime(2024, 1, 1), datetime.min.replace(tzinfo=UTC)])  # noqa: DTZ001
    def test_the_time_to_start_from_needs_a_zone_and_a_year_of_our_days(self, after):
        with pytest.raises(InvalidInput, match="a time with a zone"):
            next_fires("* * * * *", after, 1)

    def test_a_form_that_does_not_exist_is_refused(self):
        assert messages("* * * * *", "crontab") == ["'crontab' is not a form; cron, bksops, quartz are known"]


class TestFires:
    def test_they_are_after_the_time_asked_for_and_not_at_it(self):
        noon = datetime(2024, 1, 1, 12, tzinfo=UTC)

        assert next_fires("0 12 * * *", noon, 1) == [datetime(2024, 1, 2, 12, tzinfo=UTC)]
        assert next_fires("0 12 * * *", noon.replace(hour=11, minute=59, second=59, microsecond=999_999), 1) == [noon]

    def test_they_have_the_offset_of_the_zone(self):
        (fire,) = next_fires("0 9 * * *", AFTER, 1, "Asia/Shanghai")

        assert fire.isoformat() == "2024-01-01T09:00:00+08:00"

    def test_the_zone_of_the_time_asked_from_does_not_matter(self):
        elsewhere = AFTER.astimezone(ZoneInfo("America/New_York"))

        assert next_fires("0 9 * * *", elsewhere, 3) == next_fires("0 9 * * *", AFTER, 3)

    def test_none_is_left_of_a_day_that_never_comes(self):
        assert next_fires("0 0 30 2 *", AFTER, 5) == []
        assert next_fires("0 0 * 31 2,4,6,9,11", AFTER, 5, form="bksops") == []

    def test_none_asked_for_is_none(self):
        assert next_fires("* * * * *", AFTER, 0) == []


class TestWords:
    @pytest.mark.parametrize(
        ("expression", "form", "words"),
        [
            ("*/15 9-17 * * 1-5", "cron", "Every 15 minutes, between 09:00 and 17:59, Monday through Friday"),
            ("0 0 1 * mon", "cron", "At 00:00, on day 1 of the month, or on Monday"),
            ("0 0 mon 1 *", "bksops", "At 00:00, only on Monday, on day 1 of the month"),
            ("0 0 mon */10 *", "bksops", "At 00:00, only on Monday, on day 1, 11, 21, and 31 of the month"),
            ("0 0 fri-mon * *", "bksops", "At 00:00, Friday through Monday"),
            ("59 59 23 * * ? *", "quartz", "At 23:59:59"),
            ("0 0 0 LW * ?", "quartz", "At 00:00, on the last weekday of the month"),
            (
                "0 0 0 L-3W * ?",
                "quartz",
                "At 00:00, on the weekday nearest to the day 3 days before the last day of the month",
            ),
            ("0 0 0 10W,20 * ?", "quartz", "At 00:00, on the weekday nearest day 10 of the month"),
            ("0 0 0 ? * MON,FRI#2", "quartz", "At 00:00, on the second Monday of the month"),
            ("0 0 0 ? * L", "quartz", "At 00:00, only on Saturday"),
            ("0 0 0 ? * 2/2", "quartz", "At 00:00, only on Monday, Wednesday, and Friday"),
            (
                "0 0 0 1 NOV-FEB ? 2024",
                "quartz",
                "At 00:00, on day 1 of the month, November through February, only in 2024",
            ),
            ("0 0 0 * * ? 2019/2", "quartz", "At 00:00, every 2 years, 2019 through 2099"),
            ("0 0 0 * * ? 3000", "quartz", "Never: none of its years is from 1970 to 2099"),
        ],
    )
    def test_a_schedule_says_what_it_does(self, expression, form, words):
        assert describe(expression, form) == words

    def test_schedules_that_fire_alike_say_the_same(self):
        assert describe("0,15,30,45 * * * 0-6", "cron") == describe("*/15 * * * *", "cron") == "Every 15 minutes"

    def test_what_cannot_be_read_is_not_described(self):
        with pytest.raises(InvalidInput):
            describe("x * * * *", "cron")


class TestCost:
    @pytest.mark.parametrize(
        ("expression", "form"),
        [
            ("0 0 30 2 *", "cron"),
            ("0 0 * 31 2,4,6,9,11", "bksops"),
            ("0 0 0 29 2 ? 2019", "quartz"),
            ("0 0 0 ? 2 2#5 2019-2023", "quartz"),
            ("0 0 mon 29 2", "bksops"),
            ("* * * * * ?", "quartz"),
            ("* 0-22 * * *", "cron"),
            ("59 59 23 31 12 ?", "quartz"),
        ],
    )
    def test_a_thousand_fires_are_found_or_given_up_soon(self, expression, form):
        start = time.thread_time()
        next_fires(expression, datetime(2011, 12, 29, tzinfo=UTC), 1000, "Pacific/Apia", form)

        # Some hundredths of a second here.
        assert time.thread_time() - start < 2

    @pytest.mark.parametrize("form", ["cron", "bksops", "quartz"])
    @pytest.mark.parametrize(
        "field",
        [
            "9" * 990,
            "*/" + "9" * 900,
            "1-" + "9" * 900,
            "0-59," * 190 + "0",
            "*," * 490 + "*",
            "1" + "-1" * 480,
            "9" * 10**6,
        ],
        ids=["number", "step", "range", "ranges", "stars", "chain", "million"],
    )
    def test_hostile_text_is_dealt_with_at_once(self, field, form):
        rest = " * * * *" if form != "quartz" else " * * * * ? " + "9" * 5
        start = time.thread_time()
        problems = check(field + rest, form)

        assert time.thread_time() - start < 0.5
        assert all(len(problem.message) < 300 for problem in problems)
