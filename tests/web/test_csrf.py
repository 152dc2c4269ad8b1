"""What changes something must come from our own pages; programs with credentials of their own are not asked."""

from __future__ import annotations

import re

import pytest

from app.services import accounts
from app.services.apps import create_app as create_api_app
from app.services.first_start import first_start
from tests.web.test_pages import Person

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with made.app_context():
        first_start(made.config["SLUICE"])
    return made


@pytest.fixture
def person(app):
    with app.app_context():
        person = Person(app)
    person.log_in()
    return person


def token_of(page: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page).group(1)


def addresses(app) -> list[tuple[str, str]]:
    """Return all addresses outside of the APIs that change something, with their methods; ids are 1."""
    apis = {name for name, b in app.blueprints.items() if b.import_name.startswith("app.api")}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in apis]
    return [(m, re.sub(r"<[^>]+>", "1", r.rule)) for r in rules for m in sorted(CHANGING & r.methods)]


def test_every_form_and_every_order_of_our_pages_needs_the_token_of_the_session(app, person):
    found = addresses(app)
    assert len(found) > 20

    for method, path in found:
        assert person.http.open(path, method=method).status_code == 400, (method, path)
        assert person.http.open(path, method=method, headers={"X-CSRF": "guess"}).status_code == 400, (method, path)


def test_a_token_of_another_session_does_not_count(app, person):
    with app.app_context():
        accounts.create_user("eve", "evil evil evil")
    eve = app.test_client()
    foreign = token_of(eve.get("/login").text)

    assert person.http.post("/logout", data={"csrf": foreign}).status_code == 400
    assert person.http.post("/logout", data={"csrf": token_of(person.get("/projects/1/"))}).status_code == 302


def test_a_token_ends_with_the_login_that_it_was_shown_before(person):
    before = token_of(person.get("/projects/1/"))
    person.send("/logout", person.get("/projects/1/"))
    person.log_in()

    assert person.http.post("/logout", data={"csrf": before}).status_code == 400


def test_a_person_reads_what_to_do_and_a_script_gets_json(person):
    page = person.http.post("/logout")
    assert "This form has expired. Go back, reload the page and try again." in page.text
    assert "<h1" in page.text

    told = person.http.post("/projects/1/editor/check", json={"tree": {}})
    assert (told.status_code, told.json["error"]) == (
        400, "This form has expired. Go back, reload the page and try again.",
    )  # fmt: skip


def test_an_app_calls_without_a_token(app):
    with app.app_context():
        create_api_app("ci", "s3cret", is_trusted=True)
    caller = {"bk_app_code": "ci", "bk_app_secret": "s3cret", "bk_username": "admin"}

    answer = app.test_client().post("/apigw/get_tasks_status/2/", json={**caller, "task_id_list": []})

    assert answer.status_code == 200
    assert "CSRF" not in answer.text
