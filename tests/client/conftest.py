"""A product that runs as its users start it, and the command `sluice` beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.client.command import sluice
from tests.startup.test_supervise import ROOT, Product


@dataclass(frozen=True, slots=True)
class Terminal:
    """Somewhere with the command `sluice`, and a folder of its own for what that keeps."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    def sluice(self, *words: str, typed: str | None = None, **environ: str) -> Result:
        """Run the command to its end, in this process: starting one costs more than most of what it does."""
        given = {"XDG_CONFIG_HOME": str(self.home), **self.environ, **environ}
        return CliRunner().invoke(sluice, words, input=typed, env=given)

    def json(self, *words: str):
        """Run the command and read the JSON that it prints."""
        answer = self.sluice("--json", *words)
        return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("client") / "data", SLUICE_ADMIN_PASSWORD="opensesame") as product:
        product.wait_until_well(110)
        yield product


@pytest.fixture(scope="module")
def app_secret(product: Product) -> str:
    """The secret of the trusted app `terminal`."""
    made = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "apps", "create", "terminal", "--trusted"],
        cwd=ROOT, env=product.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(made.stdout.splitlines()[-1])["secret"]


@pytest.fixture
def anywhere(tmp_path: Path) -> Terminal:
    """A terminal from which nobody has logged in."""
    return Terminal(tmp_path)


@pytest.fixture
def terminal(tmp_path: Path, product: Product, app_secret: str) -> Terminal:
    """A terminal that speaks to the product, as the admin, in the demo project."""
    said = {
        "URL": f"http://127.0.0.1:{product.port}", "APP": "terminal", "SECRET": app_secret, "USER": "admin", "PROJECT": "2",
    }  # fmt: skip
    return Terminal(tmp_path, {f"SLUICE_CLIENT_{name}": value for name, value in said.items()})
