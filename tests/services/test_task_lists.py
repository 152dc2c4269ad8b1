"""Lists of tasks: filters say what the rows show, progress is counted, many tasks take one order."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.services import accounts
from app.services.access import SYSTEM, Actor
from app.services.members import set_member
from app.services.overview import shown_states
from app.services.paging import FIRST
from app.services.saved_filters import MOST, delete_filter, save_filter, saved_filters
from app.services.task_bulk import operate_tasks
from app.services.task_deletion import delete_task
from app.services.task_lists import DRY_RUN, TaskFilter, page_of_tasks
from app.services.task_progress import progress_of
from app.services.task_states import SHOWN_STATES
from app.services.tasks import Wish, create_task, operate_task, start_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.engine.workshop import Workshop

TWO = "start > par ; par > a > join ; par > b > join ; join > end"


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


@pytest.fixture
def make(workshop):
    def one(name: str, tree, *, starts: bool = True, **wish) -> int:
        template = create_template(SYSTEM, workshop.project, name, tree)
        task_id = create_task(SYSTEM, workshop.project, template.id, Wish(name, **wish)).task_id
        if starts:
            start_task(SYSTEM, workshop.project, task_id)
            workshop.drive()
        return task_id

    return one


@pytest.fixture
def every_state(workshop, make):
    """One task in each state, and some in which two states meet."""
    asks, fails, sleeps = "pause_node", "bk_http_request", {"component": {"code": "sleep_timer", "data": {}}}
    made = {
        "not_started": make("new", flow("start > a > end"), starts=False),
        "finished": make("done", flow("start > a > end")),
        "waiting_person": make("asks", flow("start > a > end", plugin=asks)),
        "failed": make("fails", flow("start > a > end", plugin=fails)),
        "failed and waiting": make(
            "both", flow(TWO, plugin=asks, nodes={"b": {"component": {"code": fails, "data": {}}}})
        ),
        "revoked": make("gone", flow("start > a > end", plugin=asks)),
        "paused": make("held", flow("start > a > end", plugin=asks)),
        "running": make("sleeps", flow(TWO, plugin=asks, nodes={"b": sleep_of(sleeps)})),
    }
    operate_task(SYSTEM, workshop.project, made["revoked"], "revoke")
    operate_task(SYSTEM, workshop.project, made["paused"], "pause")
    return made


def sleep_of(node):
    node["component"]["data"] = {"bk_timing": {"hook": False, "value": "3600"}}
    return node


def rows(workshop, **wanted):
    page = page_of_tasks(SYSTEM, workshop.project, TaskFilter(**wanted), FIRST)
    return page.rows


def names(workshop, **wanted) -> list[str]:
    return [row.name for row in rows(workshop, **wanted)]


def test_a_filter_by_state_finds_the_tasks_that_are_shown_in_it(workshop, every_state):
    everything = rows(workshop)
    shown = {row.id: state for row, state in zip(everything, shown_states(everything), strict=True)}

    assert set(shown.values()) == set(SHOWN_STATES)
    for state in SHOWN_STATES:
        assert {row.id for row in rows(workshop, states=[state])} == {i for i, s in shown.items() if s == state}, state
    assert shown[every_state["failed and waiting"]] == "failed"


def test_several_states_are_asked_for_at_once(workshop, every_state):
    assert set(names(workshop, states=["failed", "revoked"])) == {"fails", "both", "gone"}


def test_tasks_are_found_by_a_part_of_their_name_or_by_their_number(workshop, make):
    first = make("Deploy web", flow("start > a > end"), starts=False)
    make(f"after {first}", flow("start > a > end"), starts=False)

    assert names(workshop, search="deploy") == ["Deploy web"]
    assert set(names(workshop, search=str(first))) == {"Deploy web", f"after {first}"}
    assert names(workshop, search="100%") == []
    assert names(workshop, search="9" * 40) == []


def test_progress_counts_the_nodes_that_have_ended(workshop, make, every_state):
    half = make("half", flow("start > a > b > end", nodes={"b": {"component": {"code": "pause_node", "data": {}}}}))

    percent = progress_of(rows(workshop))

    # The start and a of four.
    assert percent[half] == 50
    assert percent[every_state["finished"]] == 100
    assert every_state["not_started"] not in percent


def test_one_order_for_many_tells_what_became_of_each(workshop, every_state):
    asked = [every_state["waiting_person"], every_state["finished"], 987_654]

    told = operate_tasks(SYSTEM, workshop.project, asked, "revoke")

    assert [(o.task_id, bool(o.reason)) for o in told] == list(zip(asked, (False, True, True), strict=True))
    assert "does not exist" in told[2].reason
    assert names(workshop, states=["revoked"]) == ["gone", "asks"]


def test_one_order_is_refused_as_a_whole_when_it_makes_no_sense(workshop):
    with pytest.raises(InvalidInput) as caught:
        operate_tasks(SYSTEM, workshop.project, [], "explode")

    assert [problem.where for problem in caught.value.problems] == ["action", "task"]


def test_a_task_of_another_project_is_not_there(workshop, every_state):
    other = accounts.create_project("Other", 77, "UTC")

    told = operate_tasks(SYSTEM, other, [every_state["waiting_person"]], "revoke")

    assert "does not exist" in told[0].reason
    assert "asks" in names(workshop, states=["waiting_person"])


def test_what_has_ended_or_never_began_can_be_deleted(workshop, every_state):
    for state in ("not_started", "finished", "revoked"):
        delete_task(SYSTEM, workshop.project, every_state[state])
    for state in ("running", "paused", "failed", "waiting_person"):
        with pytest.raises(Refused, match="revoke it first"):
            delete_task(SYSTEM, workshop.project, every_state[state])

    assert {every_state[s] for s in ("not_started", "finished", "revoked")} & {r.id for r in rows(workshop)} == set()
    with pytest.raises(NotFound):
        delete_task(SYSTEM, workshop.project, every_state["finished"])


def test_a_viewer_gives_no_orders(workshop, every_state):
    accounts.create_user("vera", "opensesame")
    set_member(SYSTEM, workshop.project, "vera", "viewer")

    with pytest.raises(NotAllowed):
        operate_tasks(Actor("vera"), workshop.project, [every_state["finished"]], "delete")
    with pytest.raises(NotAllowed):
        delete_task(Actor("vera"), workshop.project, every_state["finished"])


def test_tries_of_single_nodes_can_be_left_out(workshop, make):
    make("try", flow("start > a > end"), starts=False, create_method=DRY_RUN)

    assert names(workshop) == ["try"]
    assert names(workshop, leaves_out=(DRY_RUN,)) == []


class TestSavedFilters:
    @pytest.fixture
    def people(self, workshop):
        for name in ("ann", "bob"):
            accounts.create_user(name, "opensesame")
            set_member(SYSTEM, workshop.project, name, "viewer")
        return Actor("ann"), Actor("bob")

    def test_they_are_each_persons_own_in_each_project(self, workshop, people):
        ann, bob = people
        save_filter(ann, workshop.project, "tasks", "broken", "state=failed")
        other = accounts.create_project("Other", 77, "UTC")
        set_member(SYSTEM, other, "ann", "viewer")

        assert [(f.name, f.query) for f in saved_filters(ann, workshop.project, "tasks")] == [
            ("broken", "state=failed")
        ]
        assert saved_filters(bob, workshop.project, "tasks") == []
        assert saved_filters(ann, other, "tasks") == []
        assert saved_filters(ann, workshop.project, "flows") == []

    def test_one_of_the_same_name_is_changed(self, workshop, people):
        for query in ("state=failed", "state=paused"):
            save_filter(people[0], workshop.project, "tasks", " broken ", query)

        assert [f.query for f in saved_filters(people[0], workshop.project, "tasks")] == ["state=paused"]

    def test_nobody_deletes_anothers(self, workshop, people):
        saved = save_filter(people[0], workshop.project, "tasks", "broken", "state=failed")

        with pytest.raises(NotFound):
            delete_filter(people[1], workshop.project, saved)
        delete_filter(people[0], workshop.project, saved)
        assert saved_filters(people[0], workshop.project, "tasks") == []

    def test_all_that_is_wrong_is_told_at_once(self, workshop, people):
        with pytest.raises(InvalidInput) as caught:
            save_filter(people[0], workshop.project, "nothing", "", "")

        assert [problem.where for problem in caught.value.problems] == ["list", "name", "query"]

    def test_there_are_not_too_many(self, workshop, people):
        for number in range(MOST):
            save_filter(people[0], workshop.project, "tasks", str(number), "q=1")

        with pytest.raises(InvalidInput, match="at most"):
            save_filter(people[0], workshop.project, "tasks", "one more", "q=1")
        save_filter(people[0], workshop.project, "tasks", "3", "q=2")
