"""The mouse on a flow that is drawn small, as large flows open: what is pressed is what one sees there, at every zoom."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.hands import centre, drag, middle, tree
from tests.browser.test_editor_opens import open_editor

ZOOMS = [0.5, 0.67, 1.0]

_LINES = """window.sluice.editor.get('treeStore').nodes.flatMap((node) => node.outgoing).map((line) => {
  const length = ({ from, to }) => Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
  const path = line.waypoints.slice(1).map((to, i) => ({ from: line.waypoints[i], to }));
  const { from, to } = path.toSorted((a, b) => length(b) - length(a))[0];
  const at = window.sluice.editor.get('view').toWindow({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
  return { id: line.id, ...at };
})"""

SELECTED = "window.sluice.editor.get('selection').get().map((e) => e.id)"


@pytest.fixture(params=ZOOMS)
def release(request: pytest.FixtureRequest, page: Page, site: Site) -> Page:
    """The sample release, seen whole at a zoom."""
    open_editor(page, site.find_flow("Release a web service"))
    page.get_by_title("Fit the flow into view").click()
    page.evaluate("(scale) => window.sluice.editor.get('view').zoomTo(scale)", request.param)
    return page


def lines_in_view(page: Page) -> list[dict[str, Any]]:
    """Return the lines whose longest stretch is seen, each with where its middle is in the page."""
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    left, top, right, bottom = box["x"] + 60, box["y"] + 60, box["x"] + box["width"] - 60, box["y"] + box["height"] - 60
    found: list[dict[str, Any]] = page.evaluate(_LINES)
    return [line for line in found if left < line["x"] < right and top < line["y"] < bottom]


def nodes(page: Page, kind: str) -> list[str]:
    """Return the ids of the gateways of a kind."""
    return [id_ for id_, gateway in tree(page)["gateways"].items() if gateway["type"] == kind]


def is_in_view(page: Page, node: str) -> bool:
    """Say whether the middle of a node is well within the canvas."""
    box, (x, y) = page.locator("#canvas").bounding_box(), centre(page, node)
    assert box is not None
    return box["x"] + 80 < x < box["x"] + box["width"] - 80 and box["y"] + 60 < y < box["y"] + box["height"] - 60


def test_a_press_on_a_line_selects_it_and_never_deletes_it(release: Page) -> None:
    before, lines = tree(release), lines_in_view(release)
    assert len(lines) > 3

    for line in lines:
        release.mouse.move(line["x"], line["y"])
        release.wait_for_timeout(250)
        release.mouse.click(line["x"], line["y"])
        assert release.evaluate(SELECTED) == [line["id"]]
        release.keyboard.press("Escape")

    assert tree(release) == before


def test_the_plus_of_a_line_asks_for_the_node_that_goes_into_it(release: Page) -> None:
    before = tree(release)

    for line in lines_in_view(release):
        release.mouse.click(line["x"], line["y"])
        release.mouse.click(*middle(release.locator(".handle-plus .handle-face")))
        expect(release.get_by_role("option").first).to_be_visible()
        release.keyboard.press("Escape")
        release.keyboard.press("Escape")

    assert tree(release) == before


@pytest.mark.parametrize("aside", [(0, 0), (4, 0), (0, -4), (-5, 0)])
def test_a_press_on_a_gateway_selects_it(release: Page, aside: tuple[int, int]) -> None:
    for kind in ("ParallelGateway", "ExclusiveGateway", "ConvergeGateway"):
        for gateway in (id_ for id_ in nodes(release, kind) if is_in_view(release, id_)):
            x, y = centre(release, gateway)
            release.mouse.move(x + aside[0], y + aside[1])
            release.wait_for_timeout(60)
            release.mouse.click(x + aside[0], y + aside[1])
            assert release.evaluate(SELECTED) == [gateway], kind
            assert not release.evaluate("Boolean(window.sluice.editor.get('dragging').context())")


def test_a_gateway_that_is_dragged_moves(release: Page) -> None:
    gateway = next(id_ for id_ in tree(release)["gateways"] if is_in_view(release, id_))
    x, y = centre(release, gateway)

    drag(release, (x, y), (x + 5, y + 60))

    assert centre(release, gateway)[1] > y + 40
