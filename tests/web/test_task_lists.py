"""The list of tasks as people use it, with scripts and without."""

from __future__ import annotations

import re

import pytest

from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from app.services.members import set_member
from app.services.tasks import Wish, create_task, start_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.web.test_pages import Person

ASKS = flow("start > a > end", plugin="pause_node")
HERE = "/projects/1/tasks/"


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with made.app_context():
        first_start(made.config["SLUICE"])
        yield made


@pytest.fixture
def person(app):
    person = Person(app)
    person.log_in()
    return person


@pytest.fixture
def project(app):
    return find_project(SYSTEM, 2)


@pytest.fixture
def make(project, person):
    template = create_template(SYSTEM, project, "asks", ASKS)

    def one(name: str, *, starts: bool = True) -> int:
        made = create_task(SYSTEM, project, template.id, Wish(name)).task_id
        if starts:
            start_task(SYSTEM, project, made)
        return made

    return one


def listed(page: str) -> list[int]:
    """Return the tasks of a page, by their boxes."""
    return [int(number) for number in re.findall(r'name="task" value="(\d+)"', page)]


def told(page: str) -> str:
    """Return what a page tells of an order, as plain text."""
    found = re.search(r'<div class="alert alert-\w+" role="status">(.*?)</ul>', page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def partly(person, path: str, **headers: str):
    """Ask as the page's own script does."""
    return person.http.get(path, headers={"HX-Request": "true", "HX-Target": "list", **headers})


def test_tasks_are_gone_through_page_by_page_while_more_are_made(person, make):
    made = [make(f"task {n}", starts=False) for n in range(53)][::-1]

    first = person.get(HERE)
    make("later", starts=False)
    second = person.get(HERE + re.search(r'rel="next" href="(\?before=\d+)"', first)[1])
    back = person.get(HERE + re.search(r'rel="prev" href="(\?after=\d+)"', second)[1])

    assert listed(first) + listed(second) == made
    assert 'rel="next"' not in second
    assert listed(back) == made[:50]
    assert "later" in person.get(HERE + re.search(r'rel="prev" href="(\?after=\d+)"', back)[1])


def test_a_page_keeps_the_filters_of_its_address(person, make):
    for number in range(55):
        make(f"web {number}", starts=False)
    make("db", starts=False)

    page = person.get(f"{HERE}?q=web")
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")

    assert 'value="web"' in page
    assert "q=web" in older
    assert len(listed(person.get(HERE + older))) == 5


def test_every_filter_can_stand_in_the_address(person, make):
    one, _ = make("one"), make("two", starts=False)
    person.drive()
    everything = "state=waiting_person&creator=system&executor=system&method=app&since=1h&template=" + str(
        re.search(r'value="(\d+)" *>asks<', person.get(HERE))[1]
    )

    assert listed(person.get(f"{HERE}?{everything}")) == [one]
    for other in ("creator=nobody", "executor=nobody", "method=api", "template=999", "state=failed"):
        key = other.split("=")[0]
        rest = "&".join(part for part in everything.split("&") if not part.startswith(key))
        assert listed(person.get(f"{HERE}?{rest}&{other}")) == [], other


def test_days_are_those_of_the_projects_zone(person, make, project):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    task, today = make("one"), datetime.now(ZoneInfo(project.time_zone)).date()

    assert listed(person.get(f"{HERE}?begin={today}&end={today}")) == [task]
    assert listed(person.get(f"{HERE}?end=2020-01-01")) == []


def test_what_cannot_be_understood_is_told_and_the_rest_counts(person, make):
    one, _ = make("one"), make("two")

    page = person.get(f"{HERE}?q=one&state=asleep&since=ever&template=x&begin=tomorrow&before=zzz")

    for text in ("there is no state asleep", "ever is no span of time", "x is no flow", "tomorrow is no day"):
        assert text in page
    assert listed(page) == [one]


def test_an_order_for_many_tells_of_each_what_became_of_it(person, make):
    waiting, fresh = make("waiting"), make("fresh", starts=False)
    person.drive()

    page = person.send(f"{HERE}bulk", person.get(HERE), task=[waiting, fresh], action="pause").text

    assert told(page).startswith("1 task paused. 1 task stays as it was:")
    assert "✓ waiting" in told(page)
    assert "✕ fresh: the task has not been started" in told(page)
    assert re.findall(r'class="state state-(\w+)"', page) == ["not_started", "paused"]


@pytest.mark.parametrize(("action", "word", "left"), [("revoke", "Revoke", ["revoked"]), ("delete", "Delete", [])])
def test_what_cannot_be_taken_back_is_asked_for_once_by_name(person, make, action, word, left):
    task = make("precious", starts=action == "revoke")
    person.drive()

    asked = person.send(f"{HERE}bulk", person.get(HERE), task=[task], action=action).text
    assert f"{word} 1 task?" in asked
    assert "precious" in asked
    assert listed(person.get(HERE)) == [task]

    page = person.send(f"{HERE}bulk", asked, task=[task], action=action, sure="1").text
    assert re.findall(r'class="state state-(\w+)"', page) == left


def test_an_order_for_nothing_says_what_to_do(person, make):
    make("one")

    assert "Tick the ones" in person.send(f"{HERE}bulk", person.get(HERE), action="pause").text


def test_a_viewer_sees_the_list_and_no_way_to_change_it(app, person, make, project):
    task = make("one")
    accounts.create_user("vera", "opensesame")
    set_member(SYSTEM, project, "vera", "viewer")
    token = person.get(HERE)
    person.send("/logout", token)
    person.log_in("vera")

    page = person.get(HERE)

    assert "one" in page
    assert listed(page) == []
    assert person.send(f"{HERE}bulk", page, task=[task], action="pause").status_code == 403


def test_a_filter_is_saved_as_a_tab_and_deleted_again(person, make):
    make("web")
    page = person.get(f"{HERE}?q=web&state=failed")

    page = person.send(f"{HERE}filters?q=web&state=failed", page, name="Broken <web>").text

    tab = re.search(r'<li class="open"><a href="([^"]+)" aria-current=page>Broken &lt;web&gt;</a>', page)
    assert tab[1] == "?q=web&amp;state=failed"
    drop = re.search(r'action="(/projects/1/tasks/filters/\d+/delete)"', page)[1]
    assert "Broken" not in person.send(drop, page).text


def test_the_script_of_the_page_is_given_the_list_alone_and_a_clean_address(person, make):
    make("web")

    answer = partly(person, f"{HERE}?q=web&state=&creator=")

    assert "<html" not in answer.text
    assert '<div id="list"' in answer.text
    assert 'id="tabs" class="list-tabs" hx-swap-oob="true"' in answer.text
    assert answer.headers["HX-Push-Url"] == f"{HERE}?q=web"
    assert "HX-Target" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_going_back_in_the_browser_brings_the_whole_page(person):
    assert "<html" in partly(person, HERE, **{"HX-History-Restore-Request": "true"}).text


def test_a_list_renews_itself_only_while_something_goes_on_and_leaves_the_address_alone(person, make):
    make("fresh", starts=False)
    assert "every 5s" not in person.get(HERE)

    make("waiting")
    person.drive()

    assert "every 5s" in person.get(HERE)
    assert "HX-Push-Url" not in partly(person, HERE, **{"HX-Trigger": "list"}).headers


@pytest.mark.parametrize(("query", "text"), [("", "No task yet"), ("?q=nothing", "No task fits")])
def test_an_empty_list_says_what_to_do_next(person, query, text):
    page = person.get(HERE + query)

    assert text in page
    assert ("Show all tasks" in page) == bool(query)


def test_progress_and_elapsed_are_shown(person, make):
    make("waiting")
    person.drive()

    page = person.get(HERE)

    assert re.search(r'<progress max="100" value="33" aria-label="waiting: 33 % done">', page)
    assert re.search(r'<td class="hide-narrow text-nowrap">\d s</td>', page)
