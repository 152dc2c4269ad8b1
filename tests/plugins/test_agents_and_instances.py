"""OOS's own operators: HTTP requests, shell scripts, instances."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.engine.plugins.agent_http import AgentHttp
from app.engine.plugins.agent_shell import AgentShell, workers_of
from app.engine.plugins.base import Done, Failed, HostAccess, PluginSettings
from app.engine.plugins.instance_commands import provider_of
from app.engine.plugins.instances import StartInstance, StopInstance
from app.errors import InvalidInput
from app.settings import Settings

HERE = [{"instanceId": "127.0.0.1"}]


@dataclass
class Desk:
    """What a plugin is given: one local host, the settings, a log."""

    settings: PluginSettings = field(default_factory=PluginSettings)
    lines: list[str] = field(default_factory=list)
    system: dict = field(default_factory=lambda: {"bk_biz_id": 2, "project_id": 1})
    idempotency_key: str = "1:n:1:1"

    def host(self, address):
        return HostAccess(address, is_local=True)

    def log(self, text):
        self.lines.append(text)

    def is_cancelled(self):
        return False


@pytest.fixture
def echo():
    """A server that answers with what it was sent; /no refuses."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            said = json.dumps(
                {"path": self.path, "body": body, "type": self.headers.get("Content-Type"), "x": self.headers.get("X")}
            )
            self.send_response(403 if self.path == "/no" else 200)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("headers", [{"X": "1"}, [{"name": "X", "value": 1}], [{"key": "X", "value": "1"}]])
def test_a_request_is_sent_and_its_answer_read(echo, headers):
    inputs = {"method": "post", "url": echo + "/yes", "headers": headers, "body": {"a": 1}, "timeoutMill": 5000}

    outcome = AgentHttp().execute(inputs, Desk())

    assert isinstance(outcome, Done), outcome
    assert outcome.outputs["statusCode"] == 200
    assert outcome.outputs["body"] == {"path": "/yes", "body": '{"a":1}', "type": "application/json", "x": "1"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "/no"}, "status is 403"), ({"headers": {"X": "a\r\nb"}}, "line break"), ({"headers": ["X"]}, "headers are"),
        ({"url": "ftp://x"}, "http://"),
    ],
)  # fmt: skip
def test_requests_that_fail_say_why(echo, changes, reason):
    inputs = {"method": "POST", "url": "/yes", **changes}
    inputs["url"] = echo + inputs["url"] if inputs["url"].startswith("/") else inputs["url"]

    outcome = AgentHttp().execute(inputs, Desk())
    assert isinstance(outcome, Failed)
    assert reason in outcome.reason


def test_denied_addresses_are_not_called(echo):
    outcome = AgentHttp().execute({"method": "POST", "url": echo}, Desk(PluginSettings(http_deny=("127.0.0.0/8",))))

    assert isinstance(outcome, Failed)
    assert "SLUICE_HTTP_DENY" in outcome.reason


def test_only_a_post_may_not_be_repeated():
    assert AgentHttp().is_idempotent({"method": "GET"})
    assert not AgentHttp().is_idempotent({"method": "POST"})


def test_a_script_runs_in_its_folder_and_sets_outputs(tmp_path):
    content = "pwd; echo '<SOPS_VAR>x:1</SOPS_VAR>'"
    outcome = AgentShell().execute({"content": content, "workDir": str(tmp_path), "__workerSelectors__": HERE}, Desk())

    assert isinstance(outcome, Done), outcome
    assert str(tmp_path) in outcome.outputs["log"]
    assert outcome.outputs["log_outputs"] == {"x": "1"}


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"user": "somebody; else"}, "exit code 77"), ({"workDir": "/no/such/folder"}, "exit code 78"),
        ({"content": "exit 5"}, "exit code 5"), ({"__workerSelectors__": []}, "names no host"),
    ],
)  # fmt: skip
def test_scripts_that_fail_say_why(inputs, reason):
    outcome = AgentShell().execute({"content": "true", "__workerSelectors__": HERE, **inputs}, Desk())

    assert isinstance(outcome, Failed)
    assert reason in outcome.reason


def test_workers_are_named_in_all_of_the_documents_ways():
    given = [{"instanceId": "a"}, {"shortId": "b", "id": "uuid"}, {"id": "c"}, "d", {"Ref": "nobody"}, None, ""]

    assert workers_of(given) == ["a", "b", "c", "d"]
    assert workers_of({"instanceId": "a"}) == ["a"]


@pytest.fixture
def desk(tmp_path):
    entry = {"start": f'echo "up $1" >> {tmp_path}/did', "stop": f'echo "down $1" >> {tmp_path}/did', "projects": [2]}
    broken = {"start": "exit 1", "stop": "echo no; exit 9", "projects": [2]}
    return Desk(PluginSettings(instances=provider_of({"i-1": entry, "i-2": broken, "i-3": {**entry, "projects": [7]}})))


def test_instances_are_stopped_and_started_by_their_commands(desk, tmp_path):
    stopped = StopInstance().execute({"instances": [{"instanceId": "i-1"}], "instanceId": {"Ref": "instanceId"}}, desk)
    started = StartInstance().execute({"instanceId": [{"id": "u-u", "shortId": "i-1"}]}, desk)

    assert stopped == started == Done({"instances": [{"instanceId": "i-1"}]})
    assert (tmp_path / "did").read_text() == "down i-1\nup i-1\n"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"instances": [{"instanceId": "i-1"}, {"instanceId": "i-9"}]}, "i-9 is known here"),
        ({"instances": [{"instanceId": "i-3"}]}, "i-3 is known here"), ({"instances": "i-2"}, "did not stop"),
        ({"instanceId": {"Ref": "instanceId"}}, "no instance is named"),
    ],
)  # fmt: skip
def test_what_cannot_be_stopped_is_failed_and_unknown_ones_hold_everything_up(desk, tmp_path, inputs, reason):
    outcome = StopInstance().execute(inputs, desk)

    assert isinstance(outcome, Failed)
    assert reason in outcome.reason
    assert not (tmp_path / "did").exists()


def test_without_a_provider_nothing_is_known():
    assert provider_of({}) is None
    assert isinstance(StopInstance().execute({"instances": "i-1"}, Desk()), Failed)


@pytest.mark.parametrize(
    "text", ["[", "[]", '{"i": {"start": "x"}}', '{"i": {"start": "x", "stop": "y", "projects": "2"}}']
)
def test_a_file_of_instances_that_cannot_be_read_is_told_at_the_start(tmp_path, text):
    file = tmp_path / "instances.json"
    file.write_text(text)

    with pytest.raises(InvalidInput, match="SLUICE_INSTANCES"):
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_INSTANCES": str(file)})
