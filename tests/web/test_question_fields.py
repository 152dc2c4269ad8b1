"""How what was typed into a form without scripts is read."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from app.engine.core.asking import Question, answer_problems, questions_of
from app.engine.core.values import Json, dumps
from app.web.question_fields import answers_of

DEEP = "[" * 100_000
LONG = "9" * 5000


def question(kind: str, value: Json) -> list[Question]:
    """Return the one question of a flow that asks for a value of some type."""
    return questions_of({"${a}": {"name": "A", "custom_type": kind, "show_type": "show", "value": value}}, ["${a}"])


def typed(kind: str, before: Json, text: str) -> Json:
    """Return what a text becomes that was typed over a value."""
    return answers_of(question(kind, before), MultiDict({"${a}": text}))["${a}"]


@pytest.mark.parametrize(
    ("kind", "before", "text", "read"),
    [
        ("int", "", "-5", -5), ("int", 3, " 7 ", 7), ("int", "3", "7", "7"), ("input", 5, "6.5", 6.5),
        ("input", ["a"], '["b, c"]', ["b, c"]), ("input", ["a"], "b, c", ["b", "c"]), ("datatable", [], '[{"a": 1}]', [{"a": 1}]),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_as_what_it_stands_for(kind, before, text, read):
    assert typed(kind, before, text) == read


@pytest.mark.parametrize(
    ("kind", "before", "text"),
    [
        ("int", "", "+-5"), ("int", "", LONG), ("int", 5, LONG), ("input", 5, DEEP), ("input", 5, "NaN"),
        ("input", 5, "1e999"), ("input", {"a": 1}, '{"a": NaN}'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_stays_the_text_that_was_typed(kind, before, text):
    assert typed(kind, before, text) == text
    assert dumps(answers_of(question(kind, before), MultiDict({"${a}": text})))


@pytest.mark.parametrize(("kind", "text"), [("input", DEEP), ("datatable", DEEP), ("input", "Infinity")])
def test_a_list_that_cannot_be_read_is_one_of_texts(kind, text):
    assert typed(kind, ["a"], text) == [text]


@pytest.mark.parametrize("text", ["+-5", LONG])
def test_what_is_no_whole_number_is_told(text):
    questions = question("int", "")

    assert [p.where for p in answer_problems(questions, {"${a}": text})] == ["${a}"]
