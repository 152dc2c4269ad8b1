"""The processes one by one, as several machines run them: on PostgreSQL and a queue that they share."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from app.settings import TABLE
from jobs.valkey import server_binary
from tests.drawing import flow
from tests.postgres import fresh_database
from tests.startup.test_supervise import ROOT, eventually, free_port

UNITS = ROOT / "docs" / "files" / "systemd"


@pytest.fixture
def queue_url(tmp_path):
    """A queue of its own, as another machine would have it."""
    binary, port = server_binary(), free_port()
    assert binary is not None
    server = subprocess.Popen(
        [str(binary), "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    yield f"redis://127.0.0.1:{port}"
    server.kill()
    server.wait()


@pytest.mark.postgres
def test_each_process_runs_by_itself_and_together_they_run_flows(tmp_path, postgres_url, queue_url):
    port = free_port()
    with fresh_database(postgres_url) as database:
        shared = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")},
            "SLUICE_ENV": "production", "SLUICE_SECRET_KEY": "a secret that all machines know", "SLUICE_PORT": str(port),
            "SLUICE_DATABASE_URL": database, "SLUICE_REDIS_URL": queue_url,
        }  # fmt: skip

        def machine(name: str, *words: str, **options) -> subprocess.Popen | subprocess.CompletedProcess:
            run = options.pop("run", subprocess.Popen)
            environ = {**shared, "SLUICE_DATA_DIR": str(tmp_path / name)}
            return run([sys.executable, *words], cwd=ROOT, env=environ, **options)

        def call(path: str, body: dict | None = None) -> dict:
            data = json.dumps(body).encode() if body else None
            with urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data), timeout=5
            ) as answer:
                return json.load(answer)

        assert machine("one", "-m", "jobs.prepare", run=subprocess.run, capture_output=True).returncode == 0
        started = [
            machine("one", "-m", "jobs.web"),
            machine("two", "-m", "jobs.worker"),
            machine("three", "-m", "jobs.scheduler"),
        ]
        try:
            eventually(lambda: _answers(call), 60)
            made = machine("one", "-m", "flask", "--app", "wsgi", "apps", "create", "t", "--trusted", run=subprocess.run,
                           capture_output=True, text=True)  # fmt: skip
            secret = json.loads(made.stdout.splitlines()[-1])["secret"]
            who = {"bk_app_code": "t", "bk_app_secret": secret, "bk_username": "admin"}
            tree = flow(
                "start > a > b > end", plugin="sleep_timer", inputs={"a": {"bk_timing": "1"}, "b": {"bk_timing": "0"}}
            )
            template = call("/apigw/create_template/2/", {**who, "name": "f", "pipeline_tree": tree})["data"][
                "template_id"
            ]
            task = call(f"/apigw/create_task/{template}/2/", {**who, "name": "t"})["data"]["task_id"]
            assert call(f"/apigw/start_task/{task}/2/", who)["result"]

            # The only worker's machine vanishes in the middle; another takes its work up.
            os.kill(started[1].pid, signal.SIGKILL)
            started[1].wait()
            started[1] = machine("four", "-m", "jobs.worker")
            query = "&".join(f"{key}={value}" for key, value in who.items())
            eventually(lambda: call(f"/apigw/get_task_status/{task}/2/?{query}")["data"]["state"] == "FINISHED", 60)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=15)


def _answers(call) -> bool:
    try:
        return call("/healthz")["status"] == "ok"
    except OSError:
        time.sleep(0.3)
        return False


def test_wrong_settings_of_the_web_server_are_told(tmp_path):
    environ = {**os.environ, "SLUICE_DATA_DIR": str(tmp_path), "SLUICE_PORT": "none"}
    done = subprocess.run(
        [sys.executable, "-m", "jobs.web"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "SLUICE_PORT" in done.stderr) == (2, True)


def test_the_units_start_what_there_is_and_the_settings_are_settings():
    for unit in UNITS.glob("*.service"):
        module = re.search(r"^ExecStart=\S+ -m jobs\.(\w+)$", unit.read_text(), re.MULTILINE)
        assert module, unit.name
        assert (ROOT / "jobs" / f"{module[1]}.py").exists(), unit.name
    named = set(re.findall(r"SLUICE_\w+", (ROOT / "docs" / "deploy.md").read_text()))
    assert named <= {setting.variable for setting in TABLE}


@pytest.mark.skipif(
    not Path("/usr/bin/systemd-analyze").exists(), reason="needs systemd-analyze: apt-get install systemd"
)
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS.glob("*.service"):
        text = (
            unit.read_text().replace("/opt/sluice/.venv/bin/python", sys.executable).replace("User=sluice", "User=root")
        )
        (tmp_path / unit.name.replace("@", "@1")).write_text(text.replace("/opt/sluice", str(ROOT)))
    files = [str(path) for path in tmp_path.glob("*.service")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *files], capture_output=True, text=True, check=False
    )
    about_us = [line for line in done.stderr.splitlines() if "sluice" in line]
    assert about_us == []
