"""Large flows: the canvas with 1,000 nodes against an empty page in the same browser, as ratios with much room (`make bench`
measures); and in which order a large flow is drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from benchmarks.canvas import speed_of_canvas, speed_of_empty, thousand_nodes
from tests.browser.conftest import Site

OPEN = """([tree, then]) => {
  const get = (name) => window.sluice.editor.get(name), registry = get('elementRegistry');
  const isDrawn = (id) => registry.getGraphics(id).firstChild.childElementCount > 0;
  window.sluice.editor.open(tree);
  if (then === 'scroll') get('view').reveal(registry.get('a99x7'));
  if (then === 'export') return [isDrawn('a0x0'), get('picture').svg().includes('a99x7'), isDrawn('a99x7')];
  return [isDrawn('a0x0'), isDrawn('a50x4'), isDrawn('a99x7')];
}"""
"""Open a flow, do something at once, and tell whether a node at its beginning, one in its middle and one at its end is drawn."""


def open_empty(page: Page, site: Site) -> None:
    """Open the editor with a new flow."""
    page.goto(f"{site.url}/projects/1/flows/new")
    page.wait_for_selector("html[data-ready=editor]")


def test_a_thousand_nodes_are_drawn_and_dragged(page: Page, site: Site) -> None:
    empty = speed_of_empty(page)
    full = speed_of_canvas(page, f"{site.url}/projects/1/flows/new", thousand_nodes(), "a50x4")

    assert full.frame_ms < 4 * empty.frame_ms
    assert full.drawing_ms < 200 * empty.drawing_ms


@pytest.mark.parametrize(
    ("then", "drawn"),
    [
        pytest.param("", [True, False, False], id="what is in view first"),
        pytest.param("scroll", [True, False, True], id="what comes into view at once"),
        pytest.param("export", [True, True, True], id="all of it for a picture"),
    ],
)
def test_a_large_flow_is_drawn_from_what_is_in_view_on(page: Page, site: Site, then: str, drawn: list[bool]) -> None:
    open_empty(page, site)

    assert page.evaluate(OPEN, [thousand_nodes(), then]) == drawn
    expect(page.locator(".s-node .name")).to_have_count(800)
    assert {"a0x0", "a50x4", "a99x7"} <= set(page.locator(".s-node .name").all_text_contents())


def test_a_flow_that_takes_the_place_of_one_that_is_still_drawn_is_drawn_whole(page: Page, site: Site) -> None:
    open_empty(page, site)
    page.evaluate(OPEN, [thousand_nodes(), ""])
    page.evaluate(OPEN, [thousand_nodes(), ""])

    expect(page.locator(".s-node .name")).to_have_count(800)
    expect(page.locator(".s-flow .line")).to_have_count(1701)
