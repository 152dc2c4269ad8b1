"""Many nodes at once, and a flow that is larger than the screen: frame, align, distribute, snap, copy across flows, the map, finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.hands import centre, click_node, drag, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow

BOXES = """(ids) => ids.map((id) => {
  const { x, y } = window.sluice.editor.get('elementRegistry').get(id);
  return [x, y];
})"""
SELECTED = "() => window.sluice.editor.get('selection').get().map((e) => e.id).sort()"
SEEN = "() => window.sluice.editor.get('canvas').viewbox().x"


def places(page: Page, ids: Sequence[str]) -> list[list[float]]:
    """Return where nodes lie on the canvas."""
    found: list[list[float]] = page.evaluate(BOXES, list(ids))
    return found


def choose(page: Page, node: str, words: str) -> None:
    """Choose something in the menu of what is selected."""
    page.mouse.click(*centre(page, node), button="right")
    page.get_by_role("option", name=words).click()


def open_row(page: Page, site: Site, name: str) -> dict[str, Any]:
    """Open a flow of three tasks in a row, the second of them moved out of it."""
    open_editor(page, site.add_flow(name, flow("start > a > b > c > end")))
    x, y = centre(page, "b")
    drag(page, (x, y), (x + 40, y + 130))
    return tree(page)


def test_what_a_frame_is_drawn_around_is_selected_aligned_and_distributed(page: Page, site: Site) -> None:
    before = open_row(page, site, "Framed")
    page.get_by_role("button", name="Select with a frame").click()
    left, right, below = centre(page, "a"), centre(page, "c"), centre(page, "b")
    drag(page, (left[0] - 110, left[1] - 60), (right[0] + 110, below[1] + 60))
    assert set(page.evaluate(SELECTED)) >= {"a", "b", "c"}
    assert "start" not in page.evaluate(SELECTED)

    choose(page, "a", "Distribute from left to right")
    (a, _), (b, _), (c, _) = places(page, "abc")
    assert b - a == c - b

    choose(page, "a", "Align middles")
    assert len({y for _, y in places(page, "abc")}) == 1
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert tree(page) == before


def test_a_node_that_is_put_nearly_beside_another_snaps_to_its_row(page: Page, site: Site) -> None:
    open_row(page, site, "Snapped")
    (_, row), (_, away) = places(page, "ab")
    assert away > row + 100
    scale = page.evaluate("window.sluice.editor.get('canvas').zoom()")
    x, y = centre(page, "b")

    drag(page, (x, y), (x, y - (away - row - 4) * scale))

    assert places(page, "b")[0][1] == row


def test_the_map_shows_all_nodes_and_leads_to_where_it_is_pressed(page: Page, site: Site) -> None:
    chain = " > ".join(f"step{i}" for i in range(30))
    open_editor(page, site.add_flow("Mapped", flow(f"start > {chain} > end")))
    before = page.evaluate(SEEN)

    page.get_by_role("button", name="Show or hide the map").click()
    expect(page.locator(".djs-minimap.open .s-node")).to_have_count(32)
    box = page.locator(".djs-minimap .map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)

    assert page.evaluate(SEEN) > before + 2000


def test_a_node_is_found_by_its_name(page: Page, site: Site) -> None:
    chain = " > ".join(f"step{i}" for i in range(30))
    open_editor(page, site.add_flow("Found", flow(f"start > {chain} > end")))
    page.locator("#canvas svg").first.focus()

    page.keyboard.press("/")
    page.keyboard.type("step27")
    page.keyboard.press("Enter")

    assert page.evaluate(SELECTED) == ["step27"]
    assert page.evaluate(SEEN) > 1000


def test_what_is_copied_in_one_flow_is_pasted_into_another(page: Page, site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_editor(page, site.add_flow("From", flow("start > a > b > end", nodes={"a": {"name": "Carried over"}})))
    click_node(page, "a")
    page.keyboard.press("Control+c")
    open_editor(page, site.add_flow("Into", flow("start > x > end")))
    click_node(page, "x")

    page.keyboard.press("Control+v")

    expect(page.locator(".s-node .name", has_text="Carried o")).to_have_count(1)
    names = sorted(node["name"] for node in tree(page)["activities"].values())
    assert "Carried over" in names
    assert len(names) == 2
