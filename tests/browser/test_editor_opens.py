"""Every tree of the documents opens on the canvas, and saved unchanged is equal to what was opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ROOT, Site, axe, picture

TREES = sorted((ROOT / "tests/data/trees").glob("*.json"))


def open_editor(page: Page, template_id: int) -> None:
    """Open a flow's editor and wait until its canvas is there."""
    page.goto(f"/projects/1/flows/{template_id}/edit")
    page.wait_for_selector("html[data-ready=editor]")


@pytest.mark.parametrize("path", TREES, ids=lambda p: p.stem)
def test_a_tree_of_the_documents_opens_and_is_written_as_it_was(page: Page, site: Site, path: Path) -> None:
    document: Mapping[str, Any] = json.loads(path.read_text())
    template_id = site.add_flow(path.stem, document.get("pipeline_tree", document))
    open_editor(page, template_id)
    opened = page.evaluate("JSON.parse(document.getElementById('editor-data').textContent).tree")
    assert page.evaluate("window.sluice.editor.get('treeStore').tree") == opened
    shown = page.locator(".djs-shape").count()
    assert shown >= len(opened["activities"]) + len(opened["gateways"]) + 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_has_no_serious_fault_of_access(page: Page, site: Site, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    open_editor(page, site.find_flow("Release a web service"))
    picture(page, f"editor-{scheme}")
    assert axe(page) == []
