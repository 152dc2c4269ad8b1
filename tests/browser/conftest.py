"""A browser, a site with the demo project that really runs tasks, and a person who is logged in."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import create_app, house_of
from app.models.base import Base
from app.models.templates import Template
from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from app.services.publishing import Publication, publish
from app.services.templates import create_template
from app.settings import Settings

ROOT = Path(__file__).parent.parent.parent
PICTURES = Path(os.environ.get("SLUICE_TEST_PICTURES", "/tmp/sluice-pictures"))
"""Where the tests put what they saw, outside the repository."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> Mapping[str, Any]:
    """How Debian's Chromium is started here."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed; `apt-get install chromium` brings these tests")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    return {"executable_path": chromium, "args": quiet}


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: its address, and the application behind it."""

    url: str
    app: Flask
    cookies: list[Mapping[str, Any]]

    def add_flow(self, name: str, tree: Mapping[str, Any]) -> int:
        """Save a flow in the demo project and return its id."""
        with self.app.app_context():
            return create_template(SYSTEM, find_project(SYSTEM, 1, "project"), name, tree).id

    def publish(self, flow_id: int, tree: Mapping[str, Any], base: int) -> None:
        """Publish the version of a flow that comes after `base`."""
        with self.app.app_context():
            publish(SYSTEM, find_project(SYSTEM, 1, "project"), flow_id, Publication(tree, "", base))

    def find_flow(self, name: str) -> int:
        """Return the id of a flow of the demo project."""
        with self.app.app_context():
            found = db.session.scalar(select(Template.id).where(Template.name == name))
            assert found is not None, f"the demo project has no flow {name}"
            return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all browser tests; each makes the flows and tasks that it needs."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """A site of its own, with a worker beside it, until the end of the block."""
    environ = {
        "SLUICE_DATA_DIR": str(folder), "SLUICE_DATABASE_URL": f"sqlite:///{folder / 'site.db'}",
        "SLUICE_SECRET_KEY": "browser" * 5, "SLUICE_ADMIN_PASSWORD": "opensesame",
    }  # fmt: skip
    app = create_app(Settings.from_environ(environ), InlineDispatcher())
    with app.app_context():
        Base.metadata.create_all(db.engine)
        first_start(app.config["SLUICE"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    stop = threading.Event()
    threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=_drive, args=(app, stop))]
    for thread in threads:
        thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", app, log_in(app))
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join(10)


def _drive(app: Flask, stop: threading.Event) -> None:
    """Run whatever is due, as a worker beside the site does."""
    with app.app_context():
        room = open_room(db.engine, house_of(app.config["SLUICE"], db.engine), lambda clockwork: InlineDispatcher())
        room.clockwork.start(InlineDispatcher())
        while not stop.wait(0.05):
            room.driver.drive_due()
            db.session.rollback()
        room.driver.is_stopping = True
        room.clockwork.stop()


def log_in(app: Flask) -> list[Mapping[str, Any]]:
    """Log the admin in; returns the cookies of the session."""
    # A session is bound to the agent that logged in, so the client says that it is the browser's.
    client = app.test_client()
    agent = {"User-Agent": AGENT}
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login", headers=agent).text)
    assert token is not None
    client.post("/login", data={"csrf": token.group(1), "username": "admin", "password": "opensesame"}, headers=agent)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return [{"name": "session", "value": cookie.value, "domain": "127.0.0.1", "path": "/"}]


AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


@pytest.fixture
def browser_context_args() -> Mapping[str, Any]:
    """How the pages of a test are shown, when it says nothing else."""
    return {"viewport": {"width": 1440, "height": 900}, "user_agent": AGENT, "color_scheme": "light"}


@pytest.fixture
def context(browser: Browser, browser_context_args: Mapping[str, Any], site: Site) -> Iterator[BrowserContext]:
    """A browser in which the admin is logged in."""
    context = browser.new_context(**browser_context_args, base_url=site.url)
    context.add_cookies(site.cookies)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of the admin's; an error in its scripts fails the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    yield page
    assert not faults, faults


def _is_fault(message: ConsoleMessage) -> bool:
    """Say whether a message of the console is a fault of the page: no answer, or a refusal, is none of its."""
    return message.type == "error" and not any(words in message.text for words in ("status of 4", "net::ERR_"))


def axe(page: Page) -> list[str]:
    """Return the serious faults that axe-core finds on a page."""
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate(
        "async () => (await axe.run()).violations.map((v) => ({...v, nodes: v.nodes.map((n) => n.html)}))"
    )
    return [
        f"{v['id']}: {v['help']}: {json.dumps(v['nodes'][:3])}" for v in found if v["impact"] in ("serious", "critical")
    ]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"))
