"""The tutorial, walked as it is written (docs/tutorial.md); its pictures are taken on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, running_site
from tests.browser.hands import add_next, click_node
from tests.browser.test_editor_builds import fill, save_and_publish

ROOT = Path(__file__).parent.parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
DRAWING = ROOT / "docs" / "flow.svg"
PICTURES = ROOT / "var" / "docs" / "pictures"
"""Where `make docs` looks for them; nothing there is kept in the repository."""


class Walk:
    """A walk through the tutorial; `look` takes the next of its pictures."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wanted = re.findall(r"^<!-- picture: ([\w-]+) \|", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)
        self.taken: list[str] = []

    def look(self, name: str) -> None:
        """Take a picture, once nothing on the page moves any more."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(600)
        self.page.screenshot(path=str(PICTURES / f"{name}.png"), animations="disabled")
        self.taken.append(name)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of its own: its pages are as a new user sees them."""
    with running_site(tmp_path) as site:
        yield site


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1120, "height": 660}}


def test_the_tutorial_can_be_walked_as_it_is_written(page: Page, site: Site) -> None:
    walk = Walk(page)

    watch_the_sample(page, walk)
    draw_a_flow(page, walk)
    mend_what_fails(page, walk)
    schedule_it(page, walk)

    assert walk.taken == walk.wanted


def watch_the_sample(page: Page, walk: Walk) -> None:
    """'Watch a flow'."""
    page.goto("/")
    page.get_by_role("link", name="Flows", exact=True).click()
    page.get_by_role("link", name="Release a web service").first.click()
    page.get_by_role("link", name="Run it", exact=True).click()
    page.wait_for_selector("html[data-ready=create]")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("html[data-ready=run]")
    expect(page.locator(".state-badge-finished").nth(2)).to_be_visible(timeout=15_000)
    walk.look("running")

    expect(page.locator(".state-badge-waiting_person")).to_be_visible(timeout=30_000)
    confirm = page.locator("#drawer").get_by_role("button", name="Confirm")
    expect(confirm).to_be_visible()
    walk.look("waiting")
    keep_the_drawing(page)
    confirm.click()
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=30_000)


def keep_the_drawing(page: Page) -> None:
    """Write what the canvas shows as a drawing, and hold that of the README against it: it is copied from there."""
    drawn: str = page.evaluate((Path(__file__).parent / "as_svg.js").read_text(encoding="utf-8"))
    words = 'role="img" aria-label="A flow that waits for a person before it goes live"'
    drawn = (
        re.sub(r"tip-\w+", "tip", drawn).replace("<svg", f"<svg {words}", 1).replace("<g transform", "\n<g transform")
    )
    (PICTURES / "flow.svg").write_text(f"{drawn}\n", encoding="utf-8")
    assert shown(drawn) == shown(DRAWING.read_text(encoding="utf-8")), f"copy {PICTURES / 'flow.svg'} to {DRAWING}"


def shown(drawing: str) -> list[str]:
    """Return the texts of a drawing, each as far as it always fits, and its colours."""
    return sorted([text[:6] for text in re.findall(r">([^<>]+)</t", drawing)] + re.findall(r'stroke="(#\w+)"', drawing))


def draw_a_flow(page: Page, walk: Walk) -> None:
    """'Draw your own'."""
    page.goto("/projects/1/flows/")
    page.get_by_role("link", name="Draw a flow").first.click()
    page.wait_for_selector("html[data-ready=editor]")
    click_node(page, "ServiceActivity")
    page.locator("#inspector").get_by_text("Choose what it does").first.click()
    page.get_by_role("option", name="Run a script").click()
    fill(page, "ServiceActivity", {"Script": "df -h /; exit 3", "Hosts": "127.0.0.1"})
    message = add_next(page, "ServiceActivity", "Show a message")
    fill(page, message, {"Message": "The disk was looked at"})
    page.get_by_title("Fit the flow into view").click()
    walk.look("drawing")
    save_and_publish(page, "Look at the disk")


def mend_what_fails(page: Page, walk: Walk) -> None:
    """'Mend what fails'."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("html[data-ready=run]")
    drawer = page.locator("#drawer")
    expect(drawer.locator("pre.log")).to_contain_text("Filesystem", timeout=20_000)
    expect(drawer.get_by_role("alert").first).to_contain_text("3")
    walk.look("failed")

    drawer.get_by_role("button", name="Retry with other inputs…").click()
    code = drawer.locator(".retry-form .cm-content").first
    code.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("df -h /")
    expect(code).to_have_text("df -h /")
    drawer.get_by_role("button", name="Retry with these inputs").click()
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    page.get_by_role("tab", name="Timeline").click()
    walk.look("mended")


def schedule_it(page: Page, walk: Walk) -> None:
    """'Let it run by itself'."""
    page.goto("/projects/1/")
    page.get_by_role("link", name="Schedules", exact=True).click()
    page.get_by_role("link", name="New schedule").first.click()
    page.get_by_label("Name", exact=True).fill("Disk, every morning")
    page.get_by_label("Flow", exact=True).select_option(label="Look at the disk")
    page.get_by_label("Expression", exact=True).fill("0 6 * * 1-5")
    expect(page.locator("#preview")).to_contain_text("06:00")
    walk.look("schedule")
    page.get_by_role("button", name="Make it and switch it on").click()
    page.wait_for_url(re.compile(r"/schedules/\d+"))
