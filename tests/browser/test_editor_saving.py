"""Nobody's work is lost: drafts outlive the page, and what somebody else saved in between is never overwritten unasked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.services.access import SYSTEM, find_project
from app.services.drafts import Sketch, save_draft
from app.services.publishing import Publication, publish
from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import compared_in_view, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow

STANDING = ".standing"


def rename(page: Page, name: str) -> None:
    """Give the first node another name."""
    page.evaluate(
        """(name) => {
          const get = (service) => window.sluice.editor.get(service);
          get('modeling').updateNode(get('elementRegistry').get('a'), { name });
        }""",
        name,
    )


def names(drawn: dict[str, Any]) -> list[str]:
    """Return the names of the activities of a tree."""
    return [node["name"] for node in drawn["activities"].values()]


def publish_meanwhile(site: Site, flow_id: int, name: str, base: int = 1) -> None:
    """Publish a version as somebody else does, while the page is open."""
    theirs = flow("start > a > b > end", nodes={"a": {"name": name}})
    with site.app.app_context():
        project = find_project(SYSTEM, 1, "project")
        publish(SYSTEM, project, flow_id, Publication(theirs, "quicker", base_version=base))


@pytest.fixture
def flow_id(page: Page, site: Site) -> int:
    """A flow of one node, a, that is open in the editor."""
    made = site.add_flow("Shared", flow("start > a > end"))
    open_editor(page, made)
    return made


def publish_mine(page: Page) -> None:
    """Publish what is on the canvas."""
    page.locator("#top-bar").get_by_role("button", name="Publish").click()
    page.get_by_label("What changed?").fill("mine")
    page.locator("dialog.sheet").get_by_role("button", name="Publish").click()


def test_a_draft_is_there_again_after_a_reload(page: Page, flow_id: int) -> None:
    rename(page, "half done")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(STANDING)).to_contain_text("Draft saved")

    page.reload()

    expect(page.locator(STANDING)).to_contain_text("Draft")
    assert names(tree(page)) == ["half done"]


def test_who_publishes_is_told_that_somebody_else_has_and_takes_theirs(page: Page, site: Site, flow_id: int) -> None:
    rename(page, "mine")
    publish_meanwhile(site, flow_id, "theirs")
    publish_mine(page)
    dialog = page.locator("dialog.sheet")
    expect(dialog).to_contain_text("published version 2")
    expect(dialog.locator(".comparison .counts")).to_contain_text("Removed nodes 1")
    assert compared_in_view(page)
    picture(page, "conflict")
    assert axe(page) == []

    dialog.get_by_role("button", name="Take theirs").click()

    expect(page.locator(STANDING)).to_contain_text("Version 2")
    assert names(tree(page)) == ["theirs", "b"]
    page.keyboard.press("Control+z")
    assert names(tree(page)) == ["mine"]


def test_who_keeps_theirs_own_publishes_over_what_somebody_else_has(page: Page, site: Site, flow_id: int) -> None:
    rename(page, "mine")
    publish_meanwhile(site, flow_id, "theirs")
    publish_mine(page)

    page.locator("dialog.sheet").get_by_role("button", name="Keep mine").click()

    expect(page.locator(STANDING)).to_contain_text("Version 3")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Versions and changes").click()
    listed = page.locator("dialog.sheet .versions li")
    expect(listed.nth(0)).to_contain_text("mine")
    expect(listed.nth(1)).to_contain_text("quicker")


def test_nothing_is_saved_while_it_is_undecided_whose_draft_counts(page: Page, site: Site, flow_id: int) -> None:
    with site.app.app_context():
        theirs = Sketch(flow("start > a > end", nodes={"a": {"name": "theirs"}}), 1)
        save_draft(SYSTEM, find_project(SYSTEM, 1, "project"), flow_id, theirs, None)
    rename(page, "mine")
    page.get_by_role("button", name="Save draft").click()
    page.locator("dialog.sheet").get_by_role("button", name="Decide later").click()
    expect(page.locator(STANDING)).to_contain_text("Someone else saved")
    assert names(tree(page)) == ["mine"]

    page.get_by_role("button", name="Choose").click()
    page.locator("dialog.sheet").get_by_role("button", name="Keep mine").click()

    expect(page.locator(STANDING)).to_contain_text("Draft saved")
    page.reload()
    assert names(tree(page)) == ["mine"]


def test_a_draft_that_is_older_than_the_current_version_says_so(page: Page, site: Site, flow_id: int) -> None:
    rename(page, "mine")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(STANDING)).to_contain_text("Draft saved")
    publish_meanwhile(site, flow_id, "theirs")

    page.reload()

    expect(page.locator(".notice-bar")).to_contain_text("Version 2 was published since")
    publish_mine(page)
    expect(page.locator("dialog.sheet")).to_contain_text("published version 2")


def test_leaving_asks_only_when_there_are_unsaved_edits(page: Page, flow_id: int) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#canvas").click(position={"x": 300, "y": 500})
    page.reload()
    assert asked == []

    page.locator("#canvas").click(position={"x": 300, "y": 500})
    rename(page, "unsaved")
    page.reload()
    assert asked == ["beforeunload"]


def test_what_the_server_never_got_is_offered_after_a_reload(page: Page, flow_id: int) -> None:
    page.route("**/draft", lambda route: route.abort())
    rename(page, "kept here")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(STANDING)).to_contain_text("Offline: kept in this browser")
    page.wait_for_timeout(600)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert names(tree(page)) == ["a"]

    page.get_by_role("button", name="Bring them back").click()

    assert names(tree(page)) == ["kept here"]
