"""Each plugin, on the real thing: processes, HTTP, SMTP and SSH servers on this machine."""

from __future__ import annotations

import asyncio
import gc
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import asyncssh
import pytest

from app.engine.core.schema import Field, check_inputs, with_defaults
from app.engine.plugins.base import Await, Done, Failed, HostAccess, PluginSettings, Poll
from app.engine.plugins.registry import PLUGINS, find_plugin
from app.settings import LINK_LOCAL, LOOPBACK
from tests.plugins.context import FakeContext


def execute(code: str, inputs: dict, ctx: FakeContext | None = None, version: str = "legacy"):
    plugin = find_plugin(code, version)
    return plugin.execute(with_defaults(plugin.inputs, inputs), ctx or FakeContext())


def script(content: str, ctx: FakeContext | None = None, **inputs):
    return execute("job_fast_execute_script", {"job_content": content, "job_ip_list": "127.0.0.1", **inputs}, ctx)


class TestSleepTimer:
    def test_seconds_are_waited_for_by_a_timer(self):
        assert execute("sleep_timer", {"bk_timing": "90"}) == Poll(
            timedelta(seconds=90), {"until": "2030-01-01T00:01:30+00:00"}
        )

    def test_a_date_is_read_in_the_projects_zone(self):
        assert execute("sleep_timer", {"bk_timing": "2030-01-01 08:00:10"}).after == timedelta(seconds=10)

    def test_it_is_done_when_the_time_has_come(self):
        ctx = FakeContext()
        memo = execute("sleep_timer", {"bk_timing": 5}, ctx).memo
        ctx.present += timedelta(seconds=5)
        assert isinstance(find_plugin("sleep_timer", "legacy").poll({}, memo, ctx), Done)

    def test_a_date_that_has_passed_fails_unless_it_may(self):
        past = {"bk_timing": "2020-01-01 00:00:00"}
        assert isinstance(execute("sleep_timer", past), Failed)
        assert isinstance(execute("sleep_timer", {**past, "force_check": False}), Done)

    @pytest.mark.parametrize("timing", ["soon", "-5", "2030-13-01 00:00:00"])
    def test_what_is_no_time_is_refused(self, timing):
        assert isinstance(execute("sleep_timer", {"bk_timing": timing}), Failed)


def test_pause_waits_for_a_person_and_keeps_what_they_said():
    assert execute("pause_node", {}) == Await(person=True)
    done = find_plugin("pause_node", "legacy").on_callback({}, {}, {"ok": 1}, FakeContext())
    assert done == Done({"callback_data": {"ok": 1}})


def test_display_logs_its_message():
    ctx = FakeContext()
    assert execute("bk_display", {"bk_display_message": "hello"}, ctx) == Done()
    assert ctx.text == "hello"


class TestScript:
    def test_its_output_is_the_log_and_sets_variables(self):
        ctx = FakeContext()
        done = script("echo one; echo '<SOPS_VAR>a:1</SOPS_VAR>' >&2; echo \"$1-$2\"", ctx, job_script_param="'x y' z")

        assert isinstance(done, Done)
        assert (done.outputs["exit_code"], done.outputs["log_outputs"]) == (0, {"a": "1"})
        assert "x y-z" in ctx.text

    def test_a_script_that_fails_says_with_which_code_and_where(self):
        failed = script("exit 3")
        assert failed.reason == "exit code 3 on 127.0.0.1; see the log"
        assert failed.outputs["exit_code"] == 3

    def test_python_runs_too(self):
        assert script("print(1 + 1)", job_script_type="4").outputs["log"] == "2\n"

    def test_the_names_of_the_first_generation_are_understood(self):
        old = {
            "content": "echo old $1",
            "ip_list": "127.0.0.1",
            "script_param": "name",
            "script_type": "1",
            "account": "root",
        }
        assert execute("job_fast_execute_script", old).outputs["log"] == "old name\n"

    def test_it_needs_a_script_and_hosts_under_these_names_or_the_older_ones(self):
        fields = find_plugin("job_fast_execute_script", "legacy").inputs

        assert [p.message for p in check_inputs(fields, {"job_ip_list": []})] == [
            "Script (job_content) is required", "Hosts (job_ip_list) is required",
        ]  # fmt: skip
        assert check_inputs(fields, {"content": "date", "ip_list": "127.0.0.1"}) == []

    def test_a_field_without_an_older_name_is_not_given_by_an_input_without_a_name(self):
        fields = [Field("content", "Script", required=True)]

        assert [p.where for p in check_inputs(fields, {"": "date"})] == ["content"]

    def test_a_script_that_takes_too_long_is_ended_with_its_children(self):
        begin = time.monotonic()
        failed = script("sleep 60 & sleep 60", job_script_timeout="0.5")
        assert failed.reason == "timed out on 127.0.0.1"
        assert time.monotonic() - begin < 10

    def test_a_cancelled_script_ends(self):
        ctx = FakeContext()
        threading.Timer(0.4, lambda: setattr(ctx, "is_over", True)).start()
        assert script("echo begun; sleep 60", ctx).reason == "cancelled on 127.0.0.1"

    def test_its_log_streams_while_it_runs(self, tmp_path):
        ctx, seen = FakeContext(), tmp_path / "seen"

        def look() -> None:
            while ctx.text != "early\n":
                time.sleep(0.01)
            seen.touch()

        threading.Thread(target=look, daemon=True).start()
        done = script(f"echo early; until [ -e {seen} ]; do sleep 0.05; done; echo late", ctx, job_script_timeout="60")
        assert done.outputs["log"] == "early\nlate\n"

    def test_settings_of_the_product_are_not_shown_to_scripts(self, monkeypatch):
        monkeypatch.setenv("SLUICE_SECRET_KEY", "topsecret")
        assert "topsecret" not in script("env").outputs["log"]

    def test_local_execution_can_be_off(self):
        ctx = FakeContext(PluginSettings(local_execution=False))
        assert "SLUICE_LOCAL_EXECUTION" in script("echo hi", ctx).reason

    def test_a_host_that_is_not_in_the_inventory_is_refused(self):
        assert "inventory" in script("echo hi", job_ip_list="10.9.9.9").reason

    def test_everything_that_is_missing_is_told_at_once(self):
        reason = execute("job_fast_execute_script", {"job_script_type": "5"}).reason
        assert all(word in reason for word in ("job_script_type", "job_content", "job_ip_list"))


@contextmanager
def ssh_server() -> Iterator[tuple[int, str]]:
    """A real SSH server on this machine that runs what it is told; yields its port and public key."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    started, stopping, ports = threading.Event(), threading.Event(), []

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("ops", "pw")

    async def handle(process: asyncssh.SSHServerProcess) -> None:
        child = await asyncio.create_subprocess_shell(
            process.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        await process.redirect(stdin=child.stdin, stdout=child.stdout)
        process.exit(await child.wait())

    async def serve() -> None:
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Server, server_host_keys=[key], process_factory=handle
        )
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        while not stopping.is_set():
            await asyncio.sleep(0.05)
        server.close()
        await server.wait_closed()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    yield ports[0], key.export_public_key().decode().strip()
    stopping.set()
    thread.join(10)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
class TestScriptsBySsh:
    @pytest.fixture(autouse=True)
    def _nothing_is_left(self) -> Iterator[None]:
        """Let go of what a connection that was cut leaves half done here, not in a test that knows nothing of it."""
        yield
        gc.collect()

    def run(self, port: int, host_key: str, content: str, password: str = "pw", **inputs):
        access = HostAccess("127.0.0.1", port, "ops", password, "", host_key)
        ctx = FakeContext(hosts={"web1": access})
        return script(content, ctx, job_ip_list="web1", **inputs)

    def test_a_script_runs_on_the_host_and_its_output_comes_back(self):
        with ssh_server() as (port, key):
            done = self.run(port, key, "echo over ssh $1; exit 4", job_script_param="here")
        assert done.reason == "exit code 4 on web1; see the log"
        assert done.outputs["log"] == "over ssh here\n"

    def test_a_host_with_another_key_is_not_trusted(self):
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
        with ssh_server() as (port, _):
            assert "not the one in the inventory" in self.run(port, other, "echo hi").reason
            assert "no host key" in self.run(port, "", "echo hi").reason

    def test_a_wrong_password_is_told(self):
        with ssh_server() as (port, key):
            assert "SSH failed" in self.run(port, key, "echo hi", password="wrong").reason


class Handler(BaseHTTPRequestHandler):
    """Answers what the path asks for."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        answers = {
            "/json": (
                200,
                json.dumps(
                    {"code": 0, "body": body, "h": self.headers.get("X-Test", ""), "host": self.headers["Host"]}
                ),
            ),
            "/fail": (503, json.dumps({"code": 1})),
            "/text": (200, "plain"),
            "/bad": (200, json.dumps({"code": 5})),
            "/halves": (200, '{"code": 0, "said": "a\\ud800b"}'),
            "/endless": (200, '{"code": 0, "share": NaN}'),
            "/deep": (200, "[" * 100_000),
        }
        status, text = answers.get(self.path, (302, ""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://169.254.169.254/latest" if self.path == "/inside" else "/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def http(url: str, ctx: FakeContext | None = None, **inputs):
    return execute("bk_http_request", {"bk_http_request_url": url, **inputs}, ctx, "v1.0")


class TestHttpRequest:
    def test_an_answer_is_the_output(self, web):
        done = http(f"{web}/json", bk_http_request_method="POST", bk_http_request_body='{"a": 1}',
                    bk_http_request_header=[{"name": "X-Test", "value": "yes"}])  # fmt: skip
        assert done.outputs["status_code"] == 200
        assert done.outputs["data"] == {"code": 0, "body": '{"a": 1}', "h": "yes", "host": web.removeprefix("http://")}

    def test_a_redirect_is_followed_for_a_get(self, web):
        assert http(f"{web}/elsewhere").outputs["status_code"] == 200

    @pytest.mark.parametrize(("path", "told"), [("/fail", "503"), ("/text", "not JSON")])
    def test_a_bad_answer_fails_and_is_kept(self, web, path, told):
        failed = http(f"{web}{path}")
        assert told in failed.reason
        assert "status_code" in failed.outputs

    @pytest.mark.parametrize("path", ["/endless", "/deep"])
    def test_what_no_json_can_say_fails_as_such(self, web, path):
        assert "is not JSON" in http(f"{web}{path}").reason

    def test_halves_of_surrogate_pairs_do_not_fail_an_answer(self, web):
        assert http(f"{web}/halves").outputs["data"] == {"code": 0, "said": "a?b"}

    def test_the_success_condition_decides(self, web):
        assert isinstance(http(f"{web}/json", bk_http_success_exp="resp.code == 0"), Done)
        assert "does not hold" in http(f"{web}/bad", bk_http_success_exp="resp.code == 0").reason

    @pytest.mark.parametrize(
        "url", ["http://localhost:1/", "http://no-such-host.invalid/", "ftp://x/", "file:///etc/passwd", "nonsense"]
    )
    def test_what_cannot_be_reached_fails_with_a_reason(self, url):
        assert http(url).reason.startswith("the request failed")

    @pytest.mark.parametrize(
        "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    )
    def test_denied_addresses_are_refused_however_they_are_written(self, web, host):
        port = web.rpartition(":")[2]
        ctx = FakeContext(PluginSettings(http_deny=tuple(f"{LINK_LOCAL},{LOOPBACK}".split(","))))
        failed = http(f"http://{host}:{port}/json", ctx)
        assert "SLUICE_HTTP_DENY" in failed.reason or "resolved" in failed.reason

    def test_a_redirect_to_a_denied_address_is_refused(self, web):
        ctx = FakeContext(PluginSettings(http_deny=tuple(LINK_LOCAL.split(","))))
        assert "SLUICE_HTTP_DENY" in http(f"{web}/inside", ctx).reason

    def test_a_header_with_a_line_break_is_refused(self, web):
        assert "line break" in http(f"{web}/json", bk_http_request_header=[{"name": "X", "value": "a\r\nB: c"}]).reason

    def test_a_get_may_be_repeated_and_a_post_may_not(self):
        plugin = find_plugin("bk_http_request", "v1.0")
        assert plugin.is_idempotent({"bk_http_request_method": "GET"})
        assert not plugin.is_idempotent({"bk_http_request_method": "POST"})


class MailHandler(socketserver.StreamRequestHandler):
    """Speaks enough SMTP to take a mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                mail = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    mail += part
                self.server.mails.append(mail.decode())
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


class TestNotify:
    def send(self, settings: PluginSettings | None = None, **inputs):
        given = {"bk_notify_type": "email", "bk_receiver_info": {"bk_more_receiver": "a@example.org"},
                 "bk_notify_title": "Release\r\nBcc: x@example.org", "bk_notify_content": "It is out.", **inputs}  # fmt: skip
        return execute("bk_notify", given, FakeContext(settings))

    def test_a_mail_is_sent_and_its_title_cannot_add_headers(self):
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailHandler) as server:
            server.mails = []
            threading.Thread(target=server.serve_forever, daemon=True).start()
            # smtps and smtp with a user speak TLS; without a user the mail goes as it is.
            done = self.send(
                PluginSettings(smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}", mail_from="s@example.org")
            )
            server.shutdown()
        assert done == Done({"code": 0, "message": "sent to 1"})
        assert "Subject: Release Bcc: x@example.org" in server.mails[0]
        assert "\nBcc:" not in server.mails[0]

    def test_a_webhook_is_called(self, web):
        assert isinstance(self.send(bk_notify_type=["webhook"], bk_receiver_info=f"{web}/json"), Done)
        assert "503" in self.send(bk_notify_type=["webhook"], bk_receiver_info=f"{web}/fail").reason

    def test_what_is_not_set_up_is_told(self):
        assert "SLUICE_SMTP_URL" in self.send().reason
        assert "wechat" in self.send(bk_notify_type="wechat").reason


def test_every_plugin_describes_itself():
    for plugin in PLUGINS:
        assert plugin.code
        assert plugin.name
        assert plugin.__doc__
        assert check_inputs(plugin.inputs, with_defaults(plugin.inputs, {})) == [] or any(
            f.required for f in plugin.inputs
        )
