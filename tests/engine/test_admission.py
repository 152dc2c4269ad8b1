"""Room for tasks: above the limits they wait, and never more run than may, however many end at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask import current_app
from sqlalchemy import func, select

from app.engine.admission import Limits, let_in
from app.extensions import db
from app.models.base import to_micros
from app.models.projects import Project
from app.models.tasks import Task
from app.services import engine as engine_binding
from app.services.access import SYSTEM
from app.services.reading import task_status
from app.services.tasks import Wish, create_task_of_tree, operate_task
from tests.drawing import flow
from tests.engine.workshop import Workshop
from tests.services.scheduling import on_sqlite

WAITING = flow("start > a > end", plugin="pause_node")


class Limited(Workshop):
    """A workshop where not all tasks may run at once."""

    def limit(self, total: int = 0, per_project: int = 0) -> None:
        """Set the limits, of the processes that start and of those that drive."""
        self.limits = Limits(total, per_project)
        bound = engine_binding.bound()
        bound.loader.limits = self.limits
        bound.loader._orders.clear()
        self.room = self.open_room()
        self.room.driver._claims._open_flight.__self__.limits = self.limits

    def start(self, project: Project | None = None, priority: int = 0, tree=WAITING) -> int:
        """Start a task that waits for a person."""
        made = create_task_of_tree(
            SYSTEM, project or self.project, tree, Wish("a task", priority=priority), starts=True
        )
        self.drive()
        return made.task_id

    def revoke(self, task_id: int, project: Project | None = None) -> None:
        """End a task."""
        operate_task(SYSTEM, project or self.project, task_id, "revoke")

    def running(self) -> set[int]:
        """The tasks that have room."""
        return self._ids(~Task.waits_for_room)

    def waiting(self) -> set[int]:
        """The tasks that wait for it."""
        return self._ids(Task.waits_for_room)

    def at_once(self, *, starts: int = 0, ends: Iterable[int] = ()) -> list[int]:
        """Start tasks and end others, each in a thread; returns how many ran whenever one had started or ended."""
        project_id, app, seen = self.project.id, current_app._get_current_object(), []
        orders = [partial(_start_one, project_id)] * starts + [partial(_end_one, project_id, id_) for id_ in ends]
        together = threading.Barrier(len(orders), timeout=60)

        def carry_out(order: Callable[[], None]) -> None:
            with app.app_context():
                together.wait()
                order()
                seen.append(db.session.scalar(select(func.count()).select_from(Task).where(_RUNS)))

        with ThreadPoolExecutor(len(orders)) as pool:
            list(pool.map(carry_out, orders))
        return seen

    def sweep(self) -> None:
        """Let in what was missed: a task that was held back while the last end, not yet written, saw nobody wait."""
        with self.room.store.transaction() as tx:
            let_in(tx, self.limits, to_micros(self.now))

    def _ids(self, condition) -> set[int]:
        db.session.rollback()
        return set(db.session.scalars(select(Task.id).where(Task.state.in_(("running", "paused")), condition)))


_RUNS = (Task.state == "running") & ~Task.waits_for_room


def _start_one(project_id: int) -> None:
    project = db.session.get_one(Project, project_id)
    create_task_of_tree(SYSTEM, project, WAITING, Wish("one of many"), starts=True)


def _end_one(project_id: int, task_id: int) -> None:
    operate_task(SYSTEM, db.session.get_one(Project, project_id), task_id, "revoke")


@pytest.fixture
def workshop(app) -> Limited:
    return Limited()


@on_sqlite
def test_without_limits_every_started_task_runs(workshop):
    started = {workshop.start() for _ in range(3)}
    assert (workshop.running(), workshop.waiting()) == (started, set())


def test_a_task_above_the_limit_waits_and_the_one_that_ends_lets_it_in(workshop):
    workshop.limit(total=2)
    first, second, third = (workshop.start() for _ in range(3))
    assert (workshop.running(), workshop.waiting()) == ({first, second}, {third})
    assert nodes_of(workshop, third) == {}

    workshop.revoke(first)
    assert workshop.running() == {second, third}
    workshop.drive()
    assert "waiting_person" in nodes_of(workshop, third).values()


@on_sqlite
def test_a_worker_that_ends_a_task_goes_on_with_the_one_that_it_lets_in(workshop):
    workshop.limit(total=1)
    quick = flow("start > a > end")
    made = [create_task_of_tree(SYSTEM, workshop.project, quick, Wish(str(i)), starts=True).task_id for i in range(4)]
    assert workshop.waiting() == set(made[1:])

    workshop.room.driver.drive(workshop.dispatcher.nudged.popleft())

    db.session.rollback()
    assert set(db.session.scalars(select(Task.state))) == {"finished"}


@on_sqlite
def test_each_project_has_room_of_its_own(workshop):
    other = Project(name="Other", biz_id=8, time_zone="UTC", created_at=workshop.now)
    db.session.add(other)
    db.session.commit()
    workshop.limit(total=3, per_project=1)
    own = [workshop.start() for _ in range(2)]
    others = [workshop.start(other) for _ in range(2)]
    assert workshop.running() == {own[0], others[0]}

    workshop.revoke(others[0], other)
    assert workshop.running() == {own[0], others[1]}


@on_sqlite
def test_of_those_that_wait_the_highest_priority_goes_first_and_then_the_oldest(workshop):
    workshop.limit(per_project=1)
    running = workshop.start()
    low, old, new = workshop.start(priority=-1), workshop.start(), workshop.start()
    high = workshop.start(priority=5)

    order = []
    for _ in range(4):
        workshop.revoke(running)
        (running,) = workshop.running()
        order.append(running)
    assert order == [high, old, new, low]


def test_a_task_that_waits_may_be_paused_resumed_and_revoked(workshop):
    workshop.limit(total=1)
    running, paused, resumed, revoked = (workshop.start() for _ in range(4))
    for action, task in (("pause", paused), ("pause", resumed), ("resume", resumed), ("revoke", revoked)):
        operate_task(SYSTEM, workshop.project, task, action)
        workshop.drive()
    assert (workshop.running(), workshop.waiting()) == ({running}, {paused, resumed})
    assert nodes_of(workshop, resumed) == {}

    workshop.revoke(running)
    workshop.drive()
    assert (workshop.running(), nodes_of(workshop, paused)) == ({paused}, {})
    operate_task(SYSTEM, workshop.project, paused, "resume")
    workshop.drive()
    assert "waiting_person" in nodes_of(workshop, paused).values()
    workshop.revoke(paused)
    workshop.drive()
    assert "waiting_person" in nodes_of(workshop, resumed).values()


@on_sqlite
def test_the_sweep_lets_in_what_nobody_has(workshop):
    workshop.limit(total=1)
    workshop.start()
    waiting = workshop.start()
    with workshop.room.store.transaction() as tx:
        assert let_in(tx, Limits(total=2), to_micros(workshop.now)) == 1
    assert waiting in workshop.running()


def test_however_many_start_and_end_at_once_as_many_run_as_may_and_never_more(workshop):
    workshop.limit(total=3)
    seen = []
    for _ in range(3):
        seen += workshop.at_once(starts=6)
        running, waiting = workshop.running(), workshop.waiting()
        assert (len(running), len(waiting)) == (3, 3)

        seen += workshop.at_once(ends=running)
        assert (workshop.running(), workshop.waiting()) == (waiting, set())

        seen += workshop.at_once(starts=6, ends=waiting)
        workshop.sweep()
        assert (len(workshop.running()), len(workshop.waiting())) == (3, 3)

        seen += workshop.at_once(ends=workshop.running() | workshop.waiting())
        assert (workshop.running(), workshop.waiting()) == (set(), set())
    assert max(seen) <= 3


def nodes_of(workshop: Workshop, task_id: int) -> dict[str, str]:
    """The states of the nodes that call something."""
    db.session.rollback()
    status = task_status(SYSTEM, workshop.project, task_id)
    return {id_: node.state for id_, node in status.nodes.items() if node.state.startswith("waiting")}
