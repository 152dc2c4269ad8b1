"""Lists of flows: favourites first, labels, what became of the last tasks, and where a flow is used."""

from __future__ import annotations

import re

import pytest

from app.extensions import db
from app.models.templates import TemplateVersion
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.flow_lists import LAST, facts_of
from app.services.schedules import Plan, create_schedule
from app.services.tasks import Wish, create_task, start_task
from app.services.template_details import Details, change_details
from app.services.template_uses import uses_of
from app.services.templates import create_template, find_template, update_template
from tests.drawing import flow
from tests.web.test_pages import Person

HERE = "/projects/1/flows/"


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url)
    with made.app_context():
        accounts.create_user("admin", "opensesame", is_admin=True)
        accounts.create_project("One", 2, "UTC")
        yield made


@pytest.fixture
def project(app):
    return find_project(SYSTEM, 2)


@pytest.fixture
def person(app):
    person = Person(app)
    person.log_in()
    return person


def save(project, name, tree=None, **details) -> int:
    made = create_template(SYSTEM, project, name, tree or flow("start > a > end"))
    if details:
        change_details(SYSTEM, project, made.id, Details(**details))
    return made.id


def parent_of(child_id: int, **held):
    tree = flow("start > sub > end", nodes={"sub": {"template_id": str(child_id), **held}})
    tree["activities"]["sub"].pop("pipeline")
    return tree


def test_the_star_is_pressed_with_and_without_scripts(person, project):
    flow_id = save(project, "one")
    page = person.get(HERE)
    assert 'aria-pressed="false"' in page

    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    star, came_from = f"{HERE}{flow_id}/favourite", {"Referer": f"http://localhost{HERE}?q=one"}
    answer = person.http.post(star, data={"csrf": token, "favourite": "1"}, headers=came_from)
    assert answer.headers["Location"] == came_from["Referer"]
    assert 'aria-pressed="true"' in person.get(HERE)

    answer = person.http.post(star, data={"csrf": token, "favourite": "0"}, headers={"HX-Request": "true"})
    assert answer.text.count("<form") == 1
    assert 'aria-pressed="false"' in answer.text


def test_a_flow_of_another_project_is_not_there(person, project):
    other = save(accounts.create_project("Other", 3, "UTC"), "theirs")

    assert person.send(f"{HERE}{other}/favourite", person.get(HERE), favourite="1").status_code == 404


def test_the_last_ten_are_shown_with_their_states_the_latest_first(person, project):
    asks = save(project, "asks", flow("start > a > end", plugin="pause_node"))
    quiet = save(project, "quiet")
    ids = [create_task(SYSTEM, project, asks, Wish(f"task {n}")).task_id for n in range(12)]
    start_task(SYSTEM, project, ids[-1])
    person.drive()

    last = facts_of(SYSTEM, project, [asks, quiet]).last

    assert [task.id for task in last[asks]] == ids[: -LAST - 1 : -1]
    assert [task.state for task in last[asks][:2]] == ["waiting_person", "not_started"]
    assert quiet not in last
    dots = re.findall(r'list-dot state-(\w+)" href="/projects/1/tasks/(\d+)/"', person.get(HERE))
    assert [int(number) for _, number in dots] == ids[-LAST:]
    assert dots[-1][0] == "waiting_person"


def test_flows_hold_a_version_or_always_the_latest(person, project):
    child = save(project, "child")
    digest = db.session.query(TemplateVersion.digest).filter_by(template_id=child).scalar()
    save(project, "keeps", parent_of(child, version=digest))
    save(project, "follows", parent_of(child, always_use_latest=True))
    update_template(SYSTEM, project, child, flow("start > a > b > end"))

    uses = uses_of(SYSTEM, project, find_template(project, child))

    assert uses.current == 2
    assert [(used.name, used.version) for used in uses.flows] == [("follows", None), ("keeps", 1)]
    page = person.get(f"{HERE}{child}/uses")
    assert "1 version behind" in page
    assert "always the latest" in page


def test_a_schedule_holds_the_version_that_there_was_when_it_was_made(person, project):
    child = save(project, "child")
    create_schedule(SYSTEM, project, child, "nightly", Plan("cron", "0 3 * * *"), is_enabled=True)
    update_template(SYSTEM, project, child, flow("start > a > b > end"))
    create_schedule(SYSTEM, project, child, "weekly", Plan("cron", "0 3 * * 1"))

    uses = uses_of(SYSTEM, project, find_template(project, child))

    assert [(s.name, s.is_enabled, s.version) for s in uses.schedules] == [
        ("nightly", True, 1),
        ("weekly", False, 2),
    ]
    assert "nightly" in person.get(f"{HERE}{child}/uses")


def test_a_flow_that_nothing_uses_says_so(person, project):
    page = person.get(f"{HERE}{save(project, 'alone')}/uses")

    assert "No flow has it as a subprocess" in page
    assert "No schedule starts it" in page


def test_labels_are_filters_with_how_many_flows_have_them(person, project):
    save(project, "one", labels=["web"])
    save(project, "two", labels=["web", "<odd>"])

    page = person.get(f"{HERE}?label=web&label=%3Codd%3E")

    assert re.search(r'value="web" checked>web <span class="list-pick-count">2<', page)
    assert "&lt;odd&gt;" in page
    assert re.findall(r'id="star-(\d+)"', page) == ["2"]


@pytest.mark.parametrize(
    ("path", "text", "way_on"),
    [
        ("", "No flow yet", "Draw a flow"), ("?q=zzz", "No flow fits", "Show all flows"),
        ("common/", "There is no common flow", "Flows of One"),
    ],
)  # fmt: skip
def test_an_empty_list_says_what_to_do_next(person, path, text, way_on):
    page = person.get(HERE + path)

    assert text in page
    assert way_on in page
