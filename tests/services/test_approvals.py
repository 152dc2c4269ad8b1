"""What waits for people: nodes to confirm and orders to take, shown to whom it concerns."""

from __future__ import annotations

import pytest

from app.services import accounts
from app.services.access import SYSTEM, Actor
from app.services.approvals import count_waiting, orders_to_take, waiting_nodes
from app.services.members import set_member
from app.services.nodes import NodeOrder, operate_node
from app.services.task_deletion import delete_task
from app.services.tasks import Wish, claim_task, create_task, operate_task, start_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


@pytest.fixture
def ann(workshop) -> Actor:
    """An operator of the project."""
    accounts.create_user("ann", "opensesame")
    set_member(SYSTEM, workshop.project, "ann", "operator")
    return Actor("ann")


ASKS = flow("start > a > end", plugin="pause_node", inputs={"a": {"description": "Shall ${what} go live?"}},
            constants={"${what}": {"value": "it"}})  # fmt: skip


def start(workshop, tree, name="release", **values) -> int:
    template = create_template(SYSTEM, workshop.project, name, tree)
    made = create_task(SYSTEM, workshop.project, template.id, Wish(name, values))
    start_task(SYSTEM, workshop.project, made.task_id)
    workshop.drive()
    return made.task_id


def order(workshop, name="order") -> int:
    template = create_template(SYSTEM, workshop.project, name, ASKS)
    return create_task(SYSTEM, workshop.project, template.id, Wish(name, flow_type="common_func")).task_id


def test_a_node_that_waits_is_shown_with_its_question(workshop, ann):
    task_id = start(workshop, ASKS, **{"${what}": "version 7"})

    node = waiting_nodes(ann, workshop.project)[0]

    assert (node.task_id, node.task_name, node.name) == (task_id, "release", "a")
    assert node.question == "Shall version 7 go live?"
    assert node.since == workshop.now


def test_a_node_in_a_subprocess_is_found_by_its_own_name(workshop, ann):
    inner = flow("start > approve > end", plugin="pause_node")
    start(workshop, flow("start > sub > end", pipelines={"sub": inner}))

    assert [node.name for node in waiting_nodes(ann, workshop.project)] == ["approve"]


def test_a_node_that_was_confirmed_waits_no_more(workshop, ann):
    task_id = start(workshop, ASKS)
    assert count_waiting(ann, workshop.project) == 1
    node = waiting_nodes(ann, workshop.project)[0]

    operate_node(ann, workshop.project, task_id, NodeOrder(node.node_id, "callback", body={"by": "ann"}))
    workshop.drive()

    assert waiting_nodes(ann, workshop.project) == []
    assert count_waiting(ann, workshop.project) == 0


def test_what_does_not_run_waits_for_nobody(workshop, ann):
    revoked, paused = start(workshop, ASKS), start(workshop, ASKS, "held")
    operate_task(SYSTEM, workshop.project, revoked, "revoke")
    operate_task(SYSTEM, workshop.project, paused, "pause")

    assert waiting_nodes(ann, workshop.project) == []
    assert count_waiting(ann, workshop.project) == 0


def test_an_order_is_for_all_until_one_claims_it_and_then_for_that_one(workshop, ann):
    task_id = order(workshop)
    assert [o.name for o in orders_to_take(ann, workshop.project)] == ["order"]

    claim_task(ann, workshop.project, task_id)

    assert [o.claimant for o in orders_to_take(ann, workshop.project)] == ["ann"]
    assert orders_to_take(SYSTEM, workshop.project) == []
    assert (count_waiting(ann, workshop.project), count_waiting(SYSTEM, workshop.project)) == (1, 0)

    start_task(ann, workshop.project, task_id)
    assert orders_to_take(ann, workshop.project) == []


def test_an_order_that_was_deleted_is_for_nobody(workshop, ann):
    delete_task(SYSTEM, workshop.project, order(workshop))

    assert orders_to_take(ann, workshop.project) == []
    assert count_waiting(ann, workshop.project) == 0


def test_nothing_waits_for_one_who_may_only_look(workshop):
    accounts.create_user("vera", "opensesame")
    set_member(SYSTEM, workshop.project, "vera", "viewer")
    start(workshop, ASKS)

    assert len(waiting_nodes(Actor("vera"), workshop.project)) == 1
    assert count_waiting(Actor("vera"), workshop.project) == 0


def test_another_projects_nodes_and_orders_are_not_shown(workshop, ann):
    start(workshop, ASKS)
    order(workshop)
    other = accounts.create_project("Other", 77, "UTC")

    assert (waiting_nodes(SYSTEM, other), orders_to_take(SYSTEM, other), count_waiting(SYSTEM, other)) == ([], [], 0)
