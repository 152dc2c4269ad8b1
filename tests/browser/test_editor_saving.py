"""Nobody's work is lost: drafts outlive the page, and what somebody else saved in between is never overwritten unasked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.services.access import SYSTEM, find_project
from app.services.drafts import Sketch, save_draft
from app.services.editing import open_flow
from app.services.publishing import Publication, publish
from tests.browser.conftest import Site, axe, log_in, picture
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


def publish_meanwhile(site: Site, flow_id: int, name: str, base: int = 1, revision: int | None = None) -> None:
    """Publish a version as somebody else does, while the page is open; with a draft, if that has been seen."""
    theirs = flow("start > a > b > end", nodes={"a": {"name": name}})
    with site.app.app_context():
        project = find_project(SYSTEM, 1, "project")
        publish(SYSTEM, project, flow_id, Publication(theirs, "quicker", base, revision))


def save_draft_meanwhile(site: Site, flow_id: int, name: str, revision: int | None = None) -> None:
    """Save the draft as somebody else does, while the page is open."""
    theirs = Sketch(flow("start > a > end", nodes={"a": {"name": name}}), 1)
    with site.app.app_context():
        save_draft(SYSTEM, find_project(SYSTEM, 1, "project"), flow_id, theirs, revision)


def lose_edits(page: Page, name: str) -> None:
    """Edit, and reload the page before the server has it."""
    page.route("**/draft", lambda route: route.abort())
    rename(page, name)
    page.wait_for_timeout(600)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/draft")
    expect(page.locator(".notice-bar")).to_contain_text("that were never saved")


def save_draft_here(page: Page) -> None:
    """Save the draft, and wait until it is."""
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(STANDING)).to_contain_text("Draft saved")


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

    dialog.get_by_role("button", name="Take version 2").click()

    expect(page.locator(STANDING)).to_contain_text("Version 2")
    assert names(tree(page)) == ["theirs", "b"]
    page.keyboard.press("Control+z")
    assert names(tree(page)) == ["mine"]


def test_who_keeps_theirs_own_publishes_over_what_somebody_else_has(page: Page, site: Site, flow_id: int) -> None:
    rename(page, "mine")
    publish_meanwhile(site, flow_id, "theirs")
    publish_mine(page)

    page.locator("dialog.sheet").get_by_role("button", name="Publish mine").click()

    expect(page.locator(STANDING)).to_contain_text("Version 3")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Versions and changes").click()
    listed = page.locator("dialog.sheet .versions li")
    expect(listed.nth(0)).to_contain_text("mine")
    expect(listed.nth(1)).to_contain_text("quicker")


def test_nothing_is_saved_while_it_is_undecided_whose_draft_counts(page: Page, site: Site, flow_id: int) -> None:
    save_draft_meanwhile(site, flow_id, "theirs")
    rename(page, "mine")
    page.get_by_role("button", name="Save draft").click()
    page.locator("dialog.sheet").get_by_role("button", name="Decide later").click()
    expect(page.locator(STANDING)).to_contain_text("Someone else saved")
    assert names(tree(page)) == ["mine"]

    page.locator("#top-bar").get_by_role("button", name="Publish").click()
    expect(page.locator("dialog.sheet")).to_contain_text("saved this draft")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Choose").click()
    page.locator("dialog.sheet").get_by_role("button", name="Save mine as the draft").click()

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


def test_who_keeps_theirs_own_draft_publishes_nothing(page: Page, site: Site, flow_id: int) -> None:
    rename(page, "begun")
    save_draft_here(page)
    publish_meanwhile(site, flow_id, "theirs", revision=1)
    rename(page, "mine")
    page.get_by_role("button", name="Save draft").click()

    page.locator("dialog.sheet").get_by_role("button", name="Save mine as the draft").click()

    expect(page.locator(STANDING)).to_contain_text("Version 2")
    expect(page.locator(STANDING)).to_contain_text("Draft saved")
    with site.app.app_context():
        opened = open_flow(SYSTEM, find_project(SYSTEM, 1, "project"), flow_id)
    assert (opened.template.version, names(dict(opened.tree))) == (2, ["theirs", "b"])
    assert opened.draft is not None
    assert (opened.draft.base_version, names(dict(opened.draft.tree))) == (2, ["mine"])


def test_what_was_found_stays_until_it_is_taken_or_discarded(page: Page, flow_id: int) -> None:
    lose_edits(page, "kept here")
    rename(page, "something else")
    save_draft_here(page)

    page.reload()
    expect(page.locator(".notice-bar")).to_contain_text("that were never saved")
    page.get_by_role("button", name="Discard them").click()
    page.reload()

    expect(page.locator(STANDING)).to_contain_text("Draft")
    expect(page.locator(".notice-bar")).to_have_count(0)


def test_what_was_found_does_not_take_the_place_of_a_newer_draft_unasked(page: Page, site: Site, flow_id: int) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    save_draft_meanwhile(site, flow_id, "first")
    page.reload()
    lose_edits(page, "kept here")
    save_draft_meanwhile(site, flow_id, "theirs", 1)
    page.reload()

    page.get_by_role("button", name="Bring them back").click()

    dialog = page.locator("dialog.sheet")
    expect(dialog).to_contain_text("saved this draft at")
    expect(dialog.locator(".comparison .counts")).to_contain_text("Changed nodes 1")
    assert names(tree(page)) == ["theirs"]
    dialog.get_by_role("button", name="Bring the kept edits back").click()
    assert names(tree(page)) == ["kept here"]
    expect(page.locator(".notice-bar")).to_have_count(0)


def test_the_last_keys_of_a_name_count_when_the_page_is_left(page: Page, flow_id: int) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#inspector").get_by_label("Name of the flow").fill("Named in a hurry")
    page.reload()
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="Bring them back").click()

    expect(page.locator("#top-bar").get_by_label("Name of the flow")).to_have_value("Named in a hurry")
    save_draft_here(page)
    page.reload()
    expect(page.locator("#top-bar").get_by_label("Name of the flow")).to_have_value("Named in a hurry")


def test_a_description_that_did_not_arrive_is_sent_again(page: Page, flow_id: int) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.route(f"**/flows/{flow_id}", lambda route: route.abort())
    page.get_by_label("Description").fill("why it is there")
    page.get_by_label("Description").blur()
    expect(page.locator("#inspector")).to_contain_text("The server cannot be reached. This is sent again")
    with page.expect_event("dialog"):
        page.evaluate("window.location.reload()")
    assert asked == ["beforeunload"]

    page.unroute(f"**/flows/{flow_id}")
    with page.expect_response(f"**/flows/{flow_id}"):
        page.evaluate("window.dispatchEvent(new Event('online'))")

    page.reload()
    expect(page.get_by_label("Description")).to_have_value("why it is there")
    assert asked == ["beforeunload"]


def test_a_draft_that_is_refused_says_why_and_is_saved_after_a_new_login(page: Page, site: Site, flow_id: int) -> None:
    page.evaluate("window.sluice.editor.get('session').rename('much too long '.repeat(9))")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(STANDING)).to_contain_text("Not saved")
    expect(page.locator("#top-bar [role=alert]")).to_contain_text("50")
    page.evaluate("window.sluice.editor.get('session').rename('Short')")

    page.context.clear_cookies()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".notice-bar")).to_contain_text("Your session has ended. Your work is kept in this browser")
    expect(page.get_by_role("link", name="Log in again")).to_have_attribute("href", "/login")
    picture(page, "editor-logged-out")
    page.context.add_cookies(log_in(site.app))  # type: ignore[arg-type]
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(page.locator(STANDING)).to_contain_text("Draft saved")
    expect(page.locator(".notice-bar")).to_have_count(0)


def test_text_that_is_not_applied_outlives_its_panel_and_is_asked_for(page: Page, flow_id: int) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("tab", name="Code").click()
    page.locator(".code-text .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("typed here ")
    page.get_by_role("tab", name="Problems").click()
    page.get_by_role("tab", name="Code").click()

    expect(page.locator(".code-text .cm-content")).to_contain_text("typed here")
    page.reload()
    assert asked == ["beforeunload"]


def test_a_letter_that_is_typed_just_as_the_code_is_read_stays(page: Page, flow_id: int) -> None:
    page.get_by_role("tab", name="Code").click()
    content = page.locator(".code-text .cm-content")
    content.click()
    page.keyboard.press("Control+Home")
    page.evaluate("""() => {
      const type = () => document.execCommand('insertText', false, 'B');
      window.sluice.editor.get('eventBus').once('code.changed', 100, type);
    }""")
    page.keyboard.type("A")
    expect(content).to_contain_text("AB{")

    page.wait_for_timeout(400)
    page.keyboard.type("C")
    expect(content).to_contain_text("ABC{")


def test_what_keeps_a_flow_from_being_published_leads_to_its_node(page: Page, site: Site) -> None:
    page.goto("/projects/1/flows/new")
    page.wait_for_selector("html[data-ready=editor]")
    page.locator("#top-bar").get_by_label("Name of the flow").fill("Soon")
    save_draft_here(page)
    publish_mine(page)

    told = page.locator("dialog.sheet [role=alert]")
    expect(told).to_contain_text("Choose what this node does")
    expect(told).not_to_contain_text("component")
    expect(page.locator(STANDING)).not_to_contain_text("Unsaved changes")
    picture(page, "publish-refused")
    assert axe(page) == []
    told.get_by_role("button", name="Choose what this node does").click()

    expect(page.locator("dialog.sheet")).to_have_count(0)
    selected = page.evaluate("window.sluice.editor.get('selection').get().map((e) => e.businessObject.kind)")
    assert selected == ["ServiceActivity"]


def test_who_publishes_in_order_to_run_goes_on_to_the_task(page: Page, flow_id: int) -> None:
    rename(page, "mine")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Publish first").click()
    page.get_by_role("button", name="Publish and go on to the task").click()

    page.wait_for_url(f"**/tasks/new?template={flow_id}")


def publish_to_run(page: Page) -> None:
    """Publish what is on the canvas in order to run it."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Publish first").click()
    page.get_by_role("button", name="Publish and go on to the task").click()


@pytest.mark.parametrize("choice", ["Take version 2", "Publish mine"])
def test_a_conflict_on_the_way_to_the_task_is_settled_and_the_way_goes_on(
    page: Page, site: Site, flow_id: int, choice: str
) -> None:
    rename(page, "mine")
    publish_meanwhile(site, flow_id, "theirs")
    publish_to_run(page)

    page.get_by_role("button", name=choice).click()

    page.wait_for_url(f"**/tasks/new?template={flow_id}")
    version = "Version 2" if choice == "Take version 2" else "Version 3"
    expect(page.locator("#top-bar")).to_contain_text(version)


def test_nothing_goes_on_to_the_task_from_a_conflict_that_was_put_off(page: Page, site: Site, flow_id: int) -> None:
    rename(page, "mine")
    publish_meanwhile(site, flow_id, "theirs")
    publish_to_run(page)
    page.get_by_role("button", name="Decide later").click()
    page.get_by_role("button", name="Choose", exact=True).click()

    page.get_by_role("button", name="Take version 2").click()

    expect(page.locator(STANDING)).to_contain_text("Version 2")
    expect(page.locator("dialog.sheet")).to_have_count(0)
    assert "/edit" in page.url


def test_a_draft_that_was_taken_on_the_way_to_the_task_is_published_by_whoever_took_it(
    page: Page, site: Site, flow_id: int
) -> None:
    rename(page, "mine")
    save_draft_meanwhile(site, flow_id, "theirs")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Decide later").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Publish first").click()

    page.get_by_role("button", name="Take their draft").click()
    assert names(tree(page)) == ["theirs"]
    page.get_by_role("button", name="Publish and go on to the task").click()

    page.wait_for_url(f"**/tasks/new?template={flow_id}")


def test_edits_of_a_tab_that_is_open_are_not_offered_in_another(page: Page, site: Site) -> None:
    def open_new(tab: Page) -> None:
        tab.goto(f"{site.url}/projects/1/flows/new")
        tab.wait_for_selector("html[data-ready=editor]")

    open_new(page)
    page.locator(".flow-name").fill("Begun here")
    page.wait_for_timeout(600)
    other = page.context.new_page()

    open_new(other)
    expect(other.locator(".notice-bar")).to_have_count(0)
    page.close()
    open_new(other)

    expect(other.locator(".notice-bar")).to_contain_text("that were never saved")
    other.get_by_role("button", name="Bring them back").click()
    expect(other.locator(".flow-name")).to_have_value("Begun here")
    other.close()


def test_a_note_that_is_being_written_is_saved_with_the_rest(page: Page, flow_id: int) -> None:
    page.evaluate("""() => {
      const get = (service) => window.sluice.editor.get(service), note = get('elementFactory').createNote({ text: '' });
      get('modeling').createShape(note, { x: 400, y: 400 }, get('treeStore').root);
      get('noteEditing').open(note);
    }""")
    page.keyboard.type("why it waits")

    page.keyboard.press("Control+s")

    expect(page.locator(STANDING)).to_contain_text("Draft saved")
    assert [note["text"] for note in tree(page)["notes"]] == ["why it waits"]
    expect(page.locator(".note-area")).to_be_focused()


def test_a_word_that_is_being_typed_counts_when_one_saves(page: Page, flow_id: int) -> None:
    inspector = page.get_by_role("complementary", name="Inspector")
    inspector.get_by_label("Labels").fill("nightly")

    page.keyboard.press("Control+s")

    expect(inspector.locator(".f-chip")).to_contain_text("nightly")
