"""What Ctrl-K finds: the list that the server writes. How it is walked by keys is tested in the browser."""

from __future__ import annotations

import re

import pytest

from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project
from app.services.search import MOST_FLOWS, search
from app.services.tasks import Wish, create_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.web.editor_client import Editor, save
from tests.web.test_home import count_statements


@pytest.fixture
def project(editor_app):
    return find_project(SYSTEM, 2)


def options(person: Editor, text: str) -> list[str]:
    page = person.http.get("/projects/1/search/", query_string={"q": text}).text
    return re.findall(r'role="option"[^>]*>.*?<span class="text-truncate">(.*?)</span>', page, re.S)


def test_flows_tasks_and_nodes_are_found_by_a_part_of_their_names_in_any_case(project, ed):
    named = {"a": {"name": "Deploy to EU"}}
    template_id = save(flow("start > a > end", nodes=named), "Nightly DEPLOY")
    create_task(SYSTEM, project, template_id, Wish("deploy of monday", {}, []))

    assert options(ed, "deploy") == ["Nightly DEPLOY", "deploy of monday", "Deploy to EU"]
    assert options(ed, "nothing of that name") == []


def test_nodes_within_subprocesses_are_found_at_the_node_that_holds_them(project, ed):
    child = flow("start > inner > end", nodes={"inner": {"name": "Drain the pool"}})
    template_id = save(flow("start > sub > end", pipelines={"sub": child}), "Outer")
    page = ed.http.get("/projects/1/search/?q=drain").text

    assert f'href="/projects/1/flows/{template_id}/edit?node=sub"' in page


def test_a_number_finds_the_task_that_has_it(project, ed):
    template_id = save(flow("start > a > end"))
    made = create_task(SYSTEM, project, template_id, Wish("the one", {}, []))

    assert "the one" in options(ed, str(made.task_id))
    assert options(ed, "9" * 30) == []


def test_nothing_of_another_project_is_found(project, ed):
    save(flow("start > a > end", nodes={"a": {"name": "secret node"}}), "secret flow", project=2)
    other = find_project(SYSTEM, 3)
    create_task(SYSTEM, other, save(flow("start > a > end"), "x", project=2), Wish("secret task", {}, []))

    assert options(ed, "secret") == []
    assert ed.http.get("/projects/2/search/?q=secret").status_code == 404


def test_common_flows_are_found_and_said_to_be_common(project, ed):
    create_template(SYSTEM, None, "Shared check", flow("start > a > end"))

    assert options(ed, "shared") == ["Shared check"]
    assert '<span class="palette-more">common</span>' in ed.http.get("/projects/1/search/?q=shared").text


def test_without_a_text_there_are_actions_and_pages_as_far_as_one_may(editor_app, ed):
    assert {"Draw a flow", "Run a flow", "New schedule", "Home", "Insights"} <= set(options(ed, ""))
    viewer = options(Editor(editor_app, "vera"), "")
    assert "Draw a flow" not in viewer
    assert "Run a flow" not in viewer
    assert "Add a member" not in options(ed, "")
    assert "System" not in options(ed, "")


def test_wildcards_are_letters_like_others_and_names_are_shown_as_text(project, ed):
    save(flow("start > a > end"), "100% <b>sure</b>")
    save(flow("start > a > end"), "1000 others")

    assert options(ed, "100%") == ["100% &lt;b&gt;sure&lt;/b&gt;"]
    assert options(ed, "_") == []
    assert "<b>sure" not in ed.http.get("/projects/1/search/?q=sure").text
    assert "&lt;i&gt;" in ed.http.get("/projects/1/search/?q=<i>").text


def test_a_search_is_bounded_however_much_there_is(project, ed):
    for number in range(MOST_FLOWS + 5):
        save(flow("start > a > end"), f"many {number}")
    found = search(SYSTEM, project, "many")
    few = count_statements(lambda: search(SYSTEM, project, "many 12"))

    assert len(found.flows) == MOST_FLOWS
    assert count_statements(lambda: search(SYSTEM, project, "many")) == few
    assert ed.http.get("/projects/1/search/", query_string={"q": "x" * 5000}).status_code == 200


def test_a_search_works_on_both_databases(app):
    accounts.create_project("One", 2, "UTC")
    found = find_project(SYSTEM, 2)
    template = create_template(
        SYSTEM, found, 'Größe "A\\B"', flow("start > a > end", nodes={"a": {"name": 'say "hi" \\ 大'}})
    )
    create_task(SYSTEM, found, template.id, Wish("Größe prüfen", {}, []))

    assert [f.name for f in search(SYSTEM, found, "größe").flows] in ([template.name], [])
    assert [f.name for f in search(SYSTEM, found, "Größe").flows] == [template.name]
    assert [t.name for t in search(SYSTEM, found, "prüfen").tasks] == ["Größe prüfen"]
    assert [n.name for n in search(SYSTEM, found, '"hi" \\').nodes] == ['say "hi" \\ 大']
    assert [n.name for n in search(Actor("admin", is_admin=True), found, "大").nodes] == ['say "hi" \\ 大']
