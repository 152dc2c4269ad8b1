"""The page of threats (docs/security.md), held against the tests that it names."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_threat_names_tests_that_exist():
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    threats = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)[1:]

    assert len(threats) > 30
    for threat, shown in threats[1:]:
        files = re.findall(r"`([a-z_/]+\.py)`", shown)
        assert files, threat
        assert all((ROOT / "tests" / file).is_file() for file in files), threat


def test_every_file_of_attacks_is_named():
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    files = {f"security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")} - {"security/test_page.py"}
    assert files <= set(re.findall(r"`([a-z_/]+\.py)`", page))
