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


PERIODIC = {
    "cron": str, "total_run_count": int, "name": str, "creator": str, "last_run_at": str, "enabled": bool, "id": int,
}  # fmt: skip
FORM = {
    "source_tag": str, "source_info": dict, "name": str, "index": int, "custom_type": str, "value": str,
    "show_type": str, "source_type": str, "key": str, "validation": str, "desc": str,
}  # fmt: skip
FULL_TREE = {**TREE, "line": list, "location": list}


EXCLUDED = "nodea5c396a3ef0f9f3cd7d4d7695f78"


def with_optional(name: str) -> dict[str, Any]:
    """A flow of the documents in which the node may be left out that their request leaves out."""
    tree = json.loads((TREES / name).read_text(encoding="utf-8"))
    tree["activities"][EXCLUDED]["optional"] = True
    return tree


@pytest.fixture
def periodic(printed) -> int:
    """A periodic task made with the request of the documents."""
    template = printed.world.save(with_optional("seed_002_2.json"))
    made = printed.post(
        f"create_periodic_task/{template}/2/", name="from api 3",
        cron={"minute": "*/1", "hour": "15", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"},
        constants={"${bk_timing}": "100"}, exclude_task_nodes_id=[EXCLUDED],
    )  # fmt: skip
    assert made["result"], made
    printed_keys = {**PERIODIC, "template_id": int, "form": {"${bk_timing}": FORM}, "pipeline_tree": FULL_TREE}
    agrees(printed_keys, made["data"])
    assert (made["data"]["cron"], made["data"]["enabled"]) == ("*/1 15 * * * (m/h/d/dM/MY)", False)
    assert made["data"]["form"]["${bk_timing}"]["value"] == "100"
    return made["data"]["id"]


def test_periodic_tasks(printed, periodic):
    agrees([{**PERIODIC, "template_id": str}], printed.get("get_periodic_task_list/2/")["data"])
    info = printed.get(f"get_periodic_task_info/{periodic}/2/")["data"]
    agrees({**PERIODIC, "template_id": str, "form": {"${bk_timing}": FORM}, "pipeline_tree": FULL_TREE}, info)

    cron = {"minute": "*/1", "hour": "15", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
    modified = printed.post(f"modify_cron_for_periodic_task/{periodic}/2/", cron=cron)
    assert modified["data"] == {"cron": "*/1 15 * * * (m/h/d/dM/MY)"}
    constants = printed.post(f"modify_constants_for_periodic_task/{periodic}/2/", constants={"${bk_timing}": "15"})
    agrees({"${bk_timing}": FORM}, constants["data"])
    assert constants["data"]["${bk_timing}"]["value"] == "15"
    disabled = printed.post(f"set_periodic_task_enabled/{periodic}/2/", enabled=False)
    assert disabled["data"] == {"enabled": False}


def test_the_listed_expression_with_every_kind_of_field_is_understood(printed, periodic):
    cron = {"minute": "1,2,3-19/2", "hour": "2", "day_of_week": "3", "day_of_month": "4", "month_of_year": "5"}

    modified = printed.post(f"modify_cron_for_periodic_task/{periodic}/2/", cron=cron)

    assert modified["data"] == {"cron": "1,2,3-19/2 2 3 4 5 (m/h/d/dM/MY)"}


def test_a_periodic_task_through_the_esb_as_the_english_document_has_it(printed):
    template = printed.world.save(with_optional("seed_000_1.json"))
    printed.world.client.prefix = "/api/c/compapi/v2/sops"
    body = {
        "bk_app_code": printed.credentials["app_code"], "bk_app_secret": printed.credentials["app_secret"],
        "bk_token": printed.credentials["access_token"], "template_id": str(template), "bk_biz_id": "2",
        "name": "from api 3", "constants": {"${bk_timing}": "100"}, "exclude_task_nodes_id": [EXCLUDED],
        "cron": {"minute": "*/1", "hour": "15", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"},
    }  # fmt: skip

    answer = printed.world.client.raw("POST", "create_periodic_task/", data=json.dumps(body)).get_json()

    assert answer["result"], answer
    agrees({**PERIODIC, "form": dict, "pipeline_tree": FULL_TREE}, answer["data"])
