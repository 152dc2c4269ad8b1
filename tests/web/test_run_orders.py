"""An order that somebody has to claim, in the run view: what the page is told, and what can be asked there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.editor_client import Editor, save
from tests.web.test_task_creation import asking_flow, order, person


@pytest.fixture
def otto(editor_app) -> Editor:
    """An operator, at the page of a task that waits to be claimed."""
    found = person(editor_app, "otto")
    made = order(found, save(asking_flow(), "Deploy"), is_for_others=True)
    found.base = f"/projects/1/tasks/{made['id']}"
    return found


def order_of(otto: Editor) -> dict[str, Any]:
    return otto.get("/state")["task"]["order"]


def test_the_page_is_told_who_submitted_it_and_that_nobody_has_it(otto):
    assert order_of(otto) == {"status": "submitted", "creator": "otto", "claimant": "", "rejecter": ""}


def test_it_is_claimed_there_and_every_page_that_watches_sees_that(otto):
    seen = otto.get("/state")["seen"]

    otto.do("POST", "/orders", action="claim")

    assert order_of(otto)["claimant"] == "otto"
    assert otto.get("/state")["seen"] != seen
    assert otto.do("POST", "/orders", action="start") == {"done": "start"}
    assert order_of(otto) is None, "a task that runs waits for nobody"


def test_one_that_is_rejected_never_starts(otto):
    otto.do("POST", "/orders", action="reject")

    assert order_of(otto)["status"] == "rejected"
    otto.do("POST", "/orders", 409, action="claim")
    otto.do("POST", "/orders", 409, action="start")


def test_who_claims_second_is_told_who_was_faster(otto, editor_app):
    otto.do("POST", "/orders", action="claim")

    assert otto.ask("POST", "/orders", action="claim").status_code == 409


def test_the_view_without_scripts_offers_no_start_before_it_is_claimed(otto):
    otto._come_in()
    assert "/approvals/" in otto.http.get(f"{otto.base}/plain").text
    assert 'value="start"' not in otto.http.get(f"{otto.base}/plain").text
