"""The pages, as a person walks through them."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.models.runs import TokenRow
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from app.services.members import set_member


class Person:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, app) -> None:
        self.http = app.test_client()
        self.room = open_room(
            db.engine, house_of(app.config["SLUICE"], db.engine), lambda c: InlineDispatcher(), threads=0
        )

    def get(self, path: str) -> str:
        response = self.http.get(path, follow_redirects=True)
        assert response.status_code == 200, response.text
        return response.text

    def send(self, path: str, page: str, **form: str):
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        return self.http.post(
            path, data={"csrf": token, **form}, follow_redirects=True, headers={"Referer": f"http://localhost{path}"}
        )

    def log_in(self, name: str = "admin", password: str = "opensesame"):
        return self.send("/login", self.get("/login"), username=name, password=password)

    def drive(self) -> None:
        self.room.driver.drive_due()
        db.session.rollback()

    def drive_to_rest(self) -> None:
        """Drive until nothing will be due any more, now or later, unless a person does something."""
        until = time.monotonic() + 60
        while db.session.scalar(select(func.count()).select_from(TokenRow).where(TokenRow.claim_at.is_not(None))):
            assert time.monotonic() < until, "something is due for ever"
            self.drive()
            time.sleep(0.02)
        db.session.rollback()


@pytest.fixture
def app_with_demo(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with app.app_context():
        first_start(app.config["SLUICE"])
        yield app


@pytest.fixture
def person(app_with_demo):
    return Person(app_with_demo)


def test_the_first_page_shows_the_sample_flows(person):
    page = person.log_in().text

    for name in ("Check a host", "Release a web service", "Rotate logs"):
        assert name in page


def test_the_first_start_happens_once(app_with_demo):
    assert first_start(app_with_demo.config["SLUICE"]) is None
    assert accounts.has_users()


def test_a_flow_is_started_confirmed_and_finished_from_its_pages(person):
    person.log_in()
    page = person.get("/projects/1/flows/2/")
    assert "Approve the release" in page

    page = person.get("/projects/1/tasks/new?template=2")
    person.send("/projects/1/tasks/new?template=2", page, name="Release 7", when="now", **{"${version}": "7.0"})
    person.drive_to_rest()
    page = person.get("/projects/1/tasks/1/plain")
    assert "Shall version 7.0 go live?" in page
    node = re.search(r'action="(/projects/1/tasks/1/nodes/\w+/do)"', page).group(1)
    person.send(node, page, action="callback", comment="go")
    person.drive_to_rest()

    page = person.get("/projects/1/tasks/1/plain")
    assert "state-finished" in page
    assert "Run the tests" not in page
    assert "Release 7" in person.get("/projects/1/tasks/")


def test_a_form_keeps_types_and_passwords_that_are_left_empty(person):
    from app.services.access import SYSTEM, find_project
    from app.services.reading import task_detail
    from app.services.templates import create_template
    from tests.drawing import flow

    project = find_project(SYSTEM, 2)
    tree = flow(
        "start > a > end", inputs={"a": {"bk_display_message": "${l} ${pw}"}},
        constants={"${l}": {"value": [1, 2]}, "${pw}": {"value": "hunter22", "custom_type": "password"}},
    )  # fmt: skip
    template = create_template(SYSTEM, project, "typed", tree)
    person.log_in()
    page = person.get(f"/projects/1/tasks/new?template={template.id}")
    assert "hunter22" not in page
    person.send(
        f"/projects/1/tasks/new?template={template.id}", page, name="t", when="now", **{"${l}": "[3]", "${pw}": ""}
    )

    constants = task_detail(SYSTEM, find_project(SYSTEM, 2), 1).tree["constants"]
    assert constants["${l}"]["value"] == [3]
    assert constants["${pw}"]["value"].startswith("sealed:")
    person.drive()
    assert "hunter22" not in person.get("/projects/1/tasks/1/")


def test_pages_need_a_login_and_forms_their_token(person):
    assert person.http.get("/projects/1/").status_code == 302
    assert person.http.post("/login", data={"username": "admin", "password": "opensesame"}).status_code == 400
    assert "wrong" in person.log_in(password="guess").text
    assert person.http.get("/projects/1/").status_code == 302


def test_guessing_passwords_is_slowed_down(person):
    for _ in range(10):
        person.log_in(name="victim", password="guess")
    assert "too many failures" in person.log_in(name="victim", password="guess").text


def test_a_login_leads_to_our_own_pages_only(person):
    page = person.get("/login")
    token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    answer = person.http.post(
        "/login?next=//evil.example/", data={"csrf": token, "username": "admin", "password": "opensesame"}
    )
    assert answer.headers["Location"] == "/"


def test_a_person_sees_only_projects_that_they_are_a_member_of(person):
    accounts.create_user("carol", "carolcarol")
    person.log_in("carol", "carolcarol")
    assert person.http.get("/projects/1/").status_code == 404

    set_member(SYSTEM, find_project(SYSTEM, 1, "project"), "carol", "viewer")
    page = person.get("/projects/1/flows/1/")
    assert "Run it" not in page
    assert (
        person.send("/projects/1/tasks/new?template=1", person.get("/projects/1/"), name="x", when="now").status_code
        == 403
    )


def test_what_users_write_is_shown_as_text(person):
    person.log_in()
    page = person.get("/projects/1/flows/1/")
    page = person.send("/projects/1/tasks/new?template=1", page, name="<script>alert(1)</script>", when="now").text
    assert "<script>alert" not in page
    assert (
        "script-src" in person.http.get("/login").headers["Content-Security-Policy"]
        or "default-src 'self'" in person.http.get("/login").headers["Content-Security-Policy"]
    )


def test_healthz_is_503_while_a_part_is_gone(make_app, sqlite_url, monkeypatch):
    app = make_app(sqlite_url)
    assert app.test_client().get("/healthz").status_code == 200
    monkeypatch.setattr(
        InlineDispatcher, "health", lambda self: {"queue": "unreachable", "workers": "unknown", "scheduler": "unknown"}
    )
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["queue"]) == (503, "unreachable")


@pytest.mark.browser
def test_a_browser_shows_the_pages_without_complaint(app_with_demo, tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("Chromium is not installed; `apt-get install chromium` brings this test")
    server = make_server("127.0.0.1", 0, app_with_demo, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}",
             "--enable-logging=stderr", "--v=0", "--virtual-time-budget=3000", "--dump-dom", f"http://127.0.0.1:{server.server_port}/login"],
            capture_output=True, text=True, timeout=90, check=True,
        )  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()

    assert 'data-bs-theme="light"' in done.stdout
    assert "Content Security Policy" not in done.stderr
    assert 'id="password"' in done.stdout
