"""Times of batch processing, from the trigger time and the zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.core.business_time import UNITS, period, read_gap, time_value

SHANGHAI = "Asia/Shanghai"
DOCUMENTED = datetime(2017, 5, 27, 13, 50, tzinfo=ZoneInfo(SHANGHAI))


@pytest.mark.parametrize(
    ("name", "value"),
    {
        "cal_dt": "2017-05-26", "cal_dt8": "20170526", "cal_dt-1": "2017-05-25", "cal_dt8-26": "20170430",
        "ncal_dt": "2017-05-27", "ncal_dt8": "20170527", "last_week8": "20170520", "last_week10": "2017-05-20",
        "first_day_this_month8": "20170501", "first_day_this_month10": "2017-05-01", "end_day_this_month8": "20170531",
        "end_day_this_month10": "2017-05-31", "first_day_last_month8": "20170401", "first_day_last_month10": "2017-04-01",
        "last_day_last_month8": "20170430", "last_day_last_month10": "2017-04-30", "monday_next_week8": "20170529",
        "monday_next_week10": "2017-05-29", "30days_cal_dt": "2017-04-26", "hcal_dt8": "20170527", "cal_hr": "12",
        "this_hour": "2017-05-27 13:00:00", "unix_timestamp": "1495864200",
    }.items(),
)  # fmt: skip
def test_the_documented_example_gives_the_documented_values(name, value):
    assert time_value(name, DOCUMENTED, SHANGHAI) == value
    assert time_value(name, DOCUMENTED.astimezone(UTC), SHANGHAI) == value


@pytest.mark.parametrize("name", ["cal_dt-", "cal_dt--1", "cal_dt+1", "ncal_dt-1", "CAL_DT", "cal_dt-123456", ""])
def test_any_other_name_is_unknown(name):
    with pytest.raises(KeyError):
        time_value(name, DOCUMENTED, SHANGHAI)


def test_the_hour_before_is_an_hour_of_absolute_time():
    after_the_change = datetime(2019, 11, 3, 6, 30, tzinfo=UTC)  # 01:30 in New York for the second time
    assert time_value("cal_hr", after_the_change, "America/New_York") == "01"


def test_months_are_those_of_the_business_date():
    new_year = datetime(2020, 1, 1, 0, 0, tzinfo=ZoneInfo(SHANGHAI))
    assert time_value("first_day_this_month8", new_year, SHANGHAI) == "20191201"
    assert time_value("last_day_last_month10", new_year, SHANGHAI) == "2019-11-30"


@pytest.mark.parametrize(
    ("unit", "earlier", "start", "hours"),
    [
        ("mi", 0, "2017-05-27 13:50", 1 / 60),
        ("mi", 55, "2017-05-27 12:55", 1 / 60),
        ("H", 0, "2017-05-27 13:00", 1),
        ("H", 14, "2017-05-26 23:00", 1),
        ("D", 0, "2017-05-27 00:00", 24),
        ("D", 27, "2017-04-30 00:00", 24),
        ("W", 0, "2017-05-22 00:00", 7 * 24),
        ("W", 1, "2017-05-15 00:00", 7 * 24),
        ("M", 0, "2017-05-01 00:00", 31 * 24),
        ("M", 5, "2016-12-01 00:00", 31 * 24),
    ],
)
def test_a_period_is_a_cycle_of_the_zone(unit, earlier, start, hours):
    begin = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(SHANGHAI))
    assert period(DOCUMENTED, unit, earlier, SHANGHAI) == (begin, begin + timedelta(hours=hours))


@given(st.integers(631_152_000, 2_208_988_800), st.sampled_from(UNITS), st.integers(0, 40))
def test_periods_follow_one_another_without_gaps_in_any_zone(second, unit, earlier):
    trigger = datetime.fromtimestamp(second, UTC)
    for zone in (SHANGHAI, "America/New_York", "Asia/Kathmandu", "UTC"):
        start, end = period(trigger, unit, 0, zone)
        assert start <= trigger < end
        assert period(trigger, unit, earlier + 1, zone)[1] == period(trigger, unit, earlier, zone)[0]


def test_a_gap_is_a_unit_and_a_number():
    assert [read_gap(text) for text in ("D0", "H12", "mi5", "M1", "D-2")] == [
        ("D", 0), ("H", 12), ("mi", 5), ("M", 1), ("D", 2),
    ]  # fmt: skip
    for wrong in ("", "D", "0", "d0", "MI1", "D0 ", "D1.5"):
        with pytest.raises(ValueError, match="is not a gap"):
            read_gap(wrong)
