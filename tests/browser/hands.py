"""Hands on the canvas: where things are drawn, so that the mouse can go there."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

Point = tuple[float, float]

_CENTRE = """(wanted) => {
  const drawn = (window.sluice.editor ?? window.sluice.viewer);
  const all = drawn.get('elementRegistry').filter((e) => e.businessObject?.node);
  const found = all.find((e) => e.id === wanted || e.businessObject.node.name === wanted || e.businessObject.kind === wanted);
  if (!found) throw new Error(`no node ${wanted}`);
  const box = drawn.get('canvas').getGraphics(found).querySelector('.djs-visual').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def centre(page: Page, node: str) -> Point:
    """Return where the middle of a node is in the page; it is named by its id, name or kind."""
    x, y = page.evaluate(_CENTRE, node)
    return x, y


def click_node(page: Page, node: str, **how: Any) -> None:
    """Click a node."""
    page.mouse.click(*centre(page, node), **how)


def drag(page: Page, source: Point, target: Point, steps: int = 12) -> None:
    """Drag from one point of the page to another."""
    page.mouse.move(*source)
    page.mouse.down()
    page.mouse.move(source[0] + 6, source[1] + 6)
    page.mouse.move(*target, steps=steps)
    page.mouse.up()
    page.wait_for_timeout(450)  # a click right after a drag is taken for its end


def add_next(page: Page, node: str, choice: str) -> str:
    """Choose what comes after a node from the list at its plus; returns the id of the new node."""
    before = set(drawn_ids(page))
    hover_handles(page, node)
    page.mouse.click(*middle(page.locator(".handle-plus .handle-face").last))
    page.get_by_role("option", name=choice).first.click()
    (added,) = set(drawn_ids(page)) - before
    return added


def connect(page: Page, source: str, target: str, side: str = "Right") -> None:
    """Draw a line from a side of a node to another node."""
    hover_handles(page, source)
    dot = page.locator(".handle-dot .handle-face").nth(("Top", "Right", "Bottom", "Left").index(side))
    drag(page, middle(dot), centre(page, target))


def hover_handles(page: Page, node: str) -> None:
    """Select a node, so that its handles show."""
    click_node(page, node)
    expect(page.locator(".handle-dot")).to_have_count(4)


def middle(found: Locator) -> Point:
    """Return where the middle of something on the page is."""
    box = found.bounding_box()
    assert box is not None, f"{found} is not shown"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drawn_ids(page: Page) -> list[str]:
    """Return the ids of all nodes on the canvas."""
    found: list[str] = page.evaluate("window.sluice.editor.get('treeStore').nodes.map((n) => n.id)")
    return found


def tree(page: Page) -> dict[str, Any]:
    """Return the tree that is on the canvas."""
    found: dict[str, Any] = page.evaluate("window.sluice.editor.get('treeStore').tree")
    return found


_IN_VIEW = """() => [...document.querySelectorAll('.comparison .half')].every((half) => {
  const view = half.getBoundingClientRect();
  return [...half.querySelectorAll('.djs-shape')].every((shape) => {
    const box = shape.getBoundingClientRect();
    return box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
  });
})"""


def compared_in_view(page: Page) -> bool:
    """Say whether of two flows that are compared every node is seen."""
    page.wait_for_selector(".comparison .half .djs-shape")
    return bool(page.evaluate(_IN_VIEW))


def lay_out(page: Page) -> None:
    """Press the key of the automatic layout, and wait until it is done."""
    page.keyboard.press("l")
    page.wait_for_function("() => !window.sluice.editor.get('autoLayout').isRunning")


def hold(page: Page, address: str) -> list[Route]:
    """Let requests to an address wait; returns those that do, to be continued."""
    waiting: list[Route] = []
    page.route(address, lambda route: waiting.append(route))  # noqa: PLW0108 -- playwright takes no method of C
    return waiting
