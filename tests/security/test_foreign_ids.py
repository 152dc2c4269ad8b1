"""Ids of another project, in every address of the pages: they answer like ids that are nobody's.

The addresses are the application's own, so one that is added is attacked without anybody thinking of it. The APIs are held to
the same in tests/api/bksops/test_roles.py, tests/api/oos/test_templates.py and tests/api/enos/test_rights.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.extensions import db
from app.models.notices import Notice
from app.services import accounts, schedules
from app.services.access import SYSTEM, Actor, Project, find_project
from app.services.credentials import CredentialEntry, create_credential
from app.services.hosts import HostEntry, create_host
from app.services.saved_filters import save_filter
from app.services.tasks import Wish, create_task, start_task
from app.services.templates import create_template
from app.services.tokens import create_token, list_tokens
from tests.drawing import flow
from tests.web.editor_client import Editor, make_people

NOBODYS = 987_654
HUGE = 10**25
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OTHERS = {"form": "yaml", "rest": "x", "number": "1", "before": "1", "after": "1", "code": "ci"}
"""Parts of addresses that name no thing by its id."""


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody who manages one project, and what there is in another."""

    app: Flask
    mona: Editor
    theirs: Mapping[str, int | str]

    def answer(self, rule: Rule, method: str, ids: Mapping[str, int | str]) -> tuple[int, str]:
        """Return what an address answers, without its ids and tokens: the status, and what there is to read."""
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str({**OTHERS, **ids}[part[1]]), rule.rule)
        headers = {"X-CSRF": self.mona.csrf, "Referer": "http://localhost/"}
        self.mona._come_in()
        answer = self.mona.http.open(path, method=method, headers=headers, json={} if method != "GET" else None)
        told = f"{answer.headers.get('Location', '')} {answer.get_data(as_text=True)} {self._flashed()}"
        for value in ids.values():
            told = told.replace(str(value), "N") if isinstance(value, str) or value > 99 else told
        told = re.sub(r"\d+", "N", told)
        return answer.status_code, re.sub(r'(value|csrf|nonce)="[^"]*"', "", told)

    def _flashed(self) -> str:
        with self.mona.http.session_transaction() as session:
            return str(session.pop("_flashes", ""))


@pytest.fixture
def case(make_app, sqlite_url) -> Iterator[Case]:
    app = make_app(sqlite_url)
    with app.app_context():
        accounts.create_project("One", 2, "UTC")
        accounts.create_project("Two", 3, "UTC")
        make_people(mona="manager")
        make_people(2, theo="manager")
        yield Case(app, Editor(app, "mona"), things_of(find_project(SYSTEM, 3)))


def things_of(project: Project) -> dict[str, int | str]:
    """Make one of everything in a project, and return the ids by the names that addresses have for them."""
    template = create_template(SYSTEM, project, "Theirs", flow("start > a > end", plugin="pause_node")).id
    made = create_task(SYSTEM, project, template, Wish("theirs", {}, []))
    start_task(SYSTEM, project, made.task_id)
    now = datetime.now(UTC)
    notice = Notice(
        uid="n" * 32, project_id=project.id, task_id=made.task_id, kind="task_failed", channel="mail", target="a@example.org",
        payload={}, state="given_up", created_at=now,
    )  # fmt: skip
    db.session.add(notice)
    db.session.commit()
    create_token("theo")
    return {
        "project_id": project.id, "template_id": template, "task_id": made.task_id, "node_id": made.ids["a"],
        "schedule_id": schedules.create_schedule(SYSTEM, project, template, "s", schedules.Plan("bksops", "0 1 * * *")).id,
        "host_id": create_host(SYSTEM, project, HostEntry("192.0.2.1", password="p")),
        "credential_id": create_credential(SYSTEM, project, CredentialEntry("key", "root", password="p")),
        "filter_id": save_filter(Actor("theo"), project, "tasks", "mine", "q=x"),
        "notice_id": notice.id, "token_id": list_tokens("theo")[0].id,
    }  # fmt: skip


def addresses(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Yield the addresses of pages that name a project, each with each of its methods."""
    apis = {name for name, b in app.blueprints.items() if b.import_name.startswith("app.api")}
    for rule in app.url_map.iter_rules():
        if "project_id" in rule.arguments and rule.endpoint.partition(".")[0] not in apis:
            yield from ((rule, method) for method in METHODS if method in rule.methods)


def test_a_project_that_one_may_not_see_answers_like_one_that_is_not_there(case):
    for rule, method in addresses(case.app):
        theirs = case.answer(rule, method, case.theirs)
        nobodys = case.answer(rule, method, {**case.theirs, "project_id": NOBODYS})
        assert theirs == nobodys, (method, rule.rule)
        assert theirs[0] in (302, 400, 404), (method, rule.rule, theirs)
        assert "Theirs" not in theirs[1], (method, rule.rule)


def test_a_thing_of_another_project_is_not_there_in_ones_own(case):
    tried = 0
    for rule, method in addresses(case.app):
        things = rule.arguments & case.theirs.keys() - {"project_id"}
        if not things:
            continue
        theirs = case.answer(rule, method, {**case.theirs, "project_id": 1})
        nobodys = case.answer(rule, method, {**dict.fromkeys(things, NOBODYS), "project_id": 1})
        tried += 1
        assert theirs == nobodys, (method, rule.rule)
        assert theirs[0] != 200, (method, rule.rule)
    assert tried > 50


def test_a_number_that_no_database_can_hold_is_not_there(case):
    for rule, method in addresses(case.app):
        for name in sorted(rule.arguments & case.theirs.keys()):
            status, _ = case.answer(rule, method, {**case.theirs, "project_id": 1, name: HUGE})
            assert status < 500, (method, rule.rule, name)
