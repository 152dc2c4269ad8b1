"""The guides, carried out: what they add is put into a copy of the product, and their own tests run there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import DOCS, ROOT, blocks

TOGETHER = '''"""A flow that uses what the guides have added."""

import json

from tests.commands.test_commands import run  # noqa: F401
from tests.drawing import flow


def test_a_flow_waits_for_its_window_and_sees_the_parts_of_its_version(run, tmp_path):
    tree = flow(
        "start > window > say > end", plugin="bk_display",
        nodes={"window": {"component": {"code": "wait_for_window", "version": "1.0", "data": {
            "opens": {"hook": False, "value": 0}, "closes": {"hook": False, "value": 24},
        }}}},
        inputs={"say": {"bk_display_message": "release ${major}"}},
        constants={
            "${release}": {"custom_type": "version", "value": "v4.2.1"},
            "${major}": {"value": "${release['major']}"},
            "${at}": {"source_type": "component_outputs", "source_info": {"window": ["opened_at"]}},
        }, outputs=["${major}", "${at}"],
    )
    file = tmp_path / "tree.json"
    file.write_text(json.dumps(tree))
    answer = run("flow", "run", str(file))
    assert answer.exit_code == 0, answer.output
    assert "${major} = 4" in answer.output
    assert '${at} = "20' in answer.output
'''


def test_what_the_guides_say_works_as_it_is_written(tmp_path):
    copy = tmp_path / "sluice"
    shutil.copytree(ROOT / "app", copy / "app", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copytree(
        ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("browser", "canvas", "soak", "__pycache__")
    )
    for name in ("docs", "jobs", "migrations"):
        (copy / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pyproject.toml", copy)
    dist = copy / "app" / "static" / "dist"
    dist.parent.mkdir()
    dist.symlink_to(ROOT / "app" / "static" / "dist")

    written = [path for guide in sorted((DOCS / "guides").glob("*.md")) for path in carry_out(guide, copy)]
    (copy / "tests" / "commands" / "test_together.py").write_text(TOGETHER)
    tests = [*(path for path in written if path.startswith("tests/")), "tests/commands/test_together.py"]

    run(copy, "ruff", "check", *written)
    run(copy, "pytest", "-q", *tests)
    assert len(tests) == 4


def carry_out(guide: Path, copy: Path) -> list[str]:
    """Write the files of a guide, make its changes to others, and return the paths of the new ones."""
    written = []
    for language, title, content in blocks(guide.read_text(encoding="utf-8")):
        if language == "python" and title:
            path = copy / title
            assert not path.exists(), f"{guide.name}: {title} is there already"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
            written.append(title)
        elif language == "diff":
            path = copy / title
            path.write_text(changed(path.read_text(), content, f"{guide.name}: {title}"))
    assert written, f"{guide.name} adds nothing"
    return written


def changed(text: str, change: str, where: str) -> str:
    """Make the change of a guide: lines that stay say where, those that go and come begin with - and +."""
    lines, at = text.split("\n"), 0
    for line in change.rstrip("\n").split("\n"):
        mark, content = line[0], line[1:]
        if mark == "+":
            lines.insert(at, content)
        else:
            assert lines.count(content) == 1, f"{where}: {content!r} stands there {lines.count(content)} times"
            at = lines.index(content)
            if mark == "-":
                lines.pop(at)
                continue
        at += 1
    return "\n".join(lines)


def run(copy: Path, module: str, *words: str) -> str:
    """Run a program in the copy and return what it says; it must succeed."""
    environ = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=copy, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
