"""A flow with every kind of node is drawn by mouse alone, another by keyboard alone; saved, published and run to its end."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, picture
from tests.browser.hands import add_next, click_node, connect, drag, drawn_ids, middle, tree
from tests.drawing import flow

KINDS = {
    "EmptyStartEvent", "ServiceActivity", "SubProcess", "ExclusiveGateway", "ParallelGateway",
    "ConditionalParallelGateway", "ConvergeGateway", "EmptyEndEvent",
}  # fmt: skip
PLUGINS = {"bk_display", "sleep_timer", "job_fast_execute_script", "pause_node"}


def test_a_flow_with_every_kind_of_node_is_drawn_by_mouse_saved_and_run(page: Page, site: Site) -> None:
    site.add_flow("Look after the mouse", flow("start > a > end"))
    open_new(page)
    click_node(page, "ServiceActivity")
    page.locator("#inspector").get_by_text("Choose what it does").first.click()
    page.get_by_role("option", name="Show a message").click()

    parallel = add_next(page, "Show a message", "Parallel gateway")
    wait, script = add_next(page, parallel, "Wait for a time"), add_next(page, parallel, "Run a script")
    fill(page, wait, {"Seconds, or": "0"})
    fill(page, script, {"Script": "echo drawn by mouse", "Hosts": "127.0.0.1"})
    join = draw_out(page, "Converge gateway", onto="EmptyEndEvent")
    connect(page, wait, join)
    connect(page, script, join)
    either = add_next(page, join, "Conditional parallel gateway")
    said, person = add_next(page, either, "Show a message"), add_next(page, either, "Wait for a person")
    meet = draw_out(page, "Converge gateway", onto="EmptyEndEvent")
    connect(page, said, meet)
    connect(page, person, meet)
    exclusive = add_next(page, meet, "Exclusive gateway")
    sub = add_next(page, exclusive, "Subprocess")
    page.locator("#inspector").get_by_text("Choose a flow").first.click()
    page.get_by_role("option", name="Look after the mouse").click()
    connect(page, sub, "EmptyEndEvent")
    click_node(page, exclusive)
    page.get_by_role("button", name="Make it the default branch").first.click()
    condition(page, "Condition of the branch to Look after the mouse", "2 > 1")
    drag(page, middle(page.get_by_role("button", name="Note", exact=True)), (420, 640))
    expect(page.locator(".note-area")).to_be_focused()
    page.keyboard.type("Drawn by hand")
    page.get_by_title("Fit the flow into view").click()
    click_node(page, "EmptyStartEvent")
    picture(page, "built-by-mouse")

    assert_every_kind(page)
    undo_everything_and_back(page)
    save_and_publish(page, "Drawn by mouse")
    run_to_its_end(page)


def test_a_flow_with_every_kind_of_node_is_drawn_by_keyboard_saved_and_run(page: Page, site: Site) -> None:
    site.add_flow("Look after the keys", flow("start > a > end"))
    open_new(page)
    keys = Keys(page)
    keys.press("F", "Tab", "Tab")
    keys.choose_in_inspector("What it does", "show a message")
    keys.add("g", "parallel")
    keys.add("n", "wait for a time")
    keys.fill("Seconds, or", "0")
    # The branch ends in a converge, to which the other one leads as well; the line past both goes.
    keys.add("g", "converge")
    keys.walk_to("Parallel gateway")
    keys.add("n", "run a script")
    keys.fill("Script", "echo drawn by keys")
    keys.fill("Hosts", "127.0.0.1")
    keys.connect("converge")
    keys.walk_to("Parallel gateway")
    keys.press("O", "Delete")
    keys.walk_to("Converge gateway", "Tab")
    keys.add("g", "conditional")
    keys.add("n", "show a message")
    keys.add("g", "converge")
    keys.fill("Name", "Both said")
    keys.walk_to("Conditional parallel gateway")
    keys.add("n", "wait for a person")
    keys.connect("both said")
    keys.walk_to("Both said", "Tab")
    keys.add("g", "exclusive")
    keys.add("n", "subprocess")
    keys.choose_in_inspector("Which flow", "look after the keys")
    keys.connect("end")
    keys.walk_to("Exclusive gateway")
    keys.connect("end")
    keys.press("O", "O")
    keys.press_in_inspector("Taken when no other branch is", "Space")
    keys.add("n", "note", then="Drawn by hand")
    keys.press("L")
    page.wait_for_timeout(1500)
    picture(page, "built-by-keys")

    assert_every_kind(page)
    undo_everything_and_back(page)
    keys.tab_to("Name of the flow")
    page.keyboard.type("Drawn by keys")
    keys.press("Control+s")
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    keys.press("Control+Enter")
    publish_and_run_by_keys(page, keys)


def open_new(page: Page) -> None:
    """Open the editor with a new flow."""
    page.set_default_timeout(10_000)
    page.goto("/projects/1/flows/new")
    page.wait_for_selector("html[data-ready=editor]")


def fill(page: Page, node: str, inputs: dict[str, str]) -> None:
    """Type into the fields of a node, each chosen by a click."""
    click_node(page, node)
    for label, text in inputs.items():
        page.locator("#inspector").get_by_role("textbox", name=re.compile(f"^{label}")).click()
        page.keyboard.type(text)
    page.locator("#inspector h3").first.click()
    page.locator("#inspector h3").first.click()


def condition(page: Page, label: str, text: str) -> None:
    """Write a condition into the inspector."""
    page.get_by_label(label).first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def draw_out(page: Page, name: str, onto: str) -> str:
    """Draw a node out of the palette onto the line that leads to a node; returns its id."""
    before = set(drawn_ids(page))
    place = page.evaluate(_BEFORE, onto)
    drag(page, middle(page.get_by_role("button", name=name, exact=True)), place)
    (added,) = set(drawn_ids(page)) - before
    return added


_BEFORE = """(kind) => {
  const get = (name) => window.sluice.editor.get(name);
  const [line] = get('treeStore').nodes.find((n) => n.businessObject.kind === kind).incoming;
  const [a, b] = line.waypoints.slice(-2), { x, y } = get('view').toWindow({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  return [x, y];
}"""


def assert_every_kind(page: Page) -> None:
    """What was drawn has every kind of node, several plugins and a note, and nothing is wrong with it."""
    drawn = tree(page)
    activities: list[dict[str, Any]] = list(drawn["activities"].values())
    nodes = [drawn["start_event"], drawn["end_event"], *activities, *drawn["gateways"].values()]
    assert {node["type"] for node in nodes} == KINDS
    assert {node["component"]["code"] for node in activities if "component" in node} == PLUGINS
    assert [note["text"] for note in drawn["notes"]] == ["Drawn by hand"]
    expect(page.get_by_role("tab", name="Problems")).to_have_text("Problems0", timeout=10_000)


def undo_everything_and_back(page: Page) -> None:
    """Undo all edits and do them again: the same tree is there as before."""
    drawn = tree(page)
    page.evaluate("() => { const h = window.sluice.editor.get('history'); while (h.canUndo) h.undo(); }")
    assert not tree(page)["gateways"]
    page.evaluate("() => { const h = window.sluice.editor.get('history'); while (h.canRedo) h.redo(); }")
    assert tree(page) == drawn


def save_and_publish(page: Page, name: str) -> None:
    """Name the flow, save it as a draft, and publish it."""
    page.locator("#top-bar .flow-name").click()
    page.keyboard.type(name)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    page.locator("#top-bar").get_by_role("button", name="Publish").click()
    page.get_by_label("What changed?").fill("first")
    page.locator("dialog.sheet").get_by_role("button", name="Publish").click()
    expect(page.locator(".standing")).to_contain_text("Version 1", timeout=10_000)


class Keys:
    """A keyboard: keys, the lists that they open, and the way from field to field."""

    def __init__(self, page: Page) -> None:
        """Take the keyboard of a page."""
        self.page = page

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def add(self, key: str, words: str, then: str = "") -> None:
        """Add a node by the list that a key opens; `then` is typed into what was added."""
        self._choose(key, words)
        if then:
            expect(self.page.locator(".note-area")).to_be_focused()
            self.page.keyboard.type(then)
            self.press("Escape")

    def connect(self, words: str) -> None:
        """Draw a line from the selected node to another."""
        self._choose("c", words)

    def walk_to(self, name: str, key: str = "Shift+Tab") -> None:
        """Walk back along the flow, or on by Tab, until a node is selected, by its name or what it is."""
        for _ in range(20):
            self.press(key)
            if selected_name(self.page) == name:
                return
        raise AssertionError(f"{key} does not come to {name}")

    def fill(self, label: str, text: str) -> None:
        """Type into a field of the selected node, and go back to the canvas."""
        self._into_inspector(label)
        self.page.keyboard.type(text)
        self._back()

    def choose_in_inspector(self, label: str, words: str) -> None:
        """Open a list of the inspector, choose by a part of a name, and go back to the canvas."""
        self._into_inspector(label)
        self.press("Enter")
        self.page.keyboard.type(words)
        self.page.wait_for_timeout(700)  # the list asks the server a moment after typing
        self.press("Enter")
        self._back()

    def press_in_inspector(self, label: str, key: str) -> None:
        """Press a key on something in the inspector, and go back to the canvas."""
        self._into_inspector(label)
        self.press(key)
        self._back()

    def tab_to(self, label: str) -> None:
        """Press Tab until something of that label has the focus."""
        for _ in range(80):
            if self.page.evaluate(_FOCUSED).startswith(label):
                return
            self.press("Escape", "Tab") if self.page.evaluate(_IN_CODE) else self.press("Tab")
        raise AssertionError(f"Tab does not come to {label}, but to {self.page.evaluate(_FOCUSED)}")

    def _into_inspector(self, label: str) -> None:
        self.press("Enter")
        expect(self.page.locator("#inspector :focus")).to_have_count(1)
        self.tab_to(label)

    def _back(self) -> None:
        for _ in range(5):
            if self.page.evaluate("document.activeElement.closest('#canvas') !== null"):
                return
            self.press("Escape")
        raise AssertionError("Escape does not lead back to the canvas")

    def _choose(self, key: str, words: str) -> None:
        self.press(key)
        self.page.wait_for_selector(".chooser input:focus")
        self.page.keyboard.type(words)
        self.press("Enter")
        self.page.wait_for_selector(".chooser", state="hidden")


_FOCUSED = """() => {
  const at = document.activeElement, isDrawn = at.tagName.toLowerCase() === 'svg';
  return (at.getAttribute('aria-label') || at.labels?.[0]?.textContent || (isDrawn ? '' : at.textContent) || '').trim();
}"""

_IN_CODE = "document.activeElement.matches('.cm-content')"

_SELECTED = """() => {
  const [only] = window.sluice.editor.get('selection').get(), { kind, node } = only?.businessObject ?? {};
  const words = (kind ?? '').split(/(?=[A-Z])/).join(' ').toLowerCase();
  return node?.name || words.charAt(0).toUpperCase() + words.slice(1);
}"""


def selected_name(page: Page) -> str:
    """Return what the selected node is called, or what it is."""
    found: str = page.evaluate(_SELECTED)
    return found


def publish_and_run_by_keys(page: Page, keys: Keys) -> None:
    """From the dialog that says that it was never published, to the end of its first run."""
    keys.tab_to("Publish first")
    keys.press("Enter")
    expect(page.get_by_label("What changed?")).to_be_focused()
    page.keyboard.type("first")
    keys.press("Control+Enter")
    page.wait_for_url("**/tasks/new?template=*")
    keys.tab_to("Start")
    keys.press("Enter")
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=30_000)


def run_to_its_end(page: Page) -> None:
    """Start the flow and watch it finish."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=30_000)
