"""The first page of a project: what runs, what waits for the reader, what failed, what fires next; and how to begin."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import event

from app.extensions import db
from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project, visible_projects
from app.services.members import set_member
from app.services.overview import own_flows, recent_failures
from app.services.reading import present
from app.services.tasks import Wish, create_task, start_task
from app.services.templates import create_template
from tests.browser.test_run_view import failing_flow
from tests.drawing import flow

ADMIN = Actor("admin", is_admin=True)


def run(project, tree, name: str, by: Actor = ADMIN) -> int:
    template = create_template(by, project, f"flow of {name}", tree)
    task_id = create_task(by, project, template.id, Wish(name, {}, [])).task_id
    start_task(by, project, task_id)
    return task_id


def section(page: str, id_: str) -> str:
    return re.search(rf'<section[^>]*aria-labelledby="{id_}".*?</section>', page, re.S).group(0)


def test_it_shows_what_runs_what_waits_and_what_failed_and_why(person, project):
    waits = run(project, flow("start > a > end", plugin="pause_node", inputs={"a": {"description": "Go on?"}}), "Ask")
    fails = run(project, failing_flow(), "Restart")
    person.drive_to_rest()
    page = person.get("/projects/1/")

    assert "Ask" in section(page, "home-running")
    assert f'href="/projects/1/tasks/{waits}/?node=' in section(page, "home-waiting")
    assert "Go on?" in section(page, "home-waiting")
    assert "Restart nginx" in section(page, "home-failed")
    assert "exit code 3" in section(page, "home-failed")
    assert f'href="/projects/1/tasks/{fails}/?node=' in section(page, "home-failed")
    assert "Ask" not in section(page, "home-failed")


def test_a_failure_of_the_day_before_yesterday_is_not_shown(person, project):
    run(project, failing_flow(), "Restart")
    person.drive_to_rest()

    assert [f.node_name for f in recent_failures(SYSTEM, project, present() - timedelta(days=1))] == ["Restart nginx"]
    assert recent_failures(SYSTEM, project, present() + timedelta(seconds=1)) == []


def test_its_live_part_renews_itself(person, project):
    assert 'hx-get="/projects/1/live" hx-trigger="every 4s"' in person.get("/projects/1/")

    run(project, flow("start > a > end", plugin="pause_node"), "Just begun")
    assert "Just begun" in person.get("/projects/1/live")
    assert "<html" not in person.get("/projects/1/live")


def test_my_flows_are_those_that_i_ran_or_edited_last(person, project):
    mine = create_template(ADMIN, project, "Mine", flow("start > a > end"))
    used = create_template(SYSTEM, project, "Used", flow("start > a > end"))
    create_task(ADMIN, project, used.id, Wish("x", {}, []))

    assert [row.name for row in own_flows(ADMIN, project)] == ["Used", "Mine"]
    assert own_flows(Actor("nobody", is_admin=True), project) == []
    page = section(person.get("/projects/1/"), "home-flows")
    assert "My recent flows" in page
    assert mine.name in page
    assert "Rotate logs" not in page


def test_an_empty_project_says_how_to_begin(person):
    accounts.create_project("Empty", 7, "UTC")
    page = person.get("/projects/2/")

    for text in ("Open the sample flow", "Import one", "Draw one"):
        assert text in page
    opened = person.send("/projects/2/samples", page)
    assert 'id="editor-data"' in opened.text
    assert "Release a web service" in person.get("/projects/2/")


def test_a_viewer_of_an_empty_project_is_not_asked_to_draw(person):
    accounts.create_project("Empty", 7, "UTC")
    accounts.create_user("vera", "opensesame")
    set_member(SYSTEM, find_project(SYSTEM, 7), "vera", "viewer")
    person.send("/logout", person.get("/projects/1/"))
    person.log_in("vera")
    page = person.get("/projects/2/")

    assert "Draw one" not in page
    assert person.send("/projects/2/samples", page).status_code == 403


def test_who_belongs_to_no_project_is_told_whom_to_ask(person):
    accounts.create_user("new", "opensesame")
    person.send("/logout", person.get("/projects/1/"))

    assert "Ask a manager of the project that you need to add new" in person.log_in("new").text


def test_the_rail_leads_to_the_pages_says_where_it_is_and_counts_what_waits(person, project):
    run(project, flow("start > a > end", plugin="pause_node"), "Ask")
    person.drive_to_rest()
    page = person.get("/projects/1/flows/")

    for name in ("Home", "Flows", "Tasks", "Schedules", "Approvals", "Hosts", "Insights", "Settings", "System"):
        assert f'<span class="rail-word">{name}</span>' in page
    assert re.search(r'href="/projects/1/flows/" aria-current="page"', page)
    assert re.search(r'class="rail-count" aria-label="1 waits">1<', page)


def test_system_stands_on_the_rail_of_administrators_only(person, project):
    accounts.create_user("mara", "opensesame")
    set_member(SYSTEM, project, "mara", "manager")
    person.send("/logout", person.get("/projects/1/"))

    assert 'href="/system/"' not in person.log_in("mara").text


def test_the_rail_is_as_narrow_and_the_page_as_dark_as_the_last_one_was(person):
    person.http.set_cookie("rail", "narrow")
    person.http.set_cookie("theme", "dark")
    page = person.get("/projects/1/")
    assert 'data-rail="narrow"' in page
    assert 'data-bs-theme="dark"' in page

    person.http.set_cookie("rail", '"><script>')
    assert "data-rail" not in person.get("/projects/1/")


def test_projects_are_found_in_one_statement_and_only_those_that_one_may_see(person, project):
    accounts.create_user("carol", "opensesame")
    for number in range(5):
        accounts.create_project(f"P{number}", 100 + number, "UTC")
    set_member(SYSTEM, find_project(SYSTEM, 103), "carol", "viewer")

    assert [p.name for p in visible_projects(Actor("carol"))] == ["P3"]
    assert len(visible_projects(ADMIN)) == 6
    assert [p.name for p in visible_projects(Actor("ci", is_trusted=True, project_id=project.id))] == ["Demo"]
    assert visible_projects(Actor("app:x", app_code="x", acts_for_itself=True, project_id=0)) == []
    assert count_statements(lambda: visible_projects(Actor("carol"))) == 1


def test_the_page_asks_no_more_often_when_there_is_more_to_show(person, project):
    run(project, flow("start > a > end", plugin="pause_node"), "one")
    run(project, failing_flow(), "one failing")
    person.drive_to_rest()
    few = count_statements(lambda: person.get("/projects/1/"))
    for number in range(5):
        run(project, flow("start > a > end", plugin="pause_node"), f"more {number}")
        run(project, failing_flow(), f"failing {number}")
        accounts.create_project(f"P{number}", 100 + number, "UTC")
    person.drive_to_rest()

    assert count_statements(lambda: person.get("/projects/1/")) == few


def count_statements(act) -> int:
    """Return how many statements an act sends to the database."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)
