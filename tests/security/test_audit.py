"""`make audit`: what it reads out of what pip-audit and npm tell, and that being unreachable is told and no failure."""

from __future__ import annotations

import pytest

from jobs import audit
from jobs.audit import Unreachable, npm_holes, python_holes

GOOD = {"name": "flask", "version": "3.1.0", "vulns": []}
BAD = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "flask", "skip_reason": "not found on PyPI"}


def test_holes_are_told_with_what_mends_them():
    assert python_holes({"dependencies": [GOOD, BAD, UNKNOWN]}) == ["old 1.0: PYSEC-1, mended in 1.1"]
    assert npm_holes({"vulnerabilities": {"old": {"range": "<2", "severity": "high"}}}) == ["old <2: high"]
    assert python_holes({"dependencies": [GOOD]}) == npm_holes({"vulnerabilities": {}}) == []


@pytest.mark.parametrize("told", [None, {}, {"dependencies": []}, {"dependencies": [UNKNOWN, UNKNOWN]}, {"error": {}}])
def test_where_nothing_was_looked_up_nothing_is_claimed(told):
    with pytest.raises(Unreachable):
        python_holes(told)
    with pytest.raises(Unreachable):
        npm_holes(told)


def test_being_unreachable_is_no_failure_and_a_hole_is_one(monkeypatch, capsys):
    def away():
        raise Unreachable("nobody is there")

    monkeypatch.setattr(audit, "holes_of_python", away)
    monkeypatch.setattr(audit, "holes_of_npm", lambda: [])
    assert audit.main() == 0
    assert capsys.readouterr().out == "Python packages: not checked, nobody is there\nnpm packages: no known hole\n"

    monkeypatch.setattr(audit, "holes_of_npm", lambda: ["old <2: high"])
    assert audit.main() == 1
