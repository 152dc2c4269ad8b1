"""What a person is asked for when a task is made, and what is wrong with an answer."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from app.engine.core.aligning import aligned, left_out
from app.engine.core.asking import Condition, Question, answer_problems, asked, questions_of, why_not
from app.engine.core.creation import exclude_nodes, regenerate_ids
from app.engine.core.patterns import matches
from app.engine.core.schema import Choice, Field
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from tests.drawing import flow

CASES = json.loads((Path(__file__).parent.parent / "data" / "answers.json").read_text())


def field(described: dict[str, Any]) -> Field:
    """Return the field of a case."""
    rest = {"key": "k", "name": "K", **described}
    choices = tuple(Choice(**choice) for choice in rest.pop("choices", []))
    return Field(**{**rest, "choices": choices, "columns": tuple(field(column) for column in rest.get("columns", []))})


@pytest.mark.parametrize("case", CASES["answers"], ids=lambda case: f"{case['field']}-{case['value']}")
def test_an_answer_is_right_or_wrong_as_the_page_says(case):
    question = Question("a", "", field(CASES["fields"][case["field"]]), case.get("first"), case.get("pattern", ""))

    assert (not why_not(question, case["value"])) is case["right"]


@pytest.mark.parametrize("case", CASES["hiding"], ids=lambda case: str(case["answer"]))
def test_a_condition_hides_a_question_as_on_the_page(case):
    blank = Field("k", "K")
    both = [Question("a", "", blank, None), Question("b", "", blank, None, "", (Condition("a", **case["condition"]),))]

    assert (len(asked(both, {"a": case["answer"]})) == 1) is case["hidden"]


def constant(**more: Any) -> dict[str, Any]:
    """Return a shown variable."""
    return {"name": "", "custom_type": "input", "show_type": "show", "value": "", "index": 0, **more}


def test_shown_variables_that_the_task_needs_are_asked_in_their_order():
    constants = {
        "${b}": constant(index=2), "${a}": constant(index=1), "${hidden}": constant(show_type="hide"), "${pruned}": constant(),
    }  # fmt: skip

    assert [q.key for q in questions_of(constants, ["${a}", "${b}", "${hidden}"])] == ["${a}", "${b}"]


def test_a_variable_that_decides_what_is_asked_is_asked_although_no_node_needs_it():
    condition = {"constant_key": "${kind}", "operator": "=", "value": "small"}
    constants = {"${kind}": constant(), "${size}": constant(is_condition_hide="true", hide_condition=[condition])}

    found = questions_of(constants, ["${size}"])

    assert [(q.key, q.is_needed) for q in found] == [("${kind}", False), ("${size}", True)]


def test_a_definition_becomes_choices_with_its_default():
    definition = {
        "items_text": '[{"text": "Europe", "value": "eu"}, {"text": "Asia", "value": "as"}]',
        "type": "1",
        "default": "eu,as",
    }
    (question,) = questions_of({"${r}": constant(custom_type="select", is_meta=True, value=definition)}, ["${r}"])

    assert question.value == ["eu", "as"]
    assert [choice.label for choice in question.field.choices] == ["Europe", "Asia"]
    assert answer_problems([question], {"${r}": ["eu", "mars"]})[0].where == "${r}"


def test_a_table_has_the_columns_of_its_definition():
    columns = [{"tag_code": "port", "type": "int", "attrs": {"name": "Port", "validation": [{"type": "required"}]}}]
    value = {"columns": json.dumps(columns), "default": '[{"port": 80}]'}
    (question,) = questions_of({"${t}": constant(custom_type="datatable", is_meta=True, value=value)}, ["${t}"])

    assert question.value == [{"port": 80}]
    assert [p.message for p in answer_problems([question], {"${t}": [{"port": ""}]})] == [
        "${t} Port, row 1: is required"
    ]


def test_what_the_task_works_out_nobody_is_asked_for_and_parts_are_asked_for_together():
    moment = {"datetime": "2026-11-22 08:00:00", "datetime_format": "%Y"}
    constants = {
        "${now}": constant(custom_type="current_time", value={"time_zone": "UTC"}),
        "${when}": constant(custom_type="format_support_datetime", value=moment, index=1),
        "${day}": constant(custom_type="format_support_datetime", value="22.11.2026", index=2),
        "${sets}": constant(custom_type="set_filter_selector", value={"bk_set_id": [1]}, index=3),
    }
    found = questions_of(constants, list(constants))

    assert [(q.key, q.field.widget, q.value) for q in found] == [
        ("${when}", "keyvalue", moment), ("${day}", "keyvalue", "22.11.2026"), ("${sets}", "code", {"bk_set_id": [1]}),
    ]  # fmt: skip
    assert [part.widget for part in found[0].field.columns] == ["datetime", "text"]
    (problem,) = answer_problems(found, {"${when}": {"datetime": "tomorrow"}})
    assert problem.message == "${when} is wrong in Date and time, which must be written as 2026-11-21 14:30:00"
    assert answer_problems(found, {}) == []


def test_everything_that_is_wrong_is_told_at_once_and_what_is_hidden_is_not():
    condition = {"constant_key": "${env}", "operator": "=", "value": "test"}
    constants = {
        "${env}": constant(value="test"), "${n}": constant(custom_type="int", value="many", index=1),
        "${v}": constant(value="", validation="^v", index=2),
        "${ticket}": constant(validation="^CHG", is_condition_hide=True, hide_condition=[condition], index=3),
    }  # fmt: skip
    questions = questions_of(constants, list(constants))

    assert [p.where for p in answer_problems(questions, {})] == ["${n}", "${v}"]
    assert [p.where for p in answer_problems(questions, {"${env}": "live"})] == ["${n}", "${v}", "${ticket}"]


def test_an_expression_that_would_never_end_elsewhere_ends_at_once():
    began = time.thread_time()

    assert matches("^(a+)+$", "a" * 5000 + "b") is False
    assert time.thread_time() - began < 2


@pytest.mark.parametrize("pattern", [r"(a)\1", "(", "(?<=a)b", "(?i)a", "a" * 2000, "((a{50}){50}){50}"])
def test_what_cannot_be_told_of_an_expression_is_not_told(pattern):
    assert matches(pattern, "a") is None


def test_a_task_s_nodes_are_found_in_its_flow_although_all_ids_are_new():
    model = flow("start > a > par ; par > b > join ; par > c > join ; join > end", nodes={"b": {"optional": True}})
    numbers = iter(range(1000))
    made = regenerate_ids(exclude_nodes(model, ["b"]), lambda kind: f"{kind}{next(numbers)}")

    again = aligned(made.document, model)

    assert set(again["activities"]) == {"a", "c"}
    assert {f["source"] for f in again["flows"].values()} <= {"start", "a", "par", "c", "join"}
    assert left_out(made.document, model) == ["b"]


def test_a_line_that_has_the_id_of_a_node_gets_an_id_of_its_own():
    drawn = json.dumps(flow("start > xor ; xor > a [1 == 1] > end ; xor > b [else] > end"))
    clashing = json.loads(drawn.replace('"f2"', '"a"').replace('"f1"', '"start"'))
    numbers = iter(range(1000))

    made = regenerate_ids(clashing, lambda kind: f"{kind}{next(numbers)}").document

    assert problems_of(parse_tree(made)) == []
    assert not made["flows"].keys() & made["activities"].keys()


def test_of_two_nodes_alike_the_one_at_the_same_place_is_meant():
    model = flow("start > a > b > end", nodes={n: {"name": "Check", "optional": True} for n in "ab"})
    numbers = iter(range(1000))
    made = regenerate_ids(exclude_nodes(model, ["a"]), lambda kind: f"{kind}{next(numbers)}")

    assert left_out(made.document, model) == ["a"]


@pytest.mark.parametrize("text", ["[" * 150_000, "[NaN]", "no list"])
def test_a_form_opens_whatever_its_choices_and_columns_are_written_as(text):
    constants = {
        "${one}": constant(custom_type="select", value={"items_text": text, "default": ""}),
        "${rows}": constant(custom_type="datatable", value={"columns": text, "default": text}, index=1),
    }

    assert [q.field.widget for q in questions_of(constants, list(constants))] == ["text", "code"]
