"""The documentation, held against the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from app.engine.core.validate import LOCAL_RULES, PATH_RULES, RULES
from app.engine.core.variables import VARIABLE_TYPES
from app.engine.plugins.registry import PLUGINS
from app.services.catalogue import rules
from app.settings import TABLE

ROOT = Path(__file__).parent.parent.parent


def text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_as_it_is():
    rows = re.findall(r"^\| `(SLUICE_\w+)` \| (?:`([^`]*)` )?\| (.+) \|$", text("settings.md"), re.MULTILINE)

    assert [(name, default.strip(), meaning) for name, default, meaning in rows] == [
        (s.variable, s.default, s.meaning) for s in TABLE
    ]


def test_every_plugin_and_each_of_its_inputs_is_documented():
    page = text("plugins.md")
    for plugin in PLUGINS:
        assert f"`{plugin.code}`" in page
        for field in (*plugin.inputs, *plugin.outputs):
            assert f"`{field.key}`" in page, f"{plugin.code}.{field.key}"


def test_every_variable_type_is_documented():
    page = text("expressions.md")
    assert all(f"`{kind}`" in page for kind in VARIABLE_TYPES)


def test_the_limits_of_the_editor_are_those_that_its_fields_have():
    page, limits = text("editor.md"), rules()["limits"]

    assert f"| name of a node | {limits['typed_name']} characters | {limits['node_name']} |" in page
    assert (
        f"| retries of a node by itself | 1 to {limits['retries']}, 0 to {limits['retry_interval']} seconds apart |"
        in page
    )
    assert f"| key of a variable | {limits['variable_key']} |" in page


def test_every_validation_rule_is_documented():
    source = "".join((ROOT / "app/engine/core" / name).read_text() for name in ("validate.py", "matching.py"))
    page = text("validation.md")
    assert len(RULES) == len(LOCAL_RULES) + len(PATH_RULES) + 1
    for rule in set(re.findall(r'Problem\(\s*"(\w+)"', source)):
        assert f"`{rule}`" in page, rule


def test_the_core_loads_without_flask_or_a_database():
    code = (
        "import sys; import app.engine.core.step, app.engine.core.validate, app.engine.core.compile, app.engine.core.status;"
        "bad = {'flask', 'sqlalchemy', 'redis', 'rq', 'httpx'} & set(sys.modules); sys.exit(bool(bad))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_links_between_documents_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_tests_that_answer_complaints_exist():
    table = (ROOT / "docs" / "complaints.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 31))
    for row in rows:
        named = re.findall(r"`([a-z_/]+\.py)(?:: (test_\w+))?`", row)
        assert named, f"no test shows this: {row}"
        for file, name in named:
            text = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert f"def {name}(" in text or not name, f"{file}: {name}"


def test_what_runs_before_a_commit_is_the_projects_own():
    hooks = [
        hook
        for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
        for hook in repo["hooks"]
    ]
    checked = re.search(r"^check:.*?\n\n", (ROOT / "Makefile").read_text(), re.MULTILINE | re.DOTALL)
    assert checked is not None
    for hook in hooks:
        assert hook["language"] == "system"
        tool = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert tool in checked.group(), f"make check does not run {tool}"
    assert len(hooks) == 4
