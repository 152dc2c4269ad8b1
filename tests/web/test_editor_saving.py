"""How the flow editor saves: drafts, versions and details over JSON, with the answers that the canvas goes by."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.services.editing import new_tree
from tests.drawing import flow
from tests.web.editor_client import Editor, save

ONE, TWO, THREE = (flow(f"start > {name} > end") for name in "abc")


@pytest.fixture
def id_(ed) -> int:
    return save(ONE)


class TestSessionThatEnded:
    """A page that outlives its session goes on with the token of the next one."""

    def test_a_token_of_another_session_is_told_as_such_and_the_right_one_is_given(self, editor_app):
        before, after = Editor(editor_app, "ed"), Editor(editor_app, "ed")
        after.csrf = before.csrf

        assert after.do("POST", "/check", 400, tree={})["rule"] == "csrf"

        after.csrf = after.http.get("/session/token?user=ed").json["csrf"]
        after.do("POST", "/check", tree=ONE)

    def test_who_is_not_logged_in_is_told_no_token(self, editor_app):
        answer = editor_app.test_client().get("/session/token?user=ed")

        assert answer.status_code == 401
        assert "csrf" not in answer.json

    def test_the_page_of_one_user_is_not_told_the_token_of_another(self, editor_app):
        vi = Editor(editor_app, "vi")

        answer = vi.http.get("/session/token?user=ed")

        assert answer.status_code == 401
        assert "csrf" not in answer.json


class TestNew:
    def test_a_new_flow_is_kept_as_a_draft(self, ed):
        made = ed.do("POST", "/flows", 201, name="Soon", tree=new_tree(), draft=True, labels=["x"])

        assert made["url"] == f"/projects/1/flows/{made['id']}/edit"
        assert (made["version"], made["digest"], made["revision"]) == (None, None, 1)
        data = ed.page(made["url"])
        assert (data["template"]["version"], data["template"]["labels"]) == (None, ["x"])
        assert data["tree"] == data["draft"]["tree"]
        page = ed.http.get("/projects/1/flows/").text
        assert re.search(rf'href="{made["url"]}">Soon</a> <span class="badge">draft<', page)
        assert ed.http.get(f"/projects/1/flows/{made['id']}/").status_code == 404
        assert (
            ed.http.post(
                f"/projects/1/tasks/new?template={made['id']}", data={"csrf": ed.csrf, "name": "x"}
            ).status_code
            == 404
        )

    def test_a_new_flow_is_published_at_once(self, ed):
        made = ed.do("POST", "/flows", 201, name="Now", tree=ONE, message="first", category="Ops")

        assert (made["version"], made["revision"], len(made["digest"])) == (1, None, 32)
        assert ed.get(f"/flows/{made['id']}/versions")[0]["message"] == "first"
        assert ed.page(made["url"])["template"]["category"] == "Ops"

    def test_all_that_is_wrong_with_it_is_told_and_nothing_is_saved(self, ed):
        told = ed.do("POST", "/flows", 422, name=" ", tree=new_tree(), message="m" * 201, labels=[""])

        assert {p["rule"] for p in told["problems"]} == {"name", "message", "labels", "component"}
        assert "and" in told["error"]
        assert ed.get("/flows")["flows"] == []
        ed.do("POST", "/flows", 422, name="", tree={}, draft=True)
        assert "badge" not in ed.http.get("/projects/1/flows/").text

    def test_what_is_not_of_the_shape_that_is_taken_is_told_all_at_once(self, ed):
        told = ed.do("POST", "/flows", 400, name=5, tree=[], draft="yes", labels=[1])

        assert [p["where"] for p in told["problems"]] == ["name", "tree", "draft", "labels"]


class TestDraft:
    def test_a_draft_is_saved_read_and_discarded(self, ed, id_):
        saved = ed.do("PUT", f"/flows/{id_}/draft", tree=TWO, base_version=1, revision=None)
        assert set(saved) == {"revision", "at"}
        found = ed.page(f"/projects/1/flows/{id_}/edit")["draft"]

        assert found == {"revision": 1, "tree": TWO, "by": "ed", "at": saved["at"], "base_version": 1, "name": "a flow"}
        assert ed.get(f"/flows/{id_}/draft") == found
        ed.do("DELETE", f"/flows/{id_}/draft", revision=1)
        assert ed.page(f"/projects/1/flows/{id_}/edit")["draft"] is None
        ed.do("GET", f"/flows/{id_}/draft", 404)

    def test_a_draft_of_another_comes_back_with_the_refusal(self, ed, id_):
        ed.do("PUT", f"/flows/{id_}/draft", tree=TWO, base_version=1)
        told = ed.do("PUT", f"/flows/{id_}/draft", 409, tree=THREE, base_version=1, revision=None)

        assert told["error"]
        assert {k: told["theirs"][k] for k in ("revision", "tree", "by")} == {"revision": 1, "tree": TWO, "by": "ed"}
        assert ed.do("PUT", f"/flows/{id_}/draft", tree=THREE, base_version=1, force=True)["revision"] == 2
        assert ed.do("DELETE", f"/flows/{id_}/draft", 409, revision=1)["theirs"]["revision"] == 2

    def test_numbers_and_texts_that_no_database_takes_are_refused_or_made_plain(self, ed, id_):
        for number in (0, -1, 2**31, 10**30):
            ed.do("PUT", f"/flows/{id_}/draft", 422, tree={}, base_version=number)
            ed.do("POST", f"/flows/{id_}/publish", 409, tree=TWO, base_version=number)
            ed.do("PUT", f"/flows/{id_}/draft", 409, tree={}, revision=number)
        ed.do("PATCH", f"/flows/{id_}", name="a\0b", labels=["\0"], description="\0", category="\0")
        assert ed.page(f"/projects/1/flows/{id_}/edit")["template"]["labels"] == ["\ufffd"]

    def test_a_draft_may_be_any_object_and_nothing_else(self, ed, id_):
        ed.do("PUT", f"/flows/{id_}/draft", tree={"x": ["\x00", "é", 1.5, None]}, revision=None)
        assert ed.get(f"/flows/{id_}/draft")["tree"] == {"x": ["\x00", "é", 1.5, None]}
        for body in (
            '{"tree": {"x": NaN}}',
            '{"tree": {"x": "\\ud800"}}',
            '{"tree": ' + '{"a":' * 300 + "1" + "}" * 300 + "}",
        ):
            answer = ed.http.put(f"{ed.base}/flows/{id_}/draft", data=body, headers={"X-CSRF": ed.csrf})
            assert answer.status_code == 422, body[:40]
            assert answer.json["problems"]


class TestPublish:
    def test_a_version_is_published_and_the_draft_goes(self, ed, id_):
        revision = ed.do("PUT", f"/flows/{id_}/draft", tree=TWO, base_version=1)["revision"]
        made = ed.do(
            "POST", f"/flows/{id_}/publish", tree=TWO, message="two", base_version=1, revision=revision, name="Two"
        )

        assert (made["version"], made["is_new"]) == (2, True)
        data = ed.page(f"/projects/1/flows/{id_}/edit")
        assert (data["draft"], data["template"]["name"], data["template"]["digest"]) == (None, "Two", made["digest"])

    def test_a_newer_version_comes_back_with_the_refusal(self, ed, id_):
        ed.do("POST", f"/flows/{id_}/publish", tree=TWO, message="theirs", base_version=1)
        told = ed.do("POST", f"/flows/{id_}/publish", 409, tree=THREE, message="mine", base_version=1)

        theirs = told["theirs"]
        assert {k: theirs[k] for k in ("version", "tree", "by", "message")} == {
            "version": 2, "tree": TWO, "by": "ed", "message": "theirs",
        }  # fmt: skip
        assert theirs["at"].endswith("+00:00")
        assert ed.do("POST", f"/flows/{id_}/publish", tree=THREE, base_version=1, force=True)["version"] == 3

    def test_problems_are_told_and_nothing_changes(self, ed, id_):
        ed.do("PUT", f"/flows/{id_}/draft", tree=TWO, base_version=1)
        told = ed.do("POST", f"/flows/{id_}/publish", 422, tree=new_tree(), base_version=1, name="New", revision=1)

        assert {p["rule"] for p in told["problems"]} == {"name", "component"}
        data = ed.page(f"/projects/1/flows/{id_}/edit")
        assert (data["template"]["name"], data["draft"]["revision"]) == ("a flow", 1)


class TestVersions:
    def test_versions_are_listed_opened_compared_and_restored(self, ed, id_):
        ed.do("POST", f"/flows/{id_}/publish", tree=TWO, message="two", base_version=1)

        found = ed.get(f"/flows/{id_}/versions")
        assert [(v["number"], v["by"], v["message"], v["is_current"]) for v in found] == [
            (2, "ed", "two", True), (1, "system", "", False),
        ]  # fmt: skip
        assert [v["number"] for v in ed.get(f"/flows/{id_}/versions", before=2)] == [1]
        assert ed.get(f"/flows/{id_}/versions/1")["tree"] == ONE
        changes = ed.get(f"/flows/{id_}/versions/1/diff/2")
        assert [n["id"] for n in changes["nodes"]["added"]] == ["b"]
        assert changes["flows"]["changed"][0]["changes"][0] == {"path": "target", "before": "a", "after": "b"}
        assert set(changes) == {"nodes", "flows", "variables", "notes", "outputs", "rest"}
        made = ed.do("POST", f"/flows/{id_}/versions/1/restore", message="back", base_version=2)
        assert made["version"] == 3
        assert ed.page(f"/projects/1/flows/{id_}/edit")["tree"] == ONE

    def test_what_each_version_changed_is_told_in_a_line(self, ed, id_):
        ed.do("POST", f"/flows/{id_}/publish", tree=TWO, message="two", base_version=1)
        ed.do("POST", f"/flows/{id_}/publish", tree=flow("start > b > c > d > end"), base_version=2)

        told = ed.get(f"/flows/{id_}/versions/changes")

        assert [(v["number"], v["words"]) for v in told] == [
            (3, "2 nodes added, 3 lines changed"),
            (2, "1 node added, 1 removed, 2 lines changed"),
            (1, "The first version"),
        ]
        assert [v["number"] for v in ed.get(f"/flows/{id_}/versions/changes", before=2)] == [1]

    def test_the_draft_is_compared_too(self, ed, id_):
        ed.do("GET", f"/flows/{id_}/versions/1/diff/draft", 404)
        ed.do("PUT", f"/flows/{id_}/draft", tree=TWO, base_version=1)

        assert [n["id"] for n in ed.get(f"/flows/{id_}/versions/1/diff/draft")["nodes"]["added"]] == ["b"]

    def test_any_two_trees_are_compared(self, ed, id_):
        found = ed.do("POST", "/compare", before=ONE, after={**TWO, "outputs": ["${x}"]})

        assert [n["id"] for n in found["nodes"]["added"]] == ["b"]
        assert {"path": "component.code", "value": "bk_display"} in found["nodes"]["added"][0]["holds"]
        assert found["outputs"]["added"] == [{"id": "${x}", "name": "", "kind": "output", "holds": []}]
        assert ed.do("POST", "/compare", 400, before=ONE)["problems"][0]["where"] == "after"

    def test_versions_that_are_not_there_are_told(self, ed, id_):
        for path in ("9", "99999999999999999999", "1/diff/9", "1/diff/x", "1/diff/²", "9/diff/1", "0"):
            ed.do("GET", f"/flows/{id_}/versions/{path}", 404)


def test_details_change_without_a_version(ed, id_):
    assert ed.do("PATCH", f"/flows/{id_}", name="Renamed", labels=["b", "a"], notify_type=["mail"])["changed"] == [
        "name", "notify_type", "labels",
    ]  # fmt: skip
    head = ed.page(f"/projects/1/flows/{id_}/edit")["template"]

    assert (head["name"], head["labels"], head["notify_type"], head["version"]) == ("Renamed", ["a", "b"], ["mail"], 1)
    assert ed.do("PATCH", f"/flows/{id_}")["changed"] == []
    ed.do("PATCH", f"/flows/{id_}", 422, name="x" * 51)


ORDERS: list[tuple[str, str, dict[str, Any]]] = [
    ("PUT", "/flows/{}/draft", {"tree": {}}),
    ("DELETE", "/flows/{}/draft", {"revision": 1}),
    ("POST", "/flows/{}/publish", {"tree": ONE}),
    ("POST", "/flows/{}/versions/1/restore", {}),
    ("PATCH", "/flows/{}", {"name": "x"}),
]
QUESTIONS = ["", "/draft", "/versions", "/versions/1", "/versions/1/diff/1", "/export/json"]


def test_who_may_only_look_changes_nothing(editor_app, id_):
    for name in ("vera", "otto"):
        looker = Editor(editor_app, name)
        for method, path, body in ORDERS:
            assert looker.do(method, path.format(id_), 403, **body)["error"]
        looker.do("POST", "/flows", 403, name="x", tree=ONE)
        for path in QUESTIONS:
            assert looker.ask("GET", f"/flows/{id_}{path}").status_code in (200, 404)


def test_flows_of_another_project_are_not_there(editor_app, ed):
    foreign = save(ONE, project=2)
    for method, path, body in ORDERS:
        ed.do(method, path.format(foreign), 404, **body)
    for path in QUESTIONS:
        ed.do("GET", f"/flows/{foreign}{path}", 404)
    elsewhere = Editor(editor_app, "ed", project_id=2)
    for method, path, body in ORDERS:
        elsewhere.do(method, path.format(foreign), 404, **body)
    elsewhere.do("POST", "/flows", 404, name="x", tree=ONE)


@pytest.mark.parametrize(("method", "path", "body"), ORDERS)
def test_orders_need_the_token_of_the_page(ed, id_, method, path, body):
    answer = ed.http.open(f"{ed.base}{path.format(id_)}", method=method, json=body)

    assert (answer.status_code, answer.is_json) == (400, True)
