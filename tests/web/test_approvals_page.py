"""The page of what waits for people, and the pages of hosts, credentials and the audit, as people use them."""

from __future__ import annotations

import re

import pytest

from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.hosts import HostEntry, create_host, host_lookup
from app.services.members import set_member
from app.services.tasks import Wish, create_task, start_task
from app.services.templates import create_template
from tests.drawing import flow
from tests.web.test_pages import Person

HERE = "/projects/1"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url)
    with made.app_context():
        accounts.create_user("admin", "opensesame", is_admin=True)
        accounts.create_project("One", 2, "UTC")
        for name, role in (("otto", "operator"), ("vera", "viewer"), ("maia", "manager")):
            accounts.create_user(name, "opensesame")
            set_member(SYSTEM, find_project(SYSTEM, 2), name, role)
        yield made


@pytest.fixture
def project(app):
    return find_project(SYSTEM, 2)


@pytest.fixture
def log_in(app):
    def as_(name: str) -> Person:
        from flask import g

        g.pop("_login_user", None)
        person = Person(app)
        person.log_in(name)
        return person

    return as_


@pytest.fixture
def asks(project):
    tree = flow("start > a > end", plugin="pause_node", inputs={"a": {"description": "Shall <it>?"}})
    return create_template(SYSTEM, project, "asks", tree).id


class TestApprovals:
    def test_a_node_is_confirmed_with_a_comment_from_the_page(self, log_in, project, asks):
        otto = log_in("otto")
        task = create_task(SYSTEM, project, asks, Wish("release")).task_id
        start_task(SYSTEM, project, task)
        otto.drive()

        page = otto.get(f"{HERE}/approvals/")
        assert "Shall &lt;it&gt;?" in page
        form = re.search(r'action="(/projects/1/approvals/nodes/\d+/\w+)"', page)[1]
        page = _send(otto, form, page, comment="go")
        otto.drive()

        assert "Confirmed" in page
        assert "Nothing waits for you" in otto.get(f"{HERE}/approvals/")
        assert "state-finished" in otto.get(f"{HERE}/tasks/{task}/plain")

    def test_who_comes_second_is_told(self, log_in, project, asks):
        otto = log_in("otto")
        start_task(SYSTEM, project, create_task(SYSTEM, project, asks, Wish("release")).task_id)
        otto.drive()
        page = otto.get(f"{HERE}/approvals/")
        form = re.search(r'action="(/projects/1/approvals/nodes/\d+/\w+)"', page)[1]
        _send(otto, form, page)
        otto.drive()

        answer = _send(otto, form, page)

        assert "alert-danger" in answer

    def test_an_order_is_claimed_and_started(self, log_in, project, asks):
        create_task(SYSTEM, project, asks, Wish("order", flow_type="common_func"))
        otto = log_in("otto")

        page = otto.get(f"{HERE}/approvals/")
        assert "for anybody to claim" in page
        page = _send(otto, f"{HERE}/approvals/orders/1/claim", page)
        assert "yours since" in page
        _send(otto, f"{HERE}/approvals/orders/1/start", page)

        assert "Nothing waits for you" in otto.get(f"{HERE}/approvals/")

    def test_an_order_is_handed_on_from_the_page_and_another_rejected(self, log_in, project, asks):
        for name in ("release", "cleaning"):
            create_task(SYSTEM, project, asks, Wish(name, flow_type="common_func"))
        otto = log_in("otto")
        page = _send(otto, f"{HERE}/approvals/orders/1/claim", otto.get(f"{HERE}/approvals/"))
        assert "<option>maia</option>" in page
        assert "<option>vera</option>" not in page

        page = _send(otto, f"{HERE}/approvals/orders/1/transfer", page, to="maia")
        assert "maia has it now" in page
        page = _send(otto, f"{HERE}/approvals/orders/2/reject", page)

        assert "Nothing waits for you" in page
        assert "yours since" in log_in("maia").get(f"{HERE}/approvals/")

    def test_one_who_may_only_look_has_no_buttons(self, log_in, project, asks):
        vera = log_in("vera")
        start_task(SYSTEM, project, create_task(SYSTEM, project, asks, Wish("release")).task_id)
        create_task(SYSTEM, project, asks, Wish("order", flow_type="common_func"))
        vera.drive()

        page = vera.get(f"{HERE}/approvals/")

        assert "Shall" in page
        assert "/approvals/nodes/" not in page
        assert "/approvals/orders/" not in page


class TestHosts:
    def test_a_host_is_added_changed_and_taken_out(self, log_in, project):
        from app.extensions import db

        maia = log_in("maia")
        assert "No host yet" in maia.get(f"{HERE}/hosts/")
        new = maia.get(f"{HERE}/hosts/new")
        page = _send(maia, f"{HERE}/hosts/new", new, address="web1", port="22", user="root", password=" s3cret ")
        assert "web1" in page
        assert "s3cret" not in page

        form = maia.get(f"{HERE}/hosts/1/")
        assert "s3cret" not in form
        page = _send(
            maia, f"{HERE}/hosts/1/", form, address="web1", port="2222", user="deploy", password="", private_key=KEY
        )
        assert ": 2222" in page
        db.session.rollback()
        assert host_lookup(db.engine, 1, "web1").password == " s3cret "

        page = _send(maia, f"{HERE}/hosts/1/", form, action="delete")
        assert "web1 is gone" in page
        assert "No host yet" in page

    def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(self, log_in):
        maia = log_in("maia")

        answer = maia.send(
            f"{HERE}/hosts/new", maia.get(f"{HERE}/hosts/new"), address="a b", port="x", user="root", password="s3cret"
        )

        assert answer.status_code == 400
        assert 'id="address-wrong"' in answer.text
        assert 'id="port-wrong"' in answer.text
        assert 'value="a b"' in answer.text
        assert "s3cret" not in answer.text

    def test_a_credential_is_kept_for_many_hosts_and_stays_while_one_uses_it(self, log_in, project):
        maia = log_in("maia")
        new = maia.get(f"{HERE}/hosts/credentials/new")
        page = _send(maia, f"{HERE}/hosts/credentials/new", new, name="deploy", user="deploy", private_key=KEY)
        assert "deploy, by key" in page
        create_host(SYSTEM, project, HostEntry("web1", credential_id=1))

        assert "deploy" in maia.get(f"{HERE}/hosts/?q=web")
        form = maia.get(f"{HERE}/hosts/credentials/1/")
        assert "1 host logs in by it" in form
        assert "c2VjcmV0" not in form
        assert "is the credential of web1" in _send(maia, f"{HERE}/hosts/credentials/1/", form, action="delete")

    @pytest.mark.parametrize("path", ["hosts/new", "hosts/1/", "hosts/credentials/new"])
    def test_only_managers_see_the_forms(self, log_in, project, path):
        create_host(SYSTEM, project, HostEntry("web1"))
        otto = log_in("otto")

        assert otto.http.get(f"{HERE}/{path}").status_code == 403
        assert "Add a host" not in otto.get(f"{HERE}/hosts/")
        assert "web1" in otto.get(f"{HERE}/hosts/")


class TestAudit:
    def test_it_tells_who_did_what_and_can_be_filtered(self, log_in, project, asks):
        maia = log_in("maia")
        task = create_task(SYSTEM, project, asks, Wish("release")).task_id
        _send(maia, f"{HERE}/hosts/new", maia.get(f"{HERE}/hosts/new"), address="web1", port="22", user="root")

        everything = maia.get(f"{HERE}/audit/")
        assert re.search(rf'made\s+<a href="/projects/1/tasks/{task}/">release</a>', everything)
        assert re.search(r"made\s+web1", everything)

        mine = maia.get(f"{HERE}/audit/?actor=maia")
        assert "web1" in mine
        assert "release" not in mine
        hosts = maia.get(f"{HERE}/audit/?kind=host&since=1h")
        assert "web1" in hosts
        assert "release" not in hosts
        assert "Nothing fits" in maia.get(f"{HERE}/audit/?end=2020-01-01")
        assert "soon is no day" in maia.get(f"{HERE}/audit/?begin=soon")

    def test_it_is_gone_through_by_pages(self, log_in, project, asks):
        maia = log_in("maia")
        for number in range(60):
            create_task(SYSTEM, project, asks, Wish(f"task {number}"))

        first = maia.get(f"{HERE}/audit/?kind=task")
        older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
        second = maia.get(f"{HERE}/audit/{older}")

        shown = re.findall(r">(task \d+)</a>", first) + re.findall(r">(task \d+)</a>", second)
        assert shown == [f"task {number}" for number in reversed(range(60))]

    def test_another_projects_changes_are_not_told(self, log_in, project):
        other = accounts.create_project("Other", 3, "UTC")
        create_host(SYSTEM, other, HostEntry("theirs"))

        assert "theirs" not in log_in("admin").get(f"{HERE}/audit/")

    def test_it_is_for_those_who_manage_the_project(self, log_in):
        assert log_in("otto").http.get(f"{HERE}/audit/").status_code == 403


def _send(person: Person, path: str, page: str, **form) -> str:
    """Send a form of a page as a browser does, coming from the list."""
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    came_from = {"Referer": f"http://localhost{HERE}/approvals/"}
    return person.http.post(path, data={"csrf": token, **form}, headers=came_from, follow_redirects=True).text
