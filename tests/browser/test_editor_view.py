"""What of a flow the editor shows: links lead to their nodes, beside the plugins; and the view stays with who moves it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.hands import Point, centre, click_node, hold
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow

CHAIN = [f"step{i}" for i in range(1, 25)]


def open_at(page: Page, site: Site, node: str) -> None:
    """Follow a link to a node of a flow that is too long to be seen whole, with the plugins open."""
    flow_id = site.add_flow(f"Long, at {node}", flow(f"start > {' > '.join(CHAIN)} > end"))
    page.add_init_script("localStorage.setItem('sluice.plugins', 'open')")
    page.goto(f"/projects/1/flows/{flow_id}/edit?node={node}")
    page.wait_for_selector("html[data-ready=editor]")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def is_free(page: Page, at: Point) -> bool:
    """Say whether a point of the page is on the canvas, beside what lies on it."""
    canvas = page.locator("#canvas").bounding_box()
    plugins = page.locator("#palette-plugins").bounding_box()
    assert canvas is not None
    assert plugins is not None
    left = max(canvas["x"], plugins["x"] + plugins["width"])
    return left < at[0] < canvas["x"] + canvas["width"] and canvas["y"] < at[1] < canvas["y"] + canvas["height"]


def test_a_link_to_a_node_of_a_long_flow_shows_that_node(page: Page, site: Site) -> None:
    open_at(page, site, CHAIN[-1])

    assert is_free(page, centre(page, CHAIN[-1]))
    page.set_viewport_size({"width": 1440, "height": 860})
    page.wait_for_timeout(100)
    assert is_free(page, centre(page, CHAIN[-1]))


def test_what_a_panel_leads_to_is_not_below_the_plugins(page: Page, site: Site) -> None:
    open_at(page, site, CHAIN[-1])
    assert not is_free(page, centre(page, CHAIN[0]))

    page.get_by_role("tab", name="Search").click()
    page.locator(".search-panel input[type=search]").fill(CHAIN[0])
    page.locator(".hit").first.click()

    assert is_free(page, centre(page, CHAIN[0]))


def test_a_subprocess_that_arrives_late_does_not_move_the_view_away_from_who_moved_it(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Release a web service"))
    waiting = hold(page, "**/flows/*?source=*")
    click_node(page, "sub")
    page.locator(".djs-context-pad.open [data-action=openInside]").click()
    expect(page.locator(".inside")).to_contain_text("Loading")
    page.wait_for_timeout(100)

    page.mouse.move(700, 700)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(400)
    moved = centre(page, "start")
    for route in waiting:
        route.continue_()
    expect(page.locator(".inside .djs-shape").first).to_be_visible()
    page.wait_for_timeout(100)

    assert centre(page, "start") == moved
