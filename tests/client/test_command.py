"""The command `sluice`, typed against a running product."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import time

import pytest

from jobs.setup import write_command
from tests.client.conftest import Terminal
from tests.docs.pages import commands
from tests.drawing import flow


@pytest.fixture
def add_flow(terminal, tmp_path):
    """Save a flow that is drawn here, and return its id."""

    def add(name: str, *drawing, **options) -> str:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(flow(*drawing, **options)))
        (made,) = terminal.json("flows", "import", str(path))
        return made

    return add


def wait_for(terminal: Terminal, task: str, state: str) -> None:
    for _ in range(100):
        if terminal.json("tasks", "show", task)["status"]["state"] == state:
            return
        time.sleep(0.1)
    raise AssertionError(f"task {task} never was {state}")


def script(text: str) -> dict[str, str]:
    return {"job_content": text, "job_ip_list": "127.0.0.1"}


class TestLogin:
    def test_what_is_kept_is_enough_for_the_next_command(self, anywhere, terminal, app_secret, product):
        where = ("--url", f"http://127.0.0.1:{product.port}", "--app", "terminal", "--user", "admin", "--project", "2")
        answer = anywhere.sluice("login", *where, typed=f"{app_secret}\n")
        assert answer.exit_code == 0, answer.stderr
        assert "logged in to project" in answer.stdout

        kept = anywhere.home / "sluice" / "client.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert "Release a web service" in anywhere.sluice("flows", "list").stdout
        shown = anywhere.sluice("config").stdout
        assert "terminal" in shown
        assert app_secret not in shown
        anywhere.sluice("logout")
        assert not kept.exists()

    def test_credentials_that_are_not_taken_are_not_kept(self, anywhere, product):
        where = ("--url", f"http://127.0.0.1:{product.port}", "--app", "terminal", "--user", "admin", "--project", "2")
        answer = anywhere.sluice("login", *where, typed="wrong\n")
        assert answer.exit_code == 1
        assert "Error: " in answer.stderr
        assert not (anywhere.home / "sluice").exists()

    def test_without_it_a_command_says_what_is_missing(self, anywhere):
        answer = anywhere.sluice("flows", "list")
        assert (answer.exit_code, "sluice login" in answer.stderr) == (1, True)

    def test_a_server_that_is_not_there_is_told_in_one_line(self, terminal):
        answer = terminal.sluice("flows", "list", SLUICE_CLIENT_URL="http://127.0.0.1:1")
        assert answer.exit_code == 1
        assert answer.stderr.startswith("Error: http://127.0.0.1:1 does not answer")
        assert len(answer.stderr.splitlines()) == 1


class TestFlows:
    def test_a_flow_goes_out_and_comes_in_again(self, terminal, tmp_path):
        file = tmp_path / "release.json"
        listed = terminal.json("flows", "list", "--search", "Release")
        assert terminal.sluice("flows", "export", listed[0]["name"], str(file)).exit_code == 0

        (made,) = terminal.json("flows", "import", str(file), "--name", "The same again")
        shown = terminal.sluice("flows", "show", made)
        assert shown.stdout.startswith(f"The same again (flow {made})")
        assert "pause_node" in shown.stdout

    def test_everything_that_is_wrong_with_a_file_is_told(self, terminal, tmp_path):
        (tmp_path / "bad.json").write_text('{"activities": {}}')
        answer = terminal.sluice("flows", "import", str(tmp_path / "bad.json"))
        assert (answer.exit_code, "start_event" in answer.stderr) == (1, True)

    def test_a_name_that_no_flow_has_is_told_with_those_that_are_near(self, terminal):
        answer = terminal.sluice("flows", "show", "Release")
        assert answer.exit_code == 1
        assert "Release a web service" in answer.stderr


class TestRun:
    def test_it_watches_a_task_to_its_end_and_exits_with_0(self, terminal, add_flow):
        constants = {"${who}": {"name": "Who", "value": "nobody"}}
        made = add_flow(
            "greet", "start > say > end", plugin="bk_display", inputs={"say": {"bk_display_message": "hello ${who}"}},
            constants=constants, outputs=["${who}"],
        )  # fmt: skip
        answer = terminal.sluice("run", made, "--set", "who=world")
        assert answer.exit_code == 0, answer.stderr
        assert "✓ say: finished" in answer.stdout
        assert '${who} = "world"' in answer.stdout
        assert answer.stdout.endswith("finished\n")

        (task,) = terminal.json("tasks", "list", "--search", "greet")
        assert terminal.sluice("tasks", "log", str(task["id"]), "say").stdout == "hello world\n"
        assert terminal.sluice("tasks", "list").stdout.splitlines()[1].split()[2] == "finished"

    def test_a_task_that_fails_exits_with_1_and_the_reason(self, terminal, add_flow):
        made = add_flow(
            "fails", "start > bad > end", plugin="job_fast_execute_script", inputs={"bad": script("exit 7")}
        )
        answer = terminal.sluice("run", made)
        assert answer.exit_code == 1
        assert "✗ bad: failed" in answer.stdout
        assert "bad: " in answer.stderr
        assert "7" in answer.stderr

    def test_a_variable_that_the_flow_does_not_have_is_refused_before_anything_is_made(self, terminal, add_flow):
        made = add_flow("plain", "start > a > end", plugin="bk_display")
        answer = terminal.sluice("run", made, "--set", "colour=red")
        assert (answer.exit_code, "there are: none" in answer.stderr) == (2, True)
        assert terminal.json("tasks", "list", "--search", "plain") == []

    def test_one_that_waits_for_a_person_says_so_until_the_time_is_up(self, terminal, add_flow):
        made = add_flow("waits", "start > ask > end", plugin="pause_node")
        answer = terminal.sluice("run", made, "--timeout", "3")
        assert answer.exit_code == 1
        assert "☞ waits for a person: http" in answer.stdout
        assert "the task goes on" in answer.stderr


class TestTasks:
    def test_it_is_paused_resumed_and_revoked(self, terminal, add_flow):
        made = add_flow("orders", "start > ask > end", plugin="pause_node")
        task = terminal.sluice("run", made, "--detach").stdout.strip()
        for order, state in (("pause", "SUSPENDED"), ("resume", "RUNNING"), ("revoke", "REVOKED")):
            assert terminal.sluice("tasks", order, task).stdout == f"task {task}: {order} asked\n"
            wait_for(terminal, task, state)
        assert terminal.sluice("tasks", "watch", task).exit_code == 1

        refused = terminal.sluice("tasks", "resume", task)
        assert (refused.exit_code, refused.stderr.startswith("Error: ")) == (1, True)

    def test_a_failed_node_is_retried_with_other_inputs_another_is_skipped(self, terminal, add_flow):
        made = add_flow(
            "mends", "start > one > two > end", plugin="job_fast_execute_script",
            inputs={"one": script("exit 1"), "two": script("exit 2")},
        )  # fmt: skip
        task = terminal.sluice("run", made, "--detach").stdout.strip()
        wait_for(terminal, task, "FAILED")
        terminal.sluice("tasks", "retry", task, "one", "--inputs", json.dumps(script("echo mended")))
        assert terminal.sluice("tasks", "watch", task).exit_code == 1
        assert "✓ one: finished (attempt 2)" in terminal.sluice("tasks", "show", task).stdout

        nobody = terminal.sluice("tasks", "skip", task, "three")
        assert (nobody.exit_code, "has reached no node" in nobody.stderr) == (1, True)
        assert terminal.sluice("tasks", "skip", task, "two").exit_code == 0
        assert terminal.sluice("tasks", "watch", task).exit_code == 0


def test_schedules_are_listed(terminal, add_flow, product, app_secret):
    made = add_flow("nightly", "start > a > end", plugin="bk_display")
    credentials = {"bk_app_code": "terminal", "bk_app_secret": app_secret, "bk_username": "admin"}
    product.call(f"/apigw/create_periodic_task/{made}/2/", {**credentials, "name": "each night", "cron": {"hour": "3"}})
    shown = terminal.sluice("schedules", "list").stdout
    assert "each night" in shown
    assert "* 3 * * *" in shown


def test_the_command_that_setup_makes_works_from_any_folder(terminal, tmp_path):
    write_command(tmp_path / "sluice")
    answer = subprocess.run(
        [tmp_path / "sluice", "flows", "list"], cwd=tmp_path, env={**os.environ, **terminal.environ}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "Release a web service" in answer.stdout


def test_the_commands_of_the_documentation_work(terminal, add_flow, product, app_secret, tmp_path, monkeypatch):
    """Each as it is written, in its order; numbers of tasks stand for tasks of which it makes sense."""
    monkeypatch.chdir(tmp_path)
    script_of_pack = {"plugin": "job_fast_execute_script", "inputs": {"pack": script("exit 1")}}
    fails = add_flow("bad", "start > pack > end", nodes={"pack": {"name": "Pack them"}}, **script_of_pack)
    waits = add_flow("ask", "start > ask > end", plugin="pause_node")

    def task(flow_id: str, state: str, *then: str) -> str:
        number = terminal.sluice("run", flow_id, "--detach").stdout.strip()
        wait_for(terminal, number, state)
        if then:
            terminal.sluice("tasks", *then, number)
        return number

    known = Terminal(tmp_path)
    last = ""
    for command in documented():
        words = shlex.split(command.partition("sluice ")[2])
        match words:
            case ["login", "--url", _, *rest]:
                words = ["login", "--url", f"http://127.0.0.1:{product.port}", *rest]
            case ["tasks", "retry" | "skip", number, *_]:
                words[words.index(number)] = task(fails, "FAILED")
            case ["tasks", "pause" | "revoke", number, *_]:
                words[words.index(number)] = task(waits, "RUNNING")
            case ["tasks", "resume", number]:
                words[words.index(number)] = task(waits, "RUNNING", "pause")
            case ["tasks", "watch" | "show" | "log", number, *_]:
                words[words.index(number)] = last
        answer = known.sluice(*words, typed=f"{app_secret}\n")
        assert answer.exit_code == 0, f"{command}: {answer.output}"
        if "--detach" in words:
            last = answer.stdout.strip()


def documented() -> list[str]:
    """The commands of the pages, those that need no login last."""
    found = [command for command in commands() if re.match(r"(\.venv/bin/)?sluice ", command)]
    return sorted(found, key=lambda command: ("logout" in command, "login" not in command))
