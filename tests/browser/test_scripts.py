"""Scripts in texts: whatever people store, no page runs it, and no page even tries, so that the policy has nothing to stop.

The pages are the application's own addresses, so one that is added is opened without anybody thinking of it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.routing import Rule

from app.errors import InvalidInput
from app.extensions import db
from app.services import accounts, schedules
from app.services.access import SYSTEM, Actor, Project, find_project
from app.services.apps import create_project_app
from app.services.credentials import CredentialEntry, create_credential
from app.services.hosts import HostEntry, create_host
from app.services.members import set_member
from app.services.project_constants import set_constant
from app.services.publishing import Publication, publish
from app.services.reading import task_status
from app.services.saved_filters import save_filter
from app.services.tasks import Wish, create_task, start_task
from app.services.template_details import Details, change_details
from app.services.templates import create_template
from app.services.tokens import create_own_token
from tests.browser.conftest import AGENT, Site, running_site
from tests.drawing import flow

SCRIPT = """'"><img src=x onerror=ran()><svg onload=ran()></script><script>ran()</script>{{ran()}}${"""
"""Breaks out of attributes with either quote, of elements, of scripts that hold data, and of templates."""

SHORT = '"><img src=x onerror=ran()>'
"""The same, for where little is taken."""

WITHOUT_BLANKS = "https://hook.example/'\"><img/src=x/onerror=ran()>"

WATCHED = """
window.ran = () => { window.has_run = true; };
window.refused = [];
document.addEventListener('securitypolicyviolation', (e) => window.refused.push(`${e.violatedDirective} ${e.sourceFile}`));
"""
INJECTED = "() => document.querySelectorAll('img[src=x], svg[onload], [onerror], [onmouseover]').length"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: what is stored in it is for no other test."""
    with running_site(tmp_path_factory.mktemp("scripts")) as site:
        yield site


@pytest.fixture(scope="module")
def ids(site: Site) -> Mapping[str, Any]:
    """Scripts in every text that can be stored; returns the parts of addresses that lead to them."""
    with site.app.app_context():
        accounts.create_project(SCRIPT, 9_002, "UTC")
        set_constant(SYSTEM, find_project(SYSTEM, 9_002), "evil", SCRIPT, SCRIPT)
        project, admin = find_project(SYSTEM, 9_002), Actor("admin", is_admin=True)
        template = create_template(admin, project, SHORT, evil_flow(), category=SHORT, description=SCRIPT).id
        more = {"more_receiver": WITHOUT_BLANKS}
        change_details(
            admin, project, template, Details(labels=[SHORT], notify_type={"fail": ["webhook"]}, notify_receivers=more)
        )
        publish(admin, project, template, Publication(evil_flow(), message=SCRIPT, base_version=1))
        made = create_task(admin, project, template, Wish(SCRIPT, {}, [], description=SCRIPT))
        start_task(admin, project, made.task_id)
        credential = create_credential(
            admin, project, CredentialEntry(SHORT, "\"onmouseover=ran()x='", password=SCRIPT)
        )
        schedule = schedules.create_schedule(admin, project, template, SHORT, schedules.Plan("bksops", "0 1 * * *"))
        save_filter(admin, project, "tasks", SHORT, f"q={SCRIPT}")
        save_filter(admin, project, "flows", SHORT, f"q={SCRIPT}")
        accounts.create_user("vera", "opensesame")
        set_member(SYSTEM, project, "vera", "viewer")
        create_own_token(admin, SHORT)
        host = create_host(
            admin, project, HostEntry("192.0.2.1", user="\"onmouseover=ran()x='", host_key="", password=SCRIPT)
        )
        _wait_for({"failed", "waiting_person"}, project, made.task_id)
        return {
            "project_id": project.id, "template_id": template, "task_id": made.task_id, "node_id": made.ids["fail"],
            "schedule_id": schedule.id, "credential_id": credential, "host_id": host, "number": 1, "before": 1, "after": 1,
            "form": "yaml",
        }  # fmt: skip


def evil_flow() -> dict[str, Any]:
    """A flow with scripts in its names, variables, inputs and conditions, that writes them into logs, outputs and reasons."""
    script = {"job_script_type": "1", "job_content": f"cat <<'E'\n{SCRIPT}\nE\nexit 3", "job_ip_list": "127.0.0.1"}
    tree = flow(
        "start > say > par ; par > fail > join ; par > ask > join ; join > end",
        inputs={"say": {"bk_display_message": "${evil}"}, "fail": script, "ask": {"description": SCRIPT}},
        nodes={
            "say": {"name": SCRIPT, "stage_name": SHORT, "labels": [{"label": SCRIPT, "group": SHORT}]},
            "fail": {"name": SHORT, "component": _component("job_fast_execute_script", script)},
            "ask": {"name": SHORT, "component": _component("pause_node", {"description": SCRIPT})},
            "par": {"name": SHORT},
        },
        constants={
            "${evil}": {"name": SCRIPT, "desc": SCRIPT, "value": SCRIPT},
            "${choice}": {
                "name": SHORT, "desc": SCRIPT, "custom_type": "select",
                "value": {"type": "0", "items_text": '[{"text": "<img src=x onerror=ran()>", "value": "a"}]', "default": "a"},
            },
        },
        outputs=["${evil}"],
    )  # fmt: skip
    for line in tree["flows"].values():
        line["name"] = SHORT
    return tree


def _component(code: str, inputs: Mapping[str, str]) -> dict[str, Any]:
    return {"code": code, "data": {key: {"hook": False, "value": value} for key, value in inputs.items()}}


def _wait_for(states: set[str], project: Project, task_id: int) -> None:
    until = time.monotonic() + 15
    while not states <= (found := {node.state for node in task_status(SYSTEM, project, task_id).nodes.values()}):
        assert time.monotonic() < until, f"the task came only as far as {found}"
        db.session.rollback()
        time.sleep(0.1)


def pages(site: Site, ids: Mapping[str, Any]) -> list[str]:
    """Return the addresses of all pages whose parts are known."""
    rules: list[Rule] = [rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    apart = ("static", "metrics", "health", "live", "session")
    wanted = [r for r in rules if r.arguments <= ids.keys() and r.endpoint.partition(".")[0] not in apart]
    return sorted(
        {re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda part: str(ids[part[1]]), rule.rule) for rule in wanted}
    )


@pytest.fixture
def watched(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser of the admin's that tells when a script of somebody's runs, or when the policy had to stop something."""
    context = browser.new_context(base_url=site.url, user_agent=AGENT, viewport={"width": 1440, "height": 900})
    context.add_cookies(site.cookies)  # type: ignore[arg-type]
    context.add_init_script(WATCHED)
    yield context
    context.close()


def harm_on(page: Page) -> dict[str, Any]:
    """Return what went wrong on a page; empty is good."""
    found = {
        "ran": page.evaluate("window.has_run"),
        "refused": page.evaluate("window.refused"),
        "injected": page.evaluate(INJECTED),
    }
    return {key: value for key, value in found.items() if value}


def test_the_watch_sees_a_script_that_runs_and_one_that_the_policy_stops(watched: BrowserContext) -> None:
    page = watched.new_page()
    page.goto("/login")
    page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", SHORT)
    page.wait_for_function("window.refused.length > 0")
    assert harm_on(page).keys() == {"refused", "injected"}
    page.evaluate("window.ran()")
    assert harm_on(page)["ran"]


def test_no_page_runs_what_somebody_has_stored(watched: BrowserContext, site: Site, ids: Mapping[str, Any]) -> None:
    harm, seen = {}, 0
    page = watched.new_page()
    for path in pages(site, ids):
        answer = watched.request.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.headers.get("x-content-type-options") == "nosniff", path
            continue
        seen += "ran()" in answer.text()
        page.goto(path, wait_until="load")
        page.wait_for_timeout(60)
        harm |= {path: found} if (found := harm_on(page)) else {}

    assert harm == {}
    assert seen >= 15, "the scripts stand on most pages"


@pytest.mark.parametrize("where", ["edit", "run", "create", "search"])
def test_nothing_that_is_drawn_by_scripts_runs_it_either(
    watched: BrowserContext, ids: Mapping[str, Any], where: str
) -> None:
    page, base = watched.new_page(), f"/projects/{ids['project_id']}"
    if where == "edit":
        page.goto(f"{base}/flows/{ids['template_id']}/edit?node=say")
        page.wait_for_selector("html[data-ready=editor]")
        for element in page.locator(".djs-element.djs-shape").all()[:8]:
            element.click(force=True)
            page.wait_for_timeout(80)
        for tab in page.locator("[role=tab]").all():
            tab.click(force=True)
            page.wait_for_timeout(80)
    elif where == "run":
        page.goto(f"{base}/tasks/{ids['task_id']}/")
        page.wait_for_selector(".djs-element.djs-shape")
        for element in page.locator(".djs-element.djs-shape").all()[:8]:
            element.click(force=True)
            page.wait_for_timeout(150)
        for tab in page.locator("[role=tab]").all():
            if tab.is_visible():
                tab.click()
                page.wait_for_timeout(150)
    elif where == "create":
        page.goto(f"{base}/tasks/new?template={ids['template_id']}")
        page.wait_for_timeout(500)
    else:
        page.goto(f"{base}/")
        page.keyboard.press("Control+k")
        page.keyboard.type("img")
        page.wait_for_selector("#palette a[role=option]")

    assert "ran()" in page.content()
    assert harm_on(page) == {}


def test_no_page_gives_back_what_stands_in_its_address(
    site: Site, ids: Mapping[str, Any], watched: BrowserContext
) -> None:
    names = (
        "q",
        "label",
        "state",
        "template",
        "node",
        "next",
        "name",
        "creator",
        "sort",
        "before",
        "after",
        "from",
        "to",
        "kind",
    )
    query = dict.fromkeys(names, SCRIPT)
    for path in [*pages(site, ids), "/login", f"/{SHORT}", f"/projects/1/{SHORT}"]:
        answer = watched.request.get(path, params=query, max_redirects=3)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<img src=x" not in answer.text(), path
            assert "<script>ran()" not in answer.text(), path


@pytest.mark.parametrize("name", [SHORT, "<b>", "a b", "a/b", "a\nb", "é" * 65])
def test_names_of_users_and_apps_hold_none(site: Site, name: str) -> None:
    with site.app.app_context():
        with pytest.raises(InvalidInput):
            accounts.create_user(name, "opensesame")
        with pytest.raises(InvalidInput):
            create_project_app(
                Actor("admin", is_admin=True), find_project(SYSTEM, 2), name, is_trusted=False, lasts=None
            )
