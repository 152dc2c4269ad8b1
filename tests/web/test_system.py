"""The system's pages: parts, work that is parked, overdue or stuck, users; and the plugins with their documentation."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from flask import g
from redis import Redis
from rq import SimpleWorker
from sqlalchemy import delete, select, update

from app.engine.dispatch import RqDispatcher
from app.engine.plugins.registry import PLUGINS
from app.engine.queues import QUEUE
from app.errors import NotAllowed, Refused
from app.extensions import db
from app.models.runs import TokenRow
from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project
from app.services.engine import bound
from app.services.members import set_member
from app.services.tasks import Wish, create_task, start_task
from app.services.templates import create_template
from app.services.users import lock_user
from app.services.work import OVERDUE_AFTER, work
from tests.drawing import flow
from tests.valkey import valkey_server


def start(plugin: str = "pause_node", drawing: str = "start > a > end") -> int:
    project = find_project(SYSTEM, 2)
    template = create_template(SYSTEM, project, "f", flow(drawing, plugin=plugin))
    task_id = create_task(SYSTEM, project, template.id, Wish("the task", {}, [])).task_id
    start_task(SYSTEM, project, task_id)
    return task_id


def drive(person) -> None:
    for _ in range(4):
        person.drive()
        time.sleep(0.2)


def test_work_is_counted_by_the_reason_for_which_it_waits(app, tmp_path):
    accounts.create_project("Demo", 2, "UTC")
    start()
    start()

    found = work(SYSTEM)
    assert found.parked["ready"] == 2
    assert (found.overdue, found.stuck) == (0, [])


def test_what_nobody_has_taken_up_in_time_is_overdue(app):
    accounts.create_project("Demo", 2, "UTC")
    task_id = start()
    late = bound().clock() - OVERDUE_AFTER - timedelta(seconds=1)
    db.session.execute(update(TokenRow).values(claim_at=late))
    db.session.commit()

    found = work(SYSTEM)
    assert found.overdue == 1
    assert [(p.task_id, p.wait) for p in found.overdue_places] == [(task_id, "ready")]
    assert found.stuck == []


def test_every_way_in_which_a_task_may_stand_still_is_no_stuck_one(person):
    start("pause_node")
    start("sleep_timer")
    start("pause_node", "start > par ; par > a > join ; par > b > join ; join > end")
    start("pause_node", "start > sub > end")
    drive(person)

    assert work(SYSTEM).stuck == []


def test_a_task_without_a_place_and_a_place_without_a_time_are_stuck(person):
    lost, owed = start(), start()
    db.session.execute(delete(TokenRow).where(TokenRow.root_id == _root(lost)))
    db.session.execute(update(TokenRow).where(TokenRow.root_id == _root(owed)).values(claim_at=None))
    db.session.commit()

    assert {p.task_id for p in work(SYSTEM).stuck} == {lost, owed}
    page = person.get("/system/")
    assert "for nothing: it has no place left" in page
    assert f'href="/projects/1/tasks/{lost}/"' in page


def _root(task_id: int) -> int:
    from app.models.tasks import Task

    return db.session.scalar(select(Task.run_id).where(Task.id == task_id))


def test_the_page_says_that_nothing_is_stuck_and_that_all_parts_work(person):
    page = person.get("/system/")

    assert "Nothing is stuck" in page
    assert page.count(">works<") == 4


def test_the_pages_of_the_system_are_for_administrators(person):
    accounts.create_user("max", "opensesame")
    set_member(SYSTEM, find_project(SYSTEM, 2), "max", "manager")
    person.send("/logout", person.get("/projects/1/"))
    page = person.log_in("max").text

    for path in ("/system/", "/system/users"):
        assert person.http.get(path).status_code == 403
    assert person.send("/system/users", page, username="eve").status_code == 403
    assert person.send("/system/users/admin", page, action="lock").status_code == 403
    with pytest.raises(NotAllowed):
        work(Actor("admin", is_admin=True, app_code="an app"))


def order(person, username: str, **form: str):
    """Send one of the forms of the list of users."""
    token = re.search(r'name="csrf" value="([^"]+)"', person.get("/system/users")).group(1)
    headers = {"Referer": "http://localhost/system/users"}
    return person.http.post(
        f"/system/users/{username}", data={"csrf": token, **form}, headers=headers, follow_redirects=True
    )


def shown(page: str) -> list[str]:
    found = re.search(r'id="told-once".*?</dl>', page, re.S)
    return re.findall(r"<code>(.*?)</code>", found.group(0)) if found else []


def test_a_user_is_made_with_a_password_that_is_shown_once_and_lets_them_in(person):
    name, password = shown(person.send("/system/users", person.get("/system/users"), username="ada").text)
    assert password not in person.get("/system/users")

    person.send("/logout", person.get("/projects/1/"))
    assert "Log out ada" in person.log_in(name, password).text


def test_a_name_that_is_taken_or_none_is_refused(person):
    page = person.get("/system/users")

    assert "exists already" in person.send("/system/users", page, username="admin").text
    assert "1 to 64 letters" in person.send("/system/users", page, username="a b").text


def test_locking_ends_the_sessions_of_a_user_until_they_are_let_in_again(person):
    accounts.create_user("ada", "opensesame")
    ada = person.http.application.test_client()

    def who(password: str = "") -> str:
        """Return who sits at the other browser, after logging in with a password where one is given."""
        # Flask-Login keeps who asked last in `g`, which lives as long as the test's application context.
        g.pop("_login_user", None)
        if password:
            token = re.search(r'name="csrf" value="([^"]+)"', ada.get("/login").text).group(1)
            ada.post("/login", data={"csrf": token, "username": "ada", "password": password})
        page = ada.get("/", follow_redirects=True).text
        g.pop("_login_user", None)
        return "ada" if "Log out ada" in page else ""

    assert who("opensesame") == "ada"
    order(person, "ada", action="lock")
    assert who() == ""
    assert who("opensesame") == ""

    order(person, "ada", action="unlock")
    assert who("opensesame") == "ada"


def test_nobody_locks_themselves_out(person):
    page = order(person, "admin", action="lock").text

    assert "you cannot lock yourself out" in page
    with pytest.raises(Refused):
        lock_user(Actor("admin", is_admin=True), "admin")


def test_a_new_password_takes_the_place_of_the_old_one(person):
    accounts.create_user("ada", "opensesame")
    _, password = shown(person.send("/system/users/ada", person.get("/system/users"), action="password").text)

    with pytest.raises(NotAllowed):
        accounts.actor_of_password("ada", "opensesame")
    assert accounts.actor_of_password("ada", password)[0].username == "ada"


def test_a_mail_address_belongs_to_one_user(person):
    accounts.create_user("ada", "opensesame")
    order(person, "ada", action="email", email="Ada@Example.org")

    assert 'value="ada@example.org"' in person.get("/system/users")
    assert "ada has this mail address" in order(person, "admin", action="email", email="ada@example.org").text
    assert "is not a mail address" in order(person, "admin", action="email", email="ada").text


def test_users_are_found_by_a_part_of_their_names(person):
    for name in ("ada", "adam", "eve"):
        accounts.create_user(name, "opensesame")
    page = person.get("/system/users?q=AD")

    assert [n for n in ("ada", "adam", "eve") if f"/system/users/{n}" in page] == ["ada", "adam"]
    assert "Nobody is called like" in person.get("/system/users?q=nobody%25")


def test_every_plugin_is_documented_with_all_that_it_takes_and_gives_for_everybody(person):
    accounts.create_user("vera", "opensesame")
    set_member(SYSTEM, find_project(SYSTEM, 2), "vera", "viewer")
    person.send("/logout", person.get("/projects/1/"))
    person.log_in("vera")
    page = person.get("/system/plugins")

    for plugin in PLUGINS:
        assert f'id="{plugin.code}-{plugin.version}"' in page
        for field in (*plugin.inputs, *plugin.outputs):
            assert f"<code>{field.key}</code>" in page
    assert "The wait is a row in the database" in page


# The queue, as Redis knows it.


@pytest.fixture
def valkey():
    with valkey_server() as server:
        yield server.client


def test_the_queue_tells_of_its_workers_its_jobs_and_why_some_failed(valkey):
    dispatcher = RqDispatcher(valkey)
    dispatcher.nudge(1)
    assert (dispatcher.report().waiting, dispatcher.report().workers) == (1, [])

    worker = SimpleWorker([QUEUE], connection=valkey)
    dispatcher._open(QUEUE).enqueue_call("no.such.module", args=())
    worker.work(burst=True)
    worker.register_birth()
    report = dispatcher.report()

    assert [w.name for w in report.workers] == [worker.name]
    assert report.workers[0].seen_at is not None
    assert report.failed_count >= 1
    assert any("no.such.module" in job.name for job in report.failed)
    assert all(job.reason for job in report.failed)


def test_a_queue_that_cannot_be_asked_is_told_as_such():
    report = RqDispatcher(Redis(unix_socket_path="/tmp/there-is-no-such-socket")).report()

    assert report.unreachable == "ConnectionError"
    assert report.workers == ()
