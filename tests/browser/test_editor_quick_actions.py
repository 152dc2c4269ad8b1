"""What lies close at hand: the bar at a node or a line, the list of what comes next, menus, the palette's flows, frames."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, picture
from tests.browser.hands import Point, centre, click_node, drag, drawn_ids, middle, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow

RELEASE = "Release a web service"
BAR = ".djs-context-pad.open"
KINDS = {
    "Task",
    "Subprocess",
    "Exclusive gateway",
    "Parallel gateway",
    "Conditional parallel gateway",
    "Converge gateway",
}
Box = tuple[float, float, float, float]

_MIDDLE_OF_LINE = """([source, target]) => {
  const drawn = window.sluice.editor;
  const { waypoints: [a, b] } = drawn.get('elementRegistry').find((e) => e.waypoints && e.source.id === source && e.target.id === target);
  const { x, y } = drawn.get('view').toWindow({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  return [x, y];
}"""


@pytest.mark.parametrize("scale", [0.5, 1])
def test_a_pointer_that_rests_on_a_node_brings_what_can_be_done_there(page: Page, site: Site, scale: float) -> None:
    open_zoomed(page, site, scale)

    rest_on(page, centre(page, "join"))

    assert added_by(page, "Append") == KINDS
    expect(page.locator(BAR).get_by_role("button", name="Copy (Ctrl+C)")).to_be_visible()
    for action in ("copy", "duplicateInto", "disconnect", "delete"):
        expect(page.locator(f"{BAR} [data-action={action}]")).to_be_visible()
    bar, node = box_of(page.locator(BAR)), box_of(page.locator("[data-element-id=join] .djs-visual"))
    assert is_within(bar, box_of(page.locator("#canvas")))
    assert not [box for box in [node, *handles(page)] if meet(bar, box)]
    before, whole = drawn_ids(page), tree(page)
    page.get_by_role("button", name="Append: Subprocess").click()
    (added,) = set(drawn_ids(page)) - set(before)
    assert {("join", added), (added, "measure")} <= lines(page)
    page.keyboard.press("Control+z")
    assert tree(page) == whole


def test_the_bar_comes_to_a_pointer_at_rest_only_and_goes_with_it(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    for node in ("unit", "join", "measure"):
        page.mouse.move(*centre(page, node), steps=2)
    expect(page.locator(BAR)).to_have_count(0)

    page.wait_for_selector(BAR)
    page.mouse.move(*middle(page.locator(f"{BAR} button").first), steps=4)
    page.wait_for_timeout(600)  # longer than the bar waits for a pointer on its way
    expect(page.locator(BAR)).to_have_count(1)
    page.mouse.move(400, 840)

    expect(page.locator(BAR)).to_have_count(0)
    assert page.evaluate("window.sluice.editor.get('selection').get().length") == 0


def test_no_bar_comes_in_between_while_a_line_is_drawn(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    page.mouse.move(*centre(page, "measure"))
    page.mouse.click(*middle(page.locator(".handle-dot .handle-face").first))
    page.mouse.move(*centre(page, "join"))
    page.wait_for_timeout(400)  # longer than the rest that brings a bar

    expect(page.locator(BAR)).to_have_count(0)
    page.keyboard.press("Escape")


def test_what_the_bar_does_to_a_node_that_is_not_selected_is_done_to_that_one(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    click_node(page, "build")
    rest_on(page, centre(page, "measure"))

    page.locator(f"{BAR} [data-action=delete]").click()

    assert "measure" not in drawn_ids(page)
    assert {"build"} <= set(drawn_ids(page))


def test_a_pointer_that_rests_on_a_line_brings_what_can_be_put_into_it(page: Page, site: Site) -> None:
    open_zoomed(page, site, 0.5)
    rest_on(page, middle_of_line(page, "measure", "xor"))

    assert added_by(page, "Insert") == KINDS
    assert not [box for box in handles(page) if meet(box_of(page.locator(BAR)), box)]
    picture(page, "quick_actions_line")
    before = drawn_ids(page)
    page.get_by_role("button", name="Insert: Task").click()

    (added,) = set(drawn_ids(page)) - set(before)
    assert {("measure", added), (added, "xor")} <= lines(page)


def test_the_bar_of_a_selected_node_is_reached_by_keys(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    click_node(page, "measure")
    page.wait_for_selector(BAR)

    page.keyboard.press("q")
    expect(page.get_by_role("button", name="Append: Task")).to_be_focused()
    page.keyboard.press("ArrowLeft")

    expect(page.get_by_role("button", name="Delete (Del)")).to_be_focused()
    page.keyboard.press("Enter")
    assert "measure" not in drawn_ids(page)
    page.keyboard.press("Control+z")
    assert "measure" in drawn_ids(page)


def test_the_bar_of_what_was_pasted_stays_on_the_canvas(page: Page, site: Site) -> None:
    open_zoomed(page, site, 1)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.mouse.move(1000, 300)

    page.keyboard.press("Control+v")

    page.wait_for_selector(f"{BAR} [data-action=alignLeft]")
    page.wait_for_timeout(100)
    assert is_within(box_of(page.locator(BAR)), box_of(page.locator("#canvas")))


def test_the_list_of_what_comes_next_begins_with_the_kinds_and_arrow_keys_reach_them(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    click_node(page, "join")
    page.keyboard.press("n")
    page.wait_for_selector(".chooser-tile")

    assert set(page.locator(".chooser-tile").all_inner_texts()) == KINDS
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chooser [aria-selected=true]")).to_have_text("Exclusive gateway")
    page.keyboard.press("Escape")


def test_the_menu_of_a_node_holds_what_is_about_it_and_delete_among_the_first(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    page.mouse.click(*centre(page, "measure"), button="right")
    entries = page.locator(".chooser-row .chooser-label")

    expect(entries.first).to_be_visible()
    assert "Delete" in entries.all_inner_texts()[:8]
    assert not {"Zoom in", "Lay out the whole flow", "Select everything", "Undo"} & set(entries.all_inner_texts())
    page.keyboard.press("Escape")
    page.mouse.click(500, 700, button="right")
    assert {"Zoom in", "Lay out the whole flow", "Select everything"} <= set(entries.all_inner_texts())


def test_a_flow_of_the_palette_becomes_a_subprocess_that_runs_it(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Check a host"))
    page.get_by_role("button", name="Plugins and flows").click()
    page.get_by_role("tab", name="Flows").click()
    page.get_by_role("searchbox", name="Search flows").fill("Rotate")

    page.locator(".plugin", has_text="Rotate logs").click()

    expect(page.locator(".s-SubProcess")).to_have_count(1)
    (node,) = (a for a in tree(page)["activities"].values() if a["type"] == "SubProcess")
    assert (node["template_id"], node["name"], node["template_source"]) == (
        str(site.find_flow("Rotate logs")),
        "Rotate logs",
        "project",
    )
    assert node["version"]
    assert list(node["constants"]) == ["${days}"]


def test_escape_empties_the_search_of_the_plugins_then_closes_them_and_leaves_the_focus_there(
    page: Page, site: Site
) -> None:
    open_editor(page, site.find_flow(RELEASE))
    before = tree(page)
    page.get_by_role("button", name="Plugins and flows").click()
    search = page.get_by_label("Search plugins")
    search.press_sequentially("qq")

    search.press("Escape")
    expect(search).to_have_value("")
    expect(search).to_be_focused()
    search.press("Escape")

    expect(page.locator("#palette-plugins")).to_have_count(0)
    expect(page.get_by_role("button", name="Plugins and flows")).to_be_focused()
    page.keyboard.type("ol")
    page.wait_for_timeout(100)
    assert tree(page) == before


def test_a_flow_that_runs_this_one_is_refused_with_the_reason(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Check a host"))
    page.get_by_role("button", name="Plugins and flows").click()
    page.get_by_role("tab", name="Flows").click()
    page.get_by_role("searchbox", name="Search flows").fill(RELEASE)
    around = page.locator(".plugin", has_text=RELEASE)

    around.click()

    expect(page.locator(".hint-line.shown")).to_contain_text("in a circle")
    expect(around).to_be_disabled()
    expect(page.locator(".s-SubProcess")).to_have_count(0)
    drag(page, middle(around), (900, 600))
    expect(page.locator(".s-SubProcess")).to_have_count(0)


def test_the_plugins_cover_nothing_of_the_flow_when_they_open(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    start = centre(page, "start")
    button = page.get_by_role("button", name="Plugins and flows")
    for _ in ("as it opened", "moved by somebody"):
        button.click()
        assert centre(page, "start")[0] > box_of(page.locator("#palette-plugins"))[2]
        button.click()
        assert centre(page, "start") == pytest.approx(start)
        page.mouse.move(700, 700)
        page.mouse.wheel(0, 30)
        page.wait_for_timeout(100)
        start = centre(page, "start")


def test_a_subprocess_opens_in_view_large_enough_to_read(page: Page, site: Site) -> None:
    open_zoomed(page, site, 0.5)
    reveal(page, "sub")
    click_node(page, "sub")

    page.locator(f"{BAR} [data-action=openInside]").click()

    frame = page.locator(".inside")
    expect(frame.locator(".inside-covers")).to_contain_text("Lies on Take it back")
    page.wait_for_timeout(100)
    assert is_within(box_of(frame), box_of(page.locator("#canvas")))
    assert (
        page.evaluate(
            "document.querySelector('.inside').getBoundingClientRect().width / document.querySelector('.inside').offsetWidth"
        )
        >= 0.74
    )
    page.evaluate("window.sluice.editor.get('canvas').scroll({ dx: 400, dy: 0 })")
    picture(page, "subprocess_opened")
    frame.get_by_role("button", name="Close").click()
    expect(frame).to_have_count(0)


def test_a_node_that_stands_in_a_line_moves_into_another(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Moved into another line", flow("start > a > b > c > end")))
    before = tree(page)

    drag(page, centre(page, "c"), middle_of_line(page, "start", "a"))

    assert lines(page) == {("start", "c"), ("c", "a"), ("a", "b"), ("b", "end")}
    page.keyboard.press("Control+z")
    assert tree(page) == before


def test_a_node_that_no_line_can_take_says_why(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    before = lines(page)

    drag(page, centre(page, "join"), middle_of_line(page, "start", "build"))

    expect(page.locator(".hint-line.shown")).to_be_visible()
    assert lines(page) == before


def test_a_node_from_which_no_more_lines_lead_says_so_when_one_is_to_be_drawn_by_keys(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow(RELEASE))
    click_node(page, "measure")

    page.keyboard.press("c")

    expect(page.locator(".hint-line.shown")).to_have_text("Only 1 line may leave this node")
    expect(page.locator(".chooser")).to_be_hidden()


def open_zoomed(page: Page, site: Site, scale: float) -> None:
    """Open the release at a scale, with its middle in view."""
    open_editor(page, site.find_flow(RELEASE))
    page.evaluate("(scale) => window.sluice.editor.get('view').zoomTo(scale)", scale)
    reveal(page, "measure")


def reveal(page: Page, node: str) -> None:
    """Bring a node into view."""
    page.evaluate(
        "(id) => { const drawn = window.sluice.editor; drawn.get('view').reveal(drawn.get('elementRegistry').get(id)); }",
        node,
    )


def rest_on(page: Page, place: Point) -> None:
    """Let the pointer come to rest, and wait for the bar."""
    page.mouse.move(place[0] - 3, place[1])
    page.mouse.move(*place)
    page.wait_for_timeout(350)  # the rest itself: the bar of what is selected may be there already
    page.wait_for_selector(f"{BAR} [data-action^=add-]")
    page.wait_for_timeout(50)  # the bar is put to its place right after it has opened


def added_by(page: Page, how: str) -> set[str]:
    """Return the kinds that the bar offers to append, or to insert."""
    names = page.locator(f"{BAR} [data-action^=add-]").evaluate_all(
        "(all) => all.map((b) => b.getAttribute('aria-label'))"
    )
    return {name.removeprefix(f"{how}: ") for name in names}


def middle_of_line(page: Page, source: str, target: str) -> Point:
    """Return where the middle of a line's first stretch is in the page."""
    x, y = page.evaluate(_MIDDLE_OF_LINE, [source, target])
    return x, y


def lines(page: Page) -> set[tuple[str, str]]:
    """Return which nodes are connected."""
    found: dict[str, dict[str, Any]] = tree(page)["flows"]
    return {(line["source"], line["target"]) for line in found.values()}


def handles(page: Page) -> list[Box]:
    """Return the boxes of what can be pressed at the element below the pointer."""
    return [box_of(handle) for handle in page.locator(".handles .handle-face").all()]


def box_of(found: Locator) -> Box:
    """Return left, top, right and bottom of something on the page."""
    box = found.bounding_box()
    assert box is not None, f"{found} is not shown"
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def is_within(inner: Box, outer: Box) -> bool:
    """Say whether a box is inside another."""
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def meet(one: Box, other: Box) -> bool:
    """Say whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
