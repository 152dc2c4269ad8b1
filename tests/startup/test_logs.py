"""Log lines: fields by name, the place where something happened, no secret; JSON for programs, text for people."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from app import logs
from app.engine.attempts import AT_WORK
from app.engine.plugins.base import Context, Outcome, Plugin
from app.settings import TABLE
from tests.drawing import flow
from tests.engine.workshop import Workshop

log = logging.getLogger("app.engine.test")


@pytest.fixture
def written(request):
    """What is logged, as text: `written()` returns the lines of JSON as dictionaries."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter("json"))
    root, level = logging.getLogger(), logging.getLogger("app").level
    root.addHandler(handler)
    logging.getLogger("app").setLevel("DEBUG")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    logging.getLogger("app").setLevel(level)


def test_a_line_has_its_fields_by_name(written):
    log.info("late-report run=%s node=%s attempt=%s", 7, "n1", 2)

    (line,) = written()
    assert line.pop("timestamp")
    assert line == {
        "event": "late-report", "run": 7, "node": "n1", "attempt": 2, "level": "info", "logger": "app.engine.test",
    }  # fmt: skip


def test_a_line_of_somebody_else_is_kept_as_it_is(written):
    logging.getLogger("other").warning("100%% of %s, and %d", "it", 3)
    logging.getLogger("other").warning("a text with run=7 in it")

    assert [line["event"] for line in written()] == ["100% of it, and 3", "a text with run=7 in it"]


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("call-refused password=%s", "hunter22"),
        ("call-refused reason=%s", "Authorization: Bearer hunter22"),
        ("queue-away error=%s", "cannot reach redis://user:hunter22@10.0.0.7:6379/0"),
        ("call-refused path=%s", "/x?access_token=hunter22&a=1"),
        ("call-refused reason=%s", '{"bk_app_secret": "hunter22"}'),
        ("plugin-raised reason=%s", "sealed:v1:hunter22"),
    ],
)
def test_secrets_are_masked(written, pattern, value):
    log.warning(pattern, value)

    (line,) = written()
    assert "hunter22" not in json.dumps(line)
    assert "******" in json.dumps(line)


class Talker(Plugin):
    """Logs, with a secret of its task, and raises with it."""

    code = "talker"
    name = "Talker"

    def execute(self, inputs: Mapping[str, object], ctx: Context) -> Outcome:
        log.info("talked about=%s", inputs["about"])
        raise ValueError(f"cannot do {inputs['about']}")


def test_what_is_logged_during_a_call_says_which_attempt_it_was_and_not_the_secrets_of_its_task(
    app, written, monkeypatch
):
    from app.services import tasks

    monkeypatch.setattr(tasks, "known_plugins", lambda: {("talker", "legacy")})
    workshop = Workshop([Talker()])
    constants = {"${key}": {"custom_type": "password", "source_type": "custom", "value": "hunter22"}}
    task = workshop.run(
        flow("start > a > end", plugin="talker", constants=constants, inputs={"a": {"about": "my ${key}"}})
    )

    lines = [line for line in written() if line["event"] in ("talked", "plugin-raised")]
    assert [line["event"] for line in lines] == ["talked", "plugin-raised"]
    for line in lines:
        place = {key: line[key] for key in ("node", "loop", "attempt", "task", "project")}
        assert place == {"node": task.ids["a"], "loop": 1, "attempt": 1, "task": task.task_id, "project": 1}
        assert line["run"] > 0
    assert lines[0]["about"] == "my ******"
    assert "ValueError: cannot do my ******" in lines[1]["exception"]
    assert "hunter22" not in json.dumps(lines)
    assert AT_WORK.get() is None


def test_all_lines_of_a_request_have_its_id_and_its_answer_too(make_app, sqlite_url, written):
    client = make_app(sqlite_url).test_client()

    given = client.get("/healthz", headers={"X-Request-Id": "from-the-proxy-1"})
    made = client.get("/projects/7/tasks/", headers={"X-Request-Id": "not one\tof them"})

    assert given.headers["X-Request-Id"] == "from-the-proxy-1"
    lines = [line for line in written() if line["event"] == "answered"]
    assert [line["request"] for line in lines] == ["from-the-proxy-1", made.headers["X-Request-Id"]]
    assert len(made.headers["X-Request-Id"]) == 32
    assert (lines[1]["project"], lines[1]["path"], lines[1]["status"]) == (7, "/projects/7/tasks/", made.status_code)


def test_text_is_one_line_for_people():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter("text"))
    record = log.makeRecord(log.name, logging.INFO, "f", 1, "late-report run=%s", (7,), None)
    handler.emit(record)

    line = stream.getvalue()
    assert "late-report" in line
    assert "run=7" in line
    assert line.count("\n") == 1


def test_a_scheduler_writes_json_where_it_is_set_so(tmp_path, sqlite_url):
    environ = {
        **os.environ, "SLUICE_DATA_DIR": str(tmp_path), "SLUICE_DATABASE_URL": sqlite_url, "SLUICE_LOG_FORMAT": "json",
        "SLUICE_REDIS_URL": "redis://:hunter22@127.0.0.1:1/0",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "jobs.scheduler"], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        lines = [json.loads(process.stderr.readline()) for _ in range(2)]
    finally:
        process.kill()
        process.communicate()

    assert [line["event"] for line in lines] == ["scheduler-begins", "queue-away"]
    assert "hunter22" not in json.dumps(lines)


def test_a_wrong_setting_is_told():
    read = {setting.variable: setting.read for setting in TABLE}
    with pytest.raises(ValueError, match="text or json is wanted"):
        read["SLUICE_LOG_FORMAT"]("xml")
    with pytest.raises(ValueError, match="WARNING or ERROR is wanted"):
        read["SLUICE_LOG_LEVEL"]("loud")
