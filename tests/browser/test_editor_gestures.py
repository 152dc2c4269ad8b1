"""What hands do on the canvas: chips along their lines, nodes into tight lines, steps of a graph, pictures and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, picture
from tests.browser.hands import add_next, centre, drag, middle, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow


def boxes(page: Page) -> dict[str, tuple[float, float, float, float]]:
    """Return where each node is on the canvas: left, top, right, bottom."""
    found: dict[str, Any] = page.evaluate(
        """Object.fromEntries(window.sluice.editor.get('treeStore').nodes
          .map(({ id, x, y, width, height }) => [id, [x, y, x + width, y + height]]))"""
    )
    return {id_: (a, b, c, d) for id_, (a, b, c, d) in found.items()}


def test_a_chip_is_drawn_along_its_line_and_stays_there(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Release a web service"))
    chip = page.locator(".s-flow .chip").first
    x, y = middle(chip)
    drag(page, (x, y), (x + 20, y - 60))
    (gateway,) = (g for g in tree(page)["gateways"].values() if g["type"] == "ExclusiveGateway")
    (moved,) = [c["loc"] for c in gateway["conditions"].values() if "loc" in c] or [gateway["default_condition"]["loc"]]
    assert 0 < moved < 1
    assert middle(page.locator(".s-flow .chip").first) != (x, y)

    page.keyboard.press("Control+z")

    assert middle(page.locator(".s-flow .chip").first) == (x, y)


def test_a_node_that_is_dropped_on_a_tight_line_pushes_on_what_comes_after(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Tight", flow("start > a > b > end")))
    page.get_by_title("Fit the flow into view").click()
    before = boxes(page)
    (_, _, right, _), (left, *_) = before["a"], before["b"]
    assert left - right < 100
    gap = [(one + other) / 2 for one, other in zip(centre(page, "a"), centre(page, "b"), strict=True)]

    drag(page, middle(page.get_by_role("button", name="Task", exact=True)), (gap[0], gap[1]))

    after = boxes(page)
    (new,) = set(after) - set(before)
    assert [page_line(page, f) for f in tree(page)["flows"]].count(("a", new)) == 1
    assert after["a"][2] < after[new][0]
    assert after[new][2] < after["b"][0]
    assert after["b"][2] < after["end"][0]
    page.keyboard.press("Control+z")
    assert boxes(page) == before


def page_line(page: Page, flow_id: str) -> tuple[str, str]:
    """Return the ends of a line."""
    line = tree(page)["flows"][flow_id]
    return line["source"], line["target"]


def dependencies() -> dict[str, Any]:
    """A graph: after a come b and c, and d after both."""
    made = flow("start > a > b > d > end")
    made["kind"] = "dependencies"
    for source, target in (("a", "c"), ("c", "d")):
        id_ = f"{source}-{target}"
        made["flows"][id_] = {"id": id_, "source": source, "target": target, "is_default": False}
    made["activities"]["c"] = {**made["activities"]["b"], "id": "c", "name": "c"}
    lines = made["flows"].values()
    for node in (*made["activities"].values(), made["start_event"], made["end_event"]):
        node["incoming"] = [f["id"] for f in lines if f["target"] == node["id"]]
        node["outgoing"] = [f["id"] for f in lines if f["source"] == node["id"]]
    made["start_event"]["incoming"] = made["end_event"]["outgoing"] = ""
    made["line"], made["location"] = [], []
    return made


def test_a_graph_of_dependencies_is_drawn_and_edited_without_gateways(page: Page, site: Site) -> None:
    page.goto("/projects/1/flows/new")
    page.wait_for_selector("html[data-ready=editor]")
    page.evaluate("(graph) => window.sluice.editor.open(graph)", dependencies())
    assert tree(page) == dependencies()
    expect(page.get_by_role("button", name="Exclusive gateway")).to_have_count(0)
    page.get_by_title("Fit the flow into view").click()

    step = add_next(page, "a", "Show a message")

    drawn = tree(page)
    ends = {(line["source"], line["target"]) for line in drawn["flows"].values()}
    assert {("a", "b"), ("a", "c"), ("a", step), (step, "end")} < ends
    assert len(drawn["activities"]["a"]["outgoing"]) == 3
    picture(page, "dependencies")


def test_the_picture_and_the_bpmn_file_are_saved(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Release a web service"))
    saved = {}
    for item in ("Save the picture as SVG", "Save the picture as PNG", "Export as a file…"):
        page.get_by_role("button", name="More").click()
        with page.expect_download() as waiting:
            page.get_by_role("menuitem", name=item).click()
            if item.startswith("Export"):
                page.get_by_role("link", name="BPMN 2.0").click()
        saved[item] = Path(waiting.value.path()).read_bytes()

    svg, png, bpmn = saved.values()
    assert b"Build the package" in svg or b"Build the pa" in svg
    assert b"class=" not in svg
    assert png.startswith(b"\x89PNG")
    assert b"exclusiveGateway" in bpmn
    assert b"BPMNDiagram" in bpmn
