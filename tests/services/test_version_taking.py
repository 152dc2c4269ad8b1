"""Flows that hold an older version of a subprocess take the current one, many at once."""

from __future__ import annotations

import pytest
from flask import current_app

from app.errors import NotAllowed
from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project
from app.services.members import set_member
from app.services.template_uses import uses_of
from app.services.templates import create_template, find_template, update_template, version_of
from app.services.version_taking import take_current_version
from tests.drawing import flow, variable
from tests.web.test_pages import Person


@pytest.fixture
def project(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        accounts.create_user("admin", "opensesame", is_admin=True)
        accounts.create_user("vera", "opensesame")
        project = accounts.create_project("One", 2, "UTC")
        set_member(SYSTEM, project, "vera", "viewer")
        yield find_project(SYSTEM, 2)


@pytest.fixture
def child(project):
    return create_template(SYSTEM, project, "Drain", asking(who={"value": "nobody"}, old={})).id


def asking(**variables) -> dict:
    """A flow whose variables are asked of who runs it."""
    named = {f"${{{name}}}": variable(f"${{{name}}}", **changes) for name, changes in variables.items()}
    return flow("start > a > end", constants=named)


def parent(project, child_id: int, *, given: dict | None = None, constants: dict | None = None, **held) -> int:
    """A flow with the child as its node `sub`, which holds the version that the child has now."""
    version = version_of(find_template(project, child_id))
    inputs = {key: {**c, **(given or {}).get(key, {})} for key, c in version.tree["constants"].items()}
    node = {"template_id": str(child_id), "version": version.digest, "constants": inputs, **held}
    tree = flow("start > sub > end", nodes={"sub": node}, constants=constants or {})
    tree["activities"]["sub"].pop("pipeline")
    return create_template(SYSTEM, project, f"Parent {len(held)}{bool(constants)}", tree).id


def node_of(project, template_id: int) -> dict:
    return version_of(find_template(project, template_id)).tree["activities"]["sub"]


def take(project, child_id: int, *holders: int, actor: Actor = SYSTEM) -> list[str]:
    return [o.reason for o in take_current_version(actor, project, find_template(project, child_id), holders)]


def test_many_flows_take_the_current_version_at_once(project, child):
    holders = [parent(project, child, given={"${who}": {"value": "everybody"}}) for _ in range(2)]
    update_template(SYSTEM, project, child, asking(who={"value": "somebody"}, why={"value": "because"}))

    assert take(project, child, *holders) == ["", ""]

    current = version_of(find_template(project, child)).digest
    for holder in holders:
        held = node_of(project, holder)
        assert held["version"] == current
        assert {key: c["value"] for key, c in held["constants"].items()} == {"${who}": "everybody", "${why}": "because"}
        assert version_of(find_template(project, holder)).number == 2
    assert {used.version for used in uses_of(SYSTEM, project, find_template(project, child)).flows} == {2}


def test_a_value_for_a_variable_that_has_become_of_another_type_is_not_kept(project, child):
    holder = parent(project, child, given={"${who}": {"value": "everybody"}})
    update_template(SYSTEM, project, child, asking(who={"value": 7, "custom_type": "int"}))

    assert take(project, child, holder) == [""]
    assert node_of(project, holder)["constants"]["${who}"]["value"] == 7


def test_a_flow_whose_own_variable_would_lose_its_input_is_left_to_a_person_and_stops_no_other(project, child):
    hooked = {"${mine}": variable("${mine}", source_type="component_inputs", source_info={"sub": ["${old}"]})}
    asks, does_not = parent(project, child, constants=hooked), parent(project, child)
    before = node_of(project, asks)
    update_template(SYSTEM, project, child, asking(who={}))

    left, taken = take(project, child, asks, does_not)

    assert ("${old}" in left, "${mine}" in left, taken) == (True, True, "")
    assert node_of(project, asks) == before


def test_all_that_a_flow_would_lose_is_told_in_the_readers_language(project, child):
    hooked = {
        f"${{{name}}}": variable(f"${{{name}}}", source_type="component_inputs", source_info={"sub": [key]})
        for name, key in (("mine", "${old}"), ("yours", "${who}"))
    }
    holder = parent(project, child, constants=hooked)
    update_template(SYSTEM, project, child, asking(other={}))
    person, here = Person(current_app), f"/projects/1/flows/{child}/uses"
    person.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    person.log_in()

    told = person.send(here, person.get(here), flow=str(holder)).text

    assert "输入 ${old} 来自变量 ${mine}" in told
    assert "输入 ${who} 来自变量 ${yours}" in told


def test_what_is_up_to_date_or_always_the_latest_stays_as_it_is(project, child):
    latest, current = parent(project, child, always_use_latest=True), parent(project, child)
    update_template(SYSTEM, project, child, asking(who={}))
    assert take(project, child, current) == [""]

    assert all("already" in reason for reason in take(project, child, latest, current))
    assert version_of(find_template(project, latest)).number == 1


def test_only_who_may_edit_may_let_flows_take_a_version(project, child):
    holder = parent(project, child)
    update_template(SYSTEM, project, child, asking(who={}))

    with pytest.raises(NotAllowed):
        take(project, child, holder, actor=Actor("vera"))
    assert node_of(project, holder)["version"] != version_of(find_template(project, child)).digest


def test_the_page_offers_it_where_a_flow_is_behind_and_tells_what_became_of_it(project, child):
    holder = parent(project, child)
    update_template(SYSTEM, project, child, asking(who={}))
    person, here = Person(current_app), f"/projects/1/flows/{child}/uses"
    person.log_in()
    page = person.get(here)
    assert "1 version behind" in page

    told = person.send(here, page, flow=str(holder)).text

    assert "done" in told
    assert "version behind" not in told
    assert "Let the chosen ones take" not in told
