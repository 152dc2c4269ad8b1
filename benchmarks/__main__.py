"""`make bench`: runs the workloads on each database with two workers, and prints them against the floor.

It keeps them as tables in var/figures.md; `python -m benchmarks --keep` puts those into docs/figures.md too.

The floor is what the raw driver writes in the same run: the statements of one node's step and a commit, in a loop.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
import time

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import calm_collector, house_of
from app.models.tasks import Task
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from benchmarks.canvas import measure_canvas
from benchmarks.figures import kept
from benchmarks.floor import steps_per_second
from benchmarks.ground import Ground, grounds
from benchmarks.growth import measure_growth
from benchmarks.lists import measure_lists
from benchmarks.live import measure_live
from benchmarks.schedules import measure_schedules
from tests.drawing import dependencies, flow

ROUNDS = 5


def main() -> None:
    """Run everything and print it."""
    calm_collector()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; medians of {ROUNDS} rounds\n"
    )
    with kept(into_page="--keep" in sys.argv):
        measure_all()


def measure_all() -> None:
    """Run every measurement."""
    with grounds() as each:
        for ground in each:
            measure(ground)
            measure_live(ground)
            measure_schedules(ground)
            measure_growth(ground)
    measure_lists()
    measure_canvas()


def measure(ground: Ground) -> None:
    """Run the workloads on one database."""
    release = ".".join(map(str, db.engine.dialect.server_version_info or ()))
    print(f"{ground.name} {release}\n  {'workload':44} {'nodes/s':>9} {'of floor':>9}   seconds p50 / p99")
    floor = _floor(ground)
    print(f"  {'floor: raw driver, one commit a step':44} {floor:9.0f} {'1.00':>9}")
    row = chain(100)
    _tell("W1  100 nodes in a row", floor, 100, _repeat(ground, row))
    _tell("W2  parallel gateway of 100", floor, 100, _repeat(ground, fork(100)))
    _tell("W3  100 flows of 10 nodes at once", floor, 1000, [_at_once(ground, chain(10), 100) for _ in range(ROUNDS)])
    thousand = _repeat(ground, chain(1000), 3)
    _tell("W4  1,000 nodes in a row", floor, 1000, thousand)
    ten_thousand = _repeat(ground, chain(10_000), 1)
    _tell("W4  10,000 nodes in a row", floor, 10_000, ten_thousand)
    _tell("W6  1,000 steps with random links", floor, 1000, _repeat(ground, steps(1000), 3))
    waits = [_callback(ground) for _ in range(20)]
    print(f"  {'W5  callback to finish':44} {'':9} {'':9}   {_quantiles(waits)}")
    print(f"  from a callback to its flow's end as long as {statistics.median(waits) * floor:.0f} steps of the floor")
    statements, commits, nudges = _counts(ground)
    print(f"  a node of W1 costs {statements:.2f} statements and {commits:.2f} commits; W1 sent {nudges} job(s)\n")


def chain(length: int) -> dict[str, object]:
    """A flow of `length` no-op nodes in a row."""
    return flow("start > " + " > ".join(f"a{i}" for i in range(length)) + " > end")


def fork(width: int) -> dict[str, object]:
    """A parallel gateway of `width` branches of one no-op node."""
    return flow("start > par ; " + " ; ".join(f"par > a{i} > join" for i in range(width)) + " ; join > end")


def steps(count: int) -> dict[str, object]:
    """A dependency graph of no-op steps, each of which waits for up to three of the fifty before it."""
    chance = random.Random(1)
    links = {(chance.randrange(max(0, i - 50), i), i) for i in range(1, count) for _ in range(3)}
    return dependencies(" ; ".join(["a0", *(f"a{before} > a{after}" for before, after in sorted(links))]))


def _repeat(ground: Ground, tree: dict[str, object], rounds: int = ROUNDS) -> list[float]:
    times = []
    for _ in range(rounds):
        task_id = ground.order(tree)
        ground.start(task_id)
        ground.wait([task_id])
        times.append(ground.seconds(task_id))
    return times


def _at_once(ground: Ground, tree: dict[str, object], count: int) -> float:
    task_ids = [ground.order(tree) for _ in range(count)]
    begin = time.perf_counter()
    for task_id in task_ids:
        ground.start(task_id)
    ground.wait(task_ids)
    return time.perf_counter() - begin


def _callback(ground: Ground) -> float:
    task_id = ground.order(flow("start > a > end", plugin="pause_node"))
    ground.start(task_id)
    node_id = next(iter(_tree_of(task_id)["activities"]))
    ground.wait_for_person(task_id)
    begin = time.time()
    operate_node(SYSTEM, ground.project, task_id, NodeOrder(node_id, "callback"))
    ground.wait([task_id])
    return ground.finished_at(task_id) - begin


def _counts(ground: Ground) -> tuple[float, float, int]:
    """Count what one flow of 100 nodes costs when it is driven in this process."""
    dispatcher = InlineDispatcher()
    ground.redis.flushall()
    task_id = ground.order(chain(100))
    root_id = _start_unnudged(ground, task_id)
    room = open_room(db.engine, house_of(ground.app.config["SLUICE"], db.engine), lambda clockwork: dispatcher)
    before = (room.store.counter.statements, room.store.counter.commits)
    room.driver.drive(root_id)
    ground.wait([task_id])
    counter = room.store.counter
    return (counter.statements - before[0]) / 100, (counter.commits - before[1]) / 100, 1 + len(dispatcher.nudged)


def _start_unnudged(ground: Ground, task_id: int) -> int:
    """Start a task so that only this process knows of it."""
    from dataclasses import replace  # noqa: PLC0415

    from app.services import engine  # noqa: PLC0415

    bound = engine.bound()
    engine.bind(replace(bound, dispatcher=InlineDispatcher()))
    try:
        ground.start(task_id)
    finally:
        engine.bind(bound)
    task = db.session.get(Task, task_id)
    assert task is not None
    assert task.run_id is not None
    root_id = task.run_id
    db.session.rollback()
    return root_id


def _floor(ground: Ground) -> float:
    task_id = ground.order(flow("start > a > end", plugin="pause_node"))
    root_id = _start_unnudged(ground, task_id)
    time.sleep(0.3)
    return statistics.median(steps_per_second(db.engine, root_id, 1000 * (i + 1), 1000 * i) for i in range(ROUNDS))


def _tree_of(task_id: int) -> dict[str, dict[str, object]]:
    from app.models.tasks import TaskTree  # noqa: PLC0415

    task = db.session.get(Task, task_id)
    assert task is not None
    body: dict[str, dict[str, object]] = db.session.get_one(TaskTree, task.tree_id).body
    db.session.rollback()
    return body


def _tell(name: str, floor: float, nodes: int, times: list[float]) -> None:
    rate = nodes / statistics.median(times)
    print(f"  {name:44} {rate:9.0f} {rate / floor:9.2f}   {_quantiles(times)}")


def _quantiles(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.3f} / {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.3f}"


if __name__ == "__main__":
    main()
