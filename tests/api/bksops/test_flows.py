"""The bk-sops dialect, called as its documents show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.services.apps import create_app
from tests.api.client import CREDENTIALS, Client
from tests.drawing import flow

TREES = sorted((Path(__file__).parent.parent.parent / "data" / "trees").glob("*.json"))


@pytest.fixture(params=["/apigw", "/o/bk_sops/apigw"])
def prefix(request):
    return request.param


@pytest.fixture
def client(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield Client(app)


def tree_of(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.stem)
def test_the_trees_of_the_documents_run_from_creation_to_end(client, path):
    tree = tree_of(path)
    given = {"${content}": "echo hello", "${script_timeout}": 20, "${script_type}": "1", "${bk_timing}": "0"}
    for node in tree["activities"].values():
        if node["component"]["code"] == "sleep_timer" and not node["component"]["data"]["bk_timing"]["hook"]:
            node["component"]["data"]["bk_timing"]["value"] = "0"

    task_id, new_tree = client.make(tree, constants=given)
    assert not set(new_tree["activities"]) & set(tree["activities"])
    assert client.get(f"get_task_status/{task_id}/2")["data"]["state"] == "CREATED"
    started = client.post(f"start_task/{task_id}/2")
    assert (started["data"], started["message"]) == ("success", "success")
    client.drive()

    pauses = [id_ for id_, node in new_tree["activities"].items() if node["component"]["code"] == "pause_node"]
    for node_id in pauses:
        assert client.get(f"get_task_status/{task_id}/2")["data"]["state"] == "RUNNING"
        assert client.post(f"operate_task/{task_id}/2", action="pause")["result"]
        assert client.get(f"get_task_status/{task_id}/2")["data"]["state"] == "SUSPENDED"
        assert client.post(f"operate_task/{task_id}/2", action="resume")["result"]
        assert client.post(f"node_callback/{task_id}/2", node_id=node_id, callback_data={"data": "data"})["result"]
        client.drive()

    status = client.get(f"get_task_status/{task_id}/2")["data"]
    assert status["state"] == "FINISHED"
    assert set(status["children"]) == {
        new_tree["start_event"]["id"], *new_tree["activities"], new_tree["end_event"]["id"]
    }  # fmt: skip
    detail = client.get(f"get_task_detail/{task_id}/2")["data"]
    assert detail["name"] == detail["instance_name"] == "task"
    assert detail["finish_time"] == detail["end_time"]
    assert detail["finish_time"].endswith(" +0800")
    for node_id in new_tree["activities"]:
        assert client.get(f"get_task_node_detail/{task_id}/2", node_id=node_id)["data"]["state"] == "FINISHED"


def test_both_mount_points_answer(client, prefix):
    client.prefix = prefix

    assert client.make(flow("start > a > end"))[0]


def test_a_status_before_the_start_has_seven_keys(client):
    task_id, _ = client.make(flow("start > a > end"))

    assert client.get(f"get_task_status/{task_id}/2")["data"] == {
        "start_time": None, "state": "CREATED", "retry": 0, "skip": 0, "finish_time": None, "elapsed_time": 0, "children": {},
    }  # fmt: skip


def test_a_failed_script_shows_its_exit_code_and_can_be_retried_with_new_inputs(client):
    inputs = {"a": {"job_content": "echo before; exit 3", "job_script_type": "1", "job_ip_list": "127.0.0.1"}}
    task_id, tree = client.make(flow("start > a > end", plugin="job_fast_execute_script", inputs=inputs))
    (node_id,) = tree["activities"]
    client.post(f"start_task/{task_id}/2")
    client.drive()

    assert client.get(f"get_task_status/{task_id}/2")["data"]["state"] == "FAILED"
    detail = client.get(f"get_task_node_detail/{task_id}/2", node_id=node_id)["data"]
    assert detail["ex_data"] == "exit code 3 on 127.0.0.1; see the log"
    assert {"name": "Exit code", "key": "exit_code", "value": 3, "preset": True} in detail["outputs"]

    new = {"job_content": "echo '<SOPS_VAR>n:7</SOPS_VAR>'", "job_script_type": "1", "job_ip_list": "127.0.0.1"}
    assert client.post(f"operate_node/2/{task_id}", node_id=node_id, action="retry", inputs=new)["result"]
    client.drive()
    detail = client.get(f"get_task_node_detail/{task_id}/2", node_id=node_id)["data"]
    assert (detail["state"], detail["retry"], len(detail["histories"])) == ("FINISHED", 1, 1)
    assert {o["key"]: o["value"] for o in detail["outputs"]}["log_outputs"] == {"n": "7"}


def test_optional_nodes_are_left_out_and_unused_variables_pruned(client):
    tree = flow(
        "start > a > b > end",
        nodes={"b": {"optional": True}},
        inputs={"a": {"bk_display_message": "${x}"}},
        constants={"${x}": {"value": "1"}, "${unused}": {"value": "2"}},
    )
    template = client.post("create_template/2", name="flow", pipeline_tree=tree)["data"]["template_id"]

    made = client.post(f"create_task/{template}/2", name="t", exclude_task_nodes_id=["b"], constants={"${x}": "9"})[
        "data"
    ]
    assert [node["name"] for node in made["pipeline_tree"]["activities"].values()] == ["a"]
    assert {key: c["value"] for key, c in made["pipeline_tree"]["constants"].items()} == {"${x}": "9"}

    refused = client.post(f"create_task/{template}/2", name="t", exclude_task_nodes_id=["a"])
    assert refused == {"result": False, "message": "task node[id=a] is not optional", "code": 3540000}


class TestErrors:
    def test_wrong_credentials_are_refused(self, client):
        response = client.post("create_template/2", bk_app_secret="wrong", name="x", pipeline_tree={})

        assert response["result"] is False
        assert "credentials" in response["message"]

    def test_a_body_that_is_not_json_is_refused(self, client):
        answer = client.raw("POST", "start_task/1/2/", data="{nope").get_json()

        assert (answer["result"], answer["message"]) == (False, "invalid param format")

    def test_a_wrong_method_is_405_with_an_empty_body(self, client):
        response = client.raw("GET", "start_task/1/2/", query_string=CREDENTIALS)

        assert (response.status_code, response.data, response.headers["Allow"]) == (405, b"", "POST")

    def test_what_is_not_there_is_named(self, client):
        assert client.get("get_task_status/99/2")["message"] == (
            "task[id=99] get status error: node(99) does not exist, may have not by executed"
        )
        assert client.get("get_task_status/1/77")["message"] == "business[bk_biz_id=77] does not exist"
        assert (
            client.post("create_task/5/2", name="x")["message"]
            == "template[id=5] of business[bk_biz_id=2] does not exist"
        )

    def test_a_node_that_is_not_reached_yet_has_no_detail(self, client):
        task_id, tree = client.make(flow("start > a > end"))
        (node_id,) = tree["activities"]

        answer = client.get(f"get_task_node_detail/{task_id}/2", node_id=node_id)
        assert answer["message"] == f"node({node_id}) does not exist, may have not by executed"
        assert answer["data"] == {}

    def test_a_task_needs_a_name(self, client):
        template = client.post("create_template/2", name="flow", pipeline_tree=flow("start > a > end"))["data"]
        answer = client.post(f"create_task/{template['template_id']}/2")

        assert answer["message"].startswith("task params is invalid:")
        assert "'name' is a required property" in answer["message"]

    def test_a_plugin_that_does_not_exist_is_found_when_the_template_is_saved(self, client):
        answer = client.post("create_template/2", name="x", pipeline_tree=flow("start > a > end", plugin="no_such"))

        assert answer["result"] is False
        assert "no_such" in answer["message"]

    def test_a_task_starts_once(self, client):
        task_id, _ = client.make(flow("start > a > end", plugin="pause_node"))
        client.post(f"start_task/{task_id}/2")

        assert client.post(f"start_task/{task_id}/2")["message"] == "task already started"

    def test_an_action_that_does_not_exist_is_refused(self, client):
        task_id, _ = client.make(flow("start > a > end"))

        assert client.post(f"operate_task/{task_id}/2", action="explode")["message"] == "task action is invalid"

    def test_another_projects_task_is_not_there(self, client):
        from app.services import accounts

        task_id, _ = client.make(flow("start > a > end"))
        accounts.create_project("other", 3, "UTC")

        assert client.get(f"get_task_status/{task_id}/3")["result"] is False
        assert client.post(f"operate_task/{task_id}/3", action="start")["result"] is False

    def test_an_app_that_is_not_trusted_keeps_to_its_project(self, client):
        from app.services import accounts

        accounts.create_project("other", 3, "UTC")
        create_app("confined", "sesame", is_trusted=False, biz_id=3)
        as_confined = {"bk_app_code": "confined", "bk_app_secret": "sesame", "bk_username": "admin"}
        tree = flow("start > a > end")

        assert client.post("create_template/3", **as_confined, name="x", pipeline_tree=tree)["result"]
        assert not client.post("create_template/2", **as_confined, name="x", pipeline_tree=tree)["result"]


def test_a_task_is_made_and_started_or_neither(client, monkeypatch):
    from app.services import tasks

    template = client.post("create_template/2", name="flow", pipeline_tree=flow("start > a > end"))["data"][
        "template_id"
    ]
    begin = tasks._begin

    def dies(*args):
        begin(*args)
        raise SystemExit

    monkeypatch.setattr(tasks, "_begin", dies)
    with pytest.raises(SystemExit):
        client.post(f"create_and_start_task/{template}/2", name="t")

    assert client.get("get_task_count/2")["data"] == {"count": 0}
