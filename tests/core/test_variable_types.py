"""The types of variables whose values are made of parts, and those that a task works out."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace

import pytest

from app.engine.core.conditions import ConditionError, parse
from app.engine.core.expressions import ExpressionError
from app.engine.core.scope import Scope, Variable
from app.engine.core.variables import VARIABLE_TYPES, resolve
from app.engine.core.variables.moments import BEGAN

GIVEN = {"_system": {"time_zone": "Asia/Shanghai"}, BEGAN: "2026-11-22T00:05:09+00:00"}


@pytest.mark.parametrize(
    ("parts", "seen"),
    [
        ({"datetime": "2026-11-22 08:05:09", "datetime_format": "%d.%m.%Y"}, "22.11.2026"),
        ({"datetime": "2026-11-22 08:05:09", "datetime_format": ""}, "2026-11-22 08:05:09"),
        ({"datetime": "tomorrow", "datetime_format": "%Y"}, "tomorrow"),
        ({"datetime": "2026-11-22 08:05:09", "datetime_format": "%Y" * 200}, "2026-11-22 08:05:09"),
        ("22.11.2026", "22.11.2026"),
    ],
)
def test_a_date_is_written_in_the_format_of_its_variable(parts, seen):
    assert resolve("format_support_datetime", parts) == seen


@pytest.mark.parametrize(
    ("units", "seen"),
    [
        ([], "2026-11-22 08:05:09"), (["year", "month", "day"], "2026-11-22"), (["minute", "hour"], "08:05"),
        (["day", "hour"], "22 08"), (["year", "second"], "2026 09"),
    ],
)  # fmt: skip
def test_the_time_of_a_task_has_the_parts_that_are_asked_for(units, seen):
    assert resolve("current_time", {"time_unit": units, "time_zone": ""}, GIVEN) == seen


@pytest.mark.parametrize(
    ("how", "seen"),
    [
        ({"time_format": "%Y%m%d-%H%M", "time_zone": "UTC"}, "20261122-0005"),
        ({"time_format": "%H:%M"}, "08:05"), ("", "2026-11-22 08:05:09"), ("given by a parent", "given by a parent"),
        ({"time_format": "%H", "time_zone": "Mars/Olympus"}, {"time_format": "%H", "time_zone": "Mars/Olympus"}),
        ({"time_format": "%H", "time_zone": "../etc/passwd"}, {"time_format": "%H", "time_zone": "../etc/passwd"}),
    ],
)  # fmt: skip
def test_the_time_of_a_task_is_written_in_a_format_and_a_zone(how, seen):
    assert resolve("format_support_current_time", how, GIVEN) == seen


@pytest.mark.parametrize(("hour", "seen"), [("00", "02:30 CEST 00"), ("01", "02:30 CET 01")])
def test_an_hour_that_clocks_show_twice_is_told_apart(hour, seen):
    given = {"_system": {"time_zone": "Europe/Berlin"}, BEGAN: f"2026-10-25T{hour}:30:00+00:00"}
    told = [{"time_format": "%H:%M %Z"}, {"time_format": "%H", "time_zone": "UTC"}]

    assert " ".join(resolve("format_support_current_time", how, given) for how in told) == seen


def test_a_time_may_be_asked_for_by_other_variables():
    variables = {
        "now": Variable("now", {"time_format": "${pattern}"}, "format_support_current_time"),
        "pattern": Variable("pattern", "%Y"),
    }

    assert Scope(variables, {}, GIVEN).render("in ${now}") == "in 2026"


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({}, "10.0.0.7,0:10.0.0.8"), ({"ip_separator": ";"}, "10.0.0.7;0:10.0.0.8"),
        ({"ip_cloud": False, "ip_separator": "\n"}, "10.0.0.7\n10.0.0.8"), ({"gse_agent_status": 0}, "10.0.0.7,0:10.0.0.8"),
    ],
)  # fmt: skip
def test_filtered_addresses_are_joined_as_they_say(more, seen):
    assert resolve("ip_filter", {"origin_ips": "10.0.0.7\n0:10.0.0.8", **more}) == seen


def test_hosts_of_sets_and_modules_are_those_that_were_typed():
    typed = {"var_ip_method": "custom", "var_ip_custom_value": "10.0.0.1\n10.0.0.2", "var_filter_set": ""}
    chosen = {"var_ip_method": "select", "var_ip_select_value": {"var_set": ["a"]}}

    assert resolve("set_module_ip_selector", typed) == "10.0.0.1,10.0.0.2"
    assert resolve("set_module_ip_selector", chosen) == chosen


def test_allocated_sets_are_seen_by_columns_and_by_the_addresses_of_their_modules():
    modules = [{"key": "game", "value": ["10.0.0.1", "10.0.0.2"]}, {"key": "db", "value": ["10.0.0.2"]}]
    given = {
        "separator": ";",
        "data": [{"bk_set_name": "east", "size": 2, "__module": modules}, {"bk_set_name": "west"}],
    }

    assert resolve("set_allocation", given) == {
        "set_count": 2, "bk_set_name": ["east", "west"], "flat__bk_set_name": "east;west", "size": [2], "flat__size": "2",
        "_module": [{"game": "10.0.0.1;10.0.0.2", "db": "10.0.0.2"}, {}], "flat__ip_list": "10.0.0.1;10.0.0.2",
        "flat__verbose_ip_list": "10.0.0.1;10.0.0.2;10.0.0.2",
        "flat__verbose_ip_module_list": "east>game;east>game;east>db",
    }  # fmt: skip
    assert resolve("set_allocation", json.dumps(given)) == resolve("set_allocation", given)
    assert [resolve("set_allocation", text) for text in ("east, west", '{"a": 1}')] == ["east, west", '{"a": 1}']


@pytest.mark.parametrize(
    ("given", "seen"), [(5, ""), (None, ""), ({"a": 1}, ""), ("10.0.0.1", "10.0.0.1"), (["a", 5], "a,5")]
)
def test_a_module_has_the_addresses_of_a_list_or_the_one_that_a_text_is(given, seen):
    resolved = resolve("set_allocation", {"data": [{"__module": [{"key": "m", "value": given}]}]})

    assert resolved["flat__verbose_ip_list"] == seen


@pytest.mark.parametrize("text", ["[" * 150_000, '{"data": [{"size": NaN}]}', '{"data": [{"size": 1e999}]}'])
def test_allocated_sets_that_are_no_json_stay_text(text):
    assert resolve("set_allocation", text) == text


@pytest.mark.parametrize(
    ("text", "seen"), [("-7", -7), (" +5 ", 5), ("+-5", "+-5"), ("9" * 5000, "9" * 5000), ("٣", 3)]
)
def test_a_whole_number_is_read_from_a_text_where_it_is_one(text, seen):
    assert resolve("int", text) == seen


@pytest.mark.parametrize("separator", ["x" * 17, "", 5, None, ["; "]])
def test_a_separator_is_a_short_text_or_a_comma(separator):
    hosts = {"origin_ips": "10.0.0.7 10.0.0.8", "ip_separator": separator}
    sets = {"data": [{"bk_set_name": "a"}, {"bk_set_name": "b"}], "separator": separator}

    assert resolve("ip_filter", hosts) == "10.0.0.7,10.0.0.8"
    assert resolve("set_allocation", sets)["flat__bk_set_name"] == "a,b"


LONG = "x" * 50_000
WIDE = [[LONG] * 10_000] * 10_000


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ip_filter", {"origin_ips": "a " * 90_000, "ip_separator": "-" * 16}), ("select", [LONG] * 10_000),
        ("select", WIDE), ("datatable", [{"a": LONG}] * 10_000), ("datatable", [{"a": WIDE}]),
        ("set_allocation", {"data": [{"a": LONG}] * 10_000}),
        ("set_allocation", {"data": [{"bk_set_name": LONG, "__module": [{"key": "m", "value": ["a"] * 10_000}]}]}),
        ("set_allocation", {"data": [{"__module": [{"key": "m", "value": [LONG] * 20}]}] * 10_000}),
        ("set_allocation", {"data": [{"__module": [{"key": WIDE, "value": WIDE}]}]}),
    ],
)  # fmt: skip
def test_few_characters_cannot_fill_the_memory(kind, value):
    tracemalloc.start()
    try:
        with pytest.raises(ExpressionError, match="the text becomes longer than 1000000 characters"):
            resolve(kind, value)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_list_that_holds_a_long_text_very_often_is_not_written_into_a_text():
    scope = Scope({}, {"wide": WIDE}, {})

    assert scope.render("all: ${wide}") == "all: ${wide}"


def test_what_a_type_cannot_read_is_an_error_of_the_expression_that_asks_for_it(monkeypatch):
    def stumble(value):
        raise TypeError("'int' object is not iterable")

    broken = replace(VARIABLE_TYPES["int"], resolve=stumble)
    monkeypatch.setitem(VARIABLE_TYPES, "int", broken)
    scope = Scope({"n": Variable("n", 5, "int")}, {}, {})

    assert scope.render("${n}") == "${n}"
    with pytest.raises(ConditionError, match="n holds what its type cannot read: 'int' object is not iterable"):
        parse("${n} == 5").holds(scope.value)


def test_what_a_cmdb_would_work_out_stays_as_it_was_given():
    kinds = {kind for kind, type_ in VARIABLE_TYPES.items() if type_.source == "cmdb"}

    assert kinds == {
        "attribute_query", "set_filter_selector", "set_group_selector", "set_module_selector", "gse_kit_ip_selector",
    }  # fmt: skip
    for kind in kinds:
        assert resolve(kind, {"bk_set_id": [1], "x": "y"}, GIVEN) == {"bk_set_id": [1], "x": "y"}
