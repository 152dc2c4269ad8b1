"""Sentences that know what they were made of."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from app.errors import InvalidInput, NotFound, Problem, Refused
from app.sentences import Sentence, say, sentence_of


def test_a_sentence_is_a_text_like_any_other():
    sentence = say("node {node} needs {wanted}", node="n1", wanted=say("{most} lines", most=2))

    assert sentence == "node n1 needs 2 lines"
    assert json.dumps({"message": sentence}) == '{"message": "node n1 needs 2 lines"}'
    assert {sentence: 1}["node n1 needs 2 lines"] == 1


def test_it_remembers_its_pattern_and_its_values():
    wanted = say("{most} lines", most=2)
    sentence = say("node {node} needs {wanted}", node="n1", wanted=wanted)

    assert sentence.pattern == "node {node} needs {wanted}"
    assert sentence.values == {"node": "n1", "wanted": wanted}


def test_lists_are_written_with_commas_and_values_as_their_pattern_says():
    assert say("{given!r} is not one of {known}", given="a", known=["b", "c"]) == "'a' is not one of b, c"
    assert say("at least {minimum:g}", minimum=2.0) == "at least 2"


def test_what_people_write_is_never_a_pattern():
    assert say("{name} is taken", name="{name} {0} %(x)s") == "{name} {0} %(x)s is taken"


def test_the_sentence_of_an_error_is_found_again():
    inner = say("the quote of {text!r} is not closed", text="a")
    assert sentence_of(ValueError(inner)) is inner
    assert sentence_of(Refused("rule", inner)) is inner
    assert say("line {line}: {error}", line="l1", error=ValueError(inner)).values["error"] is inner


@pytest.mark.parametrize("error", [ValueError("plain"), KeyError("k"), ValueError(), ZeroDivisionError("by zero")])
def test_other_errors_say_what_they_say(error):
    assert sentence_of(error) == str(error)


def test_a_copy_is_as_good_as_the_first():
    sentence = say("{{braces}} and {value}", value=say("a value"))

    for again in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):
        assert isinstance(again, Sentence)
        assert (again, again.pattern, again.values) == (sentence, sentence.pattern, sentence.values)


def test_errors_say_the_same_as_their_sentences():
    assert str(NotFound("task", 3)) == "task 3 does not exist"
    assert str(InvalidInput(Problem("a", say("one")), Problem("b", say("two")))) == "one; two"
