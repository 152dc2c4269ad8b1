"""What the editor tells of a flow's past: records, tasks and the last runs of a node; and a copy that is put behind its original."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from app.services.access import SYSTEM, find_project
from app.services.tasks import Wish, create_task
from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import centre, click_node, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow


def test_the_past_of_a_flow_is_told_beside_it(page: Page, site: Site) -> None:
    made = site.add_flow("With a past", flow("start > a > b > end"))
    with site.app.app_context():
        create_task(SYSTEM, find_project(SYSTEM, 1, "project"), made, Wish("First of all"), starts=True)
    page.goto("/projects/1/tasks/")
    expect(page.get_by_role("row", name="First of all")).to_contain_text("finished", timeout=20_000)
    open_editor(page, made)

    page.get_by_role("tab", name="Past tasks").click()
    expect(page.locator(".past tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="First of all")).to_be_visible()
    picture(page, "editor-past-tasks")
    page.get_by_role("tab", name="Operation records").click()
    expect(page.locator(".past tbody tr").last).to_contain_text("made With a past")
    page.mouse.move(*centre(page, "a"))
    expect(page.locator(".times-tip")).to_contain_text("finished")
    picture(page, "editor-last-runs")
    assert axe(page) == []

    click_node(page, "a")
    page.get_by_role("button", name="Last runs").press("Enter")
    expect(page.locator("ul.last-runs li")).to_have_count(1)
    page.get_by_title("Copy and insert").click()
    into = {flow_["source"]: flow_["target"] for flow_ in tree(page)["flows"].values()}
    assert into[into["a"]] == "b"
    picture(page, "editor-copy-inserted")
    page.keyboard.press("Control+z")
    assert set(tree(page)["activities"]) == {"a", "b"}
