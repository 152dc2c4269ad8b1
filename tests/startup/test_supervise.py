"""The whole product, started the way its users start it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.drawing import flow

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Product:
    """A running product on a data folder of its own."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.port = free_port()
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")},
            "SLUICE_DATA_DIR": str(folder), "SLUICE_PORT": str(self.port), **environ,
        }  # fmt: skip
        self.output = folder.parent / f"{folder.name}.log"
        self.log = self.output.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jobs.supervise"], cwd=ROOT, env=self.environ, stdout=self.log, stderr=self.log,
            start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> Product:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def call(self, path: str, body: dict | None = None) -> tuple[int, dict]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=json.dumps(body).encode() if body else None
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def wait_until_well(self, patience_s: float = 60) -> None:
        end, last = time.monotonic() + patience_s, None
        while time.monotonic() < end:
            assert self.process.poll() is None, self.output.read_text()
            try:
                status, last = self.call("/healthz")
                if status == 200:
                    return
            except OSError as error:
                last = error
            time.sleep(0.1)
        raise AssertionError(f"not well: {last}\n{self.output.read_text()}")

    def children(self, what: str) -> list[int]:
        """The processes of this product whose command line holds `what`."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                is_ours = os.getsid(int(entry.name)) == self.process.pid
            except (OSError, ProcessLookupError):
                continue
            if is_ours and what in command:
                found.append(int(entry.name))
        return found

    def command(self, *args: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *args], cwd=ROOT, env=self.environ, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def stop(self) -> float:
        """Ask it to stop, as Ctrl-C does, and return how long it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        return time.monotonic() - begin


def eventually(claim, patience_s: float = 30) -> None:
    end = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.1)


def test_the_product_starts_survives_and_stops(tmp_path):
    with Product(tmp_path / "data") as product:
        product.wait_until_well()
        assert "log in as admin with the password" in product.output.read_text()
        secret = json.loads(product.command("apps", "create", "tester", "--trusted").splitlines()[-1])["secret"]
        who = {"bk_app_code": "tester", "bk_app_secret": secret, "bk_username": "admin"}

        def run_a_flow(meanwhile=lambda: None) -> None:
            tree = flow("start > par ; par > a > join ; par > b > join ; join > end", plugin="sleep_timer",
                        inputs={"a": {"bk_timing": "1"}, "b": {"bk_timing": "0"}})  # fmt: skip
            _, template = product.call("/apigw/create_template/2/", {**who, "name": "f", "pipeline_tree": tree})
            _, made = product.call(f"/apigw/create_task/{template['data']['template_id']}/2/", {**who, "name": "t"})
            task = made["data"]["task_id"]
            assert product.call(f"/apigw/start_task/{task}/2/", who)[1]["result"]
            meanwhile()
            query = "&".join(f"{k}={v}" for k, v in who.items())
            eventually(
                lambda: product.call(f"/apigw/get_task_status/{task}/2/?{query}")[1]["data"]["state"] == "FINISHED"
            )

        run_a_flow()
        with urllib.request.urlopen(f"http://127.0.0.1:{product.port}/metrics", timeout=5) as answer:
            measured = answer.read().decode()
        # What workers have done is told by the web server: they share a folder.
        assert 'sluice_plugin_call_seconds_count{outcome="poll",plugin="sleep_timer"} 1.0' in measured

        # One worker is killed: it is started again.
        before = product.children("jobs.worker")
        os.kill(before[0], signal.SIGKILL)
        eventually(
            lambda: len(product.children("jobs.worker")) == 2 and before[0] not in product.children("jobs.worker")
        )

        # The web server is killed: its own child goes too, or it would hold the port, and live on after everything.
        serving = product.children("granian")
        os.kill(min(serving), signal.SIGKILL)
        eventually(lambda: product.children("granian") and not {*serving} & {*product.children("granian")})
        product.wait_until_well()

        # The queue is killed while a flow runs: it is started again.
        run_a_flow(lambda: os.kill(product.children("valkey-server")[0], signal.SIGKILL))
        eventually(lambda: product.children("valkey-server"))
        product.wait_until_well()

        assert product.stop() < 10
        assert product.process.returncode == 0
        assert product.children("") == []

    with Product(tmp_path / "data") as again:
        again.wait_until_well()
        assert again.output.read_text().count("with the password") == 1
        assert "f" in again.command("templates", "export", "4", "--project", "2")
        assert again.stop() < 10


def processes_of(marker: str) -> list[int]:
    """All processes whose command line or script holds a word that only one test uses."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if marker in command:
            found.append(int(entry.name))
    return found


def test_nothing_is_left_running_however_the_product_ends(tmp_path):
    """A script runs in a session of its own; neither it nor the web server's children outlive the product."""
    with Product(tmp_path / "data") as product:
        product.wait_until_well()
        secret = json.loads(product.command("apps", "create", "tester", "--trusted").splitlines()[-1])["secret"]
        who = {"bk_app_code": "tester", "bk_app_secret": secret, "bk_username": "admin"}
        script = {"job_content": "exec sleep 98765", "job_ip_list": "127.0.0.1"}
        tree = flow("start > a > end", plugin="job_fast_execute_script", inputs={"a": script})
        _, template = product.call("/apigw/create_template/2/", {**who, "name": "f", "pipeline_tree": tree})
        _, made = product.call(f"/apigw/create_task/{template['data']['template_id']}/2/", {**who, "name": "t"})
        product.call(f"/apigw/start_task/{made['data']['task_id']}/2/", who)
        eventually(lambda: processes_of("98765"))

        assert product.stop() < 10
        assert product.children("") == []
        assert processes_of("98765") == []

    with Product(tmp_path / "data") as again:
        again.wait_until_well()
        query = "&".join(f"{k}={v}" for k, v in who.items())
        status = again.call(f"/apigw/get_task_status/{made['data']['task_id']}/2/?{query}")[1]["data"]
        assert status["state"] == "FAILED"
        again.process.kill()
        again.process.wait()
        eventually(lambda: again.children("") == [])


def test_a_port_in_use_is_one_clear_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = start_and_fail(tmp_path, SLUICE_PORT=str(taken.getsockname()[1]))

    assert "cannot be used" in refused
    assert "SLUICE_PORT" in refused


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLUICE_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none"),
        ("SLUICE_DATABASE_URL", "nonsense"),
        ("SLUICE_REDIS_URL", "redis://127.0.0.1:1/0"),
        ("SLUICE_REDIS_URL", "http://127.0.0.1:1/"),
        ("SLUICE_DATA_DIR", "/proc/nowhere"),
    ],
)
def test_what_cannot_be_reached_is_one_clear_line(tmp_path, variable, value):
    refused = start_and_fail(tmp_path, **{variable: value})

    assert variable in refused
    assert "cannot be reached" in refused
    assert "secret" not in refused


def test_wrong_settings_are_all_told_at_once(tmp_path):
    told = start_and_fail(
        tmp_path, lines=3, SLUICE_PORT="high", SLUICE_TIMEZONE="Mars/Olympus", SLUICE_ENV="production"
    )

    assert all(name in told for name in ("SLUICE_PORT", "SLUICE_TIMEZONE", "SLUICE_SECRET_KEY"))


def start_and_fail(folder: Path, lines: int = 1, **environ: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")}
    done = subprocess.run(
        [sys.executable, "-m", "jobs.supervise"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={**kept, "SLUICE_DATA_DIR": str(folder / "data"), "SLUICE_PORT": str(free_port()), **environ},
    )  # fmt: skip
    assert done.returncode != 0
    assert len(done.stdout.strip().splitlines()) == lines, done.stdout
    assert done.stderr == ""
    return done.stdout
