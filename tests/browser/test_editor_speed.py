"""The canvas with 1,000 nodes against an empty page in the same browser: ratios with much room; `make bench` measures."""

from __future__ import annotations

from playwright.sync_api import Page

from benchmarks.canvas import speed_of_canvas, speed_of_empty, thousand_nodes
from tests.browser.conftest import Site


def test_a_thousand_nodes_are_drawn_and_dragged(page: Page, site: Site) -> None:
    empty = speed_of_empty(page)
    full = speed_of_canvas(page, f"{site.url}/projects/1/flows/new", thousand_nodes(), "a50x4")

    assert full.frame_ms < 4 * empty.frame_ms
    assert full.drawing_ms < 200 * empty.drawing_ms
