"""Flows that would wait for one another for ever are refused when they are saved or enabled."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.extensions import db
from app.models.flows import FlowReference
from app.models.templates import TemplateVersion
from app.services.flow_circles import Edge, circle_in
from tests.api.enos.client import Enos, document_of
from tests.api.enos.test_waits import waiting_for

D, W = 2, 3
"""The units of day and week, as edges name them."""


def saving(enos: Enos, number: int, awaited: int, *, gap: str = "D0", task: int = 0, before: str = "") -> dict:
    """Return the body that makes a flow wait for another, or for a task of it, before its first task or the one named."""
    found = enos.flow(number)
    tasks = found["graph"]["tasks"]
    target = next(t["nodeId"] for t in tasks if before in ("", t["taskName"]))
    node = {"flowId": awaited, "flowName": f"{task}(task)" if task else "", "isVirtual": bool(task), "nodeId": "ref",
            "x": 0.01, "y": 0.01}  # fmt: skip
    return {
        "id": str(number), "type": 0, "name": found["flowName"], "freq": "", "cycle": "D", "alertMode": 0, "doAs": "bd",
        "parameters": "[]", "owners": "alice", "startTime": "2019-07-24", "visitors": "", "active": 0, "tasks": tasks,
        "flows": [node], "relations": [{"source": "ref", "target": target, "cycleGap": gap}, *found["graph"]["relations"]],
    }  # fmt: skip


def test_two_flows_that_would_wait_for_one_another_are_refused_by_their_numbers(enos: Enos):
    up = enos.add("up")
    down = enos.add("down", waiting_for("up"))

    refused = enos.call("flows", "save", saving(enos, up, down))

    assert refused["code"] == 62102
    assert refused["msg"] == (
        f"Workflow validation failed: flows {up}, {down} would wait for one another in a circle; let one wait for an"
        " earlier period, such as D1"
    )
    assert enos.flow(up)["graph"]["flows"] == []


def test_a_flow_may_wait_for_itself_of_yesterday_but_not_of_today(quick: Enos):
    number = quick.add("alone")
    assert "would wait for itself" in quick.call("flows", "save", saving(quick, number, number))["msg"]
    assert quick.call("flows", "save", saving(quick, number, number, gap="D1"))["code"] == 0


def test_an_earlier_period_breaks_a_circle_unless_a_longer_one_leads_back(quick: Enos):
    up = quick.add("up")
    daily = quick.add("daily", waiting_for("up"))
    assert quick.call("flows", "save", saving(quick, up, daily, gap="D1"))["code"] == 0

    weekly = quick.add("weekly", waiting_for("up", gap="W0"))
    assert quick.call("flows", "save", saving(quick, up, weekly, gap="D1"))["code"] == 62102


def test_flows_may_wait_for_tasks_of_each_other_as_long_as_the_tasks_do_not(quick: Enos):
    up = quick.add("up", document_of(["first", "last"], "last after first"))
    quick.add("down", waiting_for("up", task="first"))
    tasks = {
        t["taskName"]: int(t["taskId"])
        for t in quick.flow(quick.add("x", waiting_for("up", task="first")))["graph"]["tasks"]
    }

    after_first = saving(quick, up, 0, task=tasks["own"], before="last")
    before_first = saving(quick, up, 0, task=tasks["own"], before="first")

    assert quick.call("flows", "save", before_first)["code"] == 62102
    assert quick.call("flows", "save", after_first)["code"] == 0


def test_a_circle_that_came_about_otherwise_is_found_when_a_flow_is_enabled(quick: Enos):
    up = quick.add("up", document_of(["a"], type=1))
    down = quick.add("down", waiting_for("up", type=1))
    quick.call("flows", "save", {**saving(quick, up, down, gap="D1"), "type": 1, "freq": "0 0 0 * * ? *"})
    changed = next(
        v
        for v in db.session.query(TemplateVersion).all()
        if '"gap":"D1"' in str(v.tree).replace("'", '"').replace(" ", "")
    )
    tree = {
        **changed.tree,
        "flows": {k: {**f, **({"gap": "D0"} if f.get("gap") else {})} for k, f in changed.tree["flows"].items()},
    }
    db.session.execute(update(TemplateVersion).where(TemplateVersion.id == changed.id).values(tree=tree))
    db.session.commit()
    assert db.session.query(FlowReference).count() == 2

    refused = quick.call("flows", "enable", flowId=up)
    assert (refused["code"], "in a circle" in refused["msg"]) == (62102, True)
    assert quick.flow(up)["active"] == 0


@pytest.mark.parametrize(
    ("units", "is_circle"),
    [
        ([(D, 0), (D, 0)], True),
        ([(D, 0), (D, 1)], False),
        ([(D, 1), (W, 0)], True),
        ([(D, 1), (W, 1)], False),
        ([(D, 0), (W, 2)], False),
        ([(-1, 0), (D, 0), (-1, 0), (D, 3)], False),
    ],
)
def test_the_longest_unit_on_the_way_round_decides(units, is_circle):
    places = [(i, "") for i in range(len(units))]
    edges = [Edge(places[i], places[(i + 1) % len(units)], *gap) for i, gap in enumerate(units)]
    assert bool(list(circle_in(edges))) == is_circle
