"""What OOS's words do on our engine: order, rules, loops, branches, references, waiting for people."""

from __future__ import annotations

import pytest

from app.api.oos.ids import read_execution_id
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from app.services.oos_executions import find_execution
from app.services.tasks import operate_task
from tests.api.oos.client import say

FAIL = {"content": "exit 3", "__workerSelectors__": [{"instanceId": "127.0.0.1"}]}


def fails(name, **more):
    """An operator whose script fails, at once and for good."""
    return {"name": name, "operator": "BCE::Agent::ExecuteShell", "properties": FAIL, **more}


def shell(name, content, **more):
    worker = [{"instanceId": "127.0.0.1"}]
    return {"name": name, "operator": "BCE::Agent::ExecuteShell",
            "properties": {"content": content, "__workerSelectors__": worker}, **more}  # fmt: skip


def run(oos, *operators, links=None, properties=None, **body):
    template = {"name": "flow", "operators": list(operators), "linear": links is None}
    if links is not None:
        template["links"] = [{"src": a, "dst": b} for a, b in links]
    if properties:
        template["properties"] = properties
    execution = oos.start(template=template, **body)
    for _ in range(3):
        oos.drive()
    return oos.detail(execution, withLog="true")


def states(detail):
    return {task["operator"]["name"]: task["state"] for task in detail["tasks"]}


def task(detail, name):
    return next(one for one in detail["tasks"] if one["operator"]["name"] == name)


def node_id(oos, detail, name):
    tree = find_execution(SYSTEM, oos.project, read_execution_id(detail["id"])).tree
    return next(id_ for id_, node in tree["activities"].items() if node["name"] == name)


def test_a_linear_template_runs_in_the_order_of_its_list(light):
    detail = run(light, say("a"), say("b"), say("c"))

    assert detail["state"] == "SUCCESS"
    assert [one["operator"]["name"] for one in detail["tasks"]] == ["a", "b", "c"]
    ends = [one["finishedTimestamp"] for one in detail["tasks"]]
    assert ends == sorted(ends)


def test_what_follows_a_failure_fails_upstream(light):
    detail = run(light, say("a"), fails("b"), say("c"))

    assert states(detail) == {"a": "SUCCESS", "b": "FAILED", "c": "UPSTREAM_FAILED"}
    assert detail["state"] == "FAILED"
    assert "exit code 3" in task(detail, "b")["reason"]
    assert "exit code 3" in detail["reason"]


@pytest.mark.parametrize(
    ("rule", "after_both", "after_failures"),
    [
        ("ALL_SUCCESS", "UPSTREAM_FAILED", "UPSTREAM_FAILED"), ("ONE_SUCCESS", "SUCCESS", "UPSTREAM_FAILED"),
        ("ALL_FAILED", "SKIPPED", "SUCCESS"), ("ONE_FAILED", "SUCCESS", "SUCCESS"), ("ALWAYS", "SUCCESS", "SUCCESS"),
    ],
)  # fmt: skip
def test_trigger_rules(light, rule, after_both, after_failures):
    links = [("good", "mixed"), ("bad", "mixed"), ("bad", "below")]
    detail = run(
        light, say("good"), fails("bad"), say("mixed", triggerRule=rule), say("below", triggerRule=rule), links=links
    )

    assert states(detail)["mixed"] == after_both
    assert states(detail)["below"] == after_failures


def test_a_reference_reads_own_inputs_then_what_came_before_then_the_parameters(light):
    parameters = [{"name": "who", "type": "string", "defaultValue": "parameter"}, {"name": "n", "type": "number"}]
    detail = run(
        light,
        say("first", {"Ref": "who"}),
        shell("made", "echo '<SOPS_VAR>x:1</SOPS_VAR>'"),
        say("second", {"Fn::Join": ["/", [{"Ref": "who"}, {"Ref": "exit_code"}, {"Ref": "n"}]]}),
        properties=parameters, tags=[{"tagKey": "env", "tagValue": "test"}],
    )  # fmt: skip

    assert [entry["msg"] for entry in task(detail, "first")["log"]] == ["parameter"]
    assert [entry["msg"] for entry in task(detail, "second")["log"]] == ["parameter/0/"]
    assert detail["tags"] == [{"key": "env", "value": "test", "tagKey": "env", "tagValue": "test"}]


def test_values_that_an_execution_gives_take_the_place_of_defaults(light):
    parameters = [{"name": "who", "type": "string", "defaultValue": "nobody"}]
    execution = light.start(
        template={"name": "greet", "linear": True, "operators": [say("a", {"Ref": "who"})], "properties": parameters},
        properties={"who": "world"},
    )
    light.drive()
    detail = light.detail(execution, withLog="true")

    assert detail["properties"] == {"who": "world"}
    assert detail["template"]["properties"][0]["defaultValue"] == "nobody"
    assert task(detail, "a")["log"][0]["msg"] == "world"
    assert task(detail, "a")["initContext"] == {"bk_display_message": {"Ref": "who"}}


def test_a_condition_that_does_not_hold_skips_the_operator_and_what_comes_after_goes_on(light):
    never = {"Fn::Equals": [1, 2]}
    detail = run(light, say("a"), say("b", condition=never), say("c", triggerRule="ALWAYS"))

    assert states(detail) == {"a": "SUCCESS", "b": "SKIPPED", "c": "SUCCESS"}
    assert detail["state"] == "SUCCESS"


def test_a_switch_goes_on_with_one_operator_and_skips_the_others(light):
    switch = {
        "name": "choose", "operator": "BCE::SwitchTo",
        "properties": {"switch": [{"case": {"Fn::Equals": [{"Ref": "size"}, "big"]}, "next": "big"}], "default": "small"},
    }  # fmt: skip
    links = [("choose", "big"), ("choose", "small"), ("big", "merge"), ("small", "merge")]
    operators = [switch, say("big"), say("small"), say("merge")]
    given = [{"name": "size", "defaultValue": "tiny"}]

    detail = run(light, *operators, links=links, properties=given)

    assert states(detail) == {"choose": "SUCCESS", "big": "SKIPPED", "small": "SUCCESS", "merge": "SUCCESS"}
    big = run(light, *operators, links=links, properties=[{"name": "size", "defaultValue": "big"}])
    assert states(big) == {"choose": "SUCCESS", "big": "SUCCESS", "small": "SKIPPED", "merge": "SUCCESS"}


@pytest.mark.parametrize(
    "loops", [[{"who": "x"}, {"who": "y"}], [{"properties": {"who": "x"}}, {"properties": {"who": "y"}}],
              {"who": ["x", "y"]}, {"Ref": "all"}],
)  # fmt: skip
def test_a_loop_has_a_child_for_each_element(light, loops):
    parameters = [{"name": "all", "type": "list", "defaultValue": [{"who": "x"}, {"who": "y"}]}]
    detail = run(
        light, say("each", {"Ref": "who"}, loops=loops, parallelismCount=2), say("after"), properties=parameters
    )
    each = task(detail, "each")

    assert states(detail) == {"each": "SUCCESS", "after": "SUCCESS"}
    assert [child["loopIndex"] for child in each["children"]] == [0, 1]
    assert [child["log"][0]["msg"] for child in each["children"]] == ["x", "y"]
    assert {child["state"] for child in each["children"]} == {"SUCCESS"}


def test_elements_whose_values_are_all_nothing_are_elements_too(light):
    detail = run(light, say("each", {"Fn::Join": ["", ["n", {"Ref": "n"}]]}, loops=[{"n": 0}, {"n": ""}]))

    assert [child["log"][0]["msg"] for child in task(detail, "each")["children"]] == ["n0", "n"]


def test_a_loop_may_fail_as_often_as_it_is_allowed(light):
    content = {"Fn::Join": [" ", ["exit", {"Ref": "code"}]]}
    loops = [{"code": "0"}, {"code": "3"}, {"code": "0"}]
    operator = shell("each", content, loops=loops)

    strict = run(light, operator)
    lenient = run(light, {**operator, "allowedFailureControl": {"ratio": 0, "count": 1}})

    assert strict["state"] == "FAILED"
    assert lenient["state"] == "SUCCESS"
    assert [child["state"] for child in task(lenient, "each")["children"]] == ["SUCCESS", "FAILED", "SUCCESS"]


def test_a_nested_template_runs_as_a_child_with_its_own_parameters(light):
    inner = light.save("inner", say("greet", {"Ref": "who"}), properties=[{"name": "who", "defaultValue": "nobody"}])
    detail = run(light, say("a"), {"name": "sub", "template": {"ref": inner}, "properties": {"who": "world"}}, say("z"))
    sub = task(detail, "sub")

    assert detail["state"] == "SUCCESS"
    assert sub["operator"]["template"] == {"ref": inner}
    assert [(child["operator"]["name"], child["log"][0]["msg"]) for child in sub["children"]] == [("greet", "world")]


def test_a_loop_over_a_template_has_a_child_for_each_element_with_the_template_below(light):
    inner = light.save("inner", say("greet", {"Ref": "who"}), properties=[{"name": "who", "defaultValue": "nobody"}])
    operator = {"name": "sub", "template": {"ref": inner}, "properties": {"who": {"Ref": "one"}},
                "loops": [{"one": "x"}, {"one": "y"}]}  # fmt: skip
    detail = run(light, operator)
    elements = task(detail, "sub")["children"]

    assert detail["state"] == "SUCCESS"
    assert [(e["loopIndex"], e["state"]) for e in elements] == [(0, "SUCCESS"), (1, "SUCCESS")]
    assert [e["children"][0]["log"][0]["msg"] for e in elements] == ["x", "y"]


def test_an_operator_that_is_started_by_hand_waits_for_a_person(light):
    detail = run(light, say("a"), say("b", manually=True))
    assert states(detail) == {"a": "SUCCESS", "b": "PENDING"}
    assert detail["state"] == "RUNNING"

    number = read_execution_id(detail["id"])
    operate_node(SYSTEM, light.project, number, NodeOrder(node_id(light, detail, "b"), "resume"))
    light.drive()

    assert light.detail(detail["id"])["state"] == "SUCCESS"


def test_pause_on_failure_lets_a_person_decide(light):
    detail = run(light, fails("a", pauseOnFailure=True), say("b"))
    assert detail["state"] == "PAUSED"
    assert states(detail) == {"a": "FAILED", "b": "PENDING"}

    operate_node(SYSTEM, light.project, read_execution_id(detail["id"]), NodeOrder(node_id(light, detail, "a"), "skip"))
    operate_task(SYSTEM, light.project, read_execution_id(detail["id"]), "resume")
    light.drive()

    after = light.detail(detail["id"])
    assert after["state"] == "SUCCESS"
    assert states(after) == {"a": "IGNORED", "b": "SUCCESS"}


def test_a_failure_is_tried_again(light):
    detail = run(light, fails("a", retries=2, retryInterval=0), say("b"))

    assert states(detail) == {"a": "FAILED", "b": "UPSTREAM_FAILED"}
    assert task(detail, "a")["tries"] == 2


def test_between_two_tries_an_operator_is_up_for_retry(light):
    detail = run(light, fails("a", retries=1, retryInterval=60_000))

    assert states(detail) == {"a": "UP_FOR_RETRY"}
    assert detail["state"] == "RUNNING"


def test_an_operator_that_takes_too_long_fails(light):
    sleeps = {"name": "a", "operator": "sleep_timer", "properties": {"bk_timing": "600"}, "timeout": 300_000}
    detail = run(light, sleeps, say("b"))
    assert (detail["state"], states(detail)) == ("RUNNING", {"a": "RUNNING", "b": "PENDING"})

    light.pass_time(301)

    assert states(light.detail(detail["id"], withLog="true")) == {"a": "FAILED", "b": "UPSTREAM_FAILED"}


def test_a_cancelled_execution_is_canceled(light):
    detail = run(light, say("a", scheduleDelayMilli=60_000))
    assert (detail["state"], states(detail)) == ("RUNNING", {"a": "PENDING"})

    operate_task(SYSTEM, light.project, read_execution_id(detail["id"]), "revoke")

    after = light.detail(detail["id"])
    assert after["state"] == "CANCELED"
    assert after["finishedTimestamp"] > 0
