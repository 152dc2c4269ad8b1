"""One node run by itself from the editor, with the values that it is given for what it reads."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, picture
from tests.browser.hands import click_node
from tests.browser.test_editor_opens import open_editor
from tests.browser.test_editor_variables import typed
from tests.drawing import flow

CONSTANTS = {
    **typed("release", "input", value="4.2.0"),
    **typed("region", "select", is_meta=True, value={
        "datasource": "0", "type": "0", "default": "eu",
        "items_text": '[{"text": "Europe", "value": "eu"}, {"text": "America", "value": "us"}]',
    }),
    **typed("machines", "datatable", is_meta=True, value={
        "columns": '[{"tag_code": "ip", "attrs": {"name": "Address"}}]', "default": '[{"ip": "10.0.0.7"}]',
    }),
}  # fmt: skip


def test_what_a_node_reads_is_given_in_fields_of_its_own(page: Page, site: Site) -> None:
    drawn = flow("start > say > end", constants=CONSTANTS)
    said = "${release} to ${region} on ${machines.flat__ip}"
    drawn["activities"]["say"]["component"]["data"] = {"bk_display_message": {"hook": False, "value": said}}
    open_editor(page, site.add_flow("Tried out", drawn))
    click_node(page, "say")
    page.get_by_role("button", name="Dry run").last.click()
    given = page.locator(".i-samples")
    expect(given.get_by_label("release", exact=True)).to_have_value("4.2.0")

    given.get_by_text("America").click()
    given.get_by_role("textbox", name="Address").fill("10.0.0.9")
    picture(page, "dry-run-fields")
    with page.expect_request("**/dry-run") as asked:
        page.get_by_role("button", name="Run this node").click()

    assert asked.value.post_data_json["values"] == {
        "${release}": "4.2.0", "${region}": "us", "${machines}": [{"ip": "10.0.0.9"}],
    }  # fmt: skip
    expect(page.locator(".i-outcome")).to_contain_text("finished", timeout=20_000)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Show the task").click()
    opened.value.locator(".s-node .name").click(force=True)
    expect(opened.value.locator("#drawer")).to_contain_text("4.2.0 to us on 10.0.0.9")
