"""What the flow editor tries and carries: values, conditions, single nodes, and flows as files."""

from __future__ import annotations

import io
import json
import time
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.core.variables import VARIABLE_TYPES
from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.models.projects import ProjectConstant
from app.services import exchange
from app.services.access import SYSTEM, find_project
from app.services.apps import create_app
from app.services.task_lists import TaskFilter, count_tasks
from app.services.templates import update_template
from tests.api.client import CREDENTIALS
from tests.core.test_bpmn import check_rules
from tests.core.test_hostile_trees import JUNK
from tests.drawing import flow, output_of, variable
from tests.web.editor_client import Editor, save

SECRET = {"${pw}": variable("${pw}", custom_type="password", value="hunter22")}


class TestPreview:
    def tried(self, ed, value: Any, **constants: Any) -> tuple[Any, list[str]]:
        written = {
            f"${{{k}}}": variable(f"${{{k}}}", **(v if isinstance(v, dict) else {"value": v}))
            for k, v in constants.items()
        }
        answer = ed.do("POST", "/preview", constants=written, value=value)
        return answer["value"], answer["missing"]

    def test_a_text_is_shown_with_its_variables_in_it(self, ed):
        assert self.tried(ed, "to ${a}!", a="${b}", b="x") == ("to x!", [])
        assert self.tried(ed, "${n}", n={"value": "5", "custom_type": "int"}) == (5, [])
        assert self.tried(ed, {"k": ["${a}"]}, a="x") == ({"k": ["x"]}, [])
        assert self.tried(ed, "${len(a) + 1}", a="xyz") == (4, [])

    def test_what_has_no_value_yet_is_told_and_stays_as_it_is_written(self, ed):
        assert self.tried(ed, "${a} ${c}", a="${b}") == ("${b} ${c}", ["${b}", "${c}"])
        out = output_of("${o}", "a", "log")
        answer = ed.do("POST", "/preview", constants={"${o}": out}, value="${o}")
        assert (answer["value"], answer["missing"]) == ("${o}", ["${o}"])

    def test_constants_of_the_project_and_the_system_have_values(self, ed):
        db.session.add(ProjectConstant(project_id=1, key="ZONE", value="eu"))
        db.session.commit()

        assert self.tried(ed, "${_env_ZONE} ${_system.operator} ${_system.project_name}") == ("eu ed One", [])

    @pytest.mark.parametrize("text", ["${pw}", "${pw[0]}", "${pw.upper()}", "${[c for c in pw]}", "${other}"])
    def test_no_secret_is_told(self, ed, text):
        other = {"${other}": variable("${other}", value="${pw}${pw[1]}")}
        answer = ed.do("POST", "/preview", constants={**SECRET, **other}, value=text)

        assert "hunter" not in json.dumps(answer)
        assert set(json.dumps(answer["value"])) <= set('[]", *')

    def test_a_circle_is_told(self, ed):
        constants = {"${a}": variable("${a}", value="${b}"), "${b}": variable("${b}", value="${a}")}

        told = ed.do("POST", "/preview", 422, constants=constants, value="${a}")
        assert [p["rule"] for p in told["problems"]] == ["circular_reference"]
        assert ed.do("POST", "/preview", constants=constants, value="no")["value"] == "no"

    def test_variables_that_cannot_be_read_are_told(self, ed):
        told = ed.do("POST", "/preview", 422, constants={"${a b}": {}, "${c}": 5, "${d}": {"source_info": 1}}, value="")

        assert {p["where"] for p in told["problems"]} == {"${a b}", "${c}", "${d}"}
        ed.do("POST", "/preview", 400, constants={})

    def test_a_few_variables_cannot_fill_the_memory(self, ed):
        tower = {f"x{i}": f"${{x{i - 1}}}" * 20 for i in range(1, 40)}
        begin = time.thread_time()
        value, _ = self.tried(ed, ["${x39}", "${x39 * 1000}", "${'y' * 1000}"], x0="z" * 100, **tower)

        assert len(json.dumps(value)) < 3_000_000
        assert time.thread_time() - begin < 10
        many = ["${'y' * 300000}"] * 1000
        assert len(json.dumps(self.tried(ed, many)[0])) < 3_000_000
        ed.do("POST", "/preview", 422, constants={}, value="x" * 300_000)

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("ip_filter", {"origin_ips": "a " * 40_000, "ip_separator": "-" * 80_000}), ("set_allocation", "[" * 150_000),
            ("set_allocation", {"data": [{"__module": [{"key": "m", "value": 5}]}]}), ("int", "+-5"),
            ("select", ["${x}"] * 10_000),
        ],
    )  # fmt: skip
    def test_a_value_that_its_type_cannot_read_costs_little_and_breaks_nothing(self, ed, kind, value):
        begin = time.thread_time()
        shown, _ = self.tried(ed, "${odd}", odd={"value": value, "custom_type": kind}, x="y" * 50_000)

        assert len(json.dumps(shown)) < 1_000_000
        assert time.thread_time() - begin < 5

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(JUNK, st.dictionaries(st.sampled_from(["${x}", "${y}", "", "a"]), JUNK))
    def test_whatever_is_sent_is_rendered_or_refused(self, ed, value, constants):
        assert ed.ask("POST", "/preview", constants=constants, value=value).status_code in (200, 422)


class TestCondition:
    def test_a_condition_is_decided_with_the_values_that_are_given(self, ed):
        answer = ed.do(
            "POST", "/condition", evaluate='${n} > 3 and "${name}" == "x"', values={"${n}": 5, "${name}": "x"}
        )

        assert answer == {"result": True, "rendered": '5 > 3 and "x" == "x"'}
        assert ed.do("POST", "/condition", evaluate="${n} > 3", values={"${n}": "2"})["result"] is False
        assert ed.do("POST", "/condition", evaluate="${ok}", values={"${ok}": True}) == {
            "result": True,
            "rendered": "true",
        }

    @pytest.mark.parametrize(
        ("evaluate", "value", "type_"),
        [
            ('${x} == "n,s"', ["n", "s"], "select"),
            ('${x.flat__ip} == "10.0.0.7,10.0.0.8"', [{"ip": "10.0.0.7"}, {"ip": "10.0.0.8"}], "datatable"),
        ],
    )
    def test_values_are_what_a_run_would_make_of_them(self, ed, evaluate, value, type_):
        asked = {"evaluate": evaluate, "values": {"${x}": value}}

        assert ed.do("POST", "/condition", **asked, types={"${x}": type_})["result"] is True
        assert ed.ask("POST", "/condition", **asked).json.get("result") is not True

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(JUNK, st.one_of(JUNK, st.sampled_from(sorted(VARIABLE_TYPES))))
    def test_whatever_is_sent_is_decided_or_refused(self, ed, value, type_):
        sent = {"evaluate": "${x} == 1", "values": {"${x}": value}, "types": {"${x}": type_}}
        assert ed.ask("POST", "/condition", **sent).status_code in (200, 422)

    @pytest.mark.parametrize("text", ["", "1 ==", "${gone} == 1", "[1] < 2", "x" * 30_000, "(" * 1000, "${x"])
    def test_what_cannot_be_decided_is_told(self, ed, text):
        told = ed.do("POST", "/condition", 422, evaluate=text, values={})

        assert [(p["rule"], p["where"]) for p in told["problems"]] == [("condition", "evaluate")]


class TestExport:
    @pytest.fixture
    def id_(self, ed) -> int:
        inner = save(flow("start > x > end"), "Inner")
        tree = flow("start > a > sub > end", constants=SECRET)
        del tree["activities"]["sub"]["pipeline"]
        tree["activities"]["sub"]["template_id"] = str(inner)
        return save(tree, "Deploy 中 / all", description="<all>")

    def file(self, ed, path: str, **query: int) -> str:
        answer = ed.ask("GET", path, **query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return answer.text

    @pytest.mark.parametrize("form", ["json", "yaml", "dat", "bpmn"])
    def test_no_file_holds_a_password(self, ed, id_, form):
        text = self.file(ed, f"/flows/{id_}/export/{form}")

        assert "hunter" not in text
        assert "sealed:" not in text

    def test_json_comes_back_as_it_went(self, ed, id_):
        text = self.file(ed, f"/flows/{id_}/export/json")
        assert json.loads(text)["version"] == 1

        read = ed.do("POST", "/import", text=text)
        tree = ed.get(f"/flows/{id_}")["tree"]
        tree["constants"]["${pw}"]["value"] = ""
        assert (read["name"], read["tree"], read["description"]) == ("Deploy 中 / all", tree, "<all>")
        assert [p["rule"] for p in read["problems"]] == ["empty_password"]

    @pytest.mark.parametrize("form", ["yaml", "dat"])
    def test_of_a_file_of_several_flows_one_is_chosen_and_finds_the_others_here(self, ed, id_, form):
        text = self.file(ed, f"/flows/{id_}/export/{form}")
        assert sorted(ed.do("POST", "/import", text=text)["names"]) == ["Deploy 中 / all", "Inner"]

        read = ed.do("POST", "/import", text=text, name="Deploy 中 / all")
        assert [p["rule"] for p in read["problems"]] == ["empty_password"]
        assert read["tree"]["activities"]["sub"]["template_id"] == "1"
        ed.do("POST", "/import", 404, text=text, name="nothing")

    def test_what_a_file_names_and_nobody_has_is_told(self, editor_app, ed):
        inner = save(flow("start > x > end"), "Inner", project=2)
        tree = flow("start > sub > end")
        del tree["activities"]["sub"]["pipeline"]
        tree["activities"]["sub"]["template_id"] = str(inner)
        outer = save(tree, "Outer", project=2)
        text = exchange.export_dat(SYSTEM, find_project(SYSTEM, 3), [outer])

        assert [p["rule"] for p in ed.do("POST", "/import", text=text, name="Outer")["problems"]] == [
            "unknown_template"
        ]

    def test_flows_that_share_a_name_are_told_apart(self, ed):
        two = [save(flow(f"start > {name} > end"), "Same") for name in "ab"]
        text = exchange.export_dat(SYSTEM, find_project(SYSTEM, 2), two)
        names = ed.do("POST", "/import", text=text)["names"]

        found = {tuple(ed.do("POST", "/import", text=text, name=name)["tree"]["activities"]) for name in names}
        assert found == {("a",), ("b",)}

    @pytest.mark.parametrize("form", ["json", "yaml", "dat", "bpmn"])
    def test_an_older_version_can_be_brought_out(self, ed, form):
        id_ = save(flow("start > old_one > end"))
        update_template(SYSTEM, find_project(SYSTEM, 2), id_, flow("start > new_one > end"))

        read = self.file(ed, f"/flows/{id_}/export/{form}", version=1)
        if form == "dat":
            read = json.dumps(ed.do("POST", "/import", text=read))
        assert "old_one" in read
        assert "new_one" not in read
        ed.do("GET", f"/flows/{id_}/export/{form}", 404, version=3)

    def test_bpmn_keeps_to_the_rules_of_bpmn(self, ed, id_):
        root = Xml.fromstring(self.file(ed, f"/flows/{id_}/export/bpmn"))

        check_rules(root, ed.get(f"/flows/{id_}")["tree"])
        assert root[0].get("name") == "Deploy 中 / all"

    def test_other_formats_are_not_there(self, ed, id_):
        ed.do("GET", f"/flows/{id_}/export/exe", 404)
        ed.do("POST", "/export/exe", 404, tree={}, name="x")


class TestExportOfTheCanvas:
    """What is drawn is brought out as it is, published or not."""

    @pytest.mark.parametrize("form", ["json", "yaml", "dat"])
    @pytest.mark.parametrize("is_saved", [True, False])
    def test_what_is_not_published_comes_back_with_what_its_subprocesses_run(self, ed, form, is_saved):
        inner = save(flow("start > x > end"), "Inner")
        drawn = flow("start > new_one > sub > end", constants=SECRET)
        del drawn["activities"]["sub"]["pipeline"]
        drawn["activities"]["sub"]["template_id"] = str(inner)
        saved = save(flow("start > old_one > end"), "Outer") if is_saved else None

        written = ed.do("POST", f"/export/{form}", tree=drawn, name="Outer", labels=["x"], template_id=saved)

        assert written["name"] == f"Outer_draft.{form}"
        assert "hunter" not in written["text"]
        read = ed.do("POST", "/import", text=written["text"], **({} if form == "json" else {"name": "Outer"}))
        assert set(read["tree"]["activities"]) == {"new_one", "sub"}
        assert read["tree"]["activities"]["sub"]["template_id"] == str(inner)

    def test_bpmn_holds_what_is_drawn(self, ed):
        drawn = flow("start > new_one > end")

        check_rules(Xml.fromstring(ed.do("POST", "/export/bpmn", tree=drawn, name="Soon")["text"]), drawn)

    def test_what_a_format_cannot_hold_is_told_with_its_places_and_json_holds_it(self, ed):
        drawn = flow("start > a > b > end")
        for node in drawn["activities"].values():
            node["component"] = {"code": "", "data": {}}
        for form in ("yaml", "dat", "bpmn"):
            told = ed.do("POST", f"/export/{form}", 422, tree=drawn, name="Soon")
            assert {p["where"] for p in told["problems"]} == {"a", "b"}

        assert json.loads(ed.do("POST", "/export/json", tree=drawn, name="Soon")["text"])["tree"] == drawn

    def test_every_subprocess_that_names_no_flow_is_told(self, ed):
        drawn = flow("start > sub1 > sub2 > end")
        for node in drawn["activities"].values():
            del node["pipeline"]
            node["template_id"] = "4711"

        told = ed.do("POST", "/export/yaml", 422, tree=drawn, name="Soon")

        assert [(p["rule"], p["where"]) for p in told["problems"]] == [
            ("unknown_template", "sub1"),
            ("unknown_template", "sub2"),
        ]


class TestImport:
    def test_a_file_is_sent_as_such(self, ed):
        data = {
            "file": (
                io.BytesIO("\ufeffname: Sent\ntree: ".encode() + json.dumps(flow("start > a > end")).encode()),
                "x.yaml",
            )
        }
        answer = ed.http.post(f"{ed.base}/import", data=data, headers={"X-CSRF": ed.csrf})

        assert (answer.json["name"], answer.json["problems"]) == ("Sent", [])
        bad = {"file": (io.BytesIO(b"\xff\xfe\x00"), "x.dat")}
        assert ed.http.post(f"{ed.base}/import", data=bad, headers={"X-CSRF": ed.csrf}).status_code == 422

    def test_a_bare_tree_is_read_and_what_is_wrong_with_it_told(self, ed):
        read = ed.do("POST", "/import", text=json.dumps(flow("start > a > end", plugin="nothing")))

        assert [p["rule"] for p in read["problems"]] == ["unknown_plugin"]
        assert ed.get("/flows")["flows"] == []

    @pytest.mark.parametrize(
        "text", ["", "abc", "[]", "a: [", "eyJhIjogMX0=", "{}", "tree: 5", "templates: []", "&a [*a]"]
    )
    def test_what_is_no_flow_is_told(self, ed, text):
        answer = ed.ask("POST", "/import", text=text)

        assert answer.status_code in (200, 422)
        assert answer.json["problems"]

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(["tree", "templates", "name", "activities", "constants"]), JUNK))
    def test_whatever_is_sent_is_read_or_refused(self, ed, document):
        assert ed.ask("POST", "/import", text=json.dumps(document)).status_code in (200, 422)

    def test_who_brings_bpmn_is_told_what_is_read(self, ed):
        bpmn = ed.do("POST", "/export/bpmn", tree=flow("start > a > end"), name="x")["text"]

        (told,) = ed.do("POST", "/import", 422, text=bpmn)["problems"]
        assert "BPMN" in told["message"]
        assert "JSON, YAML and .dat" in told["message"]

    def test_who_may_only_look_reads_no_files(self, editor_app):
        Editor(editor_app, "vera").do("POST", "/import", 403, text="{}")


class TestDryRun:
    @pytest.fixture
    def drive(self, editor_app):
        house = house_of(editor_app.config["SLUICE"], db.engine)
        room = open_room(db.engine, house, lambda c: InlineDispatcher(), threads=0)

        def run() -> None:
            room.driver.drive_due()
            db.session.rollback()

        return run

    def test_a_node_runs_by_itself_with_the_values_that_are_given(self, editor_app, drive):
        tree = flow(
            "start > a > broken > end", plugin="job_fast_execute_script",
            inputs={"a": {"job_content": "echo ${who} ${kept} ${log}; exit ${code}", "job_ip_list": "127.0.0.1"}},
            constants={
                "${who}": {}, "${kept}": {"value": "kept"}, "${code}": {"value": "0"},
                "${log}": output_of("${log}", "broken", "log"),
            },
        )  # fmt: skip
        tree["flows"]["f2"]["target"] = "nowhere"
        otto = Editor(editor_app, "otto")
        values = {"${who}": "me", "${log}": "seen"}
        made = otto.do("POST", "/dry-run", 201, tree=tree, node_id="a", values=values)
        assert otto.get(f"/tasks/{made['task_id']}")["state"] == "running"
        drive()

        found = otto.get(f"/tasks/{made['task_id']}")
        assert (found["state"], found["error"]) == ("finished", "")
        assert found["nodes"][made["node_id"]]["state"] == "finished"
        assert found["outputs"]["log"] == "me kept seen\n"
        assert otto.http.get(made["url"]).status_code == 200

    def test_why_a_node_failed_is_told(self, ed, drive):
        tree = flow(
            "start > a > end", plugin="job_fast_execute_script",
            inputs={"a": {"job_content": "exit 3", "job_ip_list": "127.0.0.1"}},
        )  # fmt: skip
        made = ed.do("POST", "/dry-run", 201, tree=tree, node_id="a")
        drive()

        found = ed.get(f"/tasks/{made['task_id']}")
        assert found["state"] == "failed"
        assert "exit code 3" in found["error"]
        assert found["outputs"]["exit_code"] == 3

    def test_a_subprocess_runs_by_itself(self, ed, drive):
        inner = save(flow("start > x > end"), "Inner")
        tree = flow("start > sub > end")
        del tree["activities"]["sub"]["pipeline"]
        tree["activities"]["sub"]["template_id"] = str(inner)
        made = ed.do("POST", "/dry-run", 201, tree=tree, node_id="sub")
        drive()

        found = ed.get(f"/tasks/{made['task_id']}")
        assert found["state"] == "finished"
        assert any(path.startswith(f"{made['node_id']}/") for path in found["nodes"])

    def test_a_flow_runs_from_a_node_on(self, ed, drive):
        tree = flow(
            "start > a > par ; par > b > join ; par > c > join ; join > d > end",
            plugin="job_fast_execute_script",
            inputs={
                "a": {"job_content": "exit 1", "job_ip_list": "127.0.0.1"},
                "b": {"job_content": "echo made of ${built}", "job_ip_list": "127.0.0.1"},
                "c": {"job_content": "exit 1", "job_ip_list": "127.0.0.1"},
                "d": {"job_content": "echo after", "job_ip_list": "127.0.0.1"},
            },
            constants={"${built}": output_of("${built}", "a", "log")},
        )
        made = ed.do("POST", "/dry-run", 201, tree=tree, node_id="b", goes_on=True, values={"${built}": "clay"})
        drive()

        found = ed.get(f"/tasks/{made['task_id']}")
        assert (found["state"], found["error"]) == ("finished", "")
        assert found["outputs"]["log"] == "made of clay\n"

    def test_a_secret_is_used_and_never_told(self, ed, drive):
        id_ = save(flow("start > a > end", inputs={"a": {"bk_display_message": "${pw}"}}, constants=SECRET))
        tree = ed.page(f"/projects/1/flows/{id_}/edit")["tree"]
        made = ed.do("POST", "/dry-run", 201, tree=tree, node_id="a")
        drive()

        found = ed.ask("GET", f"/tasks/{made['task_id']}")
        assert found.json["state"] == "finished"
        assert "hunter" not in found.text + ed.http.get(made["url"]).text

    def test_what_is_wrong_with_a_node_is_told_and_nothing_runs(self, ed):
        tree = flow("start > a > xor ; xor > b [1 == 1] > end ; xor > end [else]", plugin="nothing")

        assert [p["rule"] for p in ed.do("POST", "/dry-run", 422, tree=tree, node_id="a")["problems"]] == [
            "unknown_plugin"
        ]
        for node_id in ("xor", "start", "gone", ""):
            assert [p["rule"] for p in ed.do("POST", "/dry-run", 422, tree=tree, node_id=node_id)["problems"]] == [
                "node"
            ]
        ed.do("POST", "/dry-run", 422, tree={"activities": {"a": 5}}, node_id="a")

    def test_a_node_may_be_called_like_the_ends(self, ed, drive):
        tree = flow("start > a > end")
        tree["activities"]["start"] = {**tree["activities"].pop("a"), "id": "start"}
        made = ed.do("POST", "/dry-run", 201, tree=tree, node_id="start")
        drive()

        assert ed.get(f"/tasks/{made['task_id']}")["state"] == "finished"

    def test_lists_and_counts_for_other_systems_leave_dry_runs_out(self, editor_app, ed):
        project = find_project(SYSTEM, 2)
        made = ed.do("POST", "/dry-run", 201, tree=flow("start > a > end"), node_id="a")

        create_app("tester", "s3cret", is_trusted=True)

        def told(path: str, **query: Any) -> Any:
            return editor_app.test_client().get(f"/apigw/{path}/2/", query_string={**CREDENTIALS, **query}).json

        assert told("get_task_list")["data"] == []
        assert [row["id"] for row in told("get_task_list", create_method="dry_run")["data"]] == [made["task_id"]]
        body = json.dumps({**CREDENTIALS, "group_by": "status"})
        counted = editor_app.test_client().post("/apigw/query_task_count/2/", data=body).json
        assert counted["data"]["total"] == 0
        assert count_tasks(SYSTEM, project, TaskFilter()) == 1
        link = f"/tasks/{made['task_id']}/"
        assert link not in ed.http.get("/projects/1/tasks/").text
        assert link in ed.http.get("/projects/1/tasks/?method=dry_run").text

    def test_who_may_only_look_runs_nothing(self, editor_app, ed):
        vera = Editor(editor_app, "vera")
        vera.do("POST", "/dry-run", 403, tree=flow("start > a > end"), node_id="a")
        made = ed.do("POST", "/dry-run", 201, tree=flow("start > a > end"), node_id="a")
        assert vera.get(f"/tasks/{made['task_id']}")["state"] == "running"
        Editor(editor_app, "ed", project_id=2).do("GET", f"/tasks/{made['task_id']}", 404)
        ed.do("GET", "/tasks/99999999999999999999", 404)
