"""Schedules against a slow reading of the same: every minute or second is looked at, one by one."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.engine.core.cron import check, describe, next_fires

CHANGES = [
    ("Europe/Berlin", "2024-03-31"), ("Europe/Berlin", "2024-10-27"), ("America/New_York", "2024-03-10"),
    ("America/New_York", "2024-11-03"), ("Australia/Lord_Howe", "2024-10-06"), ("Australia/Lord_Howe", "2024-04-07"),
    ("Asia/Shanghai", "2024-03-31"), ("America/Havana", "2024-11-03"), ("America/Santiago", "2024-09-08"),
    ("Africa/Casablanca", "2024-03-10"), ("Antarctica/Troll", "2024-03-31"), ("Antarctica/Troll", "2024-10-27"),
]  # fmt: skip


def numbers(low, high, most=6):
    return st.one_of(st.just(set(range(low, high + 1))), st.sets(st.integers(low, high), min_size=1, max_size=most))


def listed(chosen):
    return ",".join(map(str, sorted(chosen)))


def minutes_that_fire(hours, minutes, days, zone, start, end):
    """Walk over all minutes as a watcher of the clock would; times that it skips are due at once, and again is not due."""
    fires, shown, step = [], None, timedelta(minutes=1)
    every_hour = len(hours) == 24
    moment = start
    while moment < end:
        local = moment.astimezone(zone)
        now = local.replace(tzinfo=None)
        due = [now] if every_hour or local.fold == 0 else []
        while shown and shown + step < now and not every_hour:
            shown += step
            due.append(shown)
        if any(time.hour in hours and time.minute in minutes and time.isoweekday() % 7 in days for time in due):
            fires.append(moment)
        shown, moment = now, moment + step
    return fires


@settings(max_examples=150, deadline=None)
@given(
    hours=numbers(0, 23, 4), minutes=numbers(0, 59), days=numbers(0, 6), change=st.sampled_from(CHANGES),
    offset=st.integers(-1000, 1000),
)  # fmt: skip
def test_fires_near_a_change_of_clocks_are_those_of_a_minute_by_minute_walk(hours, minutes, days, change, offset):
    zone, end = ZoneInfo(change[0]), datetime.fromisoformat(change[1]).replace(tzinfo=UTC) + timedelta(hours=30)
    start = end - timedelta(hours=36) + timedelta(minutes=offset)
    expected = minutes_that_fire(hours, minutes, days, zone, start - timedelta(hours=3), end)

    fires = next_fires(f"{listed(minutes)} {listed(hours)} {listed(days)} * *", start, 1000, change[0], "bksops")

    assert [fire for fire in fires if fire < end] == [fire for fire in expected if fire > start][:1000]


@settings(max_examples=60, deadline=None)
@given(
    seconds=numbers(0, 59), minutes=numbers(0, 59), hours=numbers(0, 23, 4), months=numbers(1, 12),
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)  # fmt: skip
def test_fires_of_quartz_are_those_of_a_second_by_second_walk(seconds, minutes, hours, months, start):
    after = start.replace(tzinfo=UTC)
    whole = after.replace(microsecond=0)
    walk = (whole + timedelta(seconds=number) for number in range(1, 4000))
    expected = [
        moment
        for moment in walk
        if (moment.second in seconds and moment.minute in minutes and moment.hour in hours and moment.month in months)
    ]

    expression = f"{listed(seconds)} {listed(minutes)} {listed(hours)} ? {listed(months)} *"
    fires = next_fires(expression, after, 1000, form="quartz")

    assert [fire for fire in fires if fire < whole + timedelta(seconds=4000)] == expected[:1000]


def days_of(year, month):
    return [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)]


def nearest_working_day(year, month, number):
    """Return the working day of the month that is nearest to a day."""
    whole = days_of(year, month)
    if not 1 <= number <= len(whole):
        return []
    return [min((day for day in whole if day.isoweekday() < 6), key=lambda day: abs(day.day - number))]


# Each makes the day fields of an expression, and says of a month which of its days they mean.
MARKS = {
    "L": lambda n, w: ("L * ?", lambda y, m: days_of(y, m)[-1:]),
    "L-n": lambda n, w: (
        f"L-{n - 1} * ?",
        lambda y, m: [day for day in days_of(y, m) if len(days_of(y, m)) - day.day == n - 1],
    ),
    "LW": lambda n, w: ("LW * ?", lambda y, m: [day for day in days_of(y, m) if day.isoweekday() < 6][-1:]),
    "nW": lambda n, w: (f"{n}W * ?", lambda y, m: nearest_working_day(y, m, n)),
    "wL": lambda n, w: (f"? * {w}L", lambda y, m: [day for day in days_of(y, m) if day.isoweekday() % 7 == w - 1][-1:]),
    "w#n": lambda n, w: (
        f"? * {w}#{n % 5 + 1}",
        lambda y, m: [day for day in days_of(y, m) if day.isoweekday() % 7 == w - 1][n % 5 : n % 5 + 1],
    ),
}


@settings(max_examples=150, deadline=None)
@given(
    mark=st.sampled_from(sorted(MARKS)),
    number=st.integers(1, 31),
    weekday=st.integers(1, 7),
    year=st.integers(1970, 2095),
)
def test_marked_days_are_those_of_a_day_by_day_walk(mark, number, weekday, year):
    text, meant = MARKS[mark](number, weekday)
    expected = [day for y in (year, year + 1, year + 2) for month in range(1, 13) for day in meant(y, month)]

    fires = next_fires(f"0 0 12 {text} {year}-{year + 2}", datetime(1970, 1, 1, tzinfo=UTC), 100, form="quartz")

    assert [fire.date() for fire in fires] == expected


def parts(low, high, names=()):
    number = st.integers(low, high).map(str)
    ends = st.tuples(st.integers(low, high), st.integers(low, high)).filter(lambda pair: pair[0] < pair[1])
    ranges = ends.map(lambda pair: f"{pair[0]}-{pair[1]}")
    steps = st.integers(1, high + 5)
    stepped = st.builds("{}/{}".format, st.one_of(st.just("*"), number, ranges), steps)
    part = st.one_of(st.just("*"), number, ranges, stepped, *(st.sampled_from([name]) for name in names))
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


FIELDS = [parts(0, 59), parts(0, 23), parts(1, 31), parts(1, 12, ("jan", "DEC")), parts(0, 7, ("sun", "Fri"))]


@settings(max_examples=200, deadline=None)
@given(fields=st.tuples(*FIELDS), start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
@example(fields=("0", "0", "*/2", "*", "1"), start=datetime(2024, 1, 1))  # noqa: DTZ001
@example(fields=("0", "0", "31", "2", "*"), start=datetime(2024, 1, 1))  # noqa: DTZ001
def test_five_fields_fire_as_cronsim_says(fields, start):
    expression, after = " ".join(fields), start.replace(tzinfo=UTC)

    try:
        expected = list(islice(CronSim(expression, after), 5))
    except CronSimError:
        # It refuses days that no month of theirs has; here they just never come.
        expected = []

    assert next_fires(expression, after, 5) == expected


@settings(max_examples=150, deadline=None)
@given(fields=st.tuples(*FIELDS))
def test_every_schedule_can_be_said_in_words(fields):
    words = describe(" ".join(fields), "cron")

    assert words
    assert not set("?*/") & set(words)


@settings(max_examples=300, deadline=None)
@given(
    text=st.one_of(st.text(max_size=60), st.text("0123456789*/-,?LW#SUNMOFRI \t", max_size=60)),
    form=st.sampled_from(["cron", "bksops", "quartz"]),
)
def test_any_text_is_read_or_refused_with_reasons(text, form):
    if problems := check(text, form):
        assert all(problem.message and problem.rule for problem in problems)
    else:
        next_fires(text, datetime(2024, 1, 1, tzinfo=UTC), 3, "Europe/Berlin", form)
        describe(text, form)
