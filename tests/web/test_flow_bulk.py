"""One order for the flows that somebody has ticked in the list: labelled, starred, exported into one file, deleted."""

from __future__ import annotations

import re

import pytest

from app.extensions import db
from app.models.flows import FlowSettings
from app.models.templates import Template
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.exchange import import_dat, import_yaml
from app.services.members import set_member
from app.services.schedules import Plan, create_schedule
from app.services.template_details import Details, change_details, labels_of
from app.services.templates import create_template, find_template
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
def flows(project) -> list[int]:
    return [create_template(SYSTEM, project, name, flow("start > a > end")).id for name in ("Drain", "Restore", "Warm")]


def order(app, name="admin", **sent):
    """Send what the form below the list sends, as somebody who is logged in."""
    person = Person(app)
    person.log_in(name)
    token = re.search(r'name="csrf" value="([^"]+)"', person.get(HERE)).group(1)
    return person.http.post(f"{HERE}bulk", data={"csrf": token, **sent})


def test_each_chosen_flow_gets_the_label_and_keeps_its_own(app, project, flows):
    change_details(SYSTEM, project, flows[0], Details(labels=["nightly"]))

    answer = order(app, flow=flows[:2], action="label", label=" web ")

    assert [labels_of(find_template(project, number)) for number in flows] == [["nightly", "web"], ["web"], []]
    assert answer.text.count("list-outcomes") == 1


def test_chosen_flows_stand_first(app, flows):
    assert order(app, flow=flows[1:], action="star").text.count('aria-pressed="true"') >= 2


@pytest.mark.parametrize(("form", "read"), [("yaml", import_yaml), ("dat", import_dat)])
def test_chosen_flows_are_one_file_that_can_be_read_again(app, project, flows, form, read):
    answer = order(app, flow=flows[:2], action=form)

    assert f"flows.{form}" in answer.headers["Content-Disposition"]
    other = accounts.create_project("Two", 3, "UTC")
    assert {made.name for made in read(SYSTEM, other, answer.text)} == {"Drain", "Restore"}


def test_a_draft_is_not_exported_and_is_named(app, project, flows):
    draft = db.session.get_one(Template, flows[0])
    draft.current_version_id = None
    db.session.commit()

    answer = order(app, flow=flows, action="yaml")

    assert answer.status_code == 400
    assert "only published flows are exported; these are not: Drain" in answer.text


def test_deleting_asks_first_and_keeps_what_is_used(app, project, flows):
    create_schedule(SYSTEM, project, flows[0], "Every night", Plan("cron", "0 3 * * *"), is_enabled=True)
    asked = order(app, flow=flows[:2], action="delete").text
    assert "Delete 2 flows?" in asked
    assert find_template(project, flows[1]).name == "Restore"

    told = order(app, flow=flows[:2], action="delete", sure="1").text

    assert "it is used by Every night" in told
    assert db.session.get_one(Template, flows[0]).is_deleted is False
    assert db.session.get_one(Template, flows[1]).is_deleted is True


def test_a_flow_that_runs_in_cycles_is_not_deleted_here(app, project, flows):
    db.session.add(FlowSettings(template_id=flows[0], project_id=project.id, number=7, owners=";"))
    db.session.commit()

    assert "it runs in cycles" in order(app, flow=flows[:1], action="delete", sure="1").text
    assert db.session.get_one(Template, flows[0]).is_deleted is False


def test_a_viewer_may_take_flows_along_and_nothing_else(app, project, flows):
    accounts.create_user("vera", "opensesame")
    set_member(SYSTEM, project, "vera", "viewer")
    person = Person(app)
    person.log_in("vera")
    page = person.get(HERE)
    assert 'value="star"' in page
    assert 'value="delete"' not in page
    assert order(app, "vera", flow=flows, action="yaml").status_code == 200

    refused = order(app, "vera", flow=flows[:1], action="label", label="web").text

    assert "state-failed" in refused
    assert labels_of(find_template(project, flows[0])) == []


def test_flows_of_another_project_are_not_there(app, flows):
    theirs = create_template(SYSTEM, accounts.create_project("Two", 3, "UTC"), "Theirs", flow("start > a > end")).id

    assert "state-failed" in order(app, flow=theirs, action="star").text
    order(app, flow=theirs, action="delete", sure="1")
    assert db.session.get_one(Template, theirs).is_deleted is False


def test_nothing_chosen_is_told(app, flows):
    assert "No flow is chosen" in order(app, action="star").text
