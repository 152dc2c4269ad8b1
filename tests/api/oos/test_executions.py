"""Executions: started in either way, shown, listed; their tasks and what is below these."""

from __future__ import annotations

import time

import pytest

from app.api.oos.ids import read_execution_id
from app.services.access import SYSTEM
from app.services.tasks import operate_task
from tests.api.oos.client import OosClient, say

PAGE = {"pageNo": 1, "pageSize": 10}


def inline(*operators, **more):
    return {"name": "inline", "linear": True, "operators": list(operators), **more}


def test_pythons_empty_ref_and_operators_are_understood(oos):
    ref = oos.save("f", say("a"))

    by_ref = oos.start(template={"name": "f", "ref": ref, "operators": [], "linear": True}, properties={}, tags=[])
    brought = oos.start(template={**inline(say("a")), "ref": ""}, description="")
    by_name = oos.start(template={"name": "f"})
    oos.drive()

    assert [oos.detail(id_)["state"] for id_ in (by_ref, brought, by_name)] == ["SUCCESS"] * 3
    assert oos.detail(by_ref)["template"]["ref"] == ref
    assert "ref" not in oos.detail(brought)["template"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 400), ({"template": None}, 400), ({"template": []}, 400), ({"template": {}}, 400),
        ({"template": {"ref": "tpl-AAAAAAAA"}}, 404), ({"template": {"ref": "what"}}, 404), ({"template": {"name": "no"}}, 404),
        ({"template": inline(say("a")), "manually": True}, 400), ({"template": inline(say("a")), "properties": []}, 400),
        ({"template": inline(say("a")), "properties": {"1 x": 2}}, 400), ({"template": inline(say("a")), "tags": "x"}, 400),
        ({"template": inline(say("a")), "parallelism": -1}, 400), ({"template": inline(say("a")), "description": 5}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_started_is_refused_and_starts_nothing(light, body, code):
    assert light.refused("POST", "/v2/execution", body)[0] == code
    assert light.result("POST", "/v2/execution/list", PAGE)["totalCount"] == 0


@pytest.mark.parametrize(
    ("declared", "value", "reason"),
    [
        ({"type": "string", "required": True}, None, "parameter p is required"), ({"type": "number"}, [], "of type number"),
        ({"type": "list"}, "x", "of type list"), ({"type": "string", "options": ["a"]}, "b", "must be one of a"),
    ],
)  # fmt: skip
def test_parameters_are_held_against_their_declaration(light, declared, value, reason):
    ref = light.save("f", say("a", {"Ref": "p"}), properties=[{"name": "p", **declared}])
    given = {} if value is None else {"p": value}

    code, told = light.refused("POST", "/v2/execution", {"template": {"ref": ref}, "properties": given})
    assert (code, reason in told) == (400, True), told


def test_an_execution_keeps_its_template_when_that_is_changed_or_deleted(light):
    ref = light.save("f", say("old", scheduleDelayMilli=60_000))
    execution = light.start(template={"ref": ref})
    light.result("PUT", "/v2/template", {"id": ref, "name": "f", "linear": True, "operators": [say("new")]})
    light.result("DELETE", "/v2/template", query={"id": ref})
    light.drive()
    detail = light.detail(execution)

    assert [o["name"] for o in detail["template"]["operators"]] == ["old"]
    assert detail["templateDeleted"] is True
    assert (detail["state"], detail["finishedTimestamp"]) == ("RUNNING", 0)


def test_the_execution_that_is_shown_has_the_types_that_clients_read(light):
    execution = light.start(template=inline(say("a")), tags=[{"key": "k", "value": "v"}], description="why")
    light.drive()
    detail = light.detail(execution, withLog="true", locale="zh-cn")
    (task,) = detail["tasks"]

    for holder in (detail, task):
        for key in ("createdTimestamp", "updatedTimestamp", "finishedTimestamp"):
            assert type(holder[key]) is int
            assert abs(holder[key] / 1000 - time.time()) < 60
    assert (detail["description"], detail["trigger"], detail["locale"]) == ("why", "MANUAL", "zh-cn")
    assert detail["tags"][0] == {"key": "k", "value": "v", "tagKey": "k", "tagValue": "v"}
    assert all(isinstance(holder, dict) for holder in (detail["properties"], task["initContext"], task["context"]))
    (entry,) = task["log"]
    assert set(entry) == {"timestamp", "level", "msg", "tags"}
    assert all(isinstance(value, str) for value in (entry["timestamp"], *entry["tags"].values()))
    assert light.detail(execution)["tasks"][0]["log"] == []


def test_a_task_and_its_children_are_shown_by_their_ids(oos):
    loops = [{"who": "x"}, {"who": "y"}, {"who": "z"}]
    execution = oos.start(template=inline(say("each", {"Ref": "who"}, loops=loops), say("b")))
    for _ in range(4):
        oos.drive()
    first, second = oos.detail(execution)["tasks"]

    shown = oos.result("GET", "/v2/task", query={"dagId": execution, "taskId": first["id"]})
    plain = oos.result("GET", "/v2/task", query={"dagId": execution, "taskId": first["id"], "ignoreChildren": "true"})
    wanted = {"executionId": execution, "taskId": first["id"], "pageNo": 2, "pageSize": 2}
    children = oos.result("POST", "/v2/task/children/list", wanted)
    child = oos.result("GET", "/v2/task", query={"dagId": execution, "taskId": shown["children"][1]["id"]})

    assert (shown["state"], len(shown["children"]), plain["children"]) == ("SUCCESS", 3, [])
    assert shown["execution"]["id"] == execution
    assert [c["loopIndex"] for c in children["children"]] == [2]
    assert (children["total"], children["pageNo"], "totalCount" in children) == (3, 2, False)
    assert child["log"][0]["msg"] == "y"
    none = oos.result("POST", "/v2/task/children/list", {**wanted, "pageNo": 1, "states": ["FAILED"]})
    assert (none["children"], none["total"]) == ([], 0)
    assert oos.result("POST", "/v2/task/children/list", {**wanted, "taskId": second["id"]})["children"] == []


@pytest.mark.parametrize("task", ["", "t-", "t-0000", "t-" + "0" * 39, "x"])
def test_tasks_that_are_not_there(light, task):
    execution = light.start(template=inline(say("a")))

    assert light.refused("GET", "/v2/task", query={"dagId": execution, "taskId": task})[0] == 404
    assert light.refused("GET", "/v2/task", query={"dagId": "d-AAAAAAAAAAAA", "taskId": task})[0] == 404
    body = {"executionId": execution, "taskId": task, **PAGE}
    assert light.refused("POST", "/v2/task/children/list", body)[0] == 404


def test_lists_of_executions_are_filtered_sorted_and_have_no_tasks(oos):
    ref = oos.save("stored", say("a"))
    done, other = oos.start(template={"ref": ref}), oos.start(template=inline(say("a")))
    oos.drive()
    waiting = oos.start(template=inline(say("a", scheduleDelayMilli=60_000)))
    oos.drive()
    operate_task(SYSTEM, oos.project, read_execution_id(waiting), "revoke")

    def listed(**wanted):
        found = oos.result("POST", "/v2/execution/list", {**PAGE, **wanted}, query={"locale": "en-us"})
        assert all(execution["tasks"] == [] for execution in found["executions"])
        return [execution["id"] for execution in found["executions"]]

    assert listed() == [waiting, other, done]
    assert listed(ascending=True) == [done, other, waiting]
    assert listed(template={"name": "stored"}) == [done]
    assert listed(template={"name": "inline"}, sort="endTime", ascending=True) == [other, waiting]
    assert listed(state="CANCELED") == [waiting]
    assert listed(state="SUCCESS") == [other, done]
    assert listed(trigger="MANUAL", startTime=int(time.time()) - 60) == [waiting, other, done]
    assert listed(trigger="CRON") == []
    assert listed(startTime=int(time.time() * 1000) + 60_000) == []
    assert listed(endTime=1) == []
    assert oos.refused("POST", "/v2/execution/list", {**PAGE, "state": "DONE"})[0] == 400
    assert oos.refused("POST", "/v2/execution/list", {**PAGE, "eventExecutionName": "x"})[0] == 400


def test_the_newer_urls_do_the_same(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        client = OosClient(app, "newer-go", prefix="")
        ref = client.save("f", say("a"))
        execution = client.start(template={"ref": ref})
        client.drive()

        assert client.detail(execution, locale="zh-cn")["state"] == "SUCCESS"
        assert client.result("GET", "/v2/template", query={"id": ref, "locale": "zh-cn"})["name"] == "f"
        assert client.result("POST", "/v2/execution/list", PAGE)["totalCount"] == 1
