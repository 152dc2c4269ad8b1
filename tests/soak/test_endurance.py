"""The whole product for minutes or hours, while each kind of its processes is killed again and again.

`make soak MINUTES=120` makes it two hours; without it, three minutes. What must hold is asked of the database at the end; if it
does, the figures are in `var/endurance.md`, as the table of docs/figures.md.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from app.engine.core.run import OUTCOME_UNKNOWN
from tests.drawing import flow
from tests.startup.test_supervise import ROOT, Product, eventually

MINUTES = float(os.environ.get("MINUTES") or 3)
KINDS = ("granian", "jobs.worker", "jobs.scheduler", "valkey-server")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(int(MINUTES * 60) + 600)]
PAGE = os.sysconf("SC_PAGE_SIZE")
PROJECT = 2


def script(effects: Path, name: str) -> dict[str, str]:
    """The inputs of a node whose effect is a line in a file; it is none that may be repeated."""
    line = f'echo "${{_system.task_id}} {name}" >> {effects}'
    return {"job_script_type": "1", "job_content": line, "job_ip_list": "127.0.0.1"}


def flows(effects: Path) -> Mapping[str, dict]:
    """Flows of several kinds, in which the nodes that begin with e have an effect."""
    names = [f"e{i}" for i in range(4)]
    acts = {
        name: {"component": {"code": "job_fast_execute_script", "data": hooked(script(effects, name))}}
        for name in names
    }
    nap = {"component": {"code": "sleep_timer", "data": hooked({"bk_timing": "1"})}}
    ask = {"component": {"code": "pause_node", "data": {}}}
    inner = flow("start > e2 > e3 > end", nodes={name: acts[name] for name in ("e2", "e3")})
    return {
        "chain": flow("start > e0 > b > e1 > c > e2 > end", nodes={name: acts[name] for name in names[:3]}),
        "fork": flow(
            "start > par ; par > e0 > join ; par > e1 > join ; par > nap > join ; join > e2 > end",
            nodes={**{name: acts[name] for name in names[:3]}, "nap": nap},
        ),
        "nested": flow("start > e0 > sub > e1 > end", nodes={n: acts[n] for n in names[:2]}, pipelines={"sub": inner}),
        "quick": flow("start > " + " > ".join(f"a{i}" for i in range(30)) + " > end"),
        "asks": flow("start > e0 > ask > e1 > end", nodes={**{n: acts[n] for n in names[:2]}, "ask": ask}),
    }


def hooked(values: Mapping[str, str]) -> dict[str, dict]:
    return {key: {"hook": False, "value": value} for key, value in values.items()}


class Operator:
    """Somebody who starts tasks and skips nodes of which nobody knows what they did; an answer that gets lost is nothing."""

    def __init__(self, product: Product) -> None:
        made = json.loads(product.command("apps", "create", "soak", "--trusted").splitlines()[-1])
        self._product = product
        self._who = {"bk_app_code": "soak", "bk_app_secret": made["secret"], "bk_username": "admin"}

    def call(self, path: str, **body: object) -> dict:
        """Return what an operation of the API gives, {} where it gives nothing."""
        try:
            _, answer = self._product.call(f"/apigw/{path}", {**self._who, **body})
        except (OSError, ValueError):
            return {}
        return answer if answer.get("result") else {}

    def start(self, template: int) -> int | None:
        """Start a task; returns its id if the product has acknowledged the start."""
        made = self.call(f"create_task/{template}/{PROJECT}/", name="soak")
        task: int | None = made.get("data", {}).get("task_id")
        return task if task is not None and self.call(f"start_task/{task}/{PROJECT}/") else None

    def finished(self, task: int) -> list[str]:
        """The names of the nodes of a task that have finished by themselves, those of its subprocesses too."""
        query = "&".join(f"{key}={value}" for key, value in self._who.items())
        _, answer = self._product.call(f"/apigw/get_task_status/{task}/{PROJECT}/?{query}")
        found, left = [], [answer["data"]]
        while left:
            node = left.pop()
            left += node.get("children", {}).values()
            found += [node["name"]] if node["state"] == "FINISHED" and not node["skip"] else []
        return found

    def skip(self, task: int, node: str) -> None:
        """Skip a node that has failed."""
        self.call(f"operate_node/{PROJECT}/{task}/", node_id=node, action="skip")


def rows(database: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(sql).fetchall()


def failed(database: Path) -> list[tuple[int, str, str]]:
    """The nodes that wait for somebody to decide: (task, node, why)."""
    return rows(
        database,
        "SELECT r.task_id, n.node_id, n.reason FROM run_token k JOIN run r ON r.id = k.run_id"
        " JOIN node_run n ON n.run_id = k.run_id AND n.node_id = k.node_id WHERE k.wait = 'failed' AND n.state = 'failed'",
    )


def kib_of(process: int) -> float:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE / 1024


def grown_of(kib: Sequence[float]) -> float:
    """How much a worker takes at the end, of what it took in the middle."""
    return kib[-1] / kib[len(kib) // 2]


def killings(product: Product, spared: int, random: Random) -> Iterator[str]:
    """Kill one process at a time, of each kind in turn; the spared one shows what memory does."""
    while True:
        for kind in random.sample(KINDS, len(KINDS)):
            living = [process for process in product.children(kind) if process != spared]
            if living:
                os.kill(random.choice(living), signal.SIGKILL)
                yield kind


def figures(
    database: Path, started: int, killed: Mapping[str, int], effects: int, kib: Sequence[float]
) -> Mapping[str, str]:
    """What came of it, as the rows of a table."""
    sql = "SELECT count(*), count(CASE WHEN reason LIKE 'outcome unknown%' THEN 1 END) FROM node_run"
    ((attempts, unknown),) = rows(database, sql)
    words = {"finished": "ended", "running": "wait for a person", "created": "whose start got lost"}
    ended = dict(rows(database, "SELECT state, count(*) FROM task GROUP BY state ORDER BY count(*) DESC"))
    kills = sum(killed.values())
    return {
        "Date": f"{datetime.now(UTC):%Y-%m-%d}",
        "Minutes under load": f"{MINUTES:g}",
        "Tasks whose start was acknowledged": f"{started:,}",
        "Tasks in the end": ", ".join(f"{count:,} {words.get(state, state)}" for state, count in ended.items()),
        "Kills": f"{kills}: " + ", ".join(f"{killed[kind]} {kind}" for kind in sorted(killed)),
        "Kills for each hundred tasks": f"{100 * kills / started:.0f}",
        "Attempts at nodes": f"{attempts:,}",
        "Of them cut off, and told as such": f"{unknown:,} ({unknown / attempts:.2%})",
        "Effects, each counted once": f"{effects:,}",
        "Memory of a worker that was spared, in MiB": ", ".join(f"{each / 1024:.0f}" for each in kib),
        "At the end to in the middle": f"{grown_of(kib):.2f}",
    }


def test_nothing_is_lost_doubled_or_stuck_while_everything_is_killed(tmp_path):
    effects, database, random = tmp_path / "effects", tmp_path / "data" / "sluice.db", Random(11)
    started, killed = [], Counter()
    with Product(tmp_path / "data", SLUICE_WORKERS="3") as product:
        product.wait_until_well()
        operator = Operator(product)
        templates = [
            operator.call(f"create_template/{PROJECT}/", name=name, pipeline_tree=tree)["data"]["template_id"]
            for name, tree in flows(effects).items()
        ]
        spared = product.children("jobs.worker")[0]
        deaths, begin, kib = killings(product, spared, random), time.monotonic(), list[float]()
        end, next_death = begin + MINUTES * 60, begin + 5
        while time.monotonic() < end:
            task = operator.start(random.choice(templates))
            started += [task] if task is not None else []
            for number, node, _ in failed(database):
                operator.skip(number, node)
            if time.monotonic() > next_death:
                killed[next(deaths)] += 1
                next_death = time.monotonic() + random.uniform(1, 4)
            if time.monotonic() > begin + MINUTES * 60 * (len(kib) + 1) / 11:
                kib.append(kib_of(spared))
            time.sleep(0.1)

        product.wait_until_well(120)
        reasons = set()

        def is_at_rest() -> bool:
            for number, node, why in failed(database):
                reasons.add(why)
                operator.skip(number, node)
            waiting = "SELECT count(*) FROM run_token WHERE wait NOT IN ('person', 'child', 'joining')"
            return rows(database, waiting) == [(0,)]

        eventually(is_at_rest, 180)
        kib.append(kib_of(spared))
        finished = [f"{task} {name}" for task in started for name in operator.finished(task) if name.startswith("e")]
        done = Counter(effects.read_text().split("\n")[:-1])
        told = figures(database, len(started), killed, len(done), kib)
    print(told)

    assert set(killed) == set(KINDS)
    assert reasons <= {OUTCOME_UNKNOWN}
    # Each effect once at most; and once where its node has finished by itself.
    assert set(done.values()) == {1}
    assert [effect for effect in finished if effect not in done] == []
    # What was acknowledged has ended, or waits for a person.
    states = dict(rows(database, "SELECT id, state FROM task"))
    asking = "SELECT r.task_id FROM run_token k JOIN run r ON r.id = k.root_id WHERE k.wait = 'person'"
    waits = {task for (task,) in rows(database, asking)}
    assert [task for task in started if states[task] != "finished" and task not in waits] == []
    assert rows(database, "PRAGMA foreign_key_check") == []
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    over = "SELECT count(*) FROM run_token k JOIN run r ON r.id = k.run_id WHERE r.state IN ('finished', 'revoked')"
    assert rows(database, over) == [(0,)]
    assert grown_of(kib) < 1.1, f"the worker grew: {kib}"
    assert len(started) > 10 * MINUTES
    table = "".join(f"| {name} | {value} |\n" for name, value in {**told, "Result": "all of the above held"}.items())
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / "endurance.md").write_text(f"| | |\n| --- | ---: |\n{table}", encoding="utf-8")
