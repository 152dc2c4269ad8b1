"""Ten flows that wait for one another across cycles, held against the plainest model of it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.enos.client import Enos, document_of, task_of

FLOWS, DAYS = 10, 3
Awaited = Sequence[tuple[int, int, bool]]
"""What a flow waits for: flows before it, how many days earlier, and whether for their first task only."""


@st.composite
def networks(draw) -> Sequence[Awaited]:
    """Draw for each flow which of those before it it waits for."""
    return [
        [(up, draw(st.integers(0, 2)), draw(st.booleans()))
         for up in draw(st.lists(st.integers(0, flow - 1), max_size=3, unique=True))] if flow else []
        for flow in range(FLOWS)
    ]  # fmt: skip


def model(network: Sequence[Awaited], bad: set[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
    """Say how each flow stands on each day: a flow's days follow one another, whatever became of the one before."""
    state: dict[tuple[int, int], str] = {}
    for day, flow in itertools.product(range(DAYS), range(FLOWS)):
        if state.get((flow, day - 1), "SUCCESS") not in ("SUCCESS", "FAIL"):
            state[flow, day] = "WAIT"
        elif any(day >= gap and not _has(state, up, day - gap, first) for up, gap, first in network[flow]):
            state[flow, day] = "RUNNING"
        else:
            state[flow, day] = "FAIL" if (flow, day) in bad else "SUCCESS"
    return state


def _has(state: Mapping[tuple[int, int], str], flow: int, day: int, first: bool) -> bool:
    """Say whether a flow, or its first task, which never fails, has succeeded on a day."""
    return state[flow, day] in (("SUCCESS", "FAIL") if first else ("SUCCESS",))


def flow_of(flow: int, awaited: Awaited, folder: Path):
    """Describe a flow of two tasks, the second of which fails on its bad days."""
    first = task_of("first", f"echo {flow}a ${{ncal_dt8}} >> {folder}/order")
    second = task_of("second", f"echo {flow} ${{ncal_dt8}} >> {folder}/order; test ! -e {folder}/{flow}-${{ncal_dt8}}")
    links = {"flowLinks": [], "taskLinks": [], "linkRelations": []}
    for i, (up, gap, of_task) in enumerate(awaited):
        link = {"linkId": str(i), "sourceFlowName": f"flow {up}"}
        links["taskLinks" if of_task else "flowLinks"].append(
            {**link, **({"sourceTaskName": "first"} if of_task else {})}
        )
        links["linkRelations"].append(
            {"linkId": str(i), "targetTaskName": "first", "rerun": False, "cycleGap": f"D{gap}"}
        )
    return document_of([first, second], "second after first", type=1, **links)


@pytest.mark.timeout(400)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    network=networks(), bad=st.sets(st.tuples(st.integers(0, FLOWS - 1), st.integers(0, DAYS - 1)), max_size=2),
    order=st.permutations(range(FLOWS)),
)  # fmt: skip
def test_flows_that_wait_for_one_another_run_in_a_right_order(
    make_app, sqlite_mould, tmp_path_factory, network, bad, order
):
    folder = tmp_path_factory.mktemp("network")
    shutil.copyfile(sqlite_mould, folder / "test.db")
    app = make_app(f"sqlite:///{folder / 'test.db'}")
    with app.app_context():
        enos = Enos(app)
        numbers = [enos.add(f"flow {flow}", flow_of(flow, network[flow], folder)) for flow in range(FLOWS)]
        for flow in order:
            enos.data("flows", "enable", {"flowId": numbers[flow]})
        days = [f"{enos.now + timedelta(days=day + 1, hours=8):%Y%m%d}" for day in range(DAYS)]
        for flow, day in bad:
            (folder / f"{flow}-{days[day]}").touch()
        for _ in range(DAYS):
            enos.pass_time(days=1)

        expected = model(network, bad)
        wanted = {"type": 1, "expression": "flow", "owner": "", "status": "", "fromTriggerTime": 0,
                  "toTriggerTime": 9_999_999_999_999, "pagination": {"pageNo": 1, "pageSize": 100}}  # fmt: skip
        found = enos.data("flowInstances", "search", wanted)["flowInsts"]
        stands = {
            (numbers.index(i["flowId"]), days.index(i["triggerTime"][:10].replace("-", ""))): i["statusDesc"]
            for i in found
        }
    assert stands == expected
    ran = [tuple(line.split()) for line in (folder / "order").read_text().splitlines()]
    assert len(ran) == len(set(ran))
    at = {entry: i for i, entry in enumerate(ran)}
    assert {(str(f), days[d]) for (f, d), s in expected.items() if s in ("SUCCESS", "FAIL")} == {
        entry for entry in ran if not entry[0].endswith("a")
    }
    for (flow, day), state in expected.items():
        if state not in ("SUCCESS", "FAIL"):
            continue
        begun = at[f"{flow}a", days[day]]
        assert day == 0 or at[str(flow), days[day - 1]] < begun
        for up, gap, of_task in network[flow]:
            assert day < gap or at[f"{up}a" if of_task else str(up), days[day - gap]] < begun
