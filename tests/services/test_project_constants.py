"""The constants of a project: who sets them at the same time, how many there may be, and which flows use them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from app.errors import NotFound
from app.extensions import db
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.project_constants import drop_constant, known_constants, set_constant


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
