"""The commands, as they are typed."""

from __future__ import annotations

import json
import uuid

import pytest

from app.commands import flow as commands
from app.services.access import SYSTEM, find_project
from app.services.nodes import NodeOrder, operate_node
from app.services.reading import task_status
from tests.drawing import flow


@pytest.fixture
def run(make_app, sqlite_url):
    app = make_app(sqlite_url)
    runner = app.test_cli_runner()

    def typed(*words: str):
        return runner.invoke(args=list(words))

    typed("projects", "create", "Demo", "--biz-id", "2")
    return typed


def tree_file(tmp_path, *drawing, **options) -> str:
    path = tmp_path / "my flow.json"
    path.write_text(json.dumps(flow(*drawing, **options)))
    return str(path)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("flow",),
        ("flow", "run"),
        ("users", "create"),
        ("projects", "create"),
        ("projects", "member"),
        ("projects", "grant"),
        ("templates", "scheme"),
        ("apps", "create"),
        ("apps", "list"),
        ("apps", "renew"),
        ("apps", "deactivate"),
        ("keys", "create"),
        ("keys", "list"),
        ("keys", "deactivate"),
        ("tokens", "create"),
        ("tokens", "list"),
        ("tokens", "revoke"),
        ("templates", "import"),
    ],
)
def test_every_command_explains_itself(run, words):
    answer = run(*words, "--help")
    assert answer.exit_code == 0
    assert "Usage:" in answer.output


class TestWho:
    def test_a_member_gets_a_role_and_a_grant_and_loses_them(self, run, tmp_path):
        run("users", "create", "bob", "--password", "a password")
        run("templates", "import", tree_file(tmp_path, "start > a > end"), "--project", "2")

        assert run("projects", "member", "bob", "viewer", "--biz-id", "2").output == "bob is viewer of Demo\n"
        granted = run("projects", "grant", "bob", "execute_task", "template", "1", "--biz-id", "2")
        assert granted.output == "bob may execute_task template 1\n"
        assert (
            run("projects", "grant", "bob", "execute_task", "template", "1", "--biz-id", "2", "--drop").exit_code == 0
        )
        assert run("projects", "member", "bob", "none", "--biz-id", "2").output == "bob is no member of Demo\n"
        again = run("projects", "member", "bob", "none", "--biz-id", "2")
        assert (again.exit_code, "member bob does not exist" in again.output) == (1, True)


def test_a_business_id_is_a_positive_number(run):
    answer = run("projects", "create", "Odd", "--biz-id", "-3")

    assert answer.exit_code == 2
    assert "x>=1" in answer.output


class TestConstants:
    def test_flows_that_start_from_now_on_see_it(self, run, tmp_path):
        tree = tree_file(
            tmp_path, "start > a > end", plugin="bk_display", inputs={"a": {"bk_display_message": "${got}"}},
            constants={"${got}": {"value": "${_env_region['name']}!"}}, outputs=["${got}"],
        )  # fmt: skip

        assert "is set" in run("projects", "constant", "region", '{"name": "north"}', "--biz-id", "2").output
        assert '${got} = "north!"' in run("flow", "run", tree).output

        assert "is gone" in run("projects", "constant", "region", "--drop", "--biz-id", "2").output
        assert "_env_region" in run("flow", "run", tree).output

    def test_a_key_that_no_flow_could_name_is_refused(self, run):
        answer = run("projects", "constant", "a-b", "1", "--biz-id", "2")
        assert answer.exit_code == 1
        assert "letters, digits and _" in answer.output


class TestFlowRun:
    def test_it_can_begin_at_another_node(self, run, tmp_path):
        answer = run("flow", "run", tree_file(tmp_path, "start > a > b > c > end", plugin="bk_display"), "--from", "b")

        assert answer.exit_code == 0, answer.output
        assert "a: finished" not in answer.output
        assert "b: finished" in answer.output
        assert "c: finished" in answer.output

    def test_a_flow_that_finishes_exits_with_0_and_prints_its_outputs(self, run, tmp_path):
        tree = tree_file(
            tmp_path, "start > a > b > end", plugin="job_fast_execute_script",
            inputs={n: {"job_content": f"echo '<SOPS_VAR>x:{n}${{who}}</SOPS_VAR>'", "job_ip_list": "127.0.0.1"} for n in "ab"},
            constants={"${who}": {"value": "?"}, "${got}": {"source_type": "component_outputs", "source_info": {"b": ["log_outputs"]}}},
            outputs=["${got}"],
        )  # fmt: skip
        answer = run("flow", "run", tree, "--set", "${who}=me")

        assert answer.exit_code == 0, answer.output
        assert '${got} = {"x": "bme"}' in answer.output
        assert answer.output.rstrip().endswith("FINISHED")

    def test_a_variable_that_the_flow_does_not_have_is_refused_before_anything_runs(self, run, tmp_path):
        tree = tree_file(tmp_path, "start > a > end", plugin="bk_display", constants={"${who}": {"value": "?"}})
        answer = run("flow", "run", tree, "--set", "${whom}=me")

        assert answer.exit_code == 1
        assert "${whom}" in answer.output
        assert "there are: ${who}" in answer.output
        assert "a: " not in answer.output

    def test_a_flow_that_fails_exits_with_1_and_the_reason(self, run, tmp_path):
        inputs = {"a": {"job_content": "exit 7", "job_ip_list": "127.0.0.1"}}
        answer = run(
            "flow", "run", tree_file(tmp_path, "start > a > end", plugin="job_fast_execute_script", inputs=inputs)
        )

        assert answer.exit_code == 1
        assert "exit code 7 on 127.0.0.1" in answer.output

    def test_nodes_that_wait_for_a_person_can_be_confirmed_at_once(self, run, tmp_path):
        answer = run("flow", "run", tree_file(tmp_path, "start > a > end", plugin="pause_node"), "--confirm")
        assert answer.exit_code == 0

    def test_without_a_terminal_a_node_that_waits_for_a_person_waits_for_one_elsewhere(
        self, run, tmp_path, monkeypatch
    ):
        """Somebody confirms it on a page while the command waits; the command says that it does."""

        def confirm_elsewhere(_seconds: float) -> None:
            (waiting,) = [
                n for n in task_status(SYSTEM, find_project(SYSTEM, 2), 1).nodes.values() if n.kind == "activity"
            ]
            operate_node(SYSTEM, find_project(SYSTEM, 2), 1, NodeOrder(waiting.node_id, "callback"))

        monkeypatch.setattr(commands.time, "sleep", confirm_elsewhere)
        answer = run("flow", "run", tree_file(tmp_path, "start > a > end", plugin="pause_node"))

        assert answer.exit_code == 0
        assert answer.output.count("--confirm") == 1

    def test_what_is_wrong_with_a_tree_is_told_in_full(self, run, tmp_path):
        answer = run("flow", "run", tree_file(tmp_path, "start > a > b > end", plugin="none"))
        assert answer.exit_code == 1
        assert answer.output.count("plugin none") == 2


def test_an_app_gets_credentials_that_other_dialects_can_use(run):
    answer = run("apps", "create", "ci", "--trusted", "--project", "2")
    made = json.loads(answer.output.splitlines()[-1])

    assert set(made) == {"code", "secret", "access_key", "secret_key"}
    assert str(uuid.UUID(made["access_key"])) == made["access_key"]
    assert len(made["access_key"] + made["secret_key"]) <= 76
    assert run("apps", "create", "ci").exit_code == 1


def test_apps_are_listed_with_what_they_may_and_refused_once_deactivated(run):
    run("apps", "create", "ci", "--trusted", "--days", "30")
    run("apps", "create", "narrow", "--project", "2")
    assert run("apps", "deactivate", "narrow").exit_code == 0
    assert run("apps", "deactivate", "nobody").exit_code == 1

    ci, narrow = run("apps", "list").output.splitlines()
    assert ci.split("\t")[:4] == ["ci", "active", "trusted", "any project"]
    assert narrow.split("\t")[:4] == ["narrow", "deactivated", "not trusted", "only in the project with business id 2"]
    assert "until 2" in ci
    assert "for ever" in narrow
    assert "never used" in narrow


def test_a_key_pair_is_shown_once_listed_without_its_secret_and_refused_once_deactivated(run):
    run("users", "create", "ada", "--admin")
    run("apps", "create", "ci")
    pair = json.loads(
        run("keys", "create", "ci", "--user", "ada", "--project", "2", "--days", "7").output.splitlines()[-1]
    )

    listed = run("keys", "list", "ci").output
    assert listed.startswith(f"{pair['access_key']}\tactive\tci\tada\tproject with business id 2\t")
    assert pair["secret_key"] not in listed
    assert run("keys", "deactivate", pair["access_key"]).exit_code == 0
    assert "\tdeactivated\t" in run("keys", "list").output
    for wrong in (("nobody", "ada", "2"), ("ci", "nobody", "2"), ("ci", "ada", "99")):
        app_code, user, project = wrong
        assert run("keys", "create", app_code, "--user", user, "--project", project).exit_code == 1
    assert run("keys", "deactivate", "nothing").exit_code == 1


def test_a_token_is_shown_once_listed_without_itself_and_revoked(run):
    run("users", "create", "ada")
    token = run("tokens", "create", "ada", "--name", "laptop", "--days", "7").output.splitlines()[-1]

    listed = run("tokens", "list", "ada").output
    assert listed.startswith("1\tada\tlaptop\t")
    assert token not in listed
    assert run("tokens", "revoke", "1").exit_code == 0
    assert run("tokens", "list").output == ""
    assert run("tokens", "revoke", "1").exit_code == 1
    assert run("tokens", "create", "nobody").exit_code == 1


def test_a_user_is_made_once(run):
    assert "password" in run("users", "create", "ada", "--admin").output
    again = run("users", "create", "ada", "--password", "longenough")
    assert (again.exit_code, "exists already" in again.output) == (1, True)
    assert run("users", "create", "bob", "--password", "short").exit_code == 1


def test_a_template_goes_out_and_comes_in_again(run, tmp_path):
    assert run("templates", "import", tree_file(tmp_path, "start > a > end"), "--project", "2").exit_code == 0
    exported = tmp_path / "t.yaml"
    assert run("templates", "export", "1", str(exported), "--project", "2").exit_code == 0
    again = run("templates", "import", str(exported), "--project", "2")
    assert "template 2 made" in again.output


@pytest.mark.parametrize("name", ["both.yaml", "both.dat"])
def test_several_templates_go_into_one_file_and_replace_what_is_there(run, tmp_path, name):
    for node in "ab":
        run("templates", "import", tree_file(tmp_path, f"start > {node} > end"), "--project", "2")
    file = str(tmp_path / name)

    assert "template 1, 2 written to" in run("templates", "export", "1", "2", file, "--project", "2").output
    answer = run("templates", "import", file, "--project", "2", "--override")
    common = run("templates", "import", file)

    assert answer.output == "template 1 replaced: imported flow\ntemplate 2 replaced: imported flow\n"
    assert "template 4 made" in common.output


def test_what_is_exported_to_the_terminal_can_be_a_dat_file(run, tmp_path):
    run("templates", "import", tree_file(tmp_path, "start > a > end"), "--project", "2")
    text = run("templates", "export", "1", "--project", "2", "--format", "dat").output
    path = tmp_path / "no suffix"
    path.write_text(text)

    assert "template 2 made" in run("templates", "import", str(path), "--project", "2", "--format", "dat").output
    path.write_text("rubbish!")
    broken = run("templates", "import", str(path), "--project", "2", "--format", "dat")
    assert (broken.exit_code, broken.output) == (1, "Error: Template data is corrupt\n")


@pytest.mark.parametrize("words", [("a.yaml", "b.yaml"), ("a.yaml",), ("1", "a.yaml", "2")])
def test_only_one_file_and_some_template_are_exported(run, words):
    assert run("templates", "export", *words, "--project", "2").exit_code == 2


@pytest.mark.parametrize(
    "text", ["a: &x [1]\nb: [*x, *x]", "just text", "[1, 2]", "{bad json", "a: !!python/object/apply:os.system ['id']"]
)
def test_a_hostile_or_broken_file_is_refused(run, tmp_path, text):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    answer = run("templates", "import", str(path), "--project", "2")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
