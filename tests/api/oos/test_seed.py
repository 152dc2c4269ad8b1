"""The documents' own examples: two requests that create an execution, and the answer that shows one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.oos.client import OosClient

INSTANCES = [{"instanceId": "i-abcdefkK"}]
STOP = {
    "name": "stop_bcc", "operator": "BCE::BCC::StopInstance", "retries": 0, "retryInterval": 60000, "timeout": 3600000,
    "properties": {"instances": INSTANCES},
}  # fmt: skip
CONTEXT = {"instanceId": {"Ref": "instanceId"}, "instances": INSTANCES}
OPERATOR = {
    "name": "stop_bcc", "operator": "BCE::BCC::StopInstance", "retries": 0, "retryInterval": 60000, "timeout": 3600000,
    "manually": False, "scheduleDelayMilli": 0, "pauseOnFailure": False,
}  # fmt: skip
ANSWER = {
    "id": "d-", "template": {
        "name": "test_oos_template", "type": "INDIVIDUAL", "tags": [], "linear": True, "links": [],
        "operators": [{**OPERATOR, "properties": CONTEXT, "initContext": {}}], "properties": [],
    },
    "createdTimestamp": 0, "updatedTimestamp": 0, "finishedTimestamp": 0, "state": "SUCCESS", "properties": {},
    "tasks": [{
        "id": "t-", "revision": 0, "createdTimestamp": 0, "updatedTimestamp": 0, "finishedTimestamp": 0, "state": "SUCCESS",
        "operator": {**OPERATOR, "properties": {}, "initContext": CONTEXT}, "initContext": CONTEXT, "context": {},
        "outputContext": {"instances": INSTANCES}, "tries": 0, "children": [],
    }],
    "tags": [], "trigger": "MANUAL",
}  # fmt: skip
VARYING = ("id", "revision", "createdTimestamp", "updatedTimestamp", "finishedTimestamp")


@pytest.fixture
def cloud(make_app, database_url, tmp_path):
    """A client of an installation that can stop one instance, by a command that leaves a mark."""
    commands = {"start": f"rm -f {tmp_path}/off", "stop": f'echo stopping "$1"; touch {tmp_path}/off', "projects": [2]}
    file = tmp_path / "instances.json"
    file.write_text(json.dumps({"i-abcdefkK": commands}))
    app = make_app(database_url, SLUICE_INSTANCES=str(file))
    with app.app_context():
        yield OosClient(app)


def told_of(answer: Any, asked: Any) -> Any:
    """Return what an answer says of the keys that the documents' answer has; ids and times as they are written there."""
    if isinstance(asked, dict):
        return {k: asked[k] if k in VARYING else told_of(answer[k], asked[k]) for k in asked}
    if isinstance(asked, list) and isinstance(answer, list) and len(answer) == len(asked):
        return [told_of(a, b) for a, b in zip(answer, asked, strict=True)]
    return answer


def test_the_first_request_runs_a_template_by_its_id(cloud):
    ref = cloud.save("test_oos_template4", STOP)
    answer = cloud.call(
        "POST", "/v2/execution", {"template": {"name": "test_oos_template4", "ref": ref, "linear": True}}
    )
    told = answer.get_json()

    assert told == {"success": True, "msg": "", "code": 200, "result": {"id": told["result"]["id"]}}
    assert told["result"]["id"].startswith("d-")
    assert len(told["result"]["id"]) == 14


def test_the_second_request_brings_its_template_and_the_answer_shows_what_became_of_it(cloud, tmp_path):
    template = {"name": "test_oos_template", "linear": True, "operators": [STOP]}
    noise = {"createdTimestamp": 0, "updatedTimestamp": 0, "finishedTimestamp": 0}
    execution = cloud.start(template={**template, "metadata": {"contentLength": -1}}, **noise)
    cloud.drive()
    answer = cloud.detail(execution)

    assert told_of(answer, ANSWER) == ANSWER
    assert answer["id"] == execution
    (task,) = answer["tasks"]
    assert task["id"].startswith("t-")
    assert task["createdTimestamp"] <= task["finishedTimestamp"] <= answer["finishedTimestamp"]
    assert (tmp_path / "off").exists()


def test_an_instance_that_is_not_known_here_is_not_stopped(cloud):
    unknown = {**STOP, "properties": {"instances": [{"instanceId": "i-somebody"}]}}
    execution = cloud.start(template={"name": "t", "linear": True, "operators": [unknown]})
    cloud.drive()
    answer = cloud.detail(execution)

    assert (answer["state"], answer["tasks"][0]["state"]) == ("FAILED", "FAILED")
    assert "i-somebody is known here" in answer["tasks"][0]["reason"]


def test_the_operators_for_instances_are_listed_where_there_are_some(cloud):
    found = cloud.result("POST", "/v1/operator/list", {"pageNo": 1, "pageSize": 100, "operator": {"name": "BCC"}})

    assert {o["name"] for o in found["operators"]} == {"BCE::BCC::StartInstance", "BCE::BCC::StopInstance"}
