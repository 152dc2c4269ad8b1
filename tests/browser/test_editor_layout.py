"""Automatic layout and tidying up, as a person sees them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, picture
from tests.browser.hands import centre, drag, lay_out, tree
from tests.browser.test_editor_gestures import boxes
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow

PARALLEL = "start > a > par ; par > b > join ; par > c > d > join ; par > e > join ; join > f > end"
PASSING = (
    "start > xor ; xor > a [1 == 1] > join ; xor > b [1 == 2] > join ; xor > c [1 == 3] > join ; xor > d [1 == 4] > join ; "
    "join > e > f > g > end ; xor > f [1 == 5] ; xor > join [1 == 6]"
)
SHOWN = re.compile("shown")


def sides(page: Page) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the sides that each line leaves and enters, by the nodes that it joins."""
    return {
        (line["source"]["id"], line["target"]["id"]): (line["source"]["arrow"], line["target"]["arrow"])
        for line in tree(page)["line"]
    }


_SEEN = """() => {
  const view = document.querySelector('.djs-container').getBoundingClientRect();
  return [...document.querySelectorAll('.djs-container .djs-shape')].every((shape) => {
    const box = shape.getBoundingClientRect();
    return box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
  });
}"""


def test_branches_are_laid_out_in_their_order_and_the_mark_of_the_default_is_its_own(page: Page, site: Site) -> None:
    drawing = "; ".join(f"cpg > b{i} [{'else' if i == 5 else '1 == 1'}] > join" for i in range(1, 6))
    open_editor(page, site.add_flow("Five branches", flow(f"start > a > cpg ; {drawing} ; join > end")))

    lay_out(page)

    heads = [centre(page, f"b{i}") for i in range(1, 6)]
    assert heads == sorted(heads, key=lambda at: at[1])
    assert len({round(x) for x, _ in heads}) == 1
    mark = page.locator(".s-flow .slash").bounding_box()
    assert mark is not None
    assert heads[3][1] < mark["y"] + mark["height"] < heads[4][1], "between the rows of the last two branches"
    picture(page, "layout-five-branches")


def test_the_whole_flow_is_seen_after_a_layout_is_undone_and_done_again(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Far apart", flow(PARALLEL)))
    page.evaluate("""() => {
      const editor = window.sluice.editor, far = editor.get('elementRegistry').get('f');
      editor.get('modeling').moveElements([far], {x: 2600, y: 1400});
    }""")
    lay_out(page)
    assert page.evaluate(_SEEN)
    undo, redo = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(undo).to_have_attribute("title", "Undo: Lay out the flow (Ctrl+Z)")

    page.keyboard.press("Control+z")
    assert page.evaluate(_SEEN)
    expect(redo).to_have_attribute("title", "Redo: Lay out the flow (Ctrl+Shift+Z)")

    page.keyboard.press("Control+Shift+z")
    assert page.evaluate(_SEEN)


def test_that_a_layout_takes_a_while_is_said_until_it_is_done(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Slow", flow(PARALLEL)))
    page.route("**/layout_worker-*", lambda route: (page.wait_for_timeout(1200), route.continue_()))
    hint = page.locator(".hint-line")

    page.keyboard.press("l")

    expect(hint).to_have_class(SHOWN)
    expect(hint).to_have_text("Laying out the flow…")
    expect(hint).not_to_have_class(SHOWN, timeout=3000)


def test_elkjs_is_loaded_where_lines_cross_and_only_there(page: Page, site: Site) -> None:
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    open_editor(page, site.add_flow("Plain", flow(PARALLEL)))
    lay_out(page)
    assert any("layout_worker" in url for url in asked)
    assert not any("elk-worker" in url for url in asked)

    open_editor(page, site.add_flow("Passing", flow(PASSING)))
    lay_out(page)

    assert any("elk-worker" in url for url in asked)
    heads = [centre(page, name) for name in "abcd"]
    assert heads == sorted(heads, key=lambda at: at[1]), "branches stay in their order all the same"
    picture(page, "layout-passing")


def test_without_a_worker_the_page_lays_the_flow_out_itself(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Without", flow(PASSING)))
    page.route("**/layout_worker-*", lambda route: route.abort())

    lay_out(page)

    expect(page.locator(".hint-line")).to_have_text(
        "The layout engine did not answer, so more lines cross than need be"
    )
    assert centre(page, "a")[0] == centre(page, "d")[0], "in one column"


def test_a_branch_that_is_moved_along_its_row_keeps_its_sides(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Branches", flow(PARALLEL)))
    lay_out(page)
    before = sides(page)
    assert (before["par", "b"], before["b", "join"]) == (("Top", "Left"), ("Right", "Top"))

    drag(page, centre(page, "b"), (centre(page, "d")[0], centre(page, "b")[1]))

    assert sides(page) == before


def test_tidying_up_straightens_what_was_arranged_as_one_step(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Untidy", flow("start > a > b > end")))
    page.evaluate("""() => {
      const editor = window.sluice.editor, at = (id) => editor.get('elementRegistry').get(id);
      const note = editor.get('elementFactory').createNote({ text: 'why' }), below = { x: at('b').x + 84, y: at('b').y + 120 };
      editor.get('modeling').createShape(note, below, editor.get('treeStore').root);
      editor.get('modeling').moveElements([at('b')], { x: -190, y: 13 });
    }""")
    untidy = boxes(page)
    note = tree(page)["notes"][0]

    page.keyboard.press("Shift+L")

    tidy = boxes(page)
    assert tidy["a"][1] == tidy["b"][1], "in one row"
    assert tidy["a"][2] + 40 <= tidy["b"][0], "beside one another"
    assert tree(page)["notes"][0] != note, "the note goes with its node"
    page.keyboard.press("Control+z")
    assert boxes(page) == untidy

    for _ in range(2):
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Tidy up").click()
    assert boxes(page) == tidy
    expect(page.locator(".hint-line")).to_have_text("There is nothing to tidy up")
