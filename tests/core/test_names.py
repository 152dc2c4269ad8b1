"""The language "names": what stands between the braces is a name, whole."""

from __future__ import annotations

import pytest

from app.engine.core.expressions import ExpressionError
from app.engine.core.names import references, render

VALUES = {"env": "product", "cal_dt-1": "2017-05-25", "30days_cal_dt": "2017-04-26", "n": 3, "list": [1, "a"]}


@pytest.mark.parametrize(
    ("written", "rendered"),
    [
        ("${env}", "product"),
        ("${n}", 3),
        ("n=${n} l=${list}", 'n=3 l=[1,"a"]'),
        ("to ${cal_dt-1} from ${30days_cal_dt}", "to 2017-05-25 from 2017-04-26"),
        ("${HOME} ${x:-1} ${#a[@]} $env {env}", "${HOME} ${x:-1} ${#a[@]} $env {env}"),
        ("${ env }", "${ env }"),
        ("${${env}}", "${product}"),
        ("${env", "${env"),
        ("", ""),
        ({"a": ["${env}", 1, None], "${env}": True}, {"a": ["product", 1, None], "${env}": True}),
    ],
)
def test_known_names_are_replaced_and_all_else_stays(written, rendered):
    assert render(written, VALUES.__getitem__) == rendered


def test_names_are_found_at_any_depth_but_not_in_keys():
    assert references({"${k}": ["${a}x${b-1}", {"c": "${a}${d e}"}], "n": 1}) == {"a", "b-1", "d e"}


def test_a_text_that_grows_too_long_is_refused():
    with pytest.raises(ExpressionError, match="longer than"):
        render("${a}" * 11 + "!", {"a": "x" * 100_000}.__getitem__)
