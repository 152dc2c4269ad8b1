"""The constants of a project: who sets them at the same time, how many there may be, and which flows use them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from app.errors import InvalidInput, NotFound, Refused
from app.extensions import db
from app.services import accounts, project_constants
from app.services.access import SYSTEM, find_project
from app.services.project_constants import drop_constant, known_constants, list_constants, set_constant
from app.services.templates import create_template
from tests.drawing import flow, variable


@pytest.fixture
def app(make_app, database_url):
    made = make_app(database_url)
    with made.app_context():
        accounts.create_project("One", 2, "UTC")
        yield made


@pytest.fixture
def project(app):
    return find_project(SYSTEM, 2)


def all_at_once(app, order: Callable[[int], None], count: int = 8) -> list[Exception]:
    """Give an order in threads of their own; returns what went wrong."""
    barrier, wrong = threading.Barrier(count), list[Exception]()

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait(30)
            try:
                order(number)
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return wrong


def test_of_many_who_set_a_constant_at_once_the_last_one_stays(app, project):
    wrong = all_at_once(app, lambda number: set_constant(SYSTEM, find_project(SYSTEM, 2), "region", number))

    assert wrong == []
    ((key, _, value),) = known_constants(SYSTEM, project)
    assert (key, value in range(8)) == ("region", True)


def test_of_many_who_take_it_away_at_once_one_does_and_the_others_are_told(app, project):
    set_constant(SYSTEM, project, "region", "north")
    wrong = all_at_once(app, lambda number: drop_constant(SYSTEM, find_project(SYSTEM, 2), "region"))

    assert [type(error) for error in wrong] == [NotFound] * 7
    assert known_constants(SYSTEM, project) == []


def test_a_new_constant_takes_the_place_of_none(project):
    set_constant(SYSTEM, project, "region", "north", seen="")
    with pytest.raises(InvalidInput, match="there is a constant region already"):
        set_constant(SYSTEM, project, "region", "south", seen="")

    assert known_constants(SYSTEM, project) == [("region", "", "north")]


def test_a_change_of_what_somebody_has_changed_or_taken_away_meanwhile_is_refused(project):
    set_constant(SYSTEM, project, "region", "north")
    (seen,) = list_constants(SYSTEM, project)
    set_constant(SYSTEM, project, "region", "south", seen=seen.mark)

    with pytest.raises(Refused, match="somebody has changed region"):
        set_constant(SYSTEM, project, "region", "west", seen=seen.mark)
    drop_constant(SYSTEM, project, "region")
    with pytest.raises(Refused, match="or taken it away"):
        set_constant(SYSTEM, project, "region", "west", seen=seen.mark)


def test_a_project_has_no_more_constants_than_its_tasks_can_carry(project, monkeypatch):
    monkeypatch.setattr(project_constants, "MOST_CONSTANTS", 2)
    monkeypatch.setattr(project_constants, "MOST_IN_ALL", 20)
    set_constant(SYSTEM, project, "a", "x" * 8)
    set_constant(SYSTEM, project, "b", "x" * 7)
    with pytest.raises(InvalidInput, match="at most 2 constants"):
        set_constant(SYSTEM, project, "c", 1)
    with pytest.raises(InvalidInput, match="at most 20 characters in all"):
        set_constant(SYSTEM, project, "b", "x" * 9)

    set_constant(SYSTEM, project, "b", "x" * 8)
    set_constant(SYSTEM, project, "a", "x")


def test_the_flows_that_use_a_constant_are_told_the_common_ones_too(project):
    def using(text: str):
        return flow("start > a > end", constants={"${where}": variable("${where}", value=text)})

    create_template(SYSTEM, project, "Bare", using("${_env_region}"))
    create_template(SYSTEM, None, "Common", using("${_env_region}"))
    create_template(SYSTEM, project, "On its own line", using("${\n_env_region\n}"))
    create_template(SYSTEM, project, "Others", using("${_env_regional} ${my_env_region}"))
    set_constant(SYSTEM, project, "region", "north")

    (found,) = list_constants(SYSTEM, project)
    assert [(use.name, use.is_common) for use in found.flows] == [
        ("Bare", False), ("Common", True), ("On its own line", False),
    ]  # fmt: skip
