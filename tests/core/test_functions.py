"""The language of references and functions."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.budget import ExpressionError
from app.engine.core.functions import FUNCTION_NAMES, problems_in, references, render

VALUES = {"n": 2, "list": [3, 1, 2], "map": {"a": {"b": 1}}, "text": "hi", "no": False, "when": "2024-04-24T23:06:40Z"}
look = VALUES.__getitem__


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"Ref": "n"}, 2), ([{"Ref": "list"}], [[3, 1, 2]]), ({"a": {"Ref": "no"}}, {"a": False}), ("${n}", "${n}"),
        ({"Ref": "nothing"}, {"Ref": "nothing"}), ({"Ref": "n", "also": 1}, {"Ref": "n", "also": 1}),
        ({"Fn::Base64Encode": "hi"}, "aGk="), ({"Fn::Base64Decode": "aGk="}, "hi"),
        ({"Fn::MergeMap": [{"a": 1}, {"b": 2}, {"a": 3}]}, {"a": 3, "b": 2}),
        ({"Fn::Join": ["-", ["a", {"Ref": "n"}, True, None]]}, "a-2-true-"),
        ({"Fn::Select": [1, {"Ref": "list"}]}, 1), ({"Fn::Select": ["-1", [1, 2]]}, 2), ({"Fn::Select": ["a", {"a": 5}]}, 5),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]), ({"Fn::Replace": [{"a": "x", "b": "y"}, "abc"]}, "xyc"),
        ({"Fn::Min": {"Ref": "list"}}, 1), ({"Fn::Max": {"Ref": "list"}}, 3),
        ({"Fn::First": {"Ref": "list"}}, 3), ({"Fn::Last": {"Ref": "list"}}, 2),
        ({"Fn::ListJoin": ["a", {"Ref": "n"}]}, ["a", 2]),
        ({"Fn::Equals": [{"Ref": "n"}, 2]}, True), ({"Fn::Equals": [1, True]}, False),
        ({"Fn::If": [{"Ref": "no"}, {"Fn::Min": []}, "else"]}, "else"),
        ({"Fn::Not": {"Ref": "no"}}, True), ({"Fn::Not": "false"}, True),
        ({"Fn::And": [True, {"Ref": "n"}]}, True), ({"Fn::And": [False, {"Ref": "nothing"}]}, False),
        ({"Fn::Or": [{"Ref": "no"}, False]}, False), ({"Fn::Or": [True, {"Ref": "nothing"}]}, True),
        ({"Fn::AddHour": [{"Ref": "when"}, 2]}, "2024-04-25T01:06:40Z"),
        ({"Fn::FormatUTCTime": [{"Ref": "when"}, "%Y%m%d"]}, "20240424"),
        ({"Fn::Eval": "n * 2 + max(list)"}, 7), ({"Fn::Eval": "nothing + 1"}, {"Fn::Eval": "nothing + 1"}),
        ({"Fn::Intersection": [[1, 2, 2], [2, 3]]}, [2]), ({"Fn::Union": [[1, 2], [2, 3]]}, [1, 2, 3]),
        ({"Fn::Difference": [[1, 2], [2, 3]]}, [1, 3]),
        ({"Fn::MapJoin": [["a", "b"], [1, 2]]}, {"a": 1, "b": 2}),
        ({"Fn::Sub": "${text}, ${nothing}"}, "hi, ${nothing}"), ({"Fn::Sub": ["${x}!", {"x": {"Ref": "n"}}]}, "2!"),
        ({"Fn::ConvertMapToList": {"a": 1}}, [{"Key": "a", "Value": 1}]),
        ({"Fn::GetAtt": [{"Ref": "map"}, "a.b"]}, 1),
        ({"Fn::Exists": "n"}, True), ({"Fn::Exists": {"Ref": "nothing"}}, False), ({"Fn::Exists": ["a", {"Ref": "map"}]}, True),
        ({"Fn::Max": {"Ref": "nothing"}}, {"Fn::Max": {"Ref": "nothing"}}),
        ({"Fn::Unheard": 1}, {"Fn::Unheard": 1}),
    ],
)  # fmt: skip
def test_what_is_rendered(written, value):
    assert render(written, look) == value
    assert type(render(written, look)) is type(value)


def test_every_function_of_the_documents_is_there():
    documented = (
        "Base64Encode Base64Decode MergeMap Join Select Split Replace Min Max First Last ListJoin Equals If Not AddHour"
        " FormatUTCTime Eval And Or Intersection Union Difference MapJoin Sub ConvertMapToList GetAtt Exists"
    )
    assert {f"Fn::{name}" for name in documented.split()} == FUNCTION_NAMES


def test_names_are_found_wherever_they_stand():
    value = {
        "a": [{"Ref": "x"}, {"Fn::Eval": "y + len(z)"}],
        "b": {"Fn::Sub": ["${q}", {"q": {"Ref": "w"}}]},
        "c": "${v}",
    }

    assert references(value) == {"x", "y", "z", "q", "w"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"Fn::Select": [9, [1]]}, {"Fn::Join": "x"}, {"Fn::Min": []}, {"Fn::Min": [1, "a"]}, {"Fn::Split": ["", "a"]},
        {"Fn::AddHour": ["soon", 1]}, {"Fn::AddHour": ["2024-04-24", 1e300]}, {"Fn::If": [1]}, {"Fn::Eval": "1/0"},
        {"Fn::Eval": "().__class__"}, {"Fn::MapJoin": [["a"], []]}, {"Fn::GetAtt": [{"a": 1}, "b"]},
        {"Fn::Base64Decode": "*"}, {"Fn::FormatUTCTime": ["2024-04-24", "%9999d"]}, {"Fn::Replace": [{"": "x"}, "a"]},
        {"Fn::Exists": 3}, {"Fn::Sub": 3}, {"Fn::And": "x"},
    ],
)  # fmt: skip
def test_wrong_arguments_are_told(wrong):
    with pytest.raises(ExpressionError):
        render(wrong, look)


def test_what_would_be_large_is_refused_before_it_is_made():
    bomb = {"Fn::Join": ["", ["a" * 1000] * 100]}
    for _ in range(6):
        bomb = {"Fn::Join": ["", [bomb] * 10]}
    with pytest.raises(ExpressionError):
        render(bomb, look)
    nested = "x"
    for _ in range(500):
        nested = [nested]
    with pytest.raises(ExpressionError, match="nested"):
        render(nested, look)
    with pytest.raises(ExpressionError, match="larger"):
        render([{"Ref": "long"}] * 100, {"long": "a" * 100_000}.__getitem__)


def test_problems_are_told_before_anything_runs():
    assert "no function Fn::Nope" in problems_in({"a": [{"Fn::Nope": 1}]})[0]
    assert problems_in({"Fn::Eval": "import os"})
    assert problems_in({"Fn::Eval": "n + 1", "x": {"Ref": "n"}}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "Ref", *sorted(FUNCTION_NAMES)]), inner, max_size=2)
    ),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=500, deadline=None)
def test_whatever_is_written_renders_or_is_told(value):
    references(value)
    problems_in(value)
    with contextlib.suppress(ExpressionError):
        json.dumps(render(value, look))
