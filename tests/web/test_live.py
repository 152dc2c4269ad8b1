"""The stream of a run view: the whole view first, then what changes, the log, and that it is over."""

from __future__ import annotations

import json
import re
import time

import pytest
from flask import g

from app.extensions import db
from app.models.tasks import Task
from tests.web.test_pages import Person, app_with_demo, person  # noqa: F401 - fixtures


def events_of(response, most: int = 50):
    """Read (name, body) of a stream's events until it ends."""
    text = ""
    for chunk in response.response:
        text += chunk if isinstance(chunk, str) else chunk.decode()
        if "event: over" in text or text.count("event:") >= most:
            break
    blocks = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in text.split("\n\n")]
    return [(b["event"], json.loads(b["data"])) for b in blocks if "event" in b]


@pytest.fixture
def task_id(person: Person) -> int:  # noqa: F811
    """A task of the flow that checks this host, made and started."""
    person.log_in()
    page = person.get("/projects/1/flows/")
    flow = next(int(part.split("/")[0]) for part in page.split("/flows/")[1:] if part[:1].isdigit())
    shown = person.get(f"/projects/1/flows/{flow}/")
    person.send(f"/projects/1/tasks/new?template={flow}", shown, name="watched", when="now")
    return db.session.query(Task).order_by(Task.id.desc()).first().id


def test_a_finished_task_is_shown_whole_and_said_to_be_over(person: Person, task_id: int) -> None:  # noqa: F811
    until = time.monotonic() + 20
    while time.monotonic() < until:
        person.drive()
        if '"finished"' in person.http.get(f"/projects/1/tasks/{task_id}/state").text:
            break
    events = events_of(person.http.get(f"/projects/1/tasks/{task_id}/events"))
    assert [name for name, _ in events] == ["view", "over"]
    view = events[0][1]
    assert view["task"]["state"] == "finished"
    assert {node["state"] for node in view["nodes"].values()} == {"finished"}


def test_asking_again_with_what_was_seen_answers_that_nothing_is_new(person: Person, task_id: int) -> None:  # noqa: F811
    first = person.http.get(f"/projects/1/tasks/{task_id}/state")
    assert first.status_code == 200
    again = person.http.get(f"/projects/1/tasks/{task_id}/state?seen={first.json['seen']}")
    assert again.status_code == 204


def test_a_stranger_gets_neither_stream_nor_state(person: Person, task_id: int) -> None:  # noqa: F811
    stranger = person.http.application.test_client()
    g.pop("_login_user", None)  # the fixture's own context would remember who asked last
    assert stranger.get(f"/projects/1/tasks/{task_id}/events").status_code == 401
    g.pop("_login_user", None)
    assert person.http.get("/projects/1/tasks/999999/events").status_code == 404


def test_orders_by_json_are_checked_and_carried_out(person: Person, task_id: int) -> None:  # noqa: F811
    token = re.search(r'name="csrf" value="([^"]+)"', person.get("/projects/1/")).group(1)
    base = f"/projects/1/tasks/{task_id}"
    wrong = person.http.post(f"{base}/orders", json={"action": "explode"}, headers={"X-CSRF": token})
    assert (wrong.status_code, wrong.json["problems"][0]["where"]) == (422, "action")
    assert person.http.post(f"{base}/orders", json={"action": "pause"}).status_code == 400
    assert person.http.post(f"{base}/orders", json={"action": "pause"}, headers={"X-CSRF": token}).status_code == 200
    assert person.http.get(f"{base}/state").json["task"]["state"] == "paused"
    assert [d["action"] for d in person.http.get(f"{base}/journal").json["journal"]][-1] == "pause"
