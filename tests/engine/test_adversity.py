"""Connections that break, secrets that must not show, inputs that come late."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from app.engine.plugins.base import Context, Done, Failed, Plugin
from app.extensions import db
from app.models.runs import LogRow, NodeRunRow
from app.models.tasks import TaskTree
from tests.drawing import flow, output_of
from tests.engine.workshop import Workshop


class Logger(Plugin):
    code = "logger"
    name = "Logger"

    def execute(self, inputs, ctx: Context):
        ctx.log(f"using {inputs['secret']}")
        return Failed(f"refused {inputs['secret']}", {"said": inputs["secret"]}) if inputs.get("fails") else Done()


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    from app.services import tasks

    known = {*tasks.known_plugins(), ("recorder", "legacy"), ("logger", "legacy")}
    monkeypatch.setattr(tasks, "known_plugins", lambda: known)
    return Workshop([Logger()])


@pytest.mark.parametrize("fails", [False, True])
def test_a_password_stands_nowhere_in_clear(workshop, fails):
    tree = flow(
        "start > a > end", plugin="logger", inputs={"a": {"secret": "${pw}", "fails": fails}},
        constants={"${pw}": {"value": "hunter22", "custom_type": "password"}},
    )  # fmt: skip
    task = workshop.run(tree)

    assert task.detail("a").attempts[-1].state == ("failed" if fails else "finished")
    rows = [row.body for row in db.session.scalars(select(LogRow))]
    rows += [json.dumps([r.inputs, r.outputs, r.reason]) for r in db.session.scalars(select(NodeRunRow))]
    rows += [json.dumps(tree.body) for tree in db.session.scalars(select(TaskTree))]
    assert "using ******" in rows[0]
    assert not any("hunter22" in row for row in rows)


def test_a_retrys_own_inputs_may_name_values_that_the_node_did_not(workshop):
    tree = flow(
        "start > a > b > end", plugin="recorder", inputs={"a": {"value": 42}},
        constants={"${got}": output_of("${got}", "a", "out")},
    )  # fmt: skip
    workshop.recorder.plans["b"] = [Failed("no")]
    task = workshop.run(tree)

    task.node("b", "retry", inputs={"value": "${got}"})
    workshop.drive()
    assert workshop.recorder.calls[-1][1] == {"value": 42}


def test_a_connection_that_breaks_while_a_plugin_works_loses_nothing(workshop):
    if db.engine.dialect.name != "postgresql":
        return
    ended = []

    def break_connections(point: str) -> None:
        if point == "called" and not ended:
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                others += " AND datname = current_database()"
                ended.extend(connection.execute(text(others)).all())

    tree = flow("start > a > b > end", plugin="recorder")
    task = workshop.make(tree)
    db.session.rollback()
    workshop.fault = break_connections
    workshop.drive()

    assert ended
    assert task.state == "finished"
    assert workshop.calls == ["a", "b"]
