"""A person watches a task: what runs, what failed and why, and acts on it, without a reload."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import click_node
from tests.drawing import dependencies, flow


def start_task(page: Page, template_id: int, name: str) -> None:
    """Start a task on the page that makes one, and wait for its run view."""
    page.goto(f"/projects/1/tasks/new?template={template_id}")
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("html[data-ready=run]")


def test_a_task_is_watched_to_the_node_that_waits_for_a_person(page: Page, site: Site) -> None:
    start_task(page, site.find_flow("Release a web service"), "watched release")
    expect(page.locator(".state-badge-finished").first).to_be_visible(timeout=15_000)
    expect(page.locator(".state-badge-waiting_person")).to_be_visible(timeout=30_000)
    picture(page, "run-waiting")
    assert axe(page) == []


def test_what_is_opened_from_the_menu_by_key_gives_the_focus_back_to_it(page: Page, site: Site) -> None:
    start_task(page, site.add_flow("By key", flow("start > a > end")), "By key")
    more = page.get_by_role("button", name="More")
    more.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


def failing_flow() -> dict:
    """A flow of one script that fails."""
    script = {"job_script_type": "1", "job_content": "echo began; exit 3", "job_ip_list": "127.0.0.1"}
    node = {
        "id": "n1", "type": "ServiceActivity", "name": "Restart nginx", "incoming": "f1", "outgoing": "f2",
        "optional": False, "error_ignorable": False, "stage_name": "Change", "loop": None,
        "component": {"code": "job_fast_execute_script", "data": {k: {"hook": False, "value": v} for k, v in script.items()}},
    }  # fmt: skip
    return {
        "start_event": {"id": "s", "type": "EmptyStartEvent", "name": "", "incoming": "", "outgoing": "f1"},
        "end_event": {"id": "e", "type": "EmptyEndEvent", "name": "", "incoming": "f2", "outgoing": ""},
        "activities": {"n1": node}, "gateways": {}, "constants": {}, "outputs": [],
        "flows": {
            "f1": {"id": "f1", "source": "s", "target": "n1", "is_default": False},
            "f2": {"id": "f2", "source": "n1", "target": "e", "is_default": False},
        },
        "line": [], "location": [],
    }  # fmt: skip


def test_a_failing_script_is_retried_with_new_inputs_and_finishes_without_a_reload(page: Page, site: Site) -> None:
    start_task(page, site.add_flow("Restart", failing_flow()), "restart tonight")
    page.evaluate("window.isTheSamePage = true")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("alert").first).to_contain_text("3", timeout=20_000)
    expect(drawer.locator("pre.log")).to_contain_text("began")
    picture(page, "run-failed")
    drawer.get_by_role("button", name="Retry with other inputs…").click()
    editor = drawer.locator("#retry-job_content .cm-content, textarea#retry-job_content, #retry-job_content").first
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("echo fine now")
    picture(page, "run-retry")
    drawer.get_by_role("button", name="Retry with these inputs").click()
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    expect(page.locator("#drawer pre.log")).to_contain_text("fine now", timeout=10_000)
    assert page.evaluate("window.isTheSamePage")
    page.get_by_role("tab", name="Timeline").click()
    expect(page.locator(".timeline-row .bar")).to_have_count(2)
    picture(page, "run-finished")
    page.get_by_role("tab", name="Journal").click()
    expect(page.locator(".journal")).to_contain_text("retried Restart nginx")


def test_a_graph_that_has_failed_is_opened_again_at_its_failed_step(page: Page, site: Site) -> None:
    script = {"job_script_type": "1", "job_content": "exit 3", "job_ip_list": "127.0.0.1"}
    data = {key: {"hook": False, "value": value} for key, value in script.items()}
    nodes = {"a": {"component": {"code": "job_fast_execute_script", "data": data}}}
    start_task(page, site.add_flow("Graph", dependencies("a > b", nodes=nodes, language="")), "a graph tonight")
    page.evaluate("window.isTheSamePage = true")

    expect(page.locator("#top-bar .state-failed").first).to_be_visible(timeout=20_000)
    expect(page.locator(".state-badge-upstream_failed")).to_be_visible()
    picture(page, "graph-failed")
    click_node(page, "a")
    drawer = page.locator("#drawer")
    drawer.get_by_role("button", name="Retry with other inputs…").click()
    drawer.locator("#retry-job_content .cm-content, textarea#retry-job_content, #retry-job_content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("echo fine now")
    drawer.get_by_role("button", name="Retry with these inputs").click()

    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    expect(page.locator(".state-badge-upstream_failed")).to_have_count(0)
    assert page.evaluate("window.isTheSamePage")
    picture(page, "graph-finished")
