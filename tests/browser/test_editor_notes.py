"""Notes on the canvas: what is written is seen."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.hands import middle, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow

TEXT = "Only in the night.\nAsk the duty manager before:\n- the shop is closed\n- nobody pays\n- the stock is counted\n- it does not snow"


def noted(site: Site, **note: Any) -> int:
    tree = flow("start > a > end")
    tree["notes"] = [{"id": "n", "x": 300, "y": 400, "width": 200, "height": 80, "text": "", **note}]
    return site.add_flow("Noted", tree)


def words(page: Page) -> list[str]:
    """Return the lines of the note as they are drawn."""
    return page.locator(".s-Note .words").all_text_contents()


def test_a_note_grows_with_what_is_written_into_it_and_shrinks_with_its_undo(page: Page, site: Site) -> None:
    open_editor(page, noted(site))
    before = tree(page)
    page.mouse.dblclick(*middle(page.locator(".s-Note")))

    page.keyboard.type(TEXT)
    page.keyboard.press("Control+Enter")

    assert words(page) == TEXT.split("\n")
    assert tree(page)["notes"][0]["height"] >= 6 * 16
    page.keyboard.press("Control+z")
    assert tree(page) == before


def test_a_note_that_was_made_smaller_than_its_text_says_that_there_is_more(page: Page, site: Site) -> None:
    open_editor(page, noted(site, text=TEXT, height=50))

    assert words(page) == ["Only in the night.", "Ask the duty manager befo…"]
