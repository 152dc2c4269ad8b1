"""Templates: saved, checked, changed, listed; the same ones that the canvas edits."""

from __future__ import annotations

import pytest

from app.api.oos.ids import read_template_id
from app.services import access_keys, accounts, members
from app.services.access import SYSTEM, find_project
from app.services.publishing import Publication, publish
from app.services.templates import create_template, read_template
from tests.api.oos.client import OosClient, say
from tests.drawing import flow

PAGE = {"pageNo": 1, "pageSize": 10}


def full(inner):
    """A template that uses everything that there is."""
    return {
        "name": "everything", "type": "INDIVIDUAL", "linear": False, "parallelism": 2, "description": "all of it",
        "tags": [{"key": "team", "value": "ops"}],
        "properties": [
            {"name": "who", "type": "string", "required": True, "label": "Who", "description": "whom to greet",
             "options": ["a", "b"], "defaultValue": "a"},
            {"name": "hosts", "type": "list"},
        ],
        "operators": [
            {**say("first", {"Ref": "who"}, description="greets", label="Greet", tags=[{"key": "k", "value": "v"}]),
             "retries": 3, "retryInterval": 1000, "timeout": 5000, "scheduleDelayMilli": 10},
            {**say("each", {"Fn::Join": ["", [{"Ref": "h"}]]}), "loops": [{"h": "1"}, {"h": "2"}], "triggerRule": "ONE_SUCCESS",
             "parallelismControl": {"ratio": 0.5, "count": 0}, "allowedFailureCount": 1, "pauseOnFailure": True},
            {"name": "sub", "template": {"ref": inner}, "properties": {"p": "x"}, "manually": True},
            {"name": "choose", "operator": "BCE::SwitchTo",
             "properties": {"switch": [{"case": {"Ref": "who"}, "next": "each"}], "default": "sub"}},
            {**say("last"), "condition": {"Fn::Not": False}, "initContext": {"c": 1}},
        ],
        "links": [{"src": "first", "dst": "choose"}, {"src": "choose", "dst": "each"}, {"src": "choose", "dst": "sub"},
                  {"src": "each", "dst": "last"}, {"src": "sub", "dst": "last"}],
    }  # fmt: skip


def covers(answer, asked):
    """Say whether everything that was asked for stands in the answer."""
    if isinstance(asked, dict):
        return isinstance(answer, dict) and all(key in answer and covers(answer[key], asked[key]) for key in asked)
    if isinstance(asked, list):
        return isinstance(answer, list) and len(answer) == len(asked) and all(map(covers, answer, asked))
    return answer == asked and isinstance(answer, bool) == isinstance(asked, bool)


def test_a_template_comes_back_as_it_was_sent(oos):
    inner = oos.save("inner", say("a"), properties=[{"name": "p"}])
    sent = full(inner)
    id_ = oos.result("POST", "/v2/template", sent)["id"]
    shown = oos.result("GET", "/v2/template", query={"name": "everything", "type": "INDIVIDUAL"})

    assert covers(shown, sent), shown
    assert shown["id"] == id_
    assert id_.startswith("tpl-")
    assert len(id_) == 12
    assert [type(shown["operators"][0][key]) for key in ("retries", "timeout", "retryInterval")] == [int] * 3


def test_what_came_back_can_be_sent_again_and_stays_the_same(light):
    inner = light.save("inner", say("a"), properties=[{"name": "p"}])
    id_ = light.result("POST", "/v2/template", full(inner))["id"]
    first = light.result("GET", "/v2/template", query={"name": "everything"})
    light.result("PUT", "/v2/template", first)
    second = light.result("GET", "/v2/template", query={"id": id_})

    assert {**first, "updatedTime": ""} == {**second, "updatedTime": ""}


def test_an_operator_has_the_defaults_of_the_documents(light):
    light.save("f", say("a"))
    operator = light.result("GET", "/v2/template", query={"name": "f"})["operators"][0]

    assert operator == {
        "name": "a", "operator": "bk_display", "retries": 0, "retryInterval": 300_000, "timeout": 21_600_000,
        "manually": False, "scheduleDelayMilli": 0, "pauseOnFailure": False,
        "properties": {"bk_display_message": "hello"}, "initContext": {},
    }  # fmt: skip


def test_what_was_changed_on_the_canvas_comes_back_as_a_template(light):
    id_ = light.save("f", say("a"), say("b"), properties=[{"name": "p", "type": "number", "defaultValue": 1}])
    number = read_template_id(id_)
    _, tree = read_template(SYSTEM, light.project, number)
    a, b = tree["activities"]
    tree["activities"][a]["name"] = "renamed"
    tree["activities"][a]["component"]["data"]["bk_display_message"]["value"] = "changed"
    tree["activities"][b]["step"]["retries"] = 4
    tree["constants"]["${p}"]["value"] = 7
    tree["constants"]["${q}"] = {**tree["constants"]["${p}"], "key": "${q}", "name": "Q", "index": 1, "value": "x"}
    del tree["constants"]["${q}"]["oos"]
    # A third activity, drawn beside b, as the canvas writes a plain one.
    end, lines = tree["end_event"], {"line_x": (a, "c"), "line_y": ("c", tree["end_event"]["id"])}
    tree["activities"]["c"] = {
        "id": "c", "type": "ServiceActivity", "name": "drawn", "incoming": ["line_x"], "outgoing": ["line_y"],
        "component": {"code": "bk_display", "version": "legacy", "data": {"bk_display_message": {"hook": False, "value": "new"}}},
        "stage_name": "", "optional": False, "error_ignorable": False,
    }  # fmt: skip
    tree["activities"][a]["outgoing"].append("line_x")
    end["incoming"].append("line_y")
    tree["flows"] |= {i: {"id": i, "source": s, "target": t, "is_default": False} for i, (s, t) in lines.items()}
    publish(SYSTEM, light.project, number, Publication(tree, base_version=1))

    shown = light.result("GET", "/v2/template", query={"id": id_})

    assert shown["linear"] is False
    assert [o["name"] for o in shown["operators"]] == ["renamed", "b", "drawn"]
    assert shown["operators"][0]["properties"] == {"bk_display_message": "changed"}
    assert shown["operators"][1]["retries"] == 4
    assert shown["operators"][2]["properties"] == {"bk_display_message": "new"}
    assert shown["links"] == [{"src": "renamed", "dst": "b"}, {"src": "renamed", "dst": "drawn"}]
    assert [(p["name"], p["defaultValue"]) for p in shown["properties"]] == [("p", 7), ("q", "x")]
    assert light.result("POST", "/v2/template/check", shown)["isValid"]


def test_operators_keep_their_places_on_the_canvas_when_a_template_is_sent_again(light):
    id_ = light.save("f", say("a"), say("b"))
    number = read_template_id(id_)
    _, before = read_template(SYSTEM, light.project, number)
    operators = [say("new"), say("a"), say("b")]
    light.result("PUT", "/v2/template", {"id": id_, "name": "f", "linear": True, "operators": operators})
    _, after = read_template(SYSTEM, light.project, number)

    kept = {place["id"]: (place["x"], place["y"]) for place in before["location"]}
    assert kept.items() <= {place["id"]: (place["x"], place["y"]) for place in after["location"]}.items()
    assert len(after["location"]) == 5


def test_names_are_unique_in_a_project(oos):
    first, second = oos.save("f", say("a")), oos.save("g", say("a"))

    assert oos.refused("POST", "/v2/template", {"name": "f", "linear": True, "operators": [say("a")]})[0] == 409
    taken = {"id": second, "name": "f", "linear": True, "operators": [say("a")]}
    assert oos.refused("PUT", "/v2/template", taken)[0] == 409
    oos.result("DELETE", "/v2/template", query={"id": first})
    assert oos.result("PUT", "/v2/template", taken)["id"] == second
    assert oos.refused("GET", "/v2/template", query={"id": first})[0] == 404


def test_a_template_that_another_uses_is_not_deleted(light):
    inner = light.save("inner", say("a"))
    light.save("outer", {"name": "sub", "template": {"ref": inner}})

    code, reason = light.refused("DELETE", "/v2/template", query={"id": inner})
    assert (code, "flow outer" in reason) == (409, True)


def test_lists_have_pages_an_order_and_part_of_a_name(oos):
    for name in ("alpha", "beta", "alphabet"):
        oos.save(name, say("a"))

    newest = oos.result("POST", "/v2/template/list", {"pageNo": 1, "pageSize": 2})
    by_name = oos.result("POST", "/v2/template/list", {**PAGE, "sort": "name", "ascending": True, "name": "alpha"})
    one = oos.result("POST", "/v2/template/list", {**PAGE, "id": newest["templates"][0]["id"]})

    assert [t["name"] for t in newest["templates"]] == ["alphabet", "beta"]
    assert {k: newest[k] for k in ("orderBy", "order", "pageNo", "pageSize", "totalCount")} == {
        "orderBy": "createTime", "order": "desc", "pageNo": 1, "pageSize": 2, "totalCount": 3,
    }  # fmt: skip
    assert [t["name"] for t in by_name["templates"]] == ["alpha", "alphabet"]
    assert [t["name"] for t in one["templates"]] == ["alphabet"]
    assert oos.result("POST", "/v2/template/list", {"pageNo": 9, "pageSize": 100})["templates"] == []


@pytest.mark.parametrize(
    "page", [{}, {"pageNo": 0, "pageSize": 1}, {"pageNo": 1, "pageSize": 101}, {"pageNo": "1", "pageSize": 5}]
)
def test_wrong_pages_are_refused(light, page):
    assert light.refused("POST", "/v2/template/list", page)[0] == 400
    assert light.refused("POST", "/v1/operator/list", page)[0] == 400
    assert light.refused("POST", "/v2/execution/list", page)[0] == 400


def test_common_templates_are_global_and_flows_of_bksops_are_not_listed(light):
    tree = read_template(SYSTEM, light.project, read_template_id(light.save("mine", say("a"))))[1]
    create_template(SYSTEM, None, "for all", tree)
    create_template(SYSTEM, light.project, "another kind", flow("start > a > end"))

    shown = light.result("POST", "/v2/template/list", {**PAGE, "type": "GLOBAL"})["templates"]
    assert [(t["name"], t["type"]) for t in shown] == [("for all", "GLOBAL")]
    assert [t["name"] for t in light.result("POST", "/v2/template/list", PAGE)["templates"]] == ["mine"]
    assert light.result("GET", "/v2/template", query={"name": "for all", "type": "GLOBAL"})["type"] == "GLOBAL"
    assert light.start(template={"ref": shown[0]["id"]}).startswith("d-")
    assert light.call("DELETE", "/v2/template", query={"id": shown[0]["id"]}).status_code == 403
    body = {"name": "x", "linear": True, "operators": [say("a")], "type": "GLOBAL"}
    assert light.refused("POST", "/v2/template", body)[0] == 400


def test_a_project_does_not_see_anothers_templates(light):
    id_ = light.save("mine", say("a"))
    accounts.create_project("elsewhere", 3, "UTC")
    members.set_member(SYSTEM, find_project(SYSTEM, 3), "alice", "manager")
    key = access_keys.create_key("sdk", "alice", 3)

    for method, query in (("GET", {"id": id_}), ("GET", {"name": "mine"}), ("DELETE", {"id": id_})):
        assert light.call(method, "/v2/template", query=query, key=key).get_json()["code"] == 404
    assert light.call("POST", "/v2/execution", {"template": {"ref": id_}}, key=key).get_json()["code"] == 404


WRONG = {
    "unknown operator": ([{"name": "a", "operator": "BCE::CDS::Delete"}], {}, "unknown operator 'BCE::CDS::Delete'"),
    "two of a name": ([say("a"), say("a")], {}, "same name"),
    "neither": ([{"name": "a"}], {}, "exactly one"),
    "both": ([{**say("a"), "template": {"ref": "tpl-AAAAAAAA"}}], {}, "exactly one"),
    "no such template": ([{"name": "a", "template": {"ref": "tpl-AAAAAAAA"}}], {}, "no template"),
    "inline nested": ([{"name": "a", "template": {"name": "x", "operators": []}}], {}, "ref is required"),
    "unknown link": ([say("a"), say("b")], {"linear": False, "links": [{"src": "a", "dst": "z"}]}, "no 'z'"),
    "cycle": ([say("a"), say("b")], {"linear": False, "links": [{"src": "a", "dst": "b"}, {"src": "b", "dst": "a"}]}, "circle"),
    "no links": ([say("a"), say("b")], {"linear": False}, "links are required"),
    "ratio": ([say("a", parallelismRatio=1.5)], {}, "from 0 to 1"),
    "ratio and count": ([say("a", parallelismRatio=0.5, parallelismCount=2)], {}, "cannot both"),
    "required": ([{"name": "a", "operator": "BCE::Agent::ExecuteShell", "properties": {}}], {}, "content of"),
    "negative": ([say("a", retries=-1)], {}, "whole number"),
    "too large": ([say("a", timeout=2**31)], {}, "whole number"),
    "no whole number": ([say("a", timeout=1.5)], {}, "whole number"),
    "rule": ([say("a", triggerRule="SOMETIMES")], {}, "triggerRule"),
    "breakpoints": ([say("a", breakpoints=[1])], {}, "breakpoints is not carried out"),
    "window": ([say("a", loopWindowType="ROLLING")], {}, "loopWindowType is not carried out"),
    "agents": ([say("a", waitOnAgentMilli=5)], {}, "waitOnAgentMilli is not carried out"),
    "events": ([say("a", events=[{}])], {}, "events is not carried out"),
    "function": ([say("a", {"Fn::Nope": 1})], {}, "no function Fn::Nope"),
    "expression": ([say("a", {"Fn::Eval": "import os"})], {}, "not an expression"),
    "switch": ([{"name": "a", "operator": "BCE::SwitchTo", "properties": {"switch": [{"case": True, "next": "z"}]}}], {}, "no 'z'"),
    "no operators": ([], {}, "operators is required"),
    "no name": ([say("a")], {"name": ""}, "name is required"),
    "type": ([say("a")], {"type": "MINE"}, "type is one of"),
    "property": ([say("a")], {"properties": [{"name": "1 x"}]}, "letters, digits and _"),
    "same property": ([say("a")], {"properties": [{"name": "x"}, {"name": "x"}]}, "another property"),
    "tags": ([say("a", tags=5)], {}, "tags must be a list"),
    "label": ([say("a", label=[])], {}, "label must be a text"),
    "details": ([say("a")], {"properties": [{"name": "x", "options": "a", "required": "yes"}]}, "options must be a list"),
    "long name": ([say("a")], {"name": "x" * 51}, "50 characters"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_check_says_what_is_wrong_and_nothing_of_it_is_saved_or_started(light, case):
    operators, more, reason = WRONG[case]
    body = {"name": "f", "linear": True, "operators": operators, **more}

    told = light.result("POST", "/v2/template/check", body)
    assert (told["isValid"], told["valid"]) == (False, False)
    assert reason in told["reason"]
    for path, sent in (("/v2/template", body), ("/v2/execution", {"template": body})):
        if path == "/v2/execution" and case == "no operators":
            continue
        code, message = light.refused("POST", path, sent)
        assert (code, reason in message) == (400, True), message
    assert light.result("POST", "/v2/template/list", PAGE)["totalCount"] == 0
    assert light.result("POST", "/v2/execution/list", PAGE)["totalCount"] == 0


def test_everything_that_is_wrong_is_told_at_once(light):
    operators = [{"name": "a", "operator": "nothing"}, say("b", retries=-1, breakpoints=[2])]
    reason = light.result("POST", "/v2/template/check", {"name": "", "linear": True, "operators": operators})["reason"]

    for part in (
        "name is required",
        "operators[0] 'a': unknown operator 'nothing'",
        "operators[1] 'b': retries",
        "breakpoints",
    ):
        assert part in reason


def test_check_under_the_newer_urls_tells_by_success(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        client = OosClient(app, prefix="")
        assert client.result("POST", "/v2/template/check", {"name": "f", "linear": True, "operators": [say("a")]})[
            "isValid"
        ]
        code, reason = client.refused("POST", "/v2/template/check", {"name": "f", "linear": True, "operators": []})
        assert (code, "operators is required" in reason) == (400, True)
        assert client.result("POST", "/v2/operator/list", PAGE)["totalCount"] > 5
        assert client.fault(client.call("POST", "", PAGE, url="/api/logic/oos/v2/operator/list"))[0] == 404


def test_unknown_keys_and_the_noise_of_clients_are_ignored(light):
    java = {"createdTimestamp": 0, "metadata": {"contentLength": -1}}
    empty = {
        "retries": 0,
        "breakpoints": [],
        "loops": [{"initContext": {}, "workerSelectors": []}],
        "template": {"name": "", "ref": "", "operators": [], "linear": False},
        "condition": "",
        "tags": [],
        "waitOnAgentMilli": 0,
    }
    body = {
        "name": "f",
        "linear": True,
        "operators": [{**say("a"), **empty, "namespace": "default"}],
        **java,
        "namespace": "x",
    }

    assert light.result("POST", "/v2/template", body)["id"]


def test_the_list_of_operators_holds_what_can_run_here(light):
    found = light.result("POST", "/v1/operator/list", {"pageNo": 1, "pageSize": 100})
    names = [operator["name"] for operator in found["operators"]]

    assert {"BCE::Agent::ExecuteHttp", "BCE::Agent::ExecuteShell", "BCE::SwitchTo", "bk_display"} <= set(names)
    assert not any("BCC" in name for name in names)
    assert found["totalCount"] == len(names)
    http = next(o for o in found["operators"] if o["name"] == "BCE::Agent::ExecuteHttp")
    method = http["properties"][0]
    assert (method["name"], method["required"], method["options"]) == ("method", True, ["GET", "POST", "PUT", "DELETE"])
    assert (http["timeout"], http["retryInterval"]) == (21_600_000, 300_000)


def test_operators_are_found_by_part_of_their_name_and_speak_chinese(light):
    body = {**PAGE, "operator": {"name": "executehttp"}}
    found = light.result("POST", "/v1/operator/list", body, query={"locale": "zh-cn"})["operators"]

    assert [(o["name"], o["label"]) for o in found] == [("BCE::Agent::ExecuteHttp", "执行HTTP请求")]
