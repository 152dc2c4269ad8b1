"""Lists by pages: forth and back, while rows come and go."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.tasks import Task
from app.services.access import SYSTEM
from app.services.paging import FIRST, Place, page_of
from app.services.tasks import Wish, create_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


@pytest.fixture
def make(workshop):
    template = create_template(SYSTEM, workshop.project, "flow", flow("start > a > end"))

    def some(count: int, name: str = "task") -> list[int]:
        return [create_task(SYSTEM, workshop.project, template.id, Wish(name)).task_id for _ in range(count)]

    return some


def look(place: Place):
    page = page_of(select(Task.id), [Task.id], place, 3)
    db.session.rollback()
    return page


def ids(page) -> list[int]:
    return [row.id for row in page.rows]


def test_a_list_is_gone_through_to_its_end_and_back_to_its_beginning(make):
    made = make(8)[::-1]

    first = look(FIRST)
    second = look(Place(first.older))
    third = look(Place(second.older))
    assert [ids(first), ids(second), ids(third)] == [made[:3], made[3:6], made[6:]]
    assert (first.newer, third.older) == (None, None)

    again = look(Place(third.newer, is_back=True))
    assert ids(again) == made[3:6]
    assert ids(look(Place(again.newer, is_back=True))) == made[:3]


def test_rows_that_come_meanwhile_move_no_page(make):
    made = make(6)[::-1]
    first = look(FIRST)
    make(4)

    assert ids(look(Place(first.older))) == made[3:]


def test_going_back_to_what_is_less_than_a_page_shows_the_first_page_whole(make):
    made = make(5)[::-1]

    page = look(Place((made[2],), is_back=True))

    assert ids(page) == made[:3]
    assert page.newer is None


def test_a_page_whose_rows_are_gone_leads_back(make):
    made = make(3)[::-1]

    page = look(Place((made[-1],)))

    assert (ids(page), page.newer, page.older) == ([], (made[-1],), None)


@pytest.mark.parametrize("keys", [(), (1, 2), (1, 2, 3)])
def test_keys_that_are_not_this_lists_show_its_beginning(make, keys):
    made = make(4)[::-1]

    assert ids(look(Place(keys))) == made[:3]


def test_a_list_can_be_ordered_by_several_keys(make):
    four = make(4)
    db.session.execute(update(Task).where(Task.id.in_((four[0], four[2]))).values(template_version_id=7))
    db.session.commit()
    order = [Task.template_version_id, Task.id]

    first = page_of(select(Task.id), order, FIRST, 1)
    rest = page_of(select(Task.id), order, Place(first.older), 9)

    assert ids(first) + ids(rest) == [four[2], four[0], four[3], four[1]]
