"""Steps of a dependency graph in the editor: what the inspector says of them, and which lines may not be drawn."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import centre, click_node, hover_handles, middle, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import dependencies

LANES = [
    {"id": id_, "type": kind, "x": x, "y": y}
    for id_, kind, x, y in (
        ("start", "startpoint", 40, 200), ("a", "tasknode", 140, 190), ("b", "tasknode", 380, 60),
        ("c", "tasknode", 380, 320), ("end", "endpoint", 640, 200),
    )
]  # fmt: skip


def a_graph(site: Site, name: str) -> int:
    """Save a graph in which b and c come after a."""
    return site.add_flow(name, {**dependencies("a > b ; a > c", language=""), "location": LANES})


def test_a_step_is_set_in_the_inspector_and_saved_as_it_was_set(page: Page, site: Site) -> None:
    flow_id = a_graph(site, "Steps")
    open_editor(page, flow_id)
    before = tree(page)
    click_node(page, "a")

    page.get_by_label("It runs when").select_option("One step before it has failed")
    page.get_by_label("Tries again").fill("3")
    page.get_by_label("Time between tries", exact=True).fill("2")
    page.get_by_label("Unit of Time between tries").select_option("minutes")
    page.get_by_role("button", name="Choose what comes next").click()
    page.get_by_text("It calls nothing, and chooses one of the steps after it").click()
    page.get_by_role("button", name="Add a case").click()
    page.get_by_label("Case 1", exact=True).fill("${1 + 1 == 2}")
    page.get_by_label("Step of case 1").select_option("c")
    page.get_by_role("button", name="Save draft").click()

    expect(page.get_by_role("button", name="Save draft")).to_be_disabled()
    page.reload()
    page.wait_for_function("window.sluice?.editor")
    assert tree(page)["activities"]["a"]["step"] == {
        "rule": "one_failed",
        "retries": 3,
        "retry_after_ms": 120_000,
        "switch": {"cases": [{"case": "${1 + 1 == 2}", "next": "c"}], "default": "b"},
    }
    assert tree(page)["activities"]["b"] == before["activities"]["b"]
    click_node(page, "a")
    expect(page.get_by_label("It runs when")).to_have_value("one_failed")
    assert axe(page) == []
    picture(page, "editor-step")


def test_a_line_that_would_close_a_circle_is_refused_while_it_is_drawn(page: Page, site: Site) -> None:
    open_editor(page, a_graph(site, "No circles"))
    lines = len(tree(page)["flows"])
    hover_handles(page, "b")
    page.mouse.move(*middle(page.locator(".handle-dot .handle-face").last))
    page.mouse.down()

    page.mouse.move(*centre(page, "c"), steps=6)
    expect(page.get_by_text("the steps would wait for one another in a circle")).to_have_count(0)
    page.mouse.move(*centre(page, "a"), steps=6)
    expect(page.get_by_text("the steps would wait for one another in a circle")).to_be_visible()
    page.mouse.up()

    assert len(tree(page)["flows"]) == lines
