"""A person makes a task on its page: what runs, with what, and when; and follows it to its end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.runs import NodeRunRow
from app.models.tasks import Task
from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import centre
from tests.drawing import flow

CHOICE = {"items_text": '[{"text": "Test", "value": "test"}, {"text": "Live", "value": "live"}]', "default": "test"}
COLUMNS = [
    {"tag_code": "ip", "type": "input", "attrs": {"name": "Address"}},
    {"tag_code": "port", "type": "int", "attrs": {"name": "Port"}},
]
ROWS = {"columns": json.dumps(COLUMNS), "default": '[{"ip": "10.0.0.7", "port": 80}]'}


def release() -> dict[str, Any]:
    """Return a flow with a script that fails in one case, two optional nodes, and a variable of most types."""
    shown = {"show_type": "show", "source_type": "custom"}
    given: list[tuple[str, str, str, Any, dict[str, Any]]] = [
        ("status", "Exit code", "input", "3", {"validation": "^[0-9]$"}),
        ("env", "Environment", "select", CHOICE, {"is_meta": True}),
        ("ticket", "Ticket", "input", "", {
            "validation": "^CHG[0-9]+$", "is_condition_hide": "true",
            "hide_condition": [{"constant_key": "${env}", "operator": "!=", "value": "live"}],
        }),
        ("count", "Hosts at a time", "int", 5, {}),
        ("hosts", "Hosts", "ip", "10.0.0.7", {}),
        ("notes", "Notes", "textarea", "one\ntwo", {}),
        ("day", "Day", "date", "2026-11-22", {}),
        ("token", "Token", "password", "hunter22", {}),
        ("rows", "Targets", "datatable", ROWS, {"is_meta": True}),
    ]  # fmt: skip
    constants = {
        f"${{{key}}}": {**shown, "name": name, "custom_type": kind, "value": value, "index": index, **more}
        for index, (key, name, kind, value, more) in enumerate(given)
    }
    used = " ".join(f"${{{key}}}" for key, *_ in given if key not in ("status", "notes"))
    tree = flow(
        "start > backup > restart > tell > end", constants=constants,
        nodes={"backup": {"name": "Back up", "optional": True}, "tell": {"name": "Tell everybody", "optional": True}},
        inputs={"backup": {"bk_display_message": used}, "tell": {"bk_display_message": "${notes}"}},
    )  # fmt: skip
    script = {
        "job_script_type": "1",
        "job_content": f"echo began {used}; sleep 1.2; exit ${{status}}",
        "job_ip_list": "127.0.0.1",
    }
    data = {key: {"hook": False, "value": value} for key, value in script.items()}
    tree["activities"]["restart"].update(
        name="Restart nginx", component={"code": "job_fast_execute_script", "data": data}
    )
    return tree


@pytest.fixture(scope="module")
def template_id(site: Site) -> int:
    return site.add_flow("Restart the shop", release())


def open_form(page: Page, template_id: int, query: str = "") -> None:
    page.goto(f"/projects/1/tasks/new?template={template_id}{query}")
    page.wait_for_selector("html[data-ready=create]")


def start(page: Page) -> None:
    """Send the form and wait for the page of the task that it made."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("html[data-ready=run]", timeout=15_000)


WATCH = """() => {
  window.isTheSamePage = true;
  window.seen = [];
  let last = '';
  const look = () => {
    const node = [...window.sluice.viewer.get('elementRegistry').filter((e) => e.businessObject?.node?.name === 'Restart nginx')][0];
    const of = window.sluice.viewer.get('canvas').getGraphics(node).querySelector('.state-badge')?.getAttribute('class') ?? '';
    const task = document.querySelector('#top-bar .state')?.className ?? '';
    const now = `${of}|${task}|${window.sluice.run.live.nodes[node.id]?.attempt ?? 0}`;
    if (now !== last) window.seen.push([Date.now(), (last = now)]);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] });
  look();
}"""


def test_a_failing_task_is_made_watched_retried_with_new_inputs_and_finished_each_change_seen_within_a_second(
    page: Page, site: Site, template_id: int
) -> None:
    open_form(page, template_id)
    page.get_by_role("textbox", name="Name", exact=True).fill("restart tonight")
    page.get_by_role("checkbox", name="Run Back up").uncheck()
    start(page)
    page.evaluate(WATCH)
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("alert").first).to_contain_text("3", timeout=20_000)
    drawer.get_by_role("button", name="Retry with other inputs…").click()
    drawer.locator("#retry-job_content .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("echo fine now; sleep 1.2")
    drawer.get_by_role("button", name="Retry with these inputs").click()
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    expect(drawer.locator("pre.log")).to_contain_text("fine now", timeout=10_000)
    assert page.evaluate("window.isTheSamePage")

    seen = page.evaluate("window.seen")
    for change, happened, looks in committed(site, "restart tonight"):
        shown_at = min((at for at, now in seen if at >= happened - 50 and looks(now)), default=None)
        assert shown_at is not None, (change, seen)
        assert shown_at - happened < 1000, (change, shown_at - happened, seen)


def committed(site: Site, name: str) -> list[tuple[str, float, Any]]:
    """Return what happened to the script node and the task after the page was open: what, when (ms), how it looks."""
    with site.app.app_context():
        task = db.session.scalars(select(Task).where(Task.name == name)).one()
        of_task = select(NodeRunRow).where(NodeRunRow.run_id == task.run_id)
        again = db.session.scalars(of_task.where(NodeRunRow.attempt == 2)).one()
        wanted = of_task.where(NodeRunRow.node_id == again.node_id)
        first, second = db.session.scalars(wanted.order_by(NodeRunRow.attempt)).all()
        ended = task.finished_at
    ms = [moment.timestamp() * 1000 for moment in (first.finished_at, second.started_at, second.finished_at, ended)]
    return [
        ("it failed", ms[0], lambda now: "badge-failed" in now),
        ("it was retried", ms[1], lambda now: now.endswith("|2") and "badge-failed" not in now),
        ("it finished", ms[2], lambda now: "badge-finished" in now),
        ("the task finished", ms[3], lambda now: "|state state-finished" in now),
    ]


def test_what_is_not_ticked_fades_and_vanishes_where_the_page_shows_what_will_run(page: Page, template_id: int) -> None:
    open_form(page, template_id)
    tick = page.get_by_role("checkbox", name="Run Tell everybody")
    tick.focus()
    page.keyboard.press("Space")

    expect(page.locator(".djs-element[data-element-id=tell]")).to_have_class("djs-element djs-shape is-left-out")
    expect(page.get_by_text("2 of 3 nodes run")).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_count(0)
    page.get_by_role("button", name="As it will run").click()
    expect(page.locator("[data-element-id=tell]")).to_have_count(0)
    expect(page.locator("[data-element-id=restart]")).to_be_visible()
    assert centre(page, "restart")[0] < centre(page, "end")[0]
    picture(page, "create-as-it-will-run")
    page.get_by_role("button", name="All nodes").click()
    expect(page.get_by_role("checkbox", name="Run Tell everybody")).not_to_be_checked()


def test_what_is_wrong_is_told_beside_its_field_before_anything_is_made(page: Page, template_id: int) -> None:
    open_form(page, template_id)
    expect(page.get_by_label("Ticket")).to_have_count(0)
    page.get_by_label("Exit code").fill("three")
    page.get_by_text("Live", exact=True).click()
    page.get_by_label("Hosts at a time").fill("some")
    page.get_by_role("button", name="Start", exact=True).click()

    expect(page.get_by_text("It does not match ^[0-9]$")).to_be_visible()
    expect(page.get_by_text("A number is wanted")).to_be_visible()
    expect(page.get_by_label("Exit code")).to_be_focused()
    expect(page.locator(".i-row", has=page.get_by_label("Ticket")).get_by_text("Required")).to_be_visible()
    picture(page, "create-wrong")
    assert axe(page) == []
    assert "/tasks/new" in page.url
    for label, text in (("Exit code", "0"), ("Ticket", "CHG12"), ("Hosts at a time", "2")):
        page.get_by_label(label).fill(text)
    start(page)
    values = {c["key"]: c["value"] for c in page.evaluate("Object.values(window.sluice.run.data.tree.constants)")}
    assert (values["${env}"], values["${ticket}"], str(values["${count}"])) == ("live", "CHG12", "2")
    assert values["${rows}"] == [{"ip": "10.0.0.7", "port": 80}]
    assert "hunter22" not in json.dumps(values)


def test_a_task_is_run_again_with_its_values(page: Page, template_id: int) -> None:
    open_form(page, template_id)
    page.get_by_label("Exit code").fill("0")
    page.get_by_role("textbox", name="Name", exact=True).fill("first")
    page.get_by_role("checkbox", name="Run Tell everybody").uncheck()
    start(page)
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)

    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Run it again…").click()
    page.wait_for_selector("html[data-ready=create]")
    expect(page.get_by_role("link", name="first")).to_be_visible()
    expect(page.get_by_label("Exit code")).to_have_value("0")
    expect(page.get_by_role("checkbox", name="Run Tell everybody")).not_to_be_checked()


def test_a_schedule_is_made_of_the_same_form(page: Page, template_id: int) -> None:
    open_form(page, template_id)
    page.get_by_text("On a schedule", exact=True).click()
    page.get_by_label("Expression").fill("0 4 * * 1")
    expect(page.locator(".create-coming li")).to_have_count(5)
    picture(page, "create-schedule")
    page.get_by_role("textbox", name="Name", exact=True).fill("weekly restart")
    page.get_by_role("button", name="Make it and switch it on").click()
    page.wait_for_url("**/schedules/*/")
    expect(page.get_by_role("heading", name="weekly restart")).to_be_visible()


def test_values_that_are_made_of_parts_are_filled_in_part_by_part_and_arrive_as_one(page: Page, site: Site) -> None:
    shown = {"show_type": "show", "source_type": "custom"}
    moment = {"datetime": "2026-11-22 08:00:00", "datetime_format": "%Y-%m-%d", "odd": "kept"}
    constants = {
        "${window}": {**shown, "name": "Window", "custom_type": "format_support_datetime", "value": moment, "index": 0},
        "${targets}": {**shown, "name": "Targets", "custom_type": "ip_filter", "value": "", "index": 1},
    }  # fmt: skip
    tree = flow("start > tell > end", constants=constants)
    script = {"job_script_type": "1", "job_content": "echo 'at ${window} on ${targets}'", "job_ip_list": "127.0.0.1"}
    data = {key: {"hook": False, "value": value} for key, value in script.items()}
    tree["activities"]["tell"]["component"] = {"code": "job_fast_execute_script", "data": data}
    open_form(page, site.add_flow("Tell the window", tree))

    window, targets = page.get_by_role("group", name="Window"), page.get_by_role("group", name="Targets")
    addresses = targets.get_by_role("textbox", name="Addresses")
    expect(window.get_by_label("Date and time")).to_have_value("2026-11-22T08:00")
    window.get_by_label("Date and time").fill("2026-12-24T06:30:00")
    window.get_by_label("Format").fill("%d.%m. %H:%M")
    addresses.fill("10.0.0.7, 10.0.0.300")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("Addresses: 10.0.0.300 is neither an IP address nor a host name")).to_be_visible()
    picture(page, "create-parts")
    assert axe(page) == []
    targets.get_by_role("button", name="Remove 10.0.0.300").click()
    addresses.fill("10.0.0.8")
    targets.get_by_label("Separator").select_option(label="Semicolon")
    start(page)

    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    values = {c["key"]: c["value"] for c in page.evaluate("Object.values(window.sluice.run.data.tree.constants)")}
    assert values["${window}"] == {"datetime": "2026-12-24 06:30:00", "datetime_format": "%d.%m. %H:%M", "odd": "kept"}
    assert values["${targets}"] == {"origin_ips": "10.0.0.7,10.0.0.8", "ip_separator": ";"}
    page.locator(".djs-shape", has_text="tell").click()
    expect(page.locator("#drawer pre.log")).to_contain_text("at 24.12. 06:30 on 10.0.0.7;10.0.0.8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_page_has_no_serious_fault_for_those_who_do_not_see_it(
    page: Page, template_id: int, scheme: Any, width: int, height: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    open_form(page, template_id)
    page.wait_for_timeout(300)

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"create-{scheme}-{width}")


def test_the_keys_go_from_failure_to_failure_retry_and_skip_after_a_question(page: Page, site: Site) -> None:
    tree = flow("start > par ; par > one > join ; par > two > join ; join > end")
    data = {"job_script_type": "1", "job_content": "exit 4", "job_ip_list": "127.0.0.1"}
    for name in ("one", "two"):
        component = {
            "code": "job_fast_execute_script",
            "data": {k: {"hook": False, "value": v} for k, v in data.items()},
        }
        tree["activities"][name].update(name=f"Fails {name}", component=component)
    open_form(page, site.add_flow("Two failures", tree))
    start(page)
    expect(page.locator(".state-badge-failed")).to_have_count(2, timeout=20_000)

    names = set()
    for _ in range(2):
        page.keyboard.press("j")
        names.add(page.locator("#drawer h2").inner_text())
    assert names == {"Fails one", "Fails two"}
    page.keyboard.press("k")
    assert f"node={page.evaluate('window.sluice.run.chosen')}" in page.url
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_contain_text("Retry Fails")
    page.get_by_role("button", name="Leave it").click()
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("s")
        page.get_by_role("dialog").get_by_role("button", name="Skip").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.wait_for_timeout(700)
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    page.keyboard.press("t")
    expect(page.locator(".timeline-row .bar").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Previous failed node")


def test_a_link_opens_with_the_node_and_the_tab_that_were_open(page: Page, template_id: int) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_form(page, template_id)
    page.get_by_label("Exit code").fill("0")
    start(page)
    expect(page.locator("#top-bar .state-finished").first).to_be_visible(timeout=20_000)
    page.mouse.click(*centre(page, "Restart nginx"))
    page.get_by_role("tab", name="Outputs").click()
    page.get_by_role("tab", name="Journal").click()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Copy the link to what is open").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()

    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator("#drawer h2")).to_have_text("Restart nginx")
    expect(page.get_by_role("tab", name="Outputs")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".journal")).to_contain_text("made the task")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_comparison_and_notifications_have_no_serious_fault(page: Page, template_id: int, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    open_form(page, template_id)
    start(page)
    expect(page.locator("#drawer").get_by_role("alert").first).to_contain_text("3", timeout=20_000)
    page.get_by_role("tab", name="Notifications").click()
    expect(page.get_by_text("Nobody is told of this task.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Compare with the flow now…").click()
    expect(page.get_by_text("They are the same.")).to_be_visible()
    assert axe(page) == []
    page.goto(page.url.split("?")[0] + "report")
    expect(page.get_by_role("heading", name="What failed")).to_be_visible()
    picture(page, f"task-report-{scheme}")
    assert axe(page) == []
