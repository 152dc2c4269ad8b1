"""Every command that the documentation tells its readers to type is run by a test, or it is said here why not."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from tests.docs.pages import ROOT, commands
from tests.drawing import flow

FLASK = ("flask --app wsgi ", ".venv/bin/flask --app wsgi ")
SLUICE = ("sluice ", ".venv/bin/sluice ")

STANDS_FOR = {
    "CODE": "shop", "USER": "bob", "NAME ROLE": "bob viewer", "--biz-id N": "--biz-id 2", "--user NAME": "--user bob",
    "unlock NAME": "unlock bob", "BUSINESS_ID": "2", "[--days N]": "--days 30", "'${key}=value'": "'${who}=me'",
}  # fmt: skip
"""What a reader puts in place of words in capitals."""

MENTIONED = {
    "flask --app wsgi --help", "flask --app wsgi projects constant", "flask --app wsgi projects create",
    "flask --app wsgi projects member NAME ROLE", "flask --app wsgi templates export",
}  # fmt: skip
"""Commands that are named without what they need: they explain themselves."""

ELSEWHERE = {
    "flask --app wsgi flow lock NUMBER": "tests/api/enos/test_rights.py: test_a_locked_flow",
    "make audit": "tests/security/test_audit.py: def test_",
    "make docs": ".ci/run: make docs",
    "make check": ".ci/run: make check",
    "make check test": ".ci/run: make test",
    "make test": ".ci/run: make test",
    "make up": "tests/startup/test_supervise.py: test_the_product_starts_survives_and_stops",
    "make setup": ".ci/run: make test",
    "make words": "tests/web/test_languages.py: def test_",
    "python -m jobs.prepare": "tests/startup/test_deploy.py: test_each_process_runs_by_itself",
    "python -m jobs.web": "tests/startup/test_deploy.py: test_each_process_runs_by_itself",
    "python -m jobs.worker": "tests/startup/test_deploy.py: test_each_process_runs_by_itself",
    "python -m jobs.scheduler": "tests/startup/test_deploy.py: test_each_process_runs_by_itself",
    "python -m tests.api.bksops.reference": "tests/api/bksops/test_reference.py: test_the_page_and_the_examples_are_up_to_date",
    "python -m tests.client.generate": "tests/client/test_client.py: test_its_methods_and_types_are",
    **{command: "tests/client/test_command.py: test_the_commands_of_the_documentation_work"
       for command in commands() if command.startswith(SLUICE)},
}  # fmt: skip
"""What runs a command, or all of what it does: a file, and words in it."""

NOT_RUN = {
    "make bench": "takes a quarter of an hour and wants a quiet machine",
    ".venv/bin/python -m benchmarks --keep": "as `make bench`; its page is written by tests/docs/test_figures.py",
    "make soak": "takes minutes to hours",
    "docker compose -f docs/files/docker/compose.yaml up --build --wait":
        "needs Docker; tests/startup/test_compose.py holds the file against the code",
    "docker compose -f docs/files/docker/compose.yaml logs prepare": "needs Docker",
    "make lock": "asks the package index for the newest versions",
    ".venv/bin/python -m pip install --require-hashes -r requirements-otel.txt": "asks the package index",
    "pip install --require-hashes -r requirements-otel.txt": "asks the package index",
    "flask --app wsgi db migrate": "writes a new migration; tests/startup/test_migrations.py finds none to be missing",
    "systemctl enable --now sluice-web sluice-scheduler sluice-worker@{1..4}":
        "needs systemd and root; tests/startup/test_deploy.py lets systemd check the units",
}  # fmt: skip


def test_every_command_is_run_or_there_is_a_reason_why_not():
    documented = commands()
    typed = {command for command in documented if command.startswith(FLASK)}
    accounted = typed | ELSEWHERE.keys() | NOT_RUN.keys()
    unknown = {command: pages for command, pages in documented.items() if command not in accounted}
    assert unknown == {}, "run it here, or say in ELSEWHERE or NOT_RUN who does or why not"
    assert (ELSEWHERE.keys() | NOT_RUN.keys() | MENTIONED) <= documented.keys(), "these are no longer documented"


@pytest.mark.parametrize("command", ELSEWHERE)
def test_what_runs_it_is_there(command):
    file, _, words = ELSEWHERE[command].partition(": ")
    assert words in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(c for c in commands() if c.startswith("make ")))
def test_what_is_made_can_be_made(command):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(command.split()[1:]) <= set(targets)


@pytest.fixture
def typed(make_app, sqlite_url, tmp_path, monkeypatch):
    """A terminal of an installation with two projects, a user, and seven flows."""
    monkeypatch.chdir(tmp_path)
    tree = flow(
        "start > say > end", inputs={"say": {"bk_display_message": "${who}"}}, constants={"${who}": {"value": "?"}}
    )
    (tmp_path / "TREE.json").write_text(json.dumps(tree))
    runner = make_app(sqlite_url).test_cli_runner()

    def type_(words: str):
        return runner.invoke(args=shlex.split(words))

    for words in (
        "db stamp head", "projects create Demo --biz-id 2", "projects create Other --biz-id 5",
        "users create bob --password 'a long password 1'", "projects member bob viewer --biz-id 2",
        *["templates import TREE.json --project 2"] * 7, "templates export 1 flows.dat --project 2",
    ):  # fmt: skip
        assert type_(words).exit_code == 0, words
    return type_


@pytest.mark.parametrize(
    "command", sorted(c for c in commands() if c.startswith(FLASK) and c not in {*ELSEWHERE, *NOT_RUN})
)
def test_a_command_of_the_server_works_as_it_is_written(command, typed, make_app, tmp_path):
    words = command.partition("--app wsgi ")[2]
    for written, meant in STANDS_FOR.items():
        words = words.replace(written, meant)
    if command in MENTIONED:
        words = (
            " ".join(word for word in words.split() if word not in ("bob", "viewer")).removesuffix("--help") + " --help"
        )
    if words.startswith("keys create"):
        assert typed("apps create shop").exit_code == 0
    if words.startswith("database restore"):
        file = words.split()[-1]
        assert typed(f"database backup {file}").exit_code == 0
        answer = make_app(f"sqlite:///{tmp_path / 'empty.db'}").test_cli_runner().invoke(args=shlex.split(words))
    else:
        answer = typed(words)
    assert answer.exit_code == 0, answer.output
