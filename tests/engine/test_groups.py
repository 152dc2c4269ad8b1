"""Worker groups: nodes of a group are carried out by workers that serve it, whoever moves the rest of the task."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rq import Queue

from app.engine.core.compile import compile_tree
from app.engine.core.groups import group_of
from app.engine.core.tree_reading import parse_tree
from app.engine.dispatch import RqDispatcher
from app.engine.queues import QUEUE, groups_of, live_queues, queue_of, serving, show_life
from app.errors import InvalidInput
from app.services import engine as engine_binding
from app.services import tasks
from app.services.access import SYSTEM
from app.services.measures import measures
from app.services.work import work
from jobs.scheduler import Clock
from jobs.worker import NudgeWorker
from tests.drawing import flow
from tests.engine.workshop import Workshop
from tests.services.scheduling import on_sqlite
from tests.valkey import valkey_server


@pytest.fixture
def valkey():
    with valkey_server() as server:
        yield server.client


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


def in_groups(tree: dict, own: str = "", **groups: str) -> dict:
    """Put nodes of a drawn flow into groups, and with `own` those that are not named."""
    for node_id, group in groups.items():
        tree["activities"][node_id]["worker_group"] = group
    return {**tree, "worker_group": own}


def draw(drawing: str) -> dict:
    return flow(drawing, plugin="recorder")


@pytest.fixture(autouse=True)
def _recorder_is_known(monkeypatch):
    known = {*tasks.known_plugins(), ("recorder", "legacy")}
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)


def die_calling(point: str) -> None:
    if point == "calling":
        raise SystemExit


def names(workshop: Workshop) -> list[str]:
    return [name for name, _ in workshop.recorder.calls]


def test_each_node_runs_where_its_group_is_served(workshop):
    task = workshop.make(in_groups(draw("start > a > b > c > end"), b="gpu"))
    gpu = workshop.open_room("gpu")

    workshop.drive()
    assert names(workshop) == ["a"]
    assert workshop.dispatcher.groups[-1] == "gpu"

    workshop.drive(gpu)
    assert names(workshop) == ["a", "b"]
    assert workshop.dispatcher.groups[-1] == "default"

    workshop.drive()
    assert (names(workshop), task.state) == (["a", "b", "c"], "finished")


@on_sqlite
def test_a_worker_of_a_group_leaves_alone_what_names_none(workshop):
    task = workshop.make(draw("start > a > end"))
    workshop.drive(workshop.open_room("gpu"))
    assert (names(workshop), task.state) == ([], "running")
    workshop.drive(workshop.open_room("gpu", "default"))
    assert task.state == "finished"


@on_sqlite
def test_a_flow_may_name_the_group_of_its_nodes_and_a_node_stay_out_of_it(workshop):
    task = workshop.make(in_groups(draw("start > a > b > end"), "gpu", b="default"))
    workshop.drive(workshop.open_room("gpu"))
    assert names(workshop) == ["a"]
    workshop.drive()
    assert task.state == "finished"


@on_sqlite
def test_branches_of_two_groups_run_side_by_side(workshop):
    task = workshop.make(
        in_groups(draw("start > par ; par > a > join ; par > b > join ; join > end"), a="gpu", b="disk")
    )
    workshop.drive()
    assert names(workshop) == []
    workshop.drive(workshop.open_room("disk"))
    assert names(workshop) == ["b"]
    workshop.drive(workshop.open_room("gpu"))
    assert task.state == "finished"


@on_sqlite
def test_a_worker_that_served_the_group_and_died_is_followed_by_one_that_serves_it(workshop):
    workshop.make(in_groups(draw("start > a > end"), a="gpu"))
    workshop.drive()
    gpu, heir = workshop.open_room("gpu"), workshop.open_room("gpu")
    workshop.recorder.idempotent = True
    workshop.fault = die_calling
    with pytest.raises(SystemExit):
        workshop.drive(gpu)
    workshop.fault = lambda point: None
    workshop.pass_time(60)
    workshop.drive()
    assert names(workshop) == []
    workshop.drive(heir)
    assert names(workshop) == ["a"]


def test_nodes_of_a_subprocess_are_in_the_group_of_the_flow_above_unless_they_name_one():
    inner = in_groups(draw("start > x > y > end"), y="disk")
    outer = draw("start > a > end")
    outer["activities"]["a"] = {
        **outer["activities"]["a"], "type": "SubProcess", "template_id": "1", "pipeline": inner, "constants": {},
    }  # fmt: skip
    del outer["activities"]["a"]["component"]

    graph = compile_tree(parse_tree({**outer, "worker_group": "gpu"}))

    child = graph.nodes["a"].child
    assert (group_of(graph.nodes["a"]), group_of(child.nodes["x"]), group_of(child.nodes["y"])) == ("*", "gpu", "disk")


def test_a_name_that_can_be_no_group_is_refused():
    with pytest.raises(InvalidInput, match="is no worker group"):
        parse_tree(in_groups(draw("start > a > end"), a="g'pu"))


def test_a_set_of_groups_has_a_queue_of_its_own_whatever_its_order():
    assert queue_of(["default"]) == QUEUE
    assert queue_of(["gpu", "default"]) == queue_of(["default", "gpu", "gpu"])
    assert groups_of(queue_of(["gpu", "disk"])) == {"gpu", "disk"}


def test_a_nudge_goes_to_the_queues_whose_workers_serve_the_group(valkey):
    assert live_queues(valkey) == [QUEUE]
    for groups in (["gpu"], ["gpu", "default"], ["disk"]):
        show_life(valkey, queue_of(groups))
    queues = live_queues(valkey)

    assert queues[0] == queue_of(["gpu", "default"])
    assert set(serving(queues, "gpu")) == {queue_of(["gpu"]), queue_of(["gpu", "default"])}
    assert serving(queues, "default") == [queue_of(["gpu", "default"])]
    assert serving(queues, "none of these") == []


def test_what_waits_for_a_group_is_told_until_a_worker_serves_it(app, workshop, valkey):
    workshop.make(in_groups(draw("start > par ; par > a > join ; par > b > join ; join > end"), "gpu"))
    workshop.drive()
    dispatcher = RqDispatcher(valkey)
    engine_binding.bind(replace(engine_binding.bound(), dispatcher=dispatcher))

    assert work(SYSTEM).groups == {"gpu": 2}
    assert measures()["sluice_unserved"][1] == {"gpu": 2}

    worker = NudgeWorker([queue_of(["gpu", "disk"])], connection=valkey)
    worker.register_birth()
    assert [seen.groups for seen in dispatcher.report().workers] == [["disk", "gpu"]]
    assert measures()["sluice_unserved"][1] == {"": 0}


def test_jobs_reach_the_workers_of_their_group_through_a_queue_of_their_own(valkey):
    for groups in (["default"], ["gpu"]):
        show_life(valkey, queue_of(groups))
    dispatcher = RqDispatcher(valkey)

    dispatcher.nudge(7, "gpu")
    dispatcher.nudge(8, "default")
    dispatcher.nudge(9)

    def roots(queue: str) -> list[int]:
        return [job.args[0] for job in Queue(queue, connection=valkey).jobs]

    assert (roots(queue_of(["gpu"])), roots(QUEUE)) == ([7, 9], [8, 9])


def test_each_kind_of_worker_gets_its_own_sweep_and_the_other_ticks_come_once(valkey):
    for groups in (["default"], ["gpu"]):
        show_life(valkey, queue_of(groups))
    clock = Clock(queue_name=QUEUE, connection=valkey, interval=1)
    clock.beat()

    def ticks(queue: str) -> list[str]:
        return sorted(job.func_name.rpartition(".")[2] for job in Queue(queue, connection=valkey).jobs)

    assert ticks(queue_of(["gpu"])) == ["sweep"]
    assert {"sweep", "fire_due", "deliver_due"} <= set(ticks(QUEUE))
