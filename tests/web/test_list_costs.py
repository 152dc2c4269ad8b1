"""What the pages with lists ask of the database: as much for fifty rows as for five."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from app.extensions import db
from app.models.accounts import User
from app.models.schedules import Fire, Schedule
from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project
from app.services.apps import create_project_app
from app.services.credentials import CredentialEntry, create_credential
from app.services.favourites import add_favourite
from app.services.first_start import first_start
from app.services.grants import grant
from app.services.hosts import HostEntry, create_host
from app.services.members import set_member
from app.services.saved_filters import save_filter
from app.services.schedules import Plan, create_schedule
from app.services.tasks import Wish, create_task, start_task
from app.services.template_details import Details, change_details
from app.services.templates import create_template
from tests.drawing import flow
from tests.web.test_pages import Person


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent to the database."""
    sent: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


class Site:
    """A project in which things can be made, and a person who looks at its pages."""

    def __init__(self, app) -> None:
        self.person = Person(app)
        self.person.log_in()
        self.project = find_project(SYSTEM, 2)
        self.made = 0
        tree = flow("start > a > end", plugin="pause_node", inputs={"a": {"description": "Shall it?"}})
        self.waiting = create_template(SYSTEM, self.project, "asks", tree)
        self.failing = create_template(SYSTEM, self.project, "fails", flow("start > a > end", plugin="bk_http_request"))

    def number(self) -> int:
        self.made += 1
        return self.made

    def flows(self) -> None:
        number = self.number()
        made = create_template(SYSTEM, self.project, f"flow {number}", flow("start > a > end"))
        change_details(SYSTEM, self.project, made.id, Details(labels=[f"label {number % 7}", "all"]))
        add_favourite(self.admin, self.project, made.id)
        for name in ("one", "two"):
            create_task(SYSTEM, self.project, made.id, Wish(name))
        started = create_task(SYSTEM, self.project, made.id, Wish("three")).task_id
        start_task(SYSTEM, self.project, started)

    @property
    def admin(self):
        return Actor("admin", is_admin=True)

    def common_flows(self) -> None:
        create_template(SYSTEM, None, f"common {self.number()}", flow("start > a > end"))

    def tasks(self) -> None:
        number = self.number()
        template = self.waiting if number % 2 else self.failing
        made = create_task(SYSTEM, self.project, template.id, Wish(f"task {number}"))
        start_task(SYSTEM, self.project, made.task_id)

    def orders(self) -> None:
        wish = Wish(f"order {self.number()}", flow_type="common_func")
        create_task(SYSTEM, self.project, self.waiting.id, wish)
        self.tasks()

    def hosts(self) -> None:
        number = self.number()
        credential = create_credential(SYSTEM, self.project, CredentialEntry(f"key {number}", "root", "secret"))
        create_host(SYSTEM, self.project, HostEntry(f"10.0.0.{number}", credential_id=credential))

    def schedules(self) -> None:
        plan = Plan("cron", f"*/{self.number() % 50 + 1} * * * *")
        create_schedule(SYSTEM, self.project, self.waiting.id, f"schedule {self.made}", plan, is_enabled=True)

    def fire(self) -> None:
        """Let the last schedule have fired, with a task that waits for a person."""
        schedule = db.session.scalars(select(Schedule).order_by(Schedule.id.desc())).first()
        made = create_task(SYSTEM, self.project, self.waiting.id, Wish("fired"))
        start_task(SYSTEM, self.project, made.task_id)
        fired = datetime(2026, 5, 1, tzinfo=UTC)
        db.session.add(Fire(schedule_id=schedule.id, fire_at=fired, at=fired, state="started", task_id=made.task_id))
        db.session.commit()

    def uses(self) -> None:
        named = {"sub": {"template_id": str(self.waiting.id), "always_use_latest": True}}
        tree = flow("start > sub > end", nodes=named)
        tree["activities"]["sub"].pop("pipeline")
        create_template(SYSTEM, self.project, f"parent {self.number()}", tree)
        self.schedules()

    def members(self) -> None:
        name = f"person{self.number()}"
        # Not by the service, which takes its time to make a password's hash.
        db.session.add(User(username=name, session_key="0", created_at=datetime(2026, 5, 1, tzinfo=UTC)))
        db.session.commit()
        set_member(SYSTEM, self.project, name, "operator")
        grant(SYSTEM, self.project, name, "execute_task", "template", self.waiting.id)

    def apps(self) -> None:
        create_project_app(self.admin, self.project, f"app{self.number()}", is_trusted=False)

    def projects(self) -> None:
        accounts.create_project(f"project {self.number()}", 100 + self.made, "UTC")

    def filters(self) -> None:
        number = self.number()
        if number <= 15:
            save_filter(self.admin, self.project, "tasks", f"filter {number}", f"q={number}")


@pytest.fixture
def site(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with app.app_context():
        # Fifty rows are fifty commits; nothing here is to survive a power cut.
        event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        db.engine.dispose()
        first_start(app.config["SLUICE"])
        yield Site(app)


PAGES: list[tuple[str, Callable[[Site], None], str]] = [
    ("tasks/", Site.tasks, r'name="task" value="\d+"'),
    ("tasks/?state=failed&state=waiting_person", Site.tasks, r'name="task" value="\d+"'),
    ("tasks/", Site.filters, "<li"),
    ("flows/", Site.flows, r'id="star-\d+"'),
    ("flows/?label=all", Site.flows, r'id="star-\d+"'),
    ("flows/common/", Site.common_flows, r'id="star-\d+"'),
    ("approvals/", Site.orders, r"approvals/(orders|nodes)/\d+"),
    ("hosts/", Site.hosts, r'hosts/\d+/"'),
    ("hosts/credentials/", Site.hosts, r'credentials/\d+/"'),
    ("audit/", Site.hosts, "<tr>"),
    ("schedules/", Site.schedules, "<tr>"),
    ("tasks/", Site.projects, "<option|<a "),
    ("", Site.tasks, ""),
    ("insights/", Site.flows, ""),
    ("tasks/new", Site.flows, r"template=\d+"),
    ("settings/members", Site.members, r"person\d+"),
    ("settings/apps", Site.apps, r"app\d+"),
    ("settings/apps", Site.members, r"person\d+"),
    ("settings/labels", Site.flows, ""),
    ("settings/notifications", Site.flows, r"flow-\d+"),
    ("/system/users", Site.members, r"person\d+"),
    ("/system/", Site.tasks, ""),
]


@pytest.mark.parametrize(("path", "make", "row"), PAGES, ids=lambda value: getattr(value, "__name__", value))
def test_a_list_asks_no_more_for_many_rows_than_for_few(site, path, make, row):
    address = path if path.startswith("/") else f"/projects/1/{path}"

    def cost(rows: int) -> tuple[int, int]:
        while site.made < rows:
            make(site)
        site.person.drive()
        site.person.get(address)  # what is kept between pages is kept now
        db.session.rollback()
        with counted() as sent:
            shown = site.person.get(address)
        return len(sent), len(re.findall(row, shown))

    few, few_rows = cost(5)
    many, many_rows = cost(50)

    assert not row or many_rows >= few_rows + 10, "the page shows its rows"
    assert many <= few
    assert few <= 30


def test_where_a_flow_is_used_is_asked_for_at_once(site):
    def cost(rows: int) -> int:
        while site.made < rows:
            site.uses()
        db.session.rollback()
        with counted() as sent:
            page = site.person.get(f"/projects/1/flows/{site.waiting.id}/uses")
        assert page.count("parent ") >= rows // 2
        return len(sent)

    assert cost(50) <= cost(5)


def test_schedules_with_running_tasks_are_asked_for_at_once(site):
    def cost(rows: int) -> int:
        while site.made < rows:
            site.schedules()
            site.fire()
        site.person.drive()
        with counted() as sent:
            page = site.person.get("/projects/1/schedules/")
        assert page.count("waits for a person") >= rows
        return len(sent)

    assert cost(50) <= cost(5)
