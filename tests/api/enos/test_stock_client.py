"""enos-poseidon from PyPI, as it is, works against a site that runs: with a token and a signature, all 22 operations."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from poseidon import poseidon
from werkzeug.serving import make_server

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.services import accounts, flow_instances
from app.services.access import SYSTEM
from app.services.apps import NewApp, create_app
from app.services.members import set_member
from tests.api.enos.client import document_of, task_of


@dataclass
class Program:
    """A program of a customer: it knows an address, a key pair, a user and an organization."""

    address: str
    app: NewApp
    organization: str
    user: str = "alice"
    token: str = ""

    def get_token(self, action: str = "get", **more: str) -> dict[str, Any]:
        key, secret, now = self.app.access_key, self.app.secret_key, str(int(time.time() * 1000))
        digest = hashlib.sha256(f"{key}{now}{secret}".encode()).hexdigest()
        body = {"appKey": key, "encryption": digest, "timestamp": now, **more}
        url = f"{self.address}/apim-token-service/v2.0/token/{action}"
        return poseidon.urlopen(key, secret, url, body)

    def call(self, resource: str, action: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        """Call an operation through the package, whose own header the signed ones take the place of."""
        asked = {"action": action, "orgId": self.organization, "userId": self.user, **query}
        url = f"{self.address}/batch-processing-service/v2.1/{resource}?{urlencode(asked)}"
        text = "" if body is None else json.dumps(body)
        content = "".join(f"{name}{value}" for name, value in sorted(asked.items())) + text
        now = str(int(time.time() * 1000))
        signature = hashlib.sha256(f"{self.token}{content}{now}{self.app.secret_key}".encode()).hexdigest()
        headers = {"apim-accesstoken": self.token, "apim-timestamp": now, "apim-signature": signature}
        return poseidon.urlopen(self.app.access_key, self.app.secret_key, url, body, headers)

    def data(self, resource: str, action: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        answer = self.call(resource, action, body, **query)
        assert (answer["code"], answer["msg"]) == (0, "OK"), (action, answer)
        self.done.append(f"{resource}?{action}")
        return answer["data"]

    def __post_init__(self) -> None:
        self.done: list[str] = []


@pytest.fixture
def program(make_app, sqlite_url: str, monkeypatch) -> Iterator[Program]:
    """A site with somebody who drives tasks and a clock, and a program that has been given a key pair."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    app = make_app(sqlite_url)
    with app.app_context():
        project = accounts.create_project("EnOS", None, "Asia/Shanghai")
        accounts.create_user("alice", "a password")
        set_member(SYSTEM, project, "alice", "editor")
        pair, organization = create_app("batch", None, is_trusted=True), str(project.id)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    stop = threading.Event()

    def drive() -> None:
        with app.app_context():
            room = open_room(db.engine, house_of(app.config["SLUICE"], db.engine), lambda clockwork: InlineDispatcher())
            room.clockwork.start(InlineDispatcher())
            while not stop.wait(0.05):
                flow_instances.advance()
                room.driver.drive_due()
                db.session.rollback()
            room.driver.is_stopping = True
            room.clockwork.stop()

    threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=drive)]
    for thread in threads:
        thread.start()
    yield Program(f"http://127.0.0.1:{server.server_port}", pair, organization)
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join(20)


def eventually(look: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not look():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


PAGE = {"pageNo": 1, "pageSize": 10, "sorters": [{"field": "create_time", "order": "DESC"}]}


def test_the_stock_client_runs_all_operations_from_import_to_delete(program: Program, tmp_path: Path):
    issued = program.get_token()
    assert (issued["status"], issued["business"]) == (0, "apim-token-service")
    program.token = program.get_token("refresh", accessToken=issued["data"]["accessToken"])["data"]["accessToken"]

    assert abs(program.data("time", "getCurrentTime") / 1000 - time.time()) < 60
    assert program.data("time", "getTimeZone") == {"timezone": "GMT+0"}
    number, tasks = make_flow(program, tmp_path / "loaded")
    past = int(time.time() * 1000) - 86_400_000
    keys = run_flow(program, number, tasks, past, tmp_path / "loaded")

    wanted = {"type": 1, "expression": "", "owner": "", "fromTriggerTime": past, "status": "1,8", "pagination": PAGE,
              "toTriggerTime": past + 172_800_000}  # fmt: skip
    found = program.data("flowInstances", "search", wanted)
    assert {instance["instanceId"] for instance in found["flowInsts"]} == keys
    assert found["count"] == len(keys)

    assert program.data("flows", "delete", flowId=number) == ""
    assert program.call("flows", "get", flowId=number)["code"] == 62102
    assert len(set(program.done)) == 22


def make_flow(program: Program, loaded: Path) -> tuple[int, list[dict[str, Any]]]:
    """Import a flow, edit it and look at it in every way; returns its id and the tasks of its graph."""
    root = program.data("directories", "listWorkFlowDirs")[0]["key"]
    directory = program.data("directories", "create", {"parentId": root, "dirName": "报表"})["dirId"]
    tasks = [task_of("extract", "echo extracted ${cal_dt8} ${env}"), task_of("load", f"echo x >> {loaded}")]
    document = document_of(tasks, "load after extract", type=1, parameters='[{"key":"env","value":"product"}]')
    asked = {"flowName": "每日", "dirId": directory, "flowJson": document, "desc": "描述", "flowId": 2839}
    number = program.data("flows", "import", asked)["flowId"]
    assert number == 2839

    flow = program.data("flows", "loadForEdit", flowId=number)
    graph = json.loads(flow["graph"])
    graph["tasks"][0] |= {"x": 0.0086, "y": 0.004700000381469727}
    body = {
        "id": str(number), "type": 1, "name": "每日", "freq": "0 0 0 * * ? *", "cycle": "D", "alertMode": 0, "doAs": "bd",
        "parameters": flow["parameters"], "owners": flow["owner"], "desc": "e", "startTime": "2019-07-24",
        "visitors": "", "active": 0, "queue": "", "tasks": graph["tasks"], "flows": [], "relations": graph["relations"],
    }  # fmt: skip
    assert program.data("flows", "save", body) == {"flowId": number}
    assert json.loads(program.data("flows", "get", flowId=number)["graph"])["tasks"] == graph["tasks"]
    exported = program.data("flows", "export", flowId=number)
    assert [task["cmd"] for task in exported["tasks"]] == [task["cmd"] for task in tasks]
    assert program.data("flows", "getMyFlow", expression="每")[0]["flowId"] == str(number)
    listed = [{"flowId": str(number), "flowName": "每日"}]
    assert program.data("flows", "search", {"expression": "", "pagination": PAGE}) == listed
    assert program.data("flows", "enable", {"flowId": number}) == ""
    assert program.data("flows", "disable", {"flowId": number}) == ""
    return number, graph["tasks"]


def run_flow(program: Program, number: int, tasks: list[dict[str, Any]], past: int, loaded: Path) -> set[str]:
    """Run a flow in every way and look at what came of it; returns the ids of its instances."""

    def succeeded(key: str) -> bool:
        return program.data("flowInstances", "get", flowInstId=key)["statusDesc"] == "SUCCESS"

    first = program.data("flows", "trigger", {"flowId": number, "triggerTime": past})["flowInstanceId"]
    eventually(lambda: succeeded(first))
    assert loaded.read_text() == "x\n"
    assert program.call("flows", "trigger", {"flowId": number, "triggerTime": past})["code"] == 62102

    own = {"flowId": number, "triggerTime": past + 60_000, "parameters": [{"key": "env", "value": "测试"}]}
    second = program.data("flows", "updateAndTrigger", own)["flowInstanceId"]
    eventually(lambda: succeeded(second))
    task = json.loads(program.data("flowInstances", "get", flowInstId=second)["graph"])["tasks"][0]["taskInstId"]
    assert program.data("taskInstances", "get", taskInstId=task)["stsDesc"] == "SUCCESS"
    assert program.data("taskInstances", "getLog", taskInstId=task, maxLength="")["log"].endswith(" 测试\n")

    part = {"flowId": number, "triggerTime": past + 120_000, "taskId": int(tasks[1]["taskId"])}
    third = program.data("flows", "triggerFromTask", part)["flowInstanceId"]
    eventually(lambda: succeeded(third))
    assert loaded.read_text() == "x\nx\nx\n"
    later = {"flowId": number, "triggerTime": int(time.time() * 1000) + 3_600_000}
    waiting = program.data("flows", "trigger", later)["flowInstanceId"]
    assert program.data("flowInstances", "cancel", {"flowInstId": waiting}) == ""
    return {first, second, third, waiting}
