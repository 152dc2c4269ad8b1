"""Flows: imported, saved, read, exported, as programs of EnOS do it."""

from __future__ import annotations

import json

import pytest

from app.services.access import SYSTEM
from app.services.flow_settings import find_flow
from app.services.publishing import Publication, publish_over
from app.services.templates import read_template
from tests.api.enos.client import Enos, document_of, task_of

SAVED = {
    "id": "3381", "type": 1, "name": "apimtest2", "freq": "0 0 0 * * ? *", "cycle": "D", "alertMode": 3,
    "doAs": "your_bd_account", "parameters": "[]", "owners": "yourOwners", "desc": "e", "startTime": "2019-07-24",
    "visitors": "yourVisitors", "active": 0, "queue": "",
    "tasks": [{"taskName": "tass", "taskId": "105760", "x": 0.0086, "y": 0.004700000381469727, "nodeId": "t_105760"}],
    "flows": [], "relations": [],
}  # fmt: skip
"""The request that the documents print."""


@pytest.mark.parametrize("task", ["tass", "another"])
def test_the_documents_request_to_save_is_accepted_and_answered_as_printed(enos: Enos, task):
    number = enos.add("a flow", document_of([task], type=1), flowId=3381)
    assert number == 3381

    answer = enos.call("flows", "save", json.dumps(SAVED, indent=4))

    assert answer == {"code": 0, "msg": "OK", "data": {"flowId": 3381}}


def test_what_is_saved_is_read_as_it_was_to_the_last_digit(enos: Enos):
    number = enos.add("a flow", document_of([task_of("tass", "echo kept")], type=1), flowId=3381)

    enos.data("flows", "save", SAVED)

    found = enos.flow(number)
    assert found["graph"]["tasks"] == SAVED["tasks"]
    assert found["flowName"] == "apimtest2"
    assert (found["owner"], found["visitor"]) == ("yourOwners;alice", "yourVisitors")
    assert (found["freq"], found["cycle"], found["type"], found["active"]) == ("0 0 0 * * ? *", "D", 1, 0)
    assert found["startTime"] == "2019-07-24"
    assert enos.data("flows", "export", flowId=number)["tasks"][0]["cmd"] == "echo kept"


def test_export_gives_what_import_takes_without_loss(enos: Enos):
    enos.add("jin")
    enos.add("dw", document_of(["tass"]))
    document = document_of(
        [task_of("a", "echo ${env}", priorityLevel=3, retryLimit=3, retryInterval=5, successCode="2"), "b", "c"],
        "b after a; c after a",
        type=1, cycle="mi", visitors="bob", alertMode=2, desc="描述", syncType=1,
        parameters='[{"key":"env","value":"product"},{"key":"not a-name","value":"${x}"}]',
        flowLinks=[{"linkId": "0", "sourceFlowName": "jin"}],
        taskLinks=[{"linkId": "1", "sourceFlowName": "dw", "sourceTaskName": "tass"}],
        linkRelations=[
            {"linkId": "0", "targetTaskName": "a", "rerun": False},
            {"linkId": "1", "targetTaskName": "c", "rerun": True, "cycleGap": "H3"},
        ],
    )  # fmt: skip
    number = enos.add("a flow", document)

    exported = enos.data("flows", "export", flowId=number)

    wanted = {
        **document,
        "name": "a flow",
        "tasks": [{k: v for k, v in t.items() if k != "waitCode"} for t in document["tasks"]],
    }
    assert exported == wanted
    copy = enos.add("a copy", exported)
    assert enos.data("flows", "export", flowId=copy) == {**wanted, "name": "a copy"}


def test_documents_of_every_kind_are_understood(quick: Enos):
    document = {
        "tasks": json.dumps([{"name": "only", "type": 5, "runMode": {"taskMode": 1}, "timeout": "300", "retryLimit": "3"}]),
        "cron": "0 1 * * * ? *", "type": "1", "owners": ["alice", "bob"],
    }  # fmt: skip
    number = quick.add("a flow", json.dumps(document))

    exported = quick.data("flows", "export", flowId=str(number))

    assert (exported["type"], exported["owners"], exported["cycle"]) == (1, "alice;bob", "D")
    task = exported["tasks"][0]
    assert (task["type"], task["timeout"], task["retryLimit"], task["runMode"]) == ("HIVE", 300, 3, '{"taskMode":1}')


def test_a_number_that_somebody_has_is_not_given_again(enos: Enos):
    assert enos.add("one", flowId="2839") == 2839
    other = enos.add("two", flowId=2839)
    assert other not in (0, 2839)
    assert enos.data("flows", "get", flowId=2839)["flowName"] == "one"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"flowName": ""}, "Invalid parameter: flowName"),
        ({"flowName": "x" * 101}, "Invalid parameter: flowName"),
        ({"dirId": "0" * 32}, "Directory does not exist"),
        ({"dirId": None}, "Incorrect parameter: dirId: it is missing"),
        ({"flowJson": None}, "Incorrect parameter: flowJson: it is missing"),
        ({"flowJson": "no JSON"}, "Incorrect parameter: flowJson: the text is not JSON; flowJson: an object is wanted"),
        ({"flowName": "taken"}, "Workflow validation failed: Flow name must be unique"),
        ({"flowJson": document_of(["a", "a"])}, "Workflow validation failed: taskName: a stands twice; once is right"),
        (
            {"flowJson": document_of(["a", "b"], "a after b; b after a")},
            "Workflow validation failed: relations: the nodes task_0, task_1 wait for one another",
        ),
        (
            {"flowJson": document_of(["a"], "b after a")},
            "Incorrect parameter: flowJson.relations[0].targetTaskName: there is no task 'b'",
        ),
        (
            {"flowJson": document_of(["a"], flowLinks=[{"linkId": "0", "sourceFlowName": "gone"}])},
            "Workflow validation failed: there is no flow 'gone' to wait for",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_refused_with_the_documented_words(quick: Enos, changes, told):
    quick.add("taken")
    body = {"flowName": "a flow", "dirId": quick.root, "flowJson": document_of(["a"]), **changes}

    assert quick.call("flows", "import", body) == {"code": 62102, "msg": told, "data": None}


def test_everything_that_is_wrong_is_told_at_once(quick: Enos):
    number = quick.add("a flow", document_of(["t"], type=1))
    wrong = {**SAVED, "id": number, "freq": "* * * * *", "cycle": "m", "alertMode": 9, "startTime": "tomorrow"}

    answer = quick.call("flows", "save", wrong)

    assert answer["code"] == 62102
    assert all(part in answer["msg"] for part in ("freq:", "cycle:", "alertMode:", "startTime:"))
    missing = quick.call("flows", "save", {"id": number})["msg"]
    assert all(f"{key}: it is missing" in missing for key in ("type", "name", "freq", "cycle", "alertMode", "doAs"))


def test_a_save_is_the_whole_flow_with_relations_and_references(enos: Enos):
    other = enos.add("other", document_of(["of other"]))
    task = enos.flow(other)["graph"]["tasks"][0]["taskId"]
    number = enos.add("a flow", document_of([task_of("a", "echo a"), task_of("b", "echo b"), "gone"]))
    ids = {t["taskName"]: t["taskId"] for t in enos.flow(number)["graph"]["tasks"]}
    body = {
        **SAVED, "id": number, "type": 0, "name": "renamed",
        "parameters": [{"key": "env", "value": "product"}],
        "tasks": [
            {"taskName": "first", "taskId": int(ids["a"]), "x": 0.0352, "y": 0.1, "nodeId": "t_1"},
            {"taskName": "b", "taskId": ids["b"], "x": 1, "y": 1e-9, "nodeId": f"t_{ids['b']}"},
        ],
        "flows": [
            {"flowId": str(other), "flowName": "other", "nodeId": "t_77", "isVirtual": False, "x": 0.1, "y": 0.2},
            {"flowId": task, "flowName": f"{task}(of other)", "nodeId": "f_9", "isVirtual": True, "x": 0.3, "y": 0.2},
        ],
        "relations": [
            {"cycleGap": "D0", "source": "t_1", "target": f"t_{ids['b']}", "rerun": True},
            {"cycleGap": "D0", "source": "t_77", "target": "t_1", "rerun": False},
            {"cycleGap": "H2", "source": "f_9", "target": "t_1", "rerun": False},
        ],
    }  # fmt: skip

    enos.data("flows", "save", body)

    found = enos.data("flows", "loadForEdit", flowId=number)
    graph = json.loads(found["graph"])
    text = [{**t, "taskId": str(t["taskId"])} for t in body["tasks"]]
    assert (graph["tasks"], graph["flows"], graph["relations"]) == (text, body["flows"], body["relations"])
    assert (found["flowName"], found["parameters"]) == ("renamed", '[{"key":"env","value":"product"}]')
    exported = enos.data("flows", "export", flowId=number)
    assert [(t["name"], t["cmd"]) for t in exported["tasks"]] == [("first", "echo a"), ("b", "echo b")]


def test_what_the_canvas_moves_is_moved_and_the_rest_stays_exact(quick: Enos):
    number = quick.add("a flow", document_of(["a", "b"]))
    tasks = quick.flow(number)["graph"]["tasks"]
    placed = [{**task, "x": 0.0086, "y": 0.004700000381469727} for task in tasks]
    quick.data("flows", "save", {**SAVED, "id": number, "type": 0, "tasks": placed})
    template_id = find_flow(SYSTEM, quick.project, number).template.id
    _, tree = read_template(SYSTEM, quick.project, template_id)
    place = next(entry for entry in tree["location"] if entry["id"] == tasks[1]["nodeId"])
    place["x"] += 250
    publish_over(SYSTEM, quick.project, template_id, Publication(tree))

    kept, moved = quick.flow(number)["graph"]["tasks"]
    assert (kept["x"], kept["y"]) == (0.0086, 0.004700000381469727)
    assert (round(moved["x"], 6), moved["y"]) == (0.0336, 0.004700000381469727)


def test_a_flow_that_is_run_by_hand_does_not_become_periodic(quick: Enos):
    number = quick.add("a flow")
    answer = quick.call("flows", "save", {**SAVED, "id": number, "type": 1})
    assert answer["code"] == 62102
    assert "type:" in answer["msg"]


def test_a_flow_that_is_not_there_is_an_incorrect_parameter(quick: Enos):
    for action in ("get", "loadForEdit", "delete"):
        answer = quick.call("flows", action, flowId=4711)
        assert (answer["code"], answer["msg"]) == (62102, "Incorrect parameter: flow 4711 does not exist")
    assert quick.call("flows", "export", flowId=4711)["msg"] == "Flow validation exception"
    assert quick.call("flows", "get")["code"] == 62102
    assert quick.call("flows", "rerun", {"flowId": 1})["code"] == 62102


def test_flows_are_searched_paged_and_sorted(quick: Enos):
    numbers = [quick.add(name) for name in ("b", "a", "c%")]
    body = {"expression": "", "pagination": {"pageNo": 1, "pageSize": 2, "sorters": [
        {"field": "create_time", "order": "DESC"}]}}  # fmt: skip

    assert [f["flowName"] for f in quick.data("flows", "search", body)] == ["c%", "a"]
    body["pagination"]["pageNo"] = 2
    assert quick.data("flows", "search", body) == [{"flowId": str(numbers[0]), "flowName": "b"}]
    assert [f["flowName"] for f in quick.data("flows", "search", {"expression": "%"})] == ["c%"]
    wrong = {"pagination": {"sorters": [{"field": "name"}]}}
    answer = quick.call("flows", "search", wrong)
    told = "Illegal field, should be one of [create_time, update_time, start_time]."
    assert (answer["code"], answer["msg"]) == (62102, told)


def test_directories_hold_flows_and_directories(enos: Enos):
    made = enos.data("directories", "create", {"parentId": enos.root, "dirName": "reports"})["dirId"]
    inner = enos.data("directories", "create", {"parentId": made, "dirName": "daily"})["dirId"]
    number = enos.add("a flow", dirId=inner)

    (root,) = enos.data("directories", "listWorkFlowDirs")

    assert (len(made), root["title"], root["isDirectory"]) == (32, "Workflow", True)
    (reports,) = root["children"]
    assert (reports["title"], reports["key"], reports["type"]) == ("reports", made, 1)
    file = {"title": "a flow", "type": 1, "key": str(number), "isDirectory": False, "editable": True}
    assert reports["children"][0]["children"] == [file]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"dirName": "", "parentId": "root"}, "param: dirName cannot be empty"),
        ({"dirName": "x"}, "param: parentId cannot be empty"),
        ({"dirName": "x", "parentId": "0" * 32}, "parentId not found"),
        ({"dirName": "taken", "parentId": "root"}, "A directory of the same name already exists"),
    ],
)
def test_a_directory_that_cannot_be_made_is_refused_with_the_documented_words(quick: Enos, body, told):
    root = quick.root
    quick.data("directories", "create", {"parentId": root, "dirName": "taken"})
    body = {**body, **({"parentId": root} if body.get("parentId") == "root" else {})}
    assert quick.call("directories", "create", body) == {"code": 62102, "msg": told, "data": None}


def test_the_time_is_told_without_a_user(quick: Enos):
    assert quick.data("time", "getCurrentTime", userId="", orgId="") == quick.milliseconds
    assert quick.data("time", "getTimeZone") == {"timezone": "GMT+0"}


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"text"', '{"flowId": NaN}', '{"flowId": 1e999}', '{"flowId": "\\ud800"}']
)
def test_a_body_that_is_no_object_is_an_incorrect_parameter(quick: Enos, body):
    answer = quick.call("flows", "enable", body)
    assert answer["code"] == 62102
