"""What waits for people: nodes to confirm and orders to take, shown to whom it concerns."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import InvalidInput, NotAllowed, Refused
from app.extensions import db
from app.models.tasks import FunctionTask
from app.services import accounts
from app.services.access import SYSTEM, Actor
from app.services.approvals import count_waiting, orders_to_take, waiting_nodes
from app.services.function_orders import reject_order, takers, transfer_order
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


@pytest.fixture
def ben(workshop) -> Actor:
    """Another operator of the project."""
    accounts.create_user("ben", "opensesame")
    set_member(SYSTEM, workshop.project, "ben", "operator")
    return Actor("ben")


class TestOrders:
    def test_a_rejected_order_waits_for_nobody_and_is_never_carried_out(self, workshop, ann, ben):
        task_id = order(workshop)

        reject_order(ann, workshop.project, task_id)

        assert orders_to_take(ben, workshop.project) == []
        with pytest.raises(Refused, match="rejected by ann"):
            claim_task(ben, workshop.project, task_id)
        with pytest.raises(Refused, match="you cannot start it now"):
            start_task(ben, workshop.project, task_id)

    def test_only_an_order_that_nobody_has_is_rejected(self, workshop, ann, ben):
        task_id = order(workshop)
        claim_task(ann, workshop.project, task_id)

        with pytest.raises(Refused, match="task with status:claimed cannot be rejected"):
            reject_order(ben, workshop.project, task_id)

    def test_who_has_an_order_hands_it_on(self, workshop, ann, ben):
        task_id = order(workshop)
        claim_task(ann, workshop.project, task_id)

        transfer_order(ann, workshop.project, task_id, "ben")

        assert [(o.task_id, o.claimant) for o in orders_to_take(ben, workshop.project)] == [(task_id, "ben")]
        assert orders_to_take(ann, workshop.project) == []
        entry = db.session.scalar(select(FunctionTask).where(FunctionTask.task_id == task_id))
        assert (entry.predecessor, entry.transferred_at, entry.status) == ("ann", workshop.now, "claimed")

    def test_nobody_else_hands_an_order_on_and_nobody_gets_one_who_may_not_operate(self, workshop, ann, ben):
        accounts.create_user("vera", "opensesame")
        set_member(SYSTEM, workshop.project, "vera", "viewer")
        task_id = order(workshop)

        with pytest.raises(Refused, match="task with status:submitted cannot be transferred"):
            transfer_order(ann, workshop.project, task_id, "ben")
        claim_task(ann, workshop.project, task_id)
        with pytest.raises(Refused, match="only be transferred by claimant"):
            transfer_order(ben, workshop.project, task_id, "ben")
        for name in ("vera", "nobody", "ann"):
            with pytest.raises(InvalidInput, match="another operator"):
                transfer_order(ann, workshop.project, task_id, name)
        assert takers(ann, workshop.project) == ["ben"]

    def test_who_may_only_look_neither_rejects_nor_hands_on(self, workshop, ann):
        accounts.create_user("vera", "opensesame")
        set_member(SYSTEM, workshop.project, "vera", "viewer")
        task_id = order(workshop)

        for refused in (reject_order, lambda *given: transfer_order(*given, "ann")):
            with pytest.raises(NotAllowed):
                refused(Actor("vera"), workshop.project, task_id)
