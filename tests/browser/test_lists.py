"""People work with lists in a browser: filters, pages, orders for many tasks, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.errors import InvalidInput
from app.extensions import db
from app.services.access import SYSTEM, find_project
from app.services.approvals import waiting_nodes
from app.services.credentials import CredentialEntry, create_credential
from app.services.hosts import HostEntry, create_host
from app.services.nodes import NodeOrder, operate_node
from app.services.tasks import Wish, create_task, start_task
from app.services.template_details import Details, change_details
from app.services.templates import create_template
from tests.browser.conftest import AGENT, Site, axe, picture
from tests.drawing import flow

LISTS = (
    "tasks/", "tasks/?state=failed&since=1d", "tasks/?q=nothing+is+called+so", "flows/", "flows/common/", "approvals/",
    "hosts/", "hosts/new", "hosts/credentials/", "hosts/credentials/new", "audit/", "schedules/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Yard:
    """Makes tasks that wait for a person in the demo project."""

    site: Site
    flow_id: int

    def make(self, *names: str, starts: bool = True) -> list[int]:
        """Make tasks of a flow that asks, started and waiting."""
        with self.site.app.app_context():
            project = find_project(SYSTEM, 1, "project")
            ids = [create_task(SYSTEM, project, self.flow_id, Wish(name)).task_id for name in names]
            for task_id in ids if starts else ():
                start_task(SYSTEM, project, task_id)
            return ids

    def confirm(self, task_id: int) -> None:
        """Confirm the node of a task, as somebody else does."""
        with self.site.app.app_context():
            project = find_project(SYSTEM, 1, "project")
            node = next(node for node in waiting_nodes(SYSTEM, project) if node.task_id == task_id)
            operate_node(SYSTEM, project, task_id, NodeOrder(node.node_id, "callback"))
            db.session.rollback()


@pytest.fixture(scope="module")
def yard(site: Site) -> Yard:
    """A project with flows, labels, hosts, credentials and something that waits."""
    tree = flow("start > a > end", plugin="pause_node", inputs={"a": {"description": "Shall it go live?"}})
    with site.app.app_context():
        project = find_project(SYSTEM, 1, "project")
        flow_id = create_template(SYSTEM, project, "Ask before the release", tree).id
        change_details(SYSTEM, project, flow_id, Details(labels=["release", "night"]))
        create_template(SYSTEM, None, "Notify everybody", flow("start > a > end"))
        create_task(SYSTEM, project, flow_id, Wish("Order for the night", flow_type="common_func"))
        try:
            credential = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "secret"))
            create_host(SYSTEM, project, HostEntry("web1.example.org", credential_id=credential))
            create_host(SYSTEM, project, HostEntry("web2.example.org", host_key="ssh-ed25519 " + "A" * 68))
        except InvalidInput:  # made by an earlier module
            db.session.rollback()
    made = Yard(site, flow_id)
    made.make("Release of the shop", "Release of the mail gateway")
    return made


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in each theme in which the admin is logged in."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, user_agent=AGENT, color_scheme=request.param, base_url=site.url
    )
    context.add_cookies(site.cookies)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, user_agent=AGENT, base_url=site.url)
    context.add_cookies(site.cookies)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_no_list_has_a_serious_fault_in_either_theme(themed: BrowserContext, yard: Yard) -> None:
    page = themed.new_page()
    faults = {}
    for path in (*LISTS, f"flows/{yard.flow_id}/uses"):
        page.goto(f"/projects/1/{path}")
        if found := axe(page):
            faults[path] = found
        picture(
            page, f"list-{re.sub(r'[^a-z]+', '-', path)}-{page.evaluate('document.documentElement.dataset.bsTheme')}"
        )
    page.goto("/projects/1/tasks/?q=release")
    page.locator("tbody input").first.check()
    page.get_by_role("button", name="Revoke…").click()
    page.get_by_role("link", name="Keep them").wait_for()
    faults["the question"] = axe(page)
    assert {path: found for path, found in faults.items() if found} == {}


def test_lists_fit_a_phone(page: Page, yard: Yard) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (*LISTS, f"flows/{yard.flow_id}/uses"):
        page.goto(f"/projects/1/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        picture(page, f"list-{re.sub(r'[^a-z]+', '-', path)}-phone")


def test_a_list_follows_its_filter_without_a_reload_and_the_address_tells_it(page: Page, yard: Yard) -> None:
    yard.make("Needle", starts=False)
    page.goto("/projects/1/tasks/")
    page.evaluate("window.isTheSamePage = true")

    page.get_by_role("searchbox", name="Search tasks").fill("needle")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("label.list-pick", has_text="not started").click()
    page.wait_for_url(re.compile(r"q=needle&state=not_started$"))
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.evaluate("window.isTheSamePage")

    page.reload()
    expect(page.get_by_role("searchbox", name="Search tasks")).to_have_value("needle")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_filter_becomes_a_tab(page: Page, yard: Yard) -> None:
    page.goto("/projects/1/tasks/")
    page.get_by_role("searchbox", name="Search tasks").fill("needle")
    page.get_by_text("Save this filter").click()
    page.get_by_label("Name of the filter").fill("My needles")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".tab-links li.open")).to_contain_text("My needles")
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.get_by_role("searchbox", name="Search tasks")).to_have_value("")
    page.get_by_role("link", name="My needles").click()
    expect(page.get_by_role("searchbox", name="Search tasks")).to_have_value("needle")
    page.get_by_role("button", name="Delete the saved filter My needles").click()
    expect(page.get_by_role("link", name="My needles")).to_have_count(0)


def test_many_tasks_are_revoked_after_one_question_that_names_them(page: Page, yard: Yard) -> None:
    yard.make("Wrong one", "Wrong two")
    yard.make("Wrong three", starts=False)
    page.goto("/projects/1/tasks/?q=wrong")
    expect(page.get_by_role("button", name="Revoke…")).to_be_hidden()

    page.get_by_role("checkbox", name="Choose all of this page").check()
    expect(page.get_by_text("chosen: 3")).to_be_visible()
    picture(page, "list-chosen")
    page.get_by_role("button", name="Revoke…").click()
    expect(page.get_by_role("heading", name="Revoke 3 tasks?")).to_be_visible()
    expect(page.get_by_role("link", name="Keep them")).to_be_visible()
    picture(page, "list-sure")
    page.get_by_role("button", name="Revoke them").click()

    told = page.locator("#told")
    expect(told).to_contain_text("2 tasks revoked.")
    expect(told).to_contain_text("Wrong three: the task has not been started")
    expect(page.locator("tbody .state-revoked")).to_have_count(2)
    picture(page, "list-told")


def test_a_list_renews_itself_but_stands_still_while_rows_are_chosen(page: Page, yard: Yard) -> None:
    first, second = yard.make("Moving one", "Moving two")
    page.goto("/projects/1/tasks/?q=moving")
    expect(page.locator("tbody .state-waiting_person")).to_have_count(2, timeout=10_000)

    yard.confirm(first)
    expect(page.locator("tbody .state-finished")).to_have_count(1, timeout=10_000)

    page.get_by_role("checkbox", name="Choose Moving two").check()
    yard.confirm(second)
    page.wait_for_timeout(6_000)
    expect(page.get_by_role("checkbox", name="Choose Moving two")).to_be_checked()


def test_a_star_is_pressed_without_a_reload(page: Page, yard: Yard) -> None:
    page.goto("/projects/1/flows/")
    page.evaluate("window.isTheSamePage = true")
    star = page.locator(f"#star-{yard.flow_id}")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.isTheSamePage")
    page.reload()
    expect(page.locator("tbody tr").first.locator(".star")).to_have_attribute("aria-pressed", "true")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")


def test_a_node_is_confirmed_where_all_that_waits_is_shown(page: Page, yard: Yard) -> None:
    yard.make("Release to confirm")
    page.goto("/projects/1/tasks/?q=release+to+confirm")
    expect(page.locator("tbody .state-waiting_person")).to_have_count(1, timeout=10_000)

    page.goto("/projects/1/approvals/")
    card = page.locator(".approval", has_text="Release to confirm")
    card.get_by_role("textbox").fill("fine by me")
    card.get_by_role("button", name="Confirm").click()

    expect(page.get_by_role("alert")).to_contain_text("Confirmed")
    expect(page.locator(".approval", has_text="Release to confirm")).to_have_count(0)


def test_without_scripts_a_list_is_filtered_and_takes_orders_too(plain: Page, yard: Yard) -> None:
    yard.make("Silent one", starts=False)
    plain.goto("/projects/1/tasks/")
    plain.get_by_role("searchbox", name="Search tasks").fill("silent")
    plain.get_by_role("button", name="Filter").click()
    expect(plain.locator("tbody tr")).to_have_count(1)

    plain.get_by_role("checkbox", name="Choose Silent one").check()
    plain.get_by_role("button", name="Delete…").click()
    plain.get_by_role("button", name="Delete the task").click()
    expect(plain.get_by_text("1 task deleted.")).to_be_visible()
    expect(plain.get_by_role("heading", name="No task fits")).to_be_visible()
