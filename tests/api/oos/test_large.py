"""A template of a thousand operators with random links, through the API and the engine, against the naive model."""

from __future__ import annotations

from random import Random

from tests.api.oos.client import say
from tests.core.test_trigger_rules import RULES, Drawn

WORDS = {"finished": "SUCCESS", "skipped": "SKIPPED", "upstream_failed": "UPSTREAM_FAILED", "failed": "FAILED"}


def test_a_thousand_operators_end_in_the_states_that_their_rules_say(light):
    drawn = Drawn(Random(7), 1000, 1.5, 0)
    operators = []
    for n, rule in enumerate(drawn.rule):
        # The message of one that is to fail is of a type that it does not take.
        message = {"no": "text"} if drawn.fails[n] else "hi"
        condition = {} if drawn.holds[n] else {"condition": {"Fn::Equals": [1, 2]}}
        operators.append(say(f"n{n}", message, triggerRule=rule.upper(), **condition))
    links = [{"src": f"n{b}", "dst": f"n{n}"} for n, before in enumerate(drawn.before) for b in before]
    assert {rule.upper() for rule in RULES} >= {operator["triggerRule"] for operator in operators}

    ref = light.save("large", *operators, linear=False, links=links, parallelism=50)
    execution = light.start(template={"ref": ref})
    for _ in range(60):
        light.drive()
        detail = light.detail(execution)
        if detail["state"] in ("SUCCESS", "FAILED"):
            break

    assert [task["state"] for task in detail["tasks"]] == [WORDS[state] for state in drawn.expected()]
    assert detail["state"] == "FAILED"
