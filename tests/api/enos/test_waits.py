"""Flows that wait for other flows, and the times by which flows run."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from flask import current_app

from app.engine import operations
from app.errors import Refused
from app.services import flow_instances
from tests.api.enos.client import Enos, document_of, task_of

MIDNIGHT = datetime(2019, 10, 31, 16, 0, tzinfo=UTC)
"""A midnight in Shanghai, where the project is."""


def waiting_for(*flows: str, task: str = "", gap: str = "D0", name: str = "own", **more):
    """Return a flow with a task that waits for others, or for a task of them."""
    kind = "taskLinks" if task else "flowLinks"
    links = [{"linkId": str(i), "sourceFlowName": flow, **({"sourceTaskName": task} if task else {})}
             for i, flow in enumerate(flows)]  # fmt: skip
    joined = [{"linkId": str(i), "targetTaskName": name, "rerun": False, "cycleGap": gap} for i in range(len(flows))]
    return document_of([more.pop("own", task_of(name))], linkRelations=joined, **{kind: links}, **more)


def state(enos: Enos, key: str) -> str:
    return enos.instance(key)["statusDesc"]


def test_a_flow_waits_for_another_of_the_same_day(enos: Enos):
    upstream = enos.add("up")
    number = enos.add("down", waiting_for("up"))

    yesterday = enos.trigger(upstream, enos.now - timedelta(days=1))
    key = enos.trigger(number)
    enos.drive()
    assert (state(enos, yesterday), state(enos, key)) == ("SUCCESS", "RUNNING")
    graph = enos.instance(key)["graph"]
    assert graph["flows"][0]["status"] == "WAIT"
    assert graph["tasks"][0]["status"] == "INIT"

    enos.trigger(upstream)
    enos.drive()
    assert state(enos, key) == "SUCCESS"


def test_a_flow_waits_for_another_of_cycles_before(enos: Enos):
    upstream = enos.add("up")
    number = enos.add("down", waiting_for("up", gap="D2"))
    key = enos.trigger(number)
    enos.trigger(upstream)
    enos.drive()
    assert state(enos, key) == "RUNNING"

    enos.trigger(upstream, enos.now - timedelta(days=2))
    enos.drive()
    assert state(enos, key) == "SUCCESS"


def test_a_flow_waits_for_one_task_of_another_while_the_rest_of_that_still_runs(enos: Enos):
    enos.add("never")
    slow = waiting_for("never", name="last")
    slow["tasks"].append(task_of("early"))
    upstream = enos.add("up", slow)
    number = enos.add("down", waiting_for("up", task="early"))
    key, other = enos.trigger(number), enos.trigger(upstream)

    enos.drive()

    assert (state(enos, other), state(enos, key)) == ("RUNNING", "SUCCESS")
    shown = enos.flow(number)["graph"]["flows"][0]
    assert (shown["isVirtual"], shown["flowName"].endswith("(early)")) == (True, True)


def test_a_flow_that_failed_is_waited_for_until_a_later_one_by_hand_succeeds(enos: Enos, tmp_path):
    upstream = enos.add("up", document_of([task_of("t", f"test -e {tmp_path}/ready")]))
    number = enos.add("down", waiting_for("up"))
    failed, key = enos.trigger(upstream), enos.trigger(number)
    enos.drive()
    assert (state(enos, failed), state(enos, key)) == ("FAIL", "RUNNING")

    (tmp_path / "ready").touch()
    enos.trigger(upstream, enos.now + timedelta(minutes=1))
    enos.pass_time(minutes=1)

    assert state(enos, key) == "SUCCESS"


def test_a_failed_one_that_was_cancelled_is_not_waited_for(enos: Enos):
    upstream = enos.add("up", document_of([task_of("t", "exit 1")]))
    number = enos.add("down", waiting_for("up"))
    failed, key = enos.trigger(upstream), enos.trigger(number)
    enos.drive()

    enos.data("flowInstances", "cancel", {"flowInstId": failed})
    enos.drive()

    assert (state(enos, failed), state(enos, key)) == ("CANCEL", "SUCCESS")


def test_a_flow_that_others_wait_for_is_not_deleted(enos: Enos):
    upstream = enos.add("up")
    number = enos.add("down", waiting_for("up"))

    answer = enos.call("flows", "delete", flowId=upstream)
    assert answer["code"] == 62104
    assert answer["msg"] == "This workflow is relied on by other workflows and cannot be deleted."

    assert enos.data("flows", "delete", flowId=number) == ""
    assert enos.data("flows", "delete", flowId=upstream) == ""


def test_with_a_flow_go_its_instances(enos: Enos):
    enos.add("never")
    number = enos.add("down", waiting_for("never"))
    key = enos.trigger(number)
    enos.drive()

    enos.data("flows", "delete", flowId=number)
    enos.drive()

    assert enos.call("flowInstances", "get", flowInstId=key)["code"] == 62102
    assert enos.call("flows", "get", flowId=number)["code"] == 62102


def periodic(freq: str, cycle: str = "D", **more):
    return document_of([task_of("t")], type=1, cron=freq, cycle=cycle, **more)


def keys_of(enos: Enos, flow: int, kind: int = 1) -> list[str]:
    body = {"type": kind, "expression": str(flow), "owner": "", "status": "", "fromTriggerTime": 0,
            "toTriggerTime": 9_999_999_999_999, "pagination": {"pageNo": 1, "pageSize": 100, "sorters": [
                {"field": "trigger_time", "order": "ASC"}]}}  # fmt: skip
    found = enos.data("flowInstances", "search", body)["flowInsts"]
    return [instance["instanceId"] for instance in found if instance["flowId"] == flow]


def test_an_enabled_flow_runs_by_its_times_in_the_projects_zone(enos: Enos):
    number = enos.add("daily", periodic("0 0 0 * * ? *"), flowId=8435)
    enos.pass_time(days=1)
    assert keys_of(enos, number) == []

    assert enos.data("flows", "enable", {"flowId": number}) == ""
    enos.pass_time(days=2)

    keys = keys_of(enos, number)
    assert keys == ["8435-2019110216", "8435-2019110316"]
    assert [enos.instance(key)["triggerTime"] for key in keys] == ["2019-11-03 00:00:00", "2019-11-04 00:00:00"]
    assert [state(enos, key) for key in keys] == ["SUCCESS"] * 2


def test_a_disabled_flow_misses_its_times_for_good(enos: Enos):
    number = enos.add("hourly", periodic("0 0 * * * ? *", "H"))
    enos.data("flows", "enable", {"flowId": str(number)})
    enos.pass_time(hours=1)
    enos.data("flows", "disable", {"flowId": number})
    enos.pass_time(hours=5)
    enos.data("flows", "enable", {"flowId": number})
    enos.pass_time(hours=1)

    assert [key.split("-")[1] for key in keys_of(enos, number)] == ["2019110103", "2019110109"]
    assert enos.flow(number)["active"] == 1


def test_a_flow_runs_from_its_first_day_on(enos: Enos):
    number = enos.add("daily", periodic("0 0 0 * * ? *", startTime="2019-11-04"))
    enos.data("flows", "enable", {"flowId": number})
    enos.pass_time(days=4)
    assert [enos.instance(key)["triggerTime"][:10] for key in keys_of(enos, number)] == ["2019-11-04", "2019-11-05"]


def test_times_that_nobody_was_there_for_are_made_up_for_in_order(enos: Enos, tmp_path):
    number = enos.add("hourly", document_of(
        [task_of("t", f"echo ${{this_hour}} >> {tmp_path}/hours")], type=1, cron="0 0 * * * ? *", cycle="H"))  # fmt: skip
    enos.data("flows", "enable", {"flowId": number})
    enos.pass_time(hours=4)
    assert [line.split()[1] for line in (tmp_path / "hours").read_text().splitlines()] == [
        "11:00:00", "12:00:00", "13:00:00", "14:00:00",
    ]  # fmt: skip


def test_a_daily_flow_waits_for_every_hour_of_another(enos: Enos):
    hourly = enos.add("hourly", periodic("0 0 * * * ? *", "H"))
    number = enos.add("daily", waiting_for("hourly", type=0))
    enos.now = MIDNIGHT + timedelta(minutes=1)
    enos.data("flows", "enable", {"flowId": hourly})
    key = enos.trigger(number)

    enos.pass_time(hours=22, minutes=30)
    assert state(enos, key) == "RUNNING"
    enos.pass_time(hours=1)

    assert state(enos, key) == "SUCCESS"
    assert len(keys_of(enos, hourly)) == 23


def test_a_flow_that_had_nothing_to_do_in_the_period_is_not_waited_for(enos: Enos):
    weekly = enos.add("weekly", periodic("0 0 0 ? * MON *", "W"))
    number = enos.add("down", waiting_for("weekly"))
    enos.data("flows", "enable", {"flowId": weekly})
    key = enos.trigger(number)
    enos.drive()
    assert state(enos, key) == "SUCCESS"


def test_stamps_that_are_taken_grow_longer(enos: Enos):
    number = enos.add("often", periodic("0/20 * * * * ? *", "D"))
    enos.data("flows", "enable", {"flowId": number})
    enos.pass_time(seconds=55)
    stamps = [key.split("-")[1] for key in keys_of(enos, number)]
    assert stamps == ["2019110102", "201911010222", "20191101022240"]


def test_a_wait_whose_end_could_not_be_written_is_not_lost(enos: Enos, monkeypatch):
    upstream = enos.add("up")
    number = enos.add("down", waiting_for("up"))
    key = enos.trigger(number)
    enos.trigger(upstream)
    take, faults = operations.take_callback, iter([True])

    def fail_once(*given) -> None:
        take(*given)
        if next(faults, False):
            raise RuntimeError("the process dies before it commits")

    monkeypatch.setattr(operations, "take_callback", fail_once)
    enos.drive()
    enos.drive()

    assert state(enos, key) == "SUCCESS"


def test_an_instance_that_cannot_start_is_broken_and_holds_up_no_other(enos: Enos, monkeypatch):
    number = enos.add("a flow", periodic("0 0 * * * ? *", "H"))
    enos.data("flows", "enable", {"flowId": number})
    start, faults = flow_instances.make_started_task, iter([True])

    def fail_once(*given):
        if next(faults, False):
            raise Refused("broken", "its plugin is gone")
        return start(*given)

    monkeypatch.setattr(flow_instances, "make_started_task", fail_once)
    enos.pass_time(hours=2)

    assert [state(enos, key) for key in keys_of(enos, number)] == ["INTERNAL_ERROR", "SUCCESS"]


def test_two_clocks_make_each_time_once(enos: Enos):
    app = current_app._get_current_object()
    numbers = [enos.add(f"flow {i}", periodic("0 0 * * * ? *", "H")) for i in range(5)]
    for number in numbers:
        enos.data("flows", "enable", {"flowId": number})
    enos.now += timedelta(hours=3)

    def tick() -> None:
        with app.app_context():
            for _ in range(4):
                flow_instances.advance()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    enos.drive()

    for number in numbers:
        keys = keys_of(enos, number)
        assert len(keys) == 3
        assert [state(enos, key) for key in keys] == ["SUCCESS"] * 3
