"""Every page, as a person sees it: readable in light and dark, on a desk and on a phone; walked by keys alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.extensions import db
from app.models.runs import TokenRow
from app.models.tasks import Task
from app.services.access import SYSTEM, find_project
from app.services.accounts import create_project
from app.services.tasks import Wish, create_task, start_task
from tests.browser.conftest import AGENT, Site, axe, picture
from tests.browser.test_run_view import failing_flow

PAGES = {
    "home": "/projects/1/", "empty home": "/projects/{empty}/", "flows": "/projects/1/flows/", "flow": "/projects/1/flows/2/",
    "tasks": "/projects/1/tasks/", "new task": "/projects/1/tasks/new?template=2", "plain task": "/projects/1/tasks/{task}/plain",
    "schedules": "/projects/1/schedules/", "new schedule": "/projects/1/schedules/new", "approvals": "/projects/1/approvals/",
    "hosts": "/projects/1/hosts/", "new host": "/projects/1/hosts/new", "credentials": "/projects/1/hosts/credentials/",
    "insights": "/projects/1/insights/", "insights of a flow": "/projects/1/insights/?template=1", "audit": "/projects/1/audit/",
    "members": "/projects/1/settings/members", "apps": "/projects/1/settings/apps", "tokens": "/projects/1/settings/tokens",
    "notifications": "/projects/1/settings/notifications", "labels": "/projects/1/settings/labels", "system": "/system/",
    "users": "/system/users", "plugins": "/system/plugins", "not there": "/projects/999/",
}  # fmt: skip
"""What stands on the rail, and what that leads to. The editor and the run view have tests of their own."""

VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (1440, 390)]
READY = "() => document.documentElement.dataset.bsTheme !== undefined"


@pytest.fixture(scope="module")
def places(site: Site) -> dict[str, int]:
    """A site with something to see: tasks that ended, wait and failed, and a project without flows."""
    with site.app.app_context():
        project = find_project(SYSTEM, 1, "project")
        failing = site.add_flow("Restart the edge, all of it, and a little more", failing_flow())
        made = [create_task(SYSTEM, project, id_, Wish(f"page test {id_}", {}, [])) for id_ in (2, failing, 1)]
        for one in made:
            start_task(SYSTEM, project, one.task_id)
        empty = create_project("Nothing here yet, in a project with a long name", 9_001, "UTC").id
        come_to_rest([one.task_id for one in made])
    return {"task": made[1].task_id, "empty": empty}


def come_to_rest(task_ids: list[int], patience_s: float = 60) -> None:
    """Wait until nothing of some tasks will be due any more unless a person does something."""
    due = select(func.count()).select_from(TokenRow).join(Task, Task.run_id == TokenRow.root_id)
    due, until = due.where(Task.id.in_(task_ids), TokenRow.claim_at.is_not(None)), time.monotonic() + patience_s
    while db.session.scalar(due):
        db.session.rollback()
        assert time.monotonic() < until, "the tasks go on and on"
        time.sleep(0.1)
    db.session.rollback()


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def look(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """A page in each theme and width; an error in its scripts fails the test."""
    scheme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 1000 else 844}, color_scheme=scheme, user_agent=AGENT, base_url=site.url
    )  # fmt: skip
    context.add_cookies(site.cookies)  # type: ignore[arg-type]
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
    yield page
    context.close()
    assert not faults, faults


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault_and_no_sideways_scrolling(look: Page, places: dict[str, int], name: str) -> None:
    look.goto(PAGES[name].format(**places))
    look.wait_for_function(READY)
    look.wait_for_timeout(250)

    assert axe(look) == []
    too_wide = look.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{too_wide} px wider than the screen"


def test_the_login_has_no_serious_fault(browser: Browser, site: Site) -> None:
    for scheme in ("light", "dark"):
        with browser.new_context(color_scheme=scheme, base_url=site.url) as context:
            page = context.new_page()
            page.goto("/login")
            page.wait_for_function(READY)
            assert axe(page) == []


def test_the_search_is_opened_walked_and_used_by_keys_alone(page: Page, places: dict[str, int]) -> None:
    page.goto("/projects/1/")
    page.wait_for_function(READY)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search flows")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="Draw a flow")).to_be_visible()

    page.keyboard.type("rel")
    expect(page.locator("#palette a[role=option]").filter(has_text="Release a web service").first).to_be_visible()
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    second = field.get_attribute("aria-activedescendant")
    assert first is not None
    assert first != second
    expect(page.locator(f"#{second}")).to_have_attribute("aria-selected", "true")
    expect(page.locator('[role=option][aria-selected="true"]')).to_have_count(1)
    picture(page, "palette")
    assert axe(page) == []

    page.keyboard.press("ArrowUp")
    chosen = page.locator('[role=option][aria-selected="true"]').get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{chosen}")


def test_escape_closes_the_search_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/projects/1/flows/")
    page.wait_for_function(READY)
    opener = page.get_by_role("button", name="Search")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#palette")).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_search_opens_over_the_editor_and_finds_a_node_of_a_flow(page: Page) -> None:
    page.goto("/projects/1/flows/1/edit")
    page.wait_for_selector("html[data-ready=editor]")
    page.keyboard.press("Control+k")
    page.keyboard.type("Approve the release")
    expect(page.locator("#palette a[role=option]").first).to_contain_text("Approve the release")
    page.keyboard.press("Enter")
    page.wait_for_url("**/flows/2/edit?node=*")
    page.wait_for_selector("html[data-ready=editor]")

    chosen = page.evaluate("window.sluice.editor.get('selection').get().map((e) => e.businessObject.node.name)")
    assert chosen == ["Approve the release"]
    expect(page.locator("#inspector").get_by_role("heading", name="Task", exact=True)).to_be_visible()


def test_the_help_tells_the_keys_and_they_do_what_it_tells(page: Page) -> None:
    page.goto("/projects/1/")
    page.wait_for_function(READY)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    picture(page, "keys")
    assert axe(page) == []
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/projects/1/schedules/")
    page.wait_for_function(READY)
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/projects/1/flows/")
    page.wait_for_function(READY)
    page.keyboard.press("/")
    expect(page.locator(".content input[type=search]").first).to_be_focused()


def test_keys_are_letters_where_somebody_writes(page: Page) -> None:
    page.goto("/projects/1/settings/members")
    page.wait_for_function(READY)
    page.get_by_label("User name").click()
    page.keyboard.type("g?h[n")

    expect(page.get_by_label("User name")).to_have_value("g?h[n")
    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith("/settings/members")


def test_the_rail_stays_narrow_on_the_next_page(page: Page) -> None:
    page.goto("/projects/1/")
    page.wait_for_function(READY)
    wide = page.locator(".rail").bounding_box()
    page.keyboard.press("[")
    narrow = page.locator(".rail").bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < wide["width"] / 2
    assert axe(page) == []

    page.goto("/projects/1/tasks/")
    again = page.locator(".rail").bounding_box()
    assert again is not None
    assert again["width"] == narrow["width"]


def test_the_menu_of_a_phone_leads_everywhere(browser: Browser, site: Site) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, user_agent=AGENT, base_url=site.url) as context:
        context.add_cookies(site.cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/projects/1/")
        page.wait_for_function(READY)
        expect(page.get_by_role("link", name="Insights")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        assert axe(page) == []
        page.get_by_role("link", name="Insights").click()
        page.wait_for_url("**/insights/")


def test_the_page_is_dark_before_its_scripts_run_once_it_was_dark(browser: Browser, site: Site) -> None:
    with browser.new_context(color_scheme="dark", user_agent=AGENT, base_url=site.url) as context:
        context.add_cookies(site.cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/projects/1/")
        page.wait_for_function(READY)
        answer = context.request.get("/projects/1/")

        assert 'data-bs-theme="dark"' in answer.text()


def test_charts_are_drawn_from_what_the_tables_say(page: Page, places: dict[str, int]) -> None:
    page.goto("/projects/1/insights/")
    page.wait_for_selector("#chart-runs canvas")
    weeks = json.loads(page.locator("#chart-data").text_content() or "{}")["weeks"]
    cells = page.locator("section[aria-labelledby=by-week] tbody tr td:nth-child(2)").all_inner_texts()

    assert [int(text) for text in reversed(cells)] == weeks["ended"]
    assert sum(weeks["ended"]) > 0
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    expect(page.locator("#chart-runs canvas")).to_have_count(1)
    picture(page, "insights-dark")


def test_what_was_typed_into_a_form_that_is_refused_stands_in_it_again(page: Page) -> None:
    page.goto("/projects/1/settings/notifications")
    form = page.locator(".notice-form").nth(1)
    form.get_by_label("failed").check()
    form.get_by_role("textbox").fill("nobody at all")
    form.get_by_role("button", name="Save").click()

    expect(page.locator(".alert-danger").first).to_be_visible()
    expect(form.get_by_role("textbox")).to_have_value("nobody at all")
    expect(form.get_by_label("failed")).to_be_checked()
    expect(page.locator(".notice-form").first.get_by_role("textbox")).to_have_value("")

    page.reload()
    expect(form.get_by_role("textbox")).to_have_value("")

    page.goto("/projects/1/settings/members")
    page.get_by_label("User name").fill("nobody.there")
    page.locator("select[name=role]").first.select_option("editor")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("User name")).to_have_value("nobody.there")
    expect(page.locator("select[name=role]").first).to_have_value("editor")


def test_a_form_that_holds_a_secret_is_kept_nowhere(page: Page) -> None:
    # The page stays where it is, so that it can be seen what it keeps.
    page.route("**/*", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_())
    page.goto("/projects/1/settings/members")
    page.get_by_label("User name").fill("nobody.there")
    page.get_by_role("button", name="Add").click()
    assert "nobody.there" in page.evaluate("sessionStorage.getItem('sluice.sent')")

    page.goto("/projects/1/hosts/credentials/new")
    page.get_by_label("Name").fill("night")
    page.locator("input[type=password]").first.fill("hush")
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Add it").click()
    assert page.evaluate("sessionStorage.getItem('sluice.sent')") is None
