"""How late schedules fire: 10,000 of them, 1,000 due in the same second, two schedulers and two workers on one database.

A fire's lateness is the time from the second that it was due at until its row can be seen from outside, so its commit
is in it, and how often this process looks. The floor is what the raw driver writes in the same run: the rows of a fire,
as many of them in a transaction as the product takes. `python -m benchmarks.schedules` measures this alone.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from app.engine.core.run import Token, Wait
from app.engine.rows import INSERT_TOKEN, token_values
from app.engine.store import Store
from app.engine.store import insert as insert_sql
from app.extensions import db
from app.factory import calm_collector
from app.models.base import to_micros
from app.models.schedules import Schedule
from app.models.tasks import TaskTree
from app.services.access import SYSTEM
from app.services.schedules import Plan, create_schedule
from app.services.templates import create_template
from benchmarks.ground import ROOT, Ground, grounds
from tests.drawing import flow

SCHEDULES, DUE, SCHEDULERS, ROUNDS = 10_000, 1_000, 2, 3
_TOGETHER = 100
_AHEAD = timedelta(seconds=4)
_PATIENCE_S = 60.0


def main() -> None:
    """Measure the firing of schedules on each database, and print it."""
    calm_collector()
    with grounds() as each:
        for ground in each:
            print(ground.name)
            measure_schedules(ground)


def measure_schedules(ground: Ground) -> None:
    """Let 1,000 of 10,000 schedules fall due in one second, a few times over, and print how late they fired."""
    ids = _make_schedules(ground)
    lateness: list[float] = []
    doubles = 0
    with _schedulers(ground):
        for number in range(ROUNDS):
            due = ids[DUE * number : DUE * (number + 1)]
            lateness += (took := _round(due))
            _wait_until_driven()
            doubles += _doubles(due, len(took))
    floor = _floor()
    rate = DUE / statistics.median(max(lateness[DUE * i : DUE * (i + 1)]) for i in range(ROUNDS))
    ordered = sorted(lateness)
    told = f"{statistics.median(ordered):.3f} / {ordered[math.ceil(len(ordered) * 0.99) - 1]:.3f} / {ordered[-1]:.3f}"
    print(f"  {'schedules':44} {'fires/s':>9} {'of floor':>9}   seconds late p50 / p99 / max")
    print(f"  {f'floor: raw driver, {_TOGETHER} fires a commit':44} {floor:9.0f} {'1.00':>9}")
    print(f"  {'S1  1,000 of 10,000 due in one second':44} {rate:9.0f} {rate / floor:9.2f}   {told}")
    print(f"  {len(lateness)} fires in {ROUNDS} rounds, {doubles} doubled\n")


def _make_schedules(ground: Ground) -> list[int]:
    """Make enabled schedules as the service makes them, each with a tree of its own; none is due within hours."""
    template = create_template(SYSTEM, ground.project, "nightly", flow("start > a > b > c > end"))
    first = create_schedule(SYSTEM, ground.project, template.id, "nightly", Plan("cron", "0 3 * * *"))
    tree = _values(db.session.get_one(TaskTree, first.tree_id))
    row = {**_values(first), "is_enabled": True, "next_at": datetime.now(UTC) + timedelta(hours=20)}
    db.session.rollback()
    trees = list(db.session.scalars(insert(TaskTree).returning(TaskTree.id), [tree] * SCHEDULES))
    rows = [{**row, "name": f"nightly {i}", "tree_id": tree_id} for i, tree_id in enumerate(trees)]
    made = list(db.session.scalars(insert(Schedule).returning(Schedule.id), rows))
    db.session.commit()
    return made


def _round(due: list[int]) -> list[float]:
    """Make schedules due at one second soon; returns how late each fire was seen, in seconds."""
    moment = (datetime.now(UTC) + _AHEAD).replace(microsecond=0)
    expression = f"{moment.second} {moment.minute} {moment.hour} * * ?"
    changed = "UPDATE schedule SET form = 'quartz', expression = :e, next_at = :at WHERE id >= :a AND id <= :b"
    db.session.execute(text(changed), {"e": expression, "at": to_micros(moment), "a": due[0], "b": due[-1]})
    db.session.commit()
    counted = text("SELECT count(*) FROM fire WHERE schedule_id >= :a AND schedule_id <= :b")
    lateness: list[float] = []
    while len(lateness) < len(due) and time.time() < moment.timestamp() + _PATIENCE_S:
        time.sleep(0.004)
        found = db.session.scalar(counted, {"a": due[0], "b": due[-1]}) or 0
        db.session.rollback()
        lateness += [time.time() - moment.timestamp()] * (found - len(lateness))
    assert len(lateness) == len(due), f"{len(lateness)} of {len(due)} schedules fired"
    return lateness


def _wait_until_driven() -> None:
    """Let the workers end the tasks of a round, so that rounds do not weigh on one another."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        left = db.session.scalar(
            text("SELECT count(*) FROM task WHERE state = 'running' AND create_method = 'periodic'")
        )
        db.session.rollback()
        if not left:
            return
        time.sleep(0.1)
    raise RuntimeError("the tasks of the schedules do not end")


def _doubles(due: list[int], fired: int) -> int:
    """Count what there is beyond one task and one fire for each schedule."""
    made = text("SELECT count(*) FROM task WHERE create_method = 'periodic' AND create_info IN (SELECT CAST(id AS TEXT)"
                " FROM schedule WHERE id >= :a AND id <= :b)")  # fmt: skip
    fires = text("SELECT count(*) FROM fire WHERE schedule_id >= :a AND schedule_id <= :b")
    between = {"a": due[0], "b": due[-1]}
    found = max(db.session.scalar(made, between) or 0, db.session.scalar(fires, between) or 0)
    db.session.rollback()
    return found - fired


@contextmanager
def _schedulers(ground: Ground) -> Iterator[None]:
    """Run schedulers as processes of their own; inside all of them are at work."""
    settings = ground.app.config["SLUICE"]
    environ = {
        **os.environ, "SLUICE_DATA_DIR": str(settings.data_dir), "SLUICE_DATABASE_URL": settings.database_url,
        "SLUICE_REDIS_URL": settings.redis_url, "SLUICE_SECRET_KEY": settings.secret_key, "TZ": "UTC",
    }  # fmt: skip
    processes: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        logs = [Path(folder) / f"{number}.log" for number in range(SCHEDULERS)]
        try:
            for log in logs:
                with log.open("wb") as output:
                    command = [sys.executable, "-m", "jobs.scheduler"]
                    processes.append(subprocess.Popen(command, cwd=ROOT, env=environ, stderr=output))
            end = time.monotonic() + 30
            while not all("scheduler-begins" in log.read_text() for log in logs):
                assert time.monotonic() < end, "the schedulers do not start"
                time.sleep(0.05)
            yield
        finally:
            for process in processes:
                process.terminate()
                process.wait(20)


def _floor() -> float:
    """Return how many fires a second the raw driver writes, a hundred in a transaction."""
    rates = []
    for number in range(ROUNDS):
        portions = [list(rows_of_fires(10_000_000 + DUE * number + first)) for first in range(0, DUE, _TOGETHER)]
        with Store(db.engine).link() as link:
            begin = time.perf_counter()
            for portion in portions:
                tx = link.begin()
                for sql, rows in portion:
                    tx.many(sql, rows)
                link.commit()
            rates.append(DUE / (time.perf_counter() - begin))
    return statistics.median(rates)


def rows_of_fires(first: int) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Yield the statements of a hundred fires with their rows, from the row of the newest fire's task on."""
    newest = db.session.execute(
        text("SELECT f.schedule_id, t.* FROM fire f JOIN task t ON t.id = f.task_id ORDER BY t.id DESC LIMIT 1")
    ).mappings().one()  # fmt: skip
    tree = (
        db.session.execute(text("SELECT * FROM task_tree WHERE id = :id"), {"id": newest["tree_id"]}).mappings().one()
    )
    db.session.rollback()
    ids, at = range(first, first + _TOGETHER), newest["started_at"]
    task = {k: v for k, v in newest.items() if k != "schedule_id"}
    token = token_values(Token(1, "n0", Wait.READY), None)
    entry = (newest["project_id"], "task", "1", "", "", "", at, "bench", "create", None)
    columns = (
        "project_id",
        "kind",
        "key",
        "app_code",
        "address",
        "node_id",
        "at",
        "actor",
        "action",
        "detail",
        "task_id",
    )
    yield insert_sql("task_tree", tuple(tree)), [tuple({**tree, "id": i}.values()) for i in ids]
    yield insert_sql("task", tuple(task)), [tuple({**task, "id": i, "run_id": i, "tree_id": i}.values()) for i in ids]
    run = ("id", "task_id", "root_id", "path", "state", "is_blocked", "holds", "next_id", "version", "started_at")
    yield insert_sql("run", run), [(i, i, i, "", "finished", False, "[]", 2, 0, at) for i in ids]
    yield INSERT_TOKEN, [(*token, i, i, 1) for i in ids]
    yield insert_sql("journal", columns), [(*entry, i) for i in ids for _ in range(2)]
    fire = ("schedule_id", "fire_at", "state", "task_id", "reason", "left_out", "at")
    yield insert_sql("fire", fire), [(newest["schedule_id"], at + i, "started", i, "", 0, at) for i in ids]
    yield (
        "UPDATE schedule SET next_at = ?, last_run_at = ?, total_run_count = total_run_count + 1 WHERE id = ?",
        [(None, at, newest["schedule_id"]) for _ in ids],
    )


def _values(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name != "id"}


if __name__ == "__main__":
    main()
