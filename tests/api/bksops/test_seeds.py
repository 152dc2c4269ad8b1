"""The samples of the documents: each request is accepted as printed, each reply has every printed key, of its type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.services import accounts
from app.services.access import SYSTEM
from app.services.apps import create_app as register_app
from app.services.members import set_member
from app.services.tokens import create_token
from tests.api.bksops.world import World

TREES = Path(__file__).parent.parent.parent / "data" / "trees"
TEMPLATE = {
    "category": str, "edit_time": str, "create_time": str, "name": str, "bk_biz_id": str, "creator": str,
    "bk_biz_name": str, "id": int, "editor": (str, type(None)),
}  # fmt: skip
STATUS = {
    "retry": int, "name": str, "finish_time": str, "skip": bool, "start_time": str, "children": dict, "state": str,
    "version": str, "id": str, "loop": int,
}  # fmt: skip
TREE = {
    "activities": dict, "end_event": dict, "outputs": list, "flows": dict, "start_event": dict, "constants": dict,
    "gateways": dict,
}  # fmt: skip
DETAIL = {
    "creator": str, "outputs": list, "start_time": str, "business_id": int, "create_time": str, "business_name": str,
    "id": int, "constants": dict, "create_method": str, "elapsed_time": int, "ex_data": str, "instance_name": str,
    "end_time": str, "executor": str, "template_id": str, "task_url": str, "pipeline_tree": TREE,
}  # fmt: skip


class Printed:
    """The documents' own way to call: an app with its secret and a user's access token, ids in the path."""

    def __init__(self, world: World) -> None:
        self.world = world
        accounts.create_user("admin", "a password")
        set_member(SYSTEM, world.project, "admin", "manager")
        app = register_app("app_code", "app_secret", is_trusted=False)
        self.credentials = {"app_code": app.code, "app_secret": app.secret, "access_token": create_token("admin")}

    def get(self, path: str, **kwargs: Any) -> dict[str, Any]:
        return self.world.client.raw("GET", path, query_string={**self.credentials, **kwargs}).get_json()

    def post(self, path: str, **kwargs: Any) -> dict[str, Any]:
        return self.world.client.raw("POST", path, data=json.dumps({**self.credentials, **kwargs})).get_json()

    def template(self, name: str) -> int:
        return self.world.save(json.loads((TREES / name).read_text(encoding="utf-8")))

    def task(self, template: int, **kwargs: Any) -> tuple[int, dict[str, Any]]:
        made = self.post(f"create_task/{template}/2/", name="tasktest", **kwargs)
        assert made["result"], made
        return made["data"]["task_id"], made["data"]["pipeline_tree"]


@pytest.fixture
def printed(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield Printed(World.of(app))


def agrees(shape: Any, value: Any, where: str = "data") -> None:
    """Hold a value against the printed keys and types."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        for key, inner in shape.items():
            assert key in value, f"{where}.{key}"
            agrees(inner, value[key], f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        assert value, where
        for part in value:
            agrees(shape[0], part, f"{where}[]")
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        assert type(value) in kinds, f"{where}: {value!r}"


def test_templates(printed):
    template = printed.template("seed_002_1.json")

    agrees([TEMPLATE], printed.get("get_template_list/2/")["data"])
    agrees({**TEMPLATE, "pipeline_tree": TREE}, printed.get(f"get_template_info/{template}/2/")["data"])


def test_a_task_from_its_creation_on(printed):
    template = printed.template("seed_002_1.json")
    constants = {"${content}": "echo 1", "${params}": "", "${script_timeout}": 20}

    made = printed.post(f"create_task/{template}/2/", name="tasktest", flow_type="common", constants=constants)
    assert made["result"], made
    agrees({"task_id": int, "task_url": str, "pipeline_tree": TREE}, made["data"])
    task = made["data"]["task_id"]

    started = printed.post(f"start_task/{task}/2/")
    assert (started["result"], started["data"].lower()) == (True, "success")
    printed.world.client.drive()
    agrees({**STATUS, "children": dict}, printed.get(f"get_task_status/{task}/2/")["data"])
    for child in printed.get(f"get_task_status/{task}/2/")["data"]["children"].values():
        agrees(STATUS, child)
    agrees(DETAIL, printed.get(f"get_task_detail/{task}/2/")["data"])

    (node,) = made["data"]["pipeline_tree"]["activities"]
    detail = printed.get(
        f"get_task_node_detail/{task}/2/", bk_biz_id="2", task_id=str(task), node_id=node,
        subprocess_stack='["nodeaaa0ce51d2143aa9b0dbc27cb7df"]', component_code="job_fast_execute_script",
    )  # fmt: skip
    assert detail["message"] == ""
    rows = [{"value": (str, int, bool, dict, list, type(None)), "name": str, "key": str}]
    printed_keys = {
        **STATUS, "inputs": dict, "histories": list, "ex_data": (str, type(None)), "elapsed_time": int, "outputs": rows,
        "error_ignorable": bool,
    }  # fmt: skip
    agrees(printed_keys, detail["data"])


def test_operate_task(printed):
    task, _ = printed.task(printed.template("seed_001_1.json"))

    started = printed.post(f"operate_task/{task}/2/", action="start")

    assert (started["result"], started["data"].lower()) == (True, "success")


def test_query_task_count(printed):
    printed.task(printed.template("seed_001_1.json"))
    conditions = {"create_time__lte": "2018-07-12 10:00:00", "is_started": True}

    counted = printed.post("query_task_count/2/", conditions=conditions, group_by="flow_type")

    agrees({"total": int, "groups": [{"code": str, "name": str, "value": int}]}, counted["data"])
    assert {group["code"]: group["name"] for group in counted["data"]["groups"]} == {
        "common": "默认任务流程", "common_func": "职能化任务流程",
    }  # fmt: skip


def test_node_callback(printed):
    task, tree = printed.task(printed.template("seed_001_1.json"))
    node = next(id_ for id_, n in tree["activities"].items() if n["component"]["code"] == "pause_node")
    printed.post(f"start_task/{task}/2/")

    answer = printed.post(f"node_callback/{task}/2/", node_id=node, callback_data={"data": "data"})

    assert (answer["message"], answer["result"]) == ("success", True)


def test_get_task_detail_through_the_esb_as_the_english_document_has_it(printed):
    task, _ = printed.task(printed.template("seed_001_1.json"))
    printed.world.client.prefix = "/api/c/compapi/v2/sops"
    credentials = {
        "bk_app_code": printed.credentials["app_code"], "bk_app_secret": printed.credentials["app_secret"],
        "bk_token": printed.credentials["access_token"], "bk_biz_id": "2", "task_id": str(task),
    }  # fmt: skip

    answer = printed.world.client.raw("GET", "get_task_detail/", query_string=credentials).get_json()

    assert answer["result"], answer
    agrees(DETAIL, answer["data"])
