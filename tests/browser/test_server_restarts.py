"""The web server is killed while a page watches a task: the page catches up by itself, and its log lacks nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import AGENT
from tests.browser.hands import click_node
from tests.browser.test_run_view import failing_flow
from tests.startup.test_supervise import ROOT, Product

LINES = 60
SCRIPT = f"for i in $(seq 1 {LINES}); do echo line $i of the log; sleep 0.2; done"


def test_a_page_catches_up_after_the_server_was_killed(browser: Browser, tmp_path: Path) -> None:
    tree = failing_flow()
    tree["activities"]["n1"]["component"]["data"]["job_content"]["value"] = SCRIPT
    with Product(tmp_path / "data", SLUICE_ADMIN_PASSWORD="opensesame") as product:
        product.wait_until_well()
        _import(product, tree, tmp_path)
        page = browser.new_context(user_agent=AGENT, base_url=f"http://127.0.0.1:{product.port}").new_page()
        page.goto("/login")
        page.get_by_label(re.compile("name", re.IGNORECASE)).fill("admin")
        page.get_by_label(re.compile("password", re.IGNORECASE)).fill("opensesame")
        page.get_by_role("button").first.click()
        page.goto("/projects/1/flows/")
        page.get_by_role("link", name="Talks for a while").first.click()
        page.get_by_role("link", name="Run it").click()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_selector("html[data-ready=run]")
        page.evaluate("window.isTheSamePage = true")
        click_node(page, "Restart nginx")
        log = page.locator("#drawer pre.log")
        expect(log).to_contain_text("line 5 of the log", timeout=20_000)
        for pid in product.children("granian"):
            os.kill(pid, signal.SIGKILL)
        expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=60_000)
        expect(log).to_contain_text(f"line {LINES} of the log", timeout=20_000)
        said = re.findall(r"line (\d+) of the log", log.inner_text())
        assert said == [str(number) for number in range(1, LINES + 1)]
        assert page.evaluate("window.isTheSamePage")


def _import(product: Product, tree: dict, folder: Path) -> None:
    path = folder / "flow.json"
    path.write_text(json.dumps({"name": "Talks for a while", "tree": tree}))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "templates", "import", str(path), "--project", "2"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=product.environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
