"""Instances: triggered, run in order, looked at, cancelled."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.notices import Notice
from app.services.access import SYSTEM, Actor
from app.services.identities import set_email
from app.services.notices import in_words
from app.services.work import work
from tests.api.enos.client import Enos, document_of, task_of


def statuses(found) -> dict[str, str]:
    return {task["taskName"]: task["status"] for task in found["graph"]["tasks"]}


def log_of(enos: Enos, key: str, name: str, **query) -> str:
    graph = enos.instance(key)["graph"]
    task = next(task for task in graph["tasks"] if task["taskName"] == name)
    return enos.data("taskInstances", "getLog", taskInstId=task["taskInstId"], **query)["log"]


def test_an_instance_runs_each_task_after_those_that_it_waits_for(enos: Enos, tmp_path):
    tasks = [task_of(name, f"echo {name} >> {tmp_path}/order") for name in "abcd"]
    number = enos.add("diamond", document_of(tasks, "b after a; c after a; d after b; d after c"))

    key = enos.trigger(number)
    enos.drive()

    found = enos.instance(key)
    assert (found["status"], found["statusDesc"]) == (1, "SUCCESS")
    assert statuses(found) == dict.fromkeys("abcd", "SUCCESS")
    order = (tmp_path / "order").read_text().split()
    assert (order[0], set(order[1:3]), order[3]) == ("a", {"b", "c"}, "d")


def test_the_id_of_an_instance_is_that_of_its_flow_and_the_minute_in_utc(quick: Enos):
    number = quick.add("a flow", flowId=3377)
    at = datetime(2020, 7, 6, 6, 26, 59, 108000, tzinfo=UTC)
    quick.now = at

    assert quick.trigger(number, at) == "3377-20200706062600"
    found = quick.instance("3377-20200706062600")
    assert (found["triggerTime"], found["calDt"]) == ("2020-07-06 14:26:59", "2020-07-05")
    assert found["graph"]["tasks"][0]["taskInstId"].endswith("-20200706062600")


def test_a_flow_is_not_triggered_twice_in_a_minute(enos: Enos):
    number = enos.add("a flow")
    enos.trigger(number)
    body = {"flowId": number, "triggerTime": enos.milliseconds}
    task = int(enos.flow(number)["graph"]["tasks"][0]["taskId"])
    told = (
        "Cannot create workflow instance. Please check if the workflow or task exist, and do not trigger the same"
        " workflow repeatedly in 1 minute."
    )

    assert enos.call("flows", "trigger", body) == {"code": 62102, "msg": told, "data": None}
    assert enos.call("flows", "triggerFromTask", {**body, "taskId": task})["code"] == 62102
    again = {**body, "triggerTime": str(enos.milliseconds + 60_000), "parameters": "[]"}
    assert enos.call("flows", "updateAndTrigger", again)["code"] == 0


def test_a_flow_without_tasks_is_not_triggered(quick: Enos):
    number = quick.add("empty", document_of([]))
    body = {"flowId": number, "triggerTime": quick.milliseconds}
    answer = quick.call("flows", "trigger", body)
    assert (answer["code"], answer["msg"]) == (62104, "This workflow has no task. You cannot trigger it.")
    assert quick.call("flows", "updateAndTrigger", {**body, "parameters": []})["code"] == 62104


def test_one_instance_of_a_flow_runs_after_the_other(enos: Enos, tmp_path):
    tasks = [task_of("first", f"echo ${{cal_dt8}} >> {tmp_path}/order")]
    upstream = enos.add("slow to come", document_of(["x"]))
    number = enos.add(
        "one by one",
        document_of(
            tasks,
            flowLinks=[{"linkId": "0", "sourceFlowName": "slow to come"}],
            linkRelations=[{"linkId": "0", "targetTaskName": "first", "rerun": False}],
        ),
    )
    days = [enos.now - timedelta(days=back) for back in (3, 2, 1)]
    keys = [enos.trigger(number, day) for day in reversed(days)]

    enos.drive()
    # The one of the latest day came first, and waits for the other flow; the earlier days wait behind it.
    assert [enos.instance(key)["statusDesc"] for key in keys] == ["RUNNING", "WAIT", "WAIT"]
    for day in days:
        enos.trigger(upstream, day)
    enos.drive()

    assert [enos.instance(key)["statusDesc"] for key in keys] == ["SUCCESS"] * 3
    assert (tmp_path / "order").read_text().split() == ["20191030", "20191028", "20191029"]


def test_an_instance_of_a_time_to_come_waits_for_it(quick: Enos):
    number = quick.add("a flow")
    key = quick.trigger(number, quick.now + timedelta(minutes=10))
    quick.pass_time(minutes=9)
    assert quick.instance(key)["statusDesc"] == "WAIT"
    quick.pass_time(minutes=2)
    assert quick.instance(key)["statusDesc"] == "SUCCESS"


def test_parameters_and_times_are_put_into_commands(quick: Enos):
    command = "echo '${who} ${cal_dt} ${cal_dt8-2} ${last_week8} ${instance_id} ${nothing} ${day} ${my-key}'"
    parameters = [
        {"key": "who", "value": "all"},
        {"key": "day", "value": "on ${ncal_dt}"},
        {"key": "my-key", "value": "ok"},
    ]
    number = quick.add("a flow", document_of([task_of("say", command)], parameters=json.dumps(parameters)))
    at = datetime(2017, 5, 27, 5, 50, tzinfo=UTC)

    key = quick.trigger(number, at)
    quick.drive()

    task = quick.instance(key)["graph"]["tasks"][0]["taskInstId"]
    told = f"all 2017-05-26 20170524 20170520 {task} ${{nothing}} on 2017-05-27 ok\n"
    assert log_of(quick, key, "say") == told


def test_parameters_of_one_instance_leave_the_flow_as_it_is(quick: Enos):
    given = [{"key": "env", "value": "product"}, {"key": "kept", "value": "yes"}]
    number = quick.add("a flow", document_of([task_of("say", "echo ${env} ${kept}")], parameters=given))
    before = quick.flow(number)
    body = {"flowId": str(number), "triggerTime": quick.milliseconds, "parameters": [{"key": "env", "value": "test"}]}

    key = quick.data("flows", "updateAndTrigger", body)["flowInstanceId"]
    quick.drive()

    assert log_of(quick, key, "say") == "test yes\n"
    assert json.loads(quick.instance(key)["parameters"])[0] == {"key": "env", "value": "test"}
    assert quick.flow(number) == before


def test_from_a_task_on_only_that_and_what_comes_after_is_run(enos: Enos):
    number = enos.add("a flow", document_of(list("abcde"), "b after a; c after b; d after a; e after c; e after d"))
    tasks = {task["taskName"]: int(task["taskId"]) for task in enos.flow(number)["graph"]["tasks"]}
    body = {"flowId": number, "triggerTime": enos.milliseconds, "taskId": tasks["b"]}

    key = enos.data("flows", "triggerFromTask", body)["flowInstanceId"]
    enos.drive()

    found = enos.instance(key)
    assert found["statusDesc"] == "SUCCESS"
    assert statuses(found) == dict.fromkeys("bce", "SUCCESS")


def test_from_a_task_that_is_not_there_nothing_is_run(quick: Enos):
    number = quick.add("a flow")
    body = {"flowId": number, "triggerTime": quick.milliseconds}
    assert quick.call("flows", "triggerFromTask", {**body, "taskId": 999})["msg"].startswith("Cannot create workflow")
    assert quick.call("flows", "triggerFromTask", body)["msg"] == "Invalid request body."


@pytest.mark.parametrize(("code", "exits", "status"), [("0", 0, 1), ("0", 3, -1), ("3", 3, 1), ("0,3", 3, 1)])
def test_the_exit_code_that_means_success_is_chosen(quick: Enos, code, exits, status):
    number = quick.add("a flow", document_of([task_of("ends", f"exit {exits}", successCode=code)]))
    key = quick.trigger(number)
    quick.drive()
    assert quick.instance(key)["status"] == status


def test_a_task_that_fails_is_tried_again_as_often_and_as_late_as_it_says(quick: Enos, tmp_path):
    command = f"echo x >> {tmp_path}/tries; test $(wc -l < {tmp_path}/tries) -ge 3"
    number = quick.add("a flow", document_of([task_of("flaky", command, retryLimit=3, retryInterval=30)]))

    key = quick.trigger(number)
    quick.drive()
    assert (tmp_path / "tries").read_text().count("x") == 1
    quick.pass_time(seconds=31)
    quick.pass_time(seconds=31)

    task = quick.instance(key)["graph"]["tasks"][0]["taskInstId"]
    told = quick.data("taskInstances", "get", taskInstId=task)
    assert (told["status"], told["stsDesc"], told["runNum"], told["recallNum"]) == (1, "SUCCESS", 3, 2)
    assert (told["recallLimit"], told["recallInterval"], told["timeout"]) == (3, 30, 300)
    assert (told["taskName"], told["cmd"], told["flowInstId"]) == ("flaky", command, key)


def test_what_comes_after_a_failed_task_does_not_run(enos: Enos):
    number = enos.add("a flow", document_of([task_of("bad", "exit 1"), "after", "beside"], "after after bad"))
    key = enos.trigger(number)
    enos.drive()

    found = enos.instance(key)
    assert (found["status"], found["statusDesc"]) == (-1, "FAIL")
    assert statuses(found) == {"bad": "FAIL", "after": "CANCEL", "beside": "SUCCESS"}


def test_a_log_is_cut_to_its_end(quick: Enos):
    number = quick.add("a flow", document_of([task_of("say", "echo 123456789")]))
    key = quick.trigger(number)
    quick.drive()
    assert log_of(quick, key, "say", maxLength="") == "123456789\n"
    assert log_of(quick, key, "say", maxLength=4) == "789\n"
    assert log_of(quick, key, "say", maxLength="0") == ""


def test_a_task_runs_once_for_each_key(quick: Enos):
    mode = {"taskMode": 2, "cpu": 1, "memory": 1, "maxParallel": 2, "keyType": 2, "content": "east\nwest"}
    number = quick.add("a flow", document_of([task_of("say", "echo to ${key}", runMode=json.dumps(mode))]))
    key = quick.trigger(number)
    quick.drive()
    assert quick.instance(key)["statusDesc"] == "SUCCESS"
    assert sorted(log_of(quick, key, "say").split("\n")) == ["", "to east", "to west"]


def test_an_instance_that_waits_is_cancelled_for_good(enos: Enos):
    number = enos.add("a flow")
    key = enos.trigger(number, enos.now + timedelta(hours=1))

    assert enos.data("flowInstances", "cancel", {"flowInstId": key}) == ""
    enos.pass_time(hours=2)

    assert (enos.instance(key)["status"], enos.instance(key)["statusDesc"]) == (8, "CANCEL")
    assert enos.call("flowInstances", "cancel", {"flowInstId": key})["code"] == 62104


def test_an_instance_that_runs_is_cancelled(enos: Enos):
    enos.add("never")
    document = document_of(
        ["first"], flowLinks=[{"linkId": "0", "sourceFlowName": "never"}],
        linkRelations=[{"linkId": "0", "targetTaskName": "first", "rerun": False}],
    )  # fmt: skip
    number = enos.add("a flow", document)
    key = enos.trigger(number)
    enos.drive()
    assert enos.instance(key)["statusDesc"] == "RUNNING"

    enos.data("flowInstances", "cancel", {"flowInstId": key})
    enos.drive()

    found = enos.instance(key)
    assert found["statusDesc"] == "CANCEL"
    assert statuses(found) == {"first": "CANCEL"}


def test_instances_are_searched(quick: Enos):
    one, two = quick.add("alpha 100%"), quick.add("beta", document_of([task_of("bad", "exit 1")], owners="alice;bob"))
    keys = [quick.trigger(one), quick.trigger(two), quick.trigger(two, quick.now + timedelta(hours=1))]
    quick.drive()
    body = {
        "type": "0", "owner": "", "fromTriggerTime": str(quick.milliseconds), "status": "",
        "toTriggerTime": quick.milliseconds + 86_400_000, "pagination": {"pageNo": 1, "pageSize": 10, "sorters": []},
    }  # fmt: skip

    def found(**changes) -> list[str]:
        told = quick.data("flowInstances", "search", {**body, **changes})
        assert told["count"] >= len(told["flowInsts"])
        return sorted(instance["instanceId"] for instance in told["flowInsts"])

    assert found() == sorted(keys)
    assert found(type=1) == []
    assert found(status=1) == [keys[0]]
    assert found(status="-1,5") == sorted(keys[1:])
    assert found(status="6") == []
    assert found(owner="bob") == sorted(keys[1:])
    assert found(expression="ALPHA") == [keys[0]]
    assert found(expression="0%") == [keys[0]]
    assert found(expression=keys[1]) == [keys[1]]
    assert found(expression="_") == []
    assert found(toTriggerTime=quick.milliseconds) == []
    assert found(toTriggerTime=quick.milliseconds + 1) == sorted(keys[:2])


def test_instances_are_paged_and_sorted_by_either_spelling(quick: Enos):
    number = quick.add("a flow")
    keys = [quick.trigger(number, quick.now + timedelta(minutes=minutes)) for minutes in range(1, 6)]
    body = {
        "type": 0, "expression": "a flow", "owner": "", "fromTriggerTime": 0,
        "toTriggerTime": quick.milliseconds + 86_400_000, "status": "",
    }  # fmt: skip

    def page(number: int, **sorter: str) -> list[str]:
        pagination = {"pageNo": number, "pageSize": 2, "sorters": [sorter] if sorter else []}
        told = quick.data("flowInstances", "search", {**body, "pagination": pagination})
        assert told["count"] == 5
        return [instance["instanceId"] for instance in told["flowInsts"]]

    assert page(1, field="triggerTime") == page(0, field="trigger_time", order="ASC") == keys[:2]
    assert page(3, field="triggerTime", order="asc") == keys[4:]
    assert page(1, field="trigger_time", order="DESC") == [keys[4], keys[3]]
    assert page(4, field="createTime") == []
    wrong = {**body, "pagination": {"pageNo": 1, "pageSize": 2, "sorters": [{"field": "owner"}]}}
    answer = quick.call("flowInstances", "search", wrong)
    assert (answer["code"], answer["msg"]) == (62102, "The sorters field parameter is invalid")


def test_owners_who_have_a_mail_address_are_told_of_failures(quick: Enos):
    quick.add_user("bob", None)
    set_email(Actor("root", is_admin=True), "bob", "bob@example.org")
    bad = document_of([task_of("bad", "exit 1")], owners="ops@example.org;bob;nobody", alertMode=3)
    silent = document_of([task_of("bad", "exit 1")], owners="ops@example.org", alertMode=2)
    for name, document in (("told", bad), ("silent", silent)):
        quick.trigger(quick.add(name, document))
    quick.drive()

    notices = db.session.scalars(select(Notice)).all()
    told = {("task_failed", "mail", "ops@example.org"), ("task_failed", "mail", "bob@example.org")}
    assert {(n.kind, n.channel, n.target) for n in notices} == told


def test_owners_are_told_why_an_instance_cannot_start(quick: Enos, monkeypatch):
    monkeypatch.setattr("app.services.tasks.known_plugins", dict)
    number = quick.add("broken", document_of(["a"], owners="ops@example.org", alertMode=1))

    key = quick.trigger(number)

    assert quick.instance(key)["statusDesc"] == "INTERNAL_ERROR"
    notice = db.session.scalars(select(Notice)).one()
    title, text = in_words(notice.payload)
    assert title == f"[Sluice] broken-{key.partition('-')[2]} could not be started"
    assert "calls plugin batch_command" in text
    assert "trigger the flow again" in text


def test_a_task_may_use_what_its_run_mode_says(quick: Enos):
    mode = {"taskMode": 1, "cpu": 0.1, "memory": 0.3, "keyType": 0}
    keys = {**mode, "taskMode": 2, "keyType": 2, "content": "a,b", "maxParallel": 2}
    shown = "ulimit -t; ulimit -v"
    number = quick.add("limited", document_of([
        task_of("single", shown, runMode=json.dumps(mode), timeout=60),
        task_of("keys", shown, runMode=json.dumps(keys), timeout=0),
    ]))  # fmt: skip

    key = quick.trigger(number)
    quick.drive()

    assert quick.instance(key)["statusDesc"] == "SUCCESS"
    assert log_of(quick, key, "single") == "6\n315392\n"
    assert log_of(quick, key, "keys") == "unlimited\n315392\n" * 2
    kept = quick.data("flows", "export", flowId=number)["tasks"][0]["runMode"]
    assert json.loads(kept) == mode


def test_what_is_not_there_gets_the_documented_code(quick: Enos):
    assert quick.call("flowInstances", "get", flowInstId="1-2")["code"] == 62102
    assert quick.call("taskInstances", "get", taskInstId="nothing")["code"] == 62102
    answer = quick.call("taskInstances", "getLog", taskInstId="118979-2021020211")
    assert (answer["code"], answer["msg"]) == (62102, "Instance not found")


def test_the_queue_of_a_flow_is_the_worker_group_of_its_tasks(quick: Enos):
    number = quick.add("big", document_of(["a"], queue="bigdata"))
    key = quick.trigger(number)

    quick.drive()
    assert quick.instance(key)["statusDesc"] == "RUNNING"
    assert work(SYSTEM).groups == {"bigdata": 1}

    quick.serve("bigdata")
    quick.drive()
    assert quick.instance(key)["statusDesc"] == "SUCCESS"
    body = {"flowName": "other", "dirId": quick.root, "flowJson": document_of(["a"], queue="no group")}
    assert "queue: a worker group is wanted" in quick.call("flows", "import", body)["msg"]
