"""Lists of flows: favourites first, labels, what became of the last tasks, and where a flow is used."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.models.templates import TemplateVersion
from app.services import accounts
from app.services.access import SYSTEM, Actor
from app.services.drafts import Sketch, begin_draft
from app.services.favourites import add_favourite, remove_favourite
from app.services.flow_lists import LAST, FlowFilter, facts_of, labels_in_use, page_of_flows
from app.services.members import set_member
from app.services.paging import FIRST, Place
from app.services.tasks import Wish, create_task, start_task
from app.services.template_details import Details, change_details
from app.services.template_uses import uses_of
from app.services.templates import create_template, find_template, update_template
from tests.drawing import flow
from tests.engine.workshop import Workshop


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop()


@pytest.fixture
def project(workshop):
    accounts.create_user("admin", "opensesame", is_admin=True)
    return workshop.project


def save(project, name, tree=None, **details) -> int:
    made = create_template(SYSTEM, project, name, tree or flow("start > a > end"))
    if details:
        change_details(SYSTEM, project, made.id, Details(**details))
    return made.id


def parent_of(child_id: int, **held):
    tree = flow("start > sub > end", nodes={"sub": {"template_id": str(child_id), **held}})
    tree["activities"]["sub"].pop("pipeline")
    return tree


def names(project, actor=SYSTEM, **wanted) -> list[str]:
    return [row.name for row in page_of_flows(actor, project, FlowFilter(**wanted), FIRST).rows]


class TestFilters:
    def test_by_labels_category_owner_name_and_number(self, project):
        one = save(project, "Deploy web", labels=["web", "prod"], category="OpsTools")
        save(project, "Deploy db", labels=["prod"])

        assert names(project, labels=["prod"]) == ["Deploy db", "Deploy web"]
        assert names(project, labels=["prod", "web"]) == ["Deploy web"]
        assert names(project, category="OpsTools") == ["Deploy web"]
        assert names(project, search="DB") == ["Deploy db"]
        assert names(project, search=str(one)) == ["Deploy web"]
        assert names(project, owner="system") == ["Deploy db", "Deploy web"]
        assert names(project, owner="nobody") == []

    def test_labels_are_counted_for_the_projects_own_flows(self, project):
        save(project, "one", labels=["web", "prod"])
        save(project, "two", labels=["web"])
        save(accounts.create_project("Other", 3, "UTC"), "theirs", labels=["web"])

        assert labels_in_use(SYSTEM, project, is_common=False) == [("prod", 1), ("web", 2)]

    def test_by_what_has_a_draft(self, project):
        save(project, "published")
        begin_draft(SYSTEM, project, Sketch({}), Details(name="sketch"))

        assert names(project) == ["sketch", "published"]
        assert names(project, kind="draft") == ["sketch"]
        assert names(project, kind="published") == ["published"]

    def test_common_flows_are_a_list_of_their_own(self, project):
        save(project, "own")
        create_template(SYSTEM, None, "common", flow("start > a > end"))

        assert (names(project), names(project, is_common=True)) == (["own"], ["common"])


class TestFavourites:
    def test_they_come_first_for_whom_they_are(self, project):
        for name in ("ann", "bob"):
            accounts.create_user(name, "opensesame")
            set_member(SYSTEM, project, name, "viewer")
        old = save(project, "old")
        save(project, "new")

        add_favourite(Actor("ann"), project, old)
        add_favourite(Actor("ann"), project, old)

        assert names(project, Actor("ann")) == ["old", "new"]
        assert names(project, Actor("bob")) == ["new", "old"]
        assert names(project, Actor("ann"), is_favourite=True) == ["old"]
        remove_favourite(Actor("ann"), project, old)
        assert names(project, Actor("ann")) == ["new", "old"]

    def test_pages_go_on_behind_the_favourites(self, project):
        admin = Actor("admin", is_admin=True)
        ids = [save(project, f"flow {n}") for n in range(5)]
        add_favourite(admin, project, ids[0])

        first = page_of_flows(admin, project, FlowFilter(), FIRST, 2)
        second = page_of_flows(admin, project, FlowFilter(), Place(first.older), 2)

        shown = [row.name for row in (*first.rows, *second.rows)]
        assert shown == ["flow 0", "flow 4", "flow 3", "flow 2"]


class TestLastTasks:
    def test_tasks_of_a_common_flow_are_those_of_the_project(self, project):
        common = create_template(SYSTEM, None, "common", flow("start > a > end")).id
        other = accounts.create_project("Other", 3, "UTC")
        for where in (project, other):
            create_task(SYSTEM, where, common, Wish("run", template_source="common"))

        assert len(facts_of(SYSTEM, project, [common]).last[common]) == 1

    def test_the_last_ten_of_each_flow_come_with_their_states_the_latest_first(self, workshop, project):
        asks = save(project, "asks", flow("start > a > end", plugin="pause_node"))
        busy, quiet = save(project, "busy"), save(project, "quiet")
        ids = [create_task(SYSTEM, project, asks, Wish(f"task {n}")).task_id for n in range(LAST + 2)]
        create_task(SYSTEM, project, busy, Wish("one"))
        start_task(SYSTEM, project, ids[-1])
        workshop.drive()

        last = facts_of(SYSTEM, project, [asks, busy, quiet]).last

        assert [task.id for task in last[asks]] == ids[: -LAST - 1 : -1]
        assert [task.state for task in last[asks][:2]] == ["waiting_person", "not_started"]
        assert [task.name for task in last[busy]] == ["one"]
        assert quiet not in last


class TestUses:
    def test_flows_hold_a_version_or_always_the_latest(self, project):
        child = save(project, "child")
        digest = db.session.query(TemplateVersion.digest).filter_by(template_id=child).scalar()
        save(project, "keeps", parent_of(child, version=digest))
        save(project, "follows", parent_of(child, always_use_latest=True))
        update_template(SYSTEM, project, child, flow("start > a > b > end"))

        uses = uses_of(SYSTEM, project, find_template(project, child))

        assert uses.current == 2
        assert [(used.name, used.version) for used in uses.flows] == [("follows", None), ("keeps", 1)]

    def test_a_number_that_only_begins_alike_is_no_use(self, project):
        ids = [save(project, f"flow {n}") for n in range(12)]
        save(project, "parent", parent_of(ids[-1]))

        assert uses_of(SYSTEM, project, find_template(project, ids[0])).flows == []
        assert len(uses_of(SYSTEM, project, find_template(project, ids[-1])).flows) == 1

    def test_an_older_version_of_a_parent_is_no_use(self, project):
        child = save(project, "child")
        parent = save(project, "parent", parent_of(child))
        update_template(SYSTEM, project, parent, flow("start > a > end"))

        assert uses_of(SYSTEM, project, find_template(project, child)).flows == []

    def test_other_projects_flows_are_not_told_of(self, project):
        common = create_template(SYSTEM, None, "common", flow("start > a > end")).id
        other = accounts.create_project("Other", 3, "UTC")
        for where in (project, other):
            save(where, f"parent in {where.name}", parent_of(common, template_source="common"))

        uses = uses_of(SYSTEM, project, find_template(None, common))

        assert [used.name for used in uses.flows] == ["parent in Test"]
