"""What comes onto the canvas from elsewhere: other versions, side by side, and files; and what a small screen shows of it all."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import click_node, compared_in_view, hold, tree
from tests.browser.test_editor_opens import open_editor
from tests.browser.test_editor_saving import names, publish_meanwhile, rename
from tests.drawing import flow


def choose(page: Page, item: str) -> None:
    """Choose from the menu of the top bar."""
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name=item).click()


def sent(name: str, text: str) -> FilePayload:
    """Return a file to choose."""
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def test_two_versions_are_compared_and_an_older_one_is_restored(page: Page, site: Site) -> None:
    made = site.add_flow("Three versions", flow("start > a > end"))
    publish_meanwhile(site, made, "second")
    publish_meanwhile(site, made, "third", base=2)
    open_editor(page, made)
    choose(page, "Versions and changes…")
    page.locator(".versions").get_by_role("button", name="Version 2").click()
    page.get_by_label("Compare with").select_option(label="Version 1")

    expect(page.locator("figcaption")).to_have_text(["Version 2", "Version 1"])
    expect(page.locator(".comparison .counts")).to_contain_text("Removed nodes 1")
    assert compared_in_view(page)
    assert axe(page) == []
    picture(page, "editor-two-versions")
    page.get_by_role("button", name="Restore Version 2").click()
    assert tree(page)["activities"]["a"]["name"] == "second"


def test_of_two_versions_that_were_clicked_the_last_one_is_shown_whichever_comes_first(page: Page, site: Site) -> None:
    made = site.add_flow("Slow versions", flow("start > a > end"))
    publish_meanwhile(site, made, "second")
    open_editor(page, made)
    choose(page, "Versions and changes…")
    waiting = hold(page, "**/versions/2")

    page.locator(".versions").get_by_role("button", name="Version 2").click()
    page.locator(".versions").get_by_role("button", name="Version 1").click()
    expect(page.get_by_role("button", name="Restore Version 1")).to_be_visible()
    with page.expect_response("**/versions/2"):
        waiting[0].continue_()
    page.wait_for_timeout(100)

    expect(page.get_by_role("button", name="Restore Version 1")).to_be_visible()


def test_who_takes_no_file_after_all_is_still_asked_for_one(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Check a host"))
    choose(page, "Import a file…")
    page.locator("dialog input[type=file]").evaluate("(e) => e.dispatchEvent(new Event('cancel', { bubbles: true }))")
    page.wait_for_timeout(100)
    expect(page.locator("dialog.sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.sheet")).to_have_count(0)


def test_a_snapshot_is_named_anew_and_deleted(page: Page, site: Site) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    open_editor(page, site.add_flow("Kept here", flow("start > a > end")))
    choose(page, "Versions and changes…")
    page.get_by_label("Name of a snapshot").fill("before lunch")
    page.locator(".versions").get_by_role("button", name="Version 1").click()
    expect(page.get_by_role("button", name="Restore Version 1")).to_be_visible()
    expect(page.get_by_label("Name of a snapshot")).to_have_value("before lunch")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Rename before lunch").click()
    page.locator(".snapshot input").fill("after lunch")
    page.locator(".snapshot input").press("Enter")
    expect(page.locator(".snapshot")).to_contain_text("after lunch")
    expect(page.get_by_role("button", name="Rename after lunch")).to_be_focused()
    page.locator(".snapshot").hover()
    picture(page, "editor-snapshots")

    page.get_by_role("button", name="Delete after lunch").click()

    expect(page.locator(".snapshot")).to_have_count(0)
    expect(page.get_by_label("Name of a snapshot")).to_be_focused()
    page.reload()
    choose(page, "Versions and changes…")
    expect(page.get_by_text("Kept in this browser")).to_be_visible()
    expect(page.locator(".snapshot")).to_have_count(0)


def test_a_file_says_whether_it_holds_a_version_or_the_canvas(page: Page, site: Site) -> None:
    open_editor(page, site.add_flow("Brought out", flow("start > a > end")))
    rename(page, "not published")
    choose(page, "Export as a file…")
    dialog = page.locator("dialog.sheet")
    expect(dialog.get_by_role("heading")).to_have_text("Export the canvas")
    picture(page, "editor-export")
    assert axe(page) == []
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="JSON").click()
    assert names(json.loads(waiting.value.path().read_text())["tree"]) == ["not published"]

    choose(page, "Export as a file…")
    dialog.get_by_label("Version 1").check()
    expect(dialog.get_by_role("heading")).to_have_text("Export version 1")
    with page.expect_download() as waiting:
        dialog.get_by_role("link", name="JSON").click()
    assert names(json.loads(waiting.value.path().read_text())["tree"]) == ["a"]


def test_a_new_flow_is_exported_as_far_as_a_format_can_hold_it(page: Page) -> None:
    page.goto("/projects/1/flows/new")
    page.wait_for_selector("html[data-ready=editor]")
    choose(page, "Export as a file…")
    page.locator("dialog.sheet").get_by_role("button", name="BPMN 2.0").click()
    expect(page.locator("dialog.sheet [role=alert]")).to_contain_text("Choose what this node does")

    with page.expect_download() as waiting:
        page.locator("dialog.sheet").get_by_role("button", name="JSON").click()

    assert json.loads(waiting.value.path().read_text())["version"] is None


def test_the_menu_goes_by_keys(page: Page, site: Site) -> None:
    open_editor(page, site.find_flow("Check a host"))
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("ArrowDown")
    first, last = page.get_by_role("menuitem").first, page.get_by_role("menuitem").last
    expect(first).to_be_focused()
    page.keyboard.press("End")
    expect(last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(last).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.get_by_role("button", name="More")).to_be_focused()


def test_what_changed_is_told_with_the_value_before_and_after(page: Page, site: Site) -> None:
    drawn = flow(
        "start > xor ; xor > a [1 == 1] > end ; xor > b [else] > end", inputs={"a": {"bk_display_message": "hello"}}
    )
    made = site.add_flow("Told apart", drawn)
    open_editor(page, made)
    page.evaluate(
        """() => {
          const get = (name) => window.sluice.editor.get(name), a = get("elementRegistry").get("a");
          const component = structuredClone(a.businessObject.node.component);
          component.data.bk_display_message.value = "goodbye";
          get("modeling").updateNode(a, { component });
          get("modeling").updateRest({ outputs: ["${x}"], worker_group: "north" });
          get("modeling").moveShape(get("elementRegistry").get("b"), { x: 0, y: 40 });
        }"""
    )
    choose(page, "Versions and changes…")
    page.locator(".versions ol").first.get_by_role("button", name="Version 1").click()
    told = page.locator(".changes-told")

    expect(told.get_by_role("button", name="Moved b")).to_be_visible()
    expect(told.get_by_role("button", name="Modified The flow itself")).to_be_visible()
    expect(told.get_by_role("button", name="Added ${x} Output")).to_be_visible()
    for words in ("1 == 1", "xor"):
        expect(page.locator(".comparison .half").first.locator("text", has_text=words)).to_be_visible()
    box = page.locator(".comparison .half").first.locator('[data-element-id="a"]').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(told.locator("dt")).not_to_contain_text("component")
    expect(told.locator("dl del")).to_have_text("hello")
    expect(told.locator("dl ins")).to_have_text("goodbye")
    picture(page, "editor-what-changed")


def test_versions_say_what_they_changed_and_what_came_says_what_it_holds(page: Page, site: Site) -> None:
    first = flow("start > a > end")
    made = site.add_flow("Told whole", first)
    drawn = flow(
        "start > xor ; xor > a [else] > end ; xor > b [1 == 1] > end", inputs={"b": {"bk_display_message": "hello"}},
        nodes={"b": {"optional": True}},
        constants={"${pw}": {"custom_type": "password", "value": "hunter2"}, "${n}": {"value": "5"}},
    )  # fmt: skip
    site.publish(made, first | {"location": [place | {"x": place["x"] + 40} for place in first["location"]]}, 1)
    site.publish(made, drawn, 2)
    open_editor(page, made)
    choose(page, "Versions and changes…")
    said = page.locator(".versions .changed")
    expect(said).to_have_text(
        ["2 nodes added, 2 variables added, 5 lines changed", "Only arranged otherwise", "The first version"]
    )
    page.locator(".versions ol").first.get_by_role("button", name="Version 1").click()
    told = page.locator(".changes-told")

    told.get_by_role("button", name="Added b", exact=True).click()
    expect(told.locator("dt")).to_have_text(["What it does", "Message", "May be left out when a task is made"])
    expect(told.locator("dd")).to_have_text(["Show a message", "hello", "Yes"])
    assert axe(page) == []
    picture(page, "editor-what-came")
    told.get_by_role("button", name="Added pw ${pw}").click()
    expect(told.locator("dd")).to_have_text(["Password", "******"])
    told.get_by_role("button", name="Added xor → b").click()
    expect(told.locator("dd")).to_have_text(["xor", "b", "1 == 1"])
    told.get_by_role("button", name="Moved Nodes: 2").click()
    expect(told.locator("ul li")).to_have_text(["a x 280 → 480", "end x 480 → 680"])
    expect(page.locator(".comparison .half").last.locator(".djs-element.selected")).to_have_count(2)
    told.get_by_role("button", name="end", exact=True).click()
    expect(page.locator(".comparison .half").last.locator(".djs-element.selected")).to_have_count(1)


def test_a_snapshot_with_a_name_is_there_after_a_reload(page: Page, site: Site) -> None:
    made = site.add_flow("Kept here", flow("start > a > end"))
    open_editor(page, made)
    choose(page, "Versions and changes…")
    page.get_by_label("Name of a snapshot").fill("before lunch")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".snapshot")).to_have_count(1)
    page.reload()
    choose(page, "Versions and changes…")
    page.locator(".snapshot").get_by_role("button", name="before lunch").first.click()

    expect(page.locator("figcaption").first).to_have_text("before lunch")
    expect(page.locator(".comparison .counts")).to_contain_text("They are the same.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"start_event": {}, "activities": 5}', "activities must be an object"),
        ("{nope", "line 2, column 1"),
        ("AAAA", "corrupt"),
        ('<?xml version="1.0"?><definitions/>', "BPMN"),
    ],
)
def test_a_file_that_is_no_flow_is_refused_and_the_canvas_stays(page: Page, site: Site, text: str, why: str) -> None:
    open_editor(page, site.find_flow("Check a host"))
    before = tree(page)
    choose(page, "Import a file…")
    page.locator("dialog input[type=file]").set_input_files(sent("file.json", text))

    expect(page.locator("dialog [role=alert]")).to_contain_text(why)
    assert tree(page) == before


def test_a_file_with_mistakes_is_opened_whole_in_view_and_they_are_told(page: Page, site: Site) -> None:
    drawn = flow("start > a > b > end", plugin="never_heard_of")
    for place in drawn["location"]:
        place["x"] += 9000
    open_editor(page, site.find_flow("Check a host"))
    choose(page, "Import a file…")
    page.locator("dialog input[type=file]").set_input_files(sent("file.json", json.dumps(drawn)))

    expect(page.locator("dialog [role=alert]")).to_contain_text("never_heard_of")
    page.get_by_role("button", name="To the canvas").click()
    assert set(tree(page)["activities"]) == {"a", "b"}
    expect(page.locator("[data-element-id=end]")).to_be_in_viewport()


def small_targets(page: Page) -> list[str]:
    """Return what can be tapped and is too small for a finger, with its size."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('button:enabled, a, .inspector :is(input, select):enabled')].flatMap((target) => {
          const { width, height } = target.getBoundingClientRect();
          const isSeen = width > 0 && getComputedStyle(target).visibility === 'visible' && !target.matches('.problem-dot');
          return isSeen && Math.min(width, height) < 32 ? [`${target.ariaLabel || target.textContent} ${width}x${height}`] : [];
        })"""
    )
    return found


def test_a_small_screen_reads_and_a_larger_one_edits(page: Page, site: Site) -> None:
    made = site.add_flow("Read on a phone", flow("start > a > end"))
    page.set_viewport_size({"width": 390, "height": 844})
    open_editor(page, made)
    click_node(page, "a")

    message = page.locator("#inspector textarea").first
    expect(message).to_be_disabled()
    page.get_by_role("tab", name="Variables").click()
    expect(page.get_by_text("This flow has no variables.")).to_be_in_viewport(ratio=1)
    assert small_targets(page) == []
    click_node(page, "a")
    expect(page.get_by_role("tabpanel")).to_have_count(0)
    expect(page.get_by_role("heading", name="Task")).to_be_in_viewport(ratio=1)
    assert small_targets(page) == []
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("menuitem", name="Export as a file…")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(message).to_be_enabled()
    expect(page.get_by_role("button", name="Publish")).to_be_visible()
