"""`callback_url`: programs are called back when their task ends or a failure holds it up, whatever is away or dies."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from app.engine.plugins.base import PluginSettings
from app.extensions import db
from app.models.notices import Notice
from app.services import engine, notices
from app.services.notices import deliver_due
from tests.api.bksops.world import World
from tests.drawing import flow

SCRIPT = {"job_content": "exit 3", "job_script_type": "1", "job_ip_list": "127.0.0.1"}
FINE = {**SCRIPT, "job_content": "exit 0"}


class Program(BaseHTTPRequestHandler):
    """Another system that takes what it is told, and answers with the status that the test has set."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.headers["Content-Type"], body))
        self.server.ids.append(self.headers["X-Sluice-Notice"])
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def program() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Program) as server:
        server.got, server.ids, server.status = [], [], 200
        server.url = f"http://127.0.0.1:{server.server_address[1]}/done?for=7"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def world(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield World.of(app)


def later(**time: float) -> None:
    """Let time pass."""
    bound = engine.bound()
    engine.bind(replace(bound, clock=lambda: bound.clock() + timedelta(**time)))


def begin(world: World, tree, operation: str = "create_and_start_task", **wish) -> int:
    made = world.client.post(f"{operation}/{world.save(tree)}/2", name="task", **wish)
    assert made["result"], made
    world.client.drive()
    return made["data"]["task_id"]


def saying() -> dict:
    return flow(
        "start > say > end", inputs={"say": {"bk_display_message": "hello ${who}"}},
        constants={"${who}": {"name": "Who", "value": "world"}}, outputs=["${who}"],
    )  # fmt: skip


def failing() -> dict:
    return flow("start > run > end", plugin="job_fast_execute_script", inputs={"run": SCRIPT})


def told(program) -> list[dict]:
    """What came, as forms are read."""
    assert {kind for kind, _ in program.got} <= {"application/x-www-form-urlencoded"}
    return [{key: value for key, (value,) in parse_qs(body).items()} for _, body in program.got]


def owed() -> list[tuple[str, str, int]]:
    db.session.rollback()
    return [(n.kind, n.state, n.attempts) for n in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_a_program_gets_a_form_when_its_task_has_finished(world, program):
    task_id = begin(world, saying(), callback_url=program.url)

    deliver_due(PluginSettings())

    assert told(program) == [{"task_id": str(task_id), "task_success": "True"}]
    assert owed() == [("task_finished", "sent", 1)]


def test_in_its_second_version_it_is_json_and_brings_the_outputs(world, program):
    task_id = begin(world, saying(), callback_url=program.url, callback_version="v2", constants={"${who}": "you"})

    deliver_due(PluginSettings())

    ((kind, body),) = program.got
    assert kind == "application/json"
    assert json.loads(body) == {
        "task_id": task_id, "callback_version": "v2", "task_success": True,
        "task_outputs": [{"key": "${who}", "name": "Who", "value": "you"}],
    }  # fmt: skip


def test_a_password_among_the_outputs_is_masked(world, program):
    tree = saying()
    tree["constants"]["${who}"] |= {"custom_type": "password", "value": "hunter2"}
    task_id = begin(world, tree, callback_url=program.url, callback_version="v2")

    deliver_due(PluginSettings())

    assert json.loads(program.got[0][1])["task_outputs"] == [{"key": "${who}", "name": "Who", "value": "******"}]
    detail = world.client.get(f"get_task_detail/{task_id}/2")["data"]
    assert "hunter2" not in json.dumps(detail)


def test_another_version_is_a_form_that_names_it(world, program):
    task_id = begin(world, saying(), callback_url=program.url, callback_version="v1")
    deliver_due(PluginSettings())
    assert told(program) == [{"task_id": str(task_id), "callback_version": "v1", "task_success": "True"}]


def test_each_failure_is_told_and_then_the_end(world, program):
    task_id = begin(world, failing(), callback_url=program.url)
    node = next(iter(world.client.get(f"get_task_detail/{task_id}/2")["data"]["pipeline_tree"]["activities"]))
    for inputs in (SCRIPT, FINE):
        assert world.client.post(f"operate_node/2/{task_id}", node_id=node, action="retry", inputs=inputs)["result"]
        world.client.drive()

    deliver_due(PluginSettings())

    assert sorted(one["task_success"] for one in told(program)) == ["False", "False", "True"]
    assert [kind for kind, _, _ in owed()] == ["task_failed", "task_failed", "task_finished"]


def test_a_revoked_task_is_told_as_no_success(world, program):
    task_id = begin(world, flow("start > ask > end", plugin="pause_node"), callback_url=program.url)
    assert owed() == []
    world.client.post(f"operate_task/{task_id}/2", action="revoke")

    deliver_due(PluginSettings())

    assert told(program) == [{"task_id": str(task_id), "task_success": "False"}]


@pytest.mark.parametrize("operation", ["create_task", "fast_create_task"])
def test_every_operation_that_makes_a_task_takes_an_address(world, program, operation):
    if operation == "create_task":
        made = world.client.post(f"create_task/{world.save(saying())}/2", name="task", callback_url=program.url)
    else:
        made = world.client.post("fast_create_task/2", name="task", pipeline_tree=saying(), callback_url=program.url)
    assert world.client.post(f"start_task/{made['data']['task_id']}/2")["result"]
    world.client.drive()

    deliver_due(PluginSettings())

    assert told(program) == [{"task_id": str(made["data"]["task_id"]), "task_success": "True"}]


@pytest.mark.parametrize("nothing", [{}, {"callback_url": ""}, {"callback_url": None, "callback_version": None}])
def test_without_an_address_nobody_is_owed_anything(world, nothing):
    begin(world, saying(), **nothing)
    assert owed() == []


def test_a_program_that_is_away_is_called_again_until_it_answers(world, program):
    begin(world, saying(), callback_url=program.url)
    program.status = 503

    deliver_due(PluginSettings())
    assert owed() == [("task_finished", "owed", 1)]
    assert deliver_due(PluginSettings()) == 0

    later(minutes=1)
    program.status = 204
    deliver_due(PluginSettings())
    assert owed() == [("task_finished", "sent", 2)]
    assert len(program.got) == 2
    assert len(set(program.ids)) == 1


def test_an_address_that_flows_may_not_reach_is_not_called(world, program):
    begin(world, saying(), callback_url=program.url)

    deliver_due(PluginSettings(http_deny=("127.0.0.0/8",)))

    assert program.got == []
    assert owed() == [("task_finished", "owed", 1)]
    assert "SLUICE_HTTP_DENY" in db.session.scalar(select(Notice.error))


def test_a_worker_that_dies_before_it_sends_leaves_it_owed(world, program, monkeypatch):
    begin(world, saying(), callback_url=program.url)

    def dies(*args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(notices, "_sent", dies)
        with pytest.raises(SystemExit):
            deliver_due(PluginSettings())
    assert (program.got, owed()) == ([], [("task_finished", "owed", 1)])

    later(minutes=6)
    deliver_due(PluginSettings())
    assert len(program.got) == 1
    assert owed() == [("task_finished", "sent", 2)]


def test_it_is_owed_in_the_transaction_that_ends_the_task(world, program, monkeypatch):
    from app.engine import watching

    made = world.client.post(f"create_task/{world.save(saying())}/2", name="task", callback_url=program.url)["data"]
    assert world.client.post(f"start_task/{made['task_id']}/2")["result"]

    def dies(*args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(watching.Audience, "hear_of_end", dies)
        with pytest.raises(SystemExit):
            world.client.drive()
    db.session.rollback()
    assert world.client.get(f"get_task_status/{made['task_id']}/2")["data"]["state"] == "RUNNING"
    assert owed() == []
