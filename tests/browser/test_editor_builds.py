"""A flow is drawn by mouse alone, saved, published and run to its end."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, picture
from tests.browser.hands import centre, click_node, drag, tree


def test_a_flow_is_drawn_by_mouse_published_and_run(page: Page, site: Site) -> None:
    page.goto("/projects/1/flows/new")
    page.wait_for_selector("html[data-ready=editor]")
    click_node(page, "ServiceActivity")
    page.locator("#inspector").get_by_text("Choose what it does").first.click()
    page.get_by_role("option", name="Show a message").click()
    add_next(page, "Show a message", "Parallel gateway")
    first = add_next(page, "ParallelGateway", "Show a message")
    second = add_next(page, "ParallelGateway", "Show a message")
    x, y = centre(page, "EmptyEndEvent")
    drag(page, (x, y), (x + 160, y))
    # The converge goes onto the line to the end, the branches to the converge.
    end_x, y = centre(page, "EmptyEndEvent")
    tool = page.get_by_role("button", name="Converge gateway").bounding_box()
    assert tool is not None
    drag(page, (tool["x"] + 10, tool["y"] + 10), (end_x - 80, y))
    picture(page, "built-converge")
    for node in (first, second):
        connect(page, node, "ConvergeGateway")
    picture(page, "built-by-mouse")
    drawn = tree(page)
    assert {g["type"] for g in drawn["gateways"].values()} == {"ParallelGateway", "ConvergeGateway"}
    expect(page.get_by_role("tab", name="Problems")).to_contain_text("0", timeout=10_000)
    undo_everything_and_back(page, drawn)
    page.locator("#top-bar .flow-name").fill("Drawn by mouse")
    page.locator("#top-bar").get_by_role("button", name="Publish").click()
    page.get_by_label("What changed?").fill("first")
    page.locator("dialog").get_by_role("button", name="Publish").click()
    expect(page.locator(".standing")).to_contain_text("Version 1", timeout=10_000)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)


def undo_everything_and_back(page: Page, drawn: dict) -> None:
    """Undo all edits and do them again: the same tree is there as before."""
    page.evaluate(
        "() => { const stack = window.sluice.editor.get('commandStack'); while (stack.canUndo()) stack.undo(); }"
    )
    assert not tree(page)["gateways"]
    page.evaluate(
        "() => { const stack = window.sluice.editor.get('commandStack'); while (stack.canRedo()) stack.redo(); }"
    )
    assert tree(page) == drawn


def add_next(page: Page, node: str, choice: str) -> str:
    """Choose what comes after a node from the list at its plus; returns the id of the new node."""
    before = set(drawn_ids(page))
    click_node(page, node)
    page.wait_for_timeout(200)
    button = page.locator(".handle-plus .handle-face").last.bounding_box()
    assert button is not None
    page.mouse.move(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2, steps=6)
    page.mouse.down()
    page.mouse.up()
    page.get_by_role("option", name=choice).first.click()
    (added,) = set(drawn_ids(page)) - before
    return added


def connect(page: Page, source: str, target: str) -> None:
    """Draw a line from the right side of a node to another node."""
    click_node(page, source)
    page.wait_for_timeout(200)
    box = page.locator(".handle-dot .handle-face").nth(1).bounding_box()
    assert box is not None
    drag(page, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), centre(page, target))


def drawn_ids(page: Page) -> list[str]:
    """Return the ids of all nodes on the canvas."""
    found: list[str] = page.evaluate("window.sluice.editor.get('treeStore').nodes.map((n) => n.id)")
    return found
