"""The variables of a flow in the editor: their list beside a form, where the keys go, and the forms of their types."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, axe, picture
from tests.browser.hands import click_node, tree
from tests.browser.test_editor_opens import open_editor
from tests.drawing import flow, variable

LONG = "A name that is a good deal longer than fifty characters in all"

_TWICE = "() => [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) < i)"


def typed(key: str, kind: str, **more: object) -> dict[str, dict[str, object]]:
    """Return a variable of a type."""
    full = f"${{{key}}}"
    return {full: variable(full, **{"name": key.capitalize(), "custom_type": kind, "index": 0, **more})}


def a_flow(site: Site, name: str) -> int:
    """Save a flow whose variables are of several types, one of them an input of a node."""
    hooked = {
        "${words}": {**variable("${words}", name="Words", index=9, value="hello"), "source_type": "component_inputs"}
    }
    hooked["${words}"] |= {"custom_type": "", "source_tag": "bk_display.bk_display_message"}
    constants = {
        **typed("release_of_the_shop_in_all_the_regions_that_there_are", "input", value="4.2.0"),
        **typed("when", "format_support_datetime", index=1, value={"datetime": "2026-11-22 08:00:00", "datetime_format": "%Y"}),
        **typed("machines", "datatable", index=2, is_meta=True, value={
            "columns": '[{"tag_code": "ip", "attrs": {"name": "Address"}}, {"tag_code": "port", "type": "int"}]',
            "default": '[{"ip": "10.0.0.7", "port": 80}]',
        }),
        **typed("region", "select", index=3, is_meta=True, value={
            "datasource": "0", "type": "0", "default": "eu",
            "items_text": '[{"text": "Europe", "value": "eu"}, {"text": "America", "value": "us"}]',
        }),
        **typed("now", "current_time", index=4, value={"time_unit": ["year"], "time_zone": ""}),
        **typed("sets", "set_filter_selector", index=5, value={"bk_set_id": [3]}),
        **hooked,
    }  # fmt: skip
    made = flow("start > a > b > end", nodes={"b": {"name": LONG}}, constants=constants)
    made["activities"]["a"]["component"]["data"] = {"bk_display_message": {"hook": True, "value": "${words}"}}
    made["constants"]["${words}"]["source_info"] = {"a": ["bk_display_message"]}
    return site.add_flow(name, made)


def open_variables(page: Page, flow_id: int) -> None:
    """Open the list of a flow's variables."""
    open_editor(page, flow_id)
    page.get_by_role("tab", name="Variables").click()


def test_beside_a_form_all_of_the_list_is_seen(page: Page, site: Site) -> None:
    open_variables(page, a_flow(site, "Beside a form"))
    page.get_by_role("button", name="When", exact=True).click()
    expect(page.locator(".variable-form")).to_be_visible()

    main = page.locator(".variables-main").bounding_box()
    assert main is not None
    row = page.locator('tr[data-key="${when}"]')
    for part in (row.get_by_label("Duplicate When"), row.get_by_label("Delete When"), row.locator("td").nth(8)):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= main["x"]
        assert box["x"] + box["width"] <= main["x"] + main["width"] + 1
    scroller = page.locator(".table-scroll")
    assert scroller.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert page.locator(".strip").evaluate("(e) => e.clientHeight") >= 420
    assert axe(page) == []
    picture(page, "editor-variables")


def test_the_focus_stays_where_somebody_works(page: Page, site: Site) -> None:
    open_variables(page, a_flow(site, "Focus of variables"))
    form = page.locator(".variable-form")

    page.get_by_role("button", name="New variable").click()
    expect(form.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    assert page.evaluate(_TWICE) == []
    page.keyboard.type("Colour")
    page.keyboard.press("Tab")
    expect(form.get_by_role("textbox", name="Key", exact=True)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("colour")
    page.keyboard.press("Enter")
    expect(page.locator('tr[data-key="${colour}"]')).to_be_visible()
    expect(form.get_by_role("textbox", name="Key", exact=True)).to_be_focused()
    form.get_by_role("button", name="Close").click()
    expect(page.locator('tr[data-key="${colour}"] .row-open')).to_be_focused()
    assert tree(page)["constants"]["${colour}"]["name"] == "Colour"


def test_each_type_has_its_own_form(page: Page, site: Site) -> None:
    open_variables(page, a_flow(site, "Types of variables"))
    form = page.locator(".variable-form")

    def show(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        expect(form.locator("header strong")).to_have_text(name)

    show("When")
    form.get_by_label("Format").fill("%d.%m.%Y")
    expect(form.locator(".i-preview code")).to_have_text("22.11.2026")
    show("Machines")
    form.get_by_label("port, row 1").fill("443")
    show("Region")
    form.get_by_text("America", exact=True).click()
    show("Now")
    form.get_by_label("Month").check()
    expect(form.get_by_text("The task works it out when it begins")).to_be_visible()
    expect(form.get_by_label("Ask for it when a task is made")).to_have_count(0)
    show("Sets")
    expect(form.get_by_text("this installation has none")).to_be_visible()

    now = {key: constant["value"] for key, constant in tree(page)["constants"].items()}
    assert now["${when}"] == {"datetime": "2026-11-22 08:00:00", "datetime_format": "%d.%m.%Y"}
    assert now["${machines}"]["default"] == '[{"ip":"10.0.0.7","port":443}]'
    assert now["${region}"]["default"] == "us"
    assert now["${now}"] == {"time_unit": ["year", "month"], "time_zone": ""}
    assert now["${sets}"] == {"bk_set_id": [3]}


def test_deleting_tells_what_becomes_of_the_input_that_a_variable_stands_for(page: Page, site: Site) -> None:
    open_variables(page, a_flow(site, "Deleting variables"))
    row = page.locator('tr[data-key="${words}"]')
    row.hover()
    row.get_by_label("Delete Words").click()

    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("Inputs that were made a variable get its value back.")
    assert asked.evaluate("(e) => e.offsetWidth > e.closest('table').offsetWidth * 0.8")
    asked.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    assert tree(page)["activities"]["a"]["component"]["data"]["bk_display_message"] == {"hook": False, "value": "hello"}


def test_names_end_at_their_limit_and_longer_ones_that_came_are_worth_a_look(page: Page, site: Site) -> None:
    open_editor(page, a_flow(site, "Long names"))
    page.get_by_role("tab", name="Problems").click()
    advice = page.locator(".advice")
    expect(advice).to_contain_text(f"It has {len(LONG)} characters")
    advice.get_by_role("button", name=f"It has {len(LONG)} characters").click()
    expect(page.locator("input.i-name")).to_have_value(LONG)

    click_node(page, "a")
    name = page.locator("input.i-name")
    name.fill("")
    name.press_sequentially("x" * 60)
    expect(name).to_have_value("x" * 50)
    expect(page.locator(".i-head .f-note")).to_have_text("At most 50 characters")
    labels = page.locator(".inspector").get_by_label("Labels", exact=True)
    labels.fill("night,")
    labels.fill("web,")
    labels.blur()
    assert tree(page)["activities"]["a"]["labels"] == ["night", "web"]
    assert "labels" not in tree(page)["activities"]["b"]


def test_what_is_drawn_in_place_of_a_control_hides_it_where_nothing_may_be_changed(page: Page, site: Site) -> None:
    script = {"job_content": {"hook": False, "value": "date"}, "job_ip_list": {"hook": False, "value": "127.0.0.1"}}
    made = flow("start > a > end", plugin="job_fast_execute_script")
    made["activities"]["a"]["component"]["data"] = script
    open_editor(page, site.add_flow("Segments", made))
    click_node(page, "a")

    chosen = page.locator(".f-segments input").first
    assert chosen.evaluate("(e) => { e.disabled = true; return getComputedStyle(e).opacity }") == "0"


def test_a_key_counts_when_its_field_is_left_however_often_the_flow_is_saved_meanwhile(page: Page, site: Site) -> None:
    open_variables(page, a_flow(site, "A key"))
    page.get_by_role("button", name="Words", exact=True).click()
    key = page.locator(".variable-form").get_by_label("Key")
    before = tree(page)

    key.fill("db_ho")
    page.evaluate("window.sluice.editor.get('eventBus').fire('editor.flush')")
    assert "${words}" in tree(page)["constants"]
    key.press_sequentially("st")
    page.locator(".variable-form").get_by_label("Name").focus()

    assert tree(page)["activities"]["a"]["component"]["data"]["bk_display_message"]["value"] == "${db_host}"
    page.evaluate("window.sluice.editor.get('history').undo()")
    assert tree(page) == before


def test_a_key_that_is_being_typed_counts_when_the_flow_is_saved_by_hand_and_more_letters_follow(
    page: Page, site: Site
) -> None:
    open_variables(page, a_flow(site, "A key, saved"))
    page.get_by_role("button", name="Words", exact=True).click()
    key = page.locator(".variable-form").get_by_label("Key")

    key.fill("db_ho")
    page.evaluate("""() => {
      window.sluice.editor.get('eventBus').fire('editor.flush', { isAsked: true });
      document.execCommand('insertText', false, 'st');
    }""")
    assert "${db_ho}" in tree(page)["constants"]
    page.wait_for_timeout(100)

    expect(key).to_have_value("db_host")
    key.press("Enter")
    assert "${db_host}" in tree(page)["constants"]


def test_the_form_of_a_variable_that_is_open_on_a_screen_that_becomes_small_is_read_only(
    page: Page, site: Site
) -> None:
    open_variables(page, a_flow(site, "Made small"))
    page.get_by_role("button", name="Words", exact=True).click()
    fields = page.locator(".variable-form").locator("input, textarea, select")
    expect(page.locator(".variable-form").get_by_label("Name")).to_be_enabled()

    page.set_viewport_size({"width": 700, "height": 900})

    expect(page.locator(".variable-form").get_by_label("Name")).to_be_disabled()
    assert fields.evaluate_all("(all) => all.every((e) => e.disabled)")


def test_each_node_shows_what_it_reads_while_somebody_wants_to_see_it(page: Page, site: Site) -> None:
    drawn = flow("start > a > b > end", constants=typed("release", "input", value="4.2.0"))
    drawn["activities"]["a"]["component"]["data"] = {"bk_display_message": {"hook": False, "value": "${release}"}}
    open_editor(page, site.add_flow("Reads", drawn))
    switch, chips = page.get_by_role("button", name="Reads and writes"), page.locator(".perspective-chips")

    switch.click()
    expect(chips).to_have_count(1)
    expect(chips).to_contain_text("release")

    switch.click()
    expect(chips).to_have_count(0)
