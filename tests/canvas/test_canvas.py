"""Runs what checks the canvas without a browser: its types, and the tests of its model."""

from __future__ import annotations

import subprocess

import pytest

from jobs.setup import ROOT, node_environment


@pytest.mark.parametrize("script", ["types", "test"])
def test_script(script: str) -> None:
    """Each script of package.json that checks succeeds."""
    done = subprocess.run(
        ["npm", "run", "--silent", script],
        check=False,
        cwd=ROOT,
        env=node_environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
