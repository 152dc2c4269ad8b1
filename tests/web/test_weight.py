"""What a page weighs on its way to the browser, compressed as any server in front does it."""

from __future__ import annotations

import gzip
import re

import pytest

from app.services.access import SYSTEM, find_project
from app.services.first_start import first_start
from app.services.templates import create_template
from jobs.setup import ROOT
from tests.drawing import flow
from tests.web.test_pages import Person

BUDGET = 100_000


@pytest.fixture
def person(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with app.app_context():
        first_start(app.config["SLUICE"])
        for number in range(30):
            create_template(SYSTEM, find_project(SYSTEM, 1, "project"), f"flow {number}", flow("start > a > end"))
        person = Person(app)
        person.log_in()
        yield person


@pytest.mark.parametrize("path", ["flows/", "tasks/", "hosts/"])
def test_a_list_page_weighs_less_than_its_budget_with_all_that_it_loads(person, path):
    page = person.get(f"/projects/1/{path}")
    loaded = {url.split("#")[0] for url in re.findall(r'(?:src|href)="/(static/[^"]+)"', page)}
    assert any(".css" in url for url in loaded)

    parts = {url: len(gzip.compress((ROOT / "app" / url).read_bytes())) for url in loaded}

    assert len(gzip.compress(page.encode())) + sum(parts.values()) < BUDGET, parts
