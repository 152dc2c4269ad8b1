"""What the flow editor asks of the server: the page, the tables it draws with, and checks of what is drawn."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.core.schema import Field
from app.engine.core.variables import VARIABLE_TYPES
from app.engine.plugins.base import HostAccess
from app.engine.plugins.registry import PLUGINS
from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from app.services.hosts import add_host
from app.services.schemes import create_scheme
from tests.drawing import flow, variable
from tests.web.editor_client import Editor, save


@pytest.fixture
def app(editor_app):
    return editor_app


class TestPage:
    def test_a_new_flow_has_a_start_a_task_and_an_end_with_lines(self, ed):
        data = ed.page("/projects/1/flows/new")

        tree = data["tree"]
        assert data["template"]["id"] is None
        assert data["draft"] is None
        assert [(p["type"], p["x"], p["y"]) for p in tree["location"]] == [
            ("startpoint", 40, 150), ("tasknode", 240, 140), ("endpoint", 540, 150),
        ]  # fmt: skip
        assert len(tree["flows"]) == len(tree["line"]) == 2
        assert {p["rule"] for p in ed.do("POST", "/check", tree=tree)["problems"]} == {"name", "component"}

    def test_the_hosts_of_the_project_are_offered_to_who_may_edit(self, ed):
        add_host(1, HostAccess("10.0.0.7"))
        add_host(2, HostAccess("10.0.0.8"))

        assert ed.page("/projects/1/flows/new")["hosts"] == ["127.0.0.1", "10.0.0.7"]

    def test_a_flow_is_opened_with_the_tree_that_was_saved(self, ed):
        tree = flow("start > a > end")
        id_ = save(tree, "Deploy", category="Ops", description="all of it")

        data = ed.page(f"/projects/1/flows/{id_}/edit")
        assert data["tree"] == tree
        assert data["template"] | {"digest": "", "pipeline_id": ""} == {
            "id": id_, "name": "Deploy", "category": "Ops", "description": "all of it", "labels": [], "version": 1,
            "digest": "", "pipeline_id": "", "notify_type": None, "notify_receivers": None,
            "executor_proxy": "", "flow_type": "common",
        }  # fmt: skip
        assert (data["may_edit"], data["may_run"], data["base"]) == (True, True, "/projects/1/editor")
        assert data["project"] == {"id": 1, "name": "One"}

    def test_no_text_of_a_flow_ends_the_script_that_holds_it(self, ed):
        nasty = "</script><script>alert(1)</script><!--"
        tree = flow("start > a > end", inputs={"a": {"bk_display_message": nasty}})
        id_ = save(tree, nasty[:50], description=nasty)

        assert ed.page(f"/projects/1/flows/{id_}/edit")["tree"] == tree
        assert nasty not in ed.http.get(f"/projects/1/flows/{id_}/edit").text

    def test_a_viewer_looks_at_a_flow_and_cannot_begin_one(self, app):
        id_ = save(flow("start > a > end"))
        vera = Editor(app, "vera")

        assert vera.page(f"/projects/1/flows/{id_}/edit")["may_edit"] is False
        assert vera.http.get("/projects/1/flows/new").status_code == 403

    def test_flows_of_other_projects_are_not_there(self, ed):
        id_ = save(flow("start > a > end"), project=2)

        assert ed.http.get(f"/projects/1/flows/{id_}/edit").status_code == 404
        assert ed.http.get(f"/projects/2/flows/{id_}/edit").status_code == 404


class TestTables:
    def test_fields_of_plugins_are_told_with_all_their_attributes(self, ed):
        found = {(p["code"], p["version"]): p for p in ed.get("/plugins")}

        assert len(found) == len(PLUGINS)
        for plugin in PLUGINS:
            told = found[plugin.code, plugin.version]
            assert told["icon"] != "puzzle"
            assert [f["key"] for f in told["inputs"]] == [f.key for f in plugin.inputs]
            assert [f["key"] for f in told["outputs"]][-3:] == ["_result", "_loop", "_inner_loop"]
            assert all(set(f) == set(Field.__dataclass_fields__) for f in told["inputs"] + told["outputs"])

    def test_each_type_of_variable_is_told(self, ed):
        found = ed.get("/variable-types")

        assert [t["custom_type"] for t in found] == list(VARIABLE_TYPES)
        assert all(t["name"] and t["description"] and "." in t["source_tag"] for t in found)
        assert {t["custom_type"]: t["default_validation"] for t in found if t["default_validation"]} == {
            "input": "^.+$", "textarea": r"^[\s\S]+$",
        }  # fmt: skip

    def test_the_page_embeds_the_same_tables(self, ed):
        data = ed.page("/projects/1/flows/new")

        assert data["rules"] == ed.get("/rules")
        assert data["plugins"] == ed.get("/plugins")
        assert data["variable_types"] == ed.get("/variable-types")


class TestCheck:
    def test_all_problems_are_told_with_their_places(self, ed):
        tree = flow("start > a > end ; a > b > end", plugin="nothing")

        found = ed.do("POST", "/check", tree=tree)["problems"]
        assert {(p["rule"], p["where"]) for p in found} == {
            ("degree", "a"), ("unknown_plugin", "a"), ("unknown_plugin", "b"),
        }  # fmt: skip
        assert all(p["message"] for p in found)

    def test_a_flow_must_not_contain_itself(self, ed):
        id_ = save(flow("start > a > end"))
        tree = with_child(id_)

        assert ed.do("POST", "/check", tree=tree)["problems"] == []
        assert [p["rule"] for p in ed.do("POST", "/check", tree=tree, template_id=id_)["problems"]] == [
            "subprocess_cycle"
        ]

    def test_flows_of_other_projects_cannot_be_contained(self, ed):
        id_ = save(flow("start > a > end"), project=2)

        assert [p["rule"] for p in ed.do("POST", "/check", tree=with_child(id_))["problems"]] == ["unknown_template"]
        ed.do("POST", "/check", 404, tree=with_child(id_), template_id=id_)

    def test_a_flow_of_a_thousand_nodes_is_checked_with_the_flows_in_it(self, ed):
        tree = flow("start > " + " > ".join(f"a{i}" for i in range(1000)) + " > end")
        id_ = save(flow("start > a > end"))
        tree["activities"]["a5"] = {
            **with_child(id_)["activities"]["sub"],
            "id": "a5",
            "incoming": "f6",
            "outgoing": "f7",
        }

        assert ed.do("POST", "/check", tree=tree) == {"problems": []}


def with_child(template_id: int, **node: Any) -> dict[str, Any]:
    tree = flow("start > sub > end")
    del tree["activities"]["sub"]["pipeline"]
    tree["activities"]["sub"] |= {"template_id": str(template_id), **node}
    return tree


WORDS = st.sampled_from(
    ["", "a", "start", "end", "f1", "${x}", "${", "SubProcess", "\x00", "\ud800", "1 == 1", "1", "0" * 32]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, -1, 1])
JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6,
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [p for key, part in items for p in paths(part, (*path, key))]


DRAWN = flow(
    "start > a > xor ; xor > sub [${o} == 1] > end ; xor > end [else]", inputs={"a": {"bk_display_message": "${x}"}},
    constants={"${x}": {"value": "${y}"}, "${y}": {"value": 1, "custom_type": "password"}}, outputs=["${x}"],
)  # fmt: skip
DRAWN["activities"]["sub"] |= {
    "template_id": "1", "version": "0" * 32, "constants": {"${who}": {"value": "me"}}, "template_source": "project",
}  # fmt: skip
del DRAWN["activities"]["sub"]["pipeline"]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.sampled_from(paths(DRAWN)), JUNK), min_size=1, max_size=3))
def test_a_check_never_breaks_whatever_is_sent_as_a_tree(ed, changes):
    find_project(SYSTEM, 1, "project")
    if not ed.get("/flows")["flows"]:
        save(flow("start > a > end", constants={"${who}": {}}))
    tree: Any = json.loads(json.dumps(DRAWN))
    for path, junk in changes:
        holder = tree
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue
    answer = ed.ask("POST", "/check", tree=tree)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert all(set(p) == {"rule", "message", "where"} for p in answer.json["problems"])


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "{}", '{"tree": []}', "{", '{"tree": {}, "template_id": true}', "[" * 100_000, "\xff", "NaN"],
)
def test_a_body_that_cannot_be_read_is_refused_with_reasons(ed, body):
    answer = ed.http.post(f"{ed.base}/check", data=body.encode("latin-1"), headers={"X-CSRF": ed.csrf})

    assert answer.status_code == 400
    assert answer.json["error"]
    assert answer.json["problems"]


class TestWho:
    def test_orders_need_the_token_of_the_page(self, ed):
        assert ed.http.post(f"{ed.base}/check", json={"tree": {}}).status_code == 400
        assert ed.http.post(f"{ed.base}/check", json={"tree": {}}, headers={"X-CSRF": "é"}).status_code == 400

    def test_who_is_not_logged_in_is_told_so(self, app):
        answer = app.test_client().get("/projects/1/editor/rules")

        assert (answer.status_code, answer.is_json) == (401, True)

    def test_what_is_not_there_is_told_as_json(self, ed):
        for method, path in (
            ("GET", "/nothing"),
            ("GET", "/flows/abc"),
            ("POST", "/rules"),
            ("GET", "/flows/99999999999999999999"),
        ):
            answer = ed.ask(method, path)
            assert (answer.status_code, answer.is_json) == (404, True), path
            assert answer.json["problems"] == []

    def test_projects_of_others_are_not_there(self, app):
        ed = Editor(app, "ed", project_id=2)
        for path in ("/rules", "/plugins", "/flows"):
            assert ed.ask("GET", path).status_code == 404
        assert ed.ask("POST", "/check", tree={}).status_code == 404


class TestFlows:
    def test_flows_are_listed_in_pages_newest_first(self, ed):
        ids = [save(flow("start > a > end"), f"flow {i}") for i in range(25)]
        save(flow("start > a > end"), "elsewhere", project=2)

        page = ed.get("/flows")
        assert [f["id"] for f in page["flows"]] == ids[:4:-1]
        following = ed.get("/flows", cursor=page["next"])
        assert [f["id"] for f in following["flows"]] == ids[4::-1]
        assert following["next"] is None

    def test_a_flow_is_found_by_a_part_of_its_name(self, ed):
        save(flow("start > a > end"), "Restart 100% of it")
        save(flow("start > a > end"), "Restart")

        assert [f["name"] for f in ed.get("/flows", search="restart 100%")["flows"]] == ["Restart 100% of it"]

    def test_a_query_that_makes_no_sense_is_refused_or_finds_nothing(self, ed):
        save(flow("start > a > end"))

        assert ed.get("/flows", search="\x00%_")["flows"] == []
        for cursor in ("abc", "-1", "1" * 30, "²", "1.5"):
            assert ed.do("GET", "/flows", 400, cursor=cursor)["problems"][0]["where"] == "cursor"
            ed.do("GET", "/flows/1/versions", 400, before=cursor)
            ed.do("GET", "/flows/1/export/json", 400, version=cursor)

    def test_a_flow_tells_its_shown_variables_in_order(self, ed):
        constants = {
            "${b}": variable("${b}", index=1), "${a}": variable("${a}", index=0),
            "${hidden}": variable("${hidden}", show_type="hide"),
        }  # fmt: skip
        save(flow("start > a > end", constants=constants))

        (found,) = ed.get("/flows")["flows"]
        assert [v["key"] for v in found["variables"]] == ["${a}", "${b}"]
        assert (found["version"], found["number"], found["source"], len(found["digest"])) == (1, 1, "project", 32)

    def test_flows_are_found_by_a_label_and_the_labels_are_told(self, ed):
        nightly, other = save(flow("start > a > end"), "one"), save(flow("start > a > end"), "two")
        ed.do("PATCH", f"/flows/{nightly}", 200, labels=["nightly", "web"])
        ed.do("PATCH", f"/flows/{other}", 200, labels=["web"])

        found = ed.get("/flows", label="nightly")
        assert ([f["id"] for f in found["flows"]], found["labels"]) == ([nightly], ["nightly", "web"])

    def test_a_flow_tells_its_schemes(self, ed):
        id_ = save(flow("start > a > end", nodes={"a": {"optional": True}}))
        create_scheme(SYSTEM, find_project(SYSTEM, 1, "project"), id_, "all of it", ["a"])

        assert [s["name"] for s in ed.get(f"/flows/{id_}")["schemes"]] == ["all of it"]

    def test_common_flows_are_listed_apart(self, ed):
        id_ = save(flow("start > a > end"), "For everybody", project=None)

        assert ed.get("/flows")["flows"] == []
        assert [f["id"] for f in ed.get("/flows", source="common")["flows"]] == [id_]
        assert ed.get(f"/flows/{id_}", source="common")["tree"]["activities"].keys() == {"a"}
        ed.do("GET", f"/flows/{id_}", 404)

    def test_any_version_of_a_flow_can_be_opened(self, ed):
        from app.services.templates import update_template

        id_ = save(flow("start > a > end"))
        digest = ed.get(f"/flows/{id_}")["digest"]
        update_template(SYSTEM, find_project(SYSTEM, 1, "project"), id_, flow("start > b > end"))

        assert ed.get(f"/flows/{id_}")["tree"]["activities"].keys() == {"b"}
        old = ed.get(f"/flows/{id_}", digest=digest)
        assert (old["tree"]["activities"].keys(), old["number"]) == ({"a"}, 1)


def test_the_sample_flows_open_without_a_problem(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with app.app_context():
        first_start(app.config["SLUICE"])
        admin = Editor(app, "admin")
        for found in admin.get("/flows")["flows"]:
            tree = admin.page(f"/projects/1/flows/{found['id']}/edit")["tree"]
            assert admin.do("POST", "/check", tree=tree, template_id=found["id"])["problems"] == []
