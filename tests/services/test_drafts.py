"""Drafts and versions: nothing of anybody's is lost, whoever saves or publishes at the same time."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.extensions import db
from app.models.accounts import User
from app.models.projects import Project
from app.models.runs import JournalRow
from app.models.templates import Template, TemplateDraft, TemplateVersion
from app.services import accounts, drafts, exchange, flow_choice, previews, publishing, schedules, schemes, versions
from app.services.access import SYSTEM, Actor, find_project
from app.services.drafts import Sketch
from app.services.editing import new_tree, open_flow
from app.services.flow_lists import FlowFilter, page_of_flows
from app.services.members import set_member
from app.services.paging import FIRST
from app.services.publishing import Publication
from app.services.schedules import Plan
from app.services.tasks import Wish, create_task
from app.services.template_details import Details, change_details
from app.services.template_lists import template_rows
from app.services.templates import create_template, template_problems
from tests.drawing import flow

ANN, BEN = Actor("ann"), Actor("ben")
ONE, TWO, THREE = (flow(f"start > {name} > end") for name in "abc")


BOTH = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
"""Marks the tests for which it matters what the database is."""


@pytest.fixture
def database_url(request):
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")


@pytest.fixture
def project(app):
    made = accounts.create_project("One", 2, "UTC")
    accounts.create_project("Two", 3, "UTC")
    for name, role in (("ann", "editor"), ("ben", "editor"), ("vera", "viewer")):
        # Nobody logs in here, and hashing a password takes longer than the tests.
        db.session.add(User(username=name, password_hash="none", session_key=name, created_at=datetime.now(UTC)))
        db.session.commit()
        set_member(SYSTEM, made, name, role)
    return find_project(SYSTEM, made.id, "project")


@pytest.fixture
def template(project) -> int:
    return create_template(SYSTEM, project, "a flow", ONE).id


def at_once(app, *orders: Callable[[Project], Any]) -> list[Any]:
    """Give orders in threads of their own, each with its own sight of the project; returns results and errors."""
    barrier, results = threading.Barrier(len(orders)), [None] * len(orders)

    def run(i: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[i] = orders[i](find_project(SYSTEM, 2))
            except Exception as error:
                results[i] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(orders))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return results


def listed(project: Project) -> list[Any]:
    """Return the flows that our own pages list."""
    return list(page_of_flows(ANN, project, FlowFilter(), FIRST).rows)


def count(model: Any) -> int:
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def actions() -> list[tuple[str, str]]:
    wanted = select(JournalRow.actor, JournalRow.action).where(JournalRow.kind == "template").order_by(JournalRow.id)
    return [tuple(row) for row in db.session.execute(wanted)]


class TestDraft:
    @BOTH
    def test_each_save_of_a_draft_has_the_next_revision(self, project, template):
        first = drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)
        second = drafts.save_draft(ANN, project, template, Sketch(THREE, 1), first.revision)

        assert (first.revision, second.revision) == (1, 2)
        found = drafts.read_draft(ANN, project, template)
        assert (found.tree, found.by, found.base_version, found.revision) == (THREE, "ann", 1, 2)
        assert open_flow(ANN, project, template).tree == ONE, "what runs is what was published"

    def test_a_draft_may_be_anything(self, project, template):
        for tree in ({}, {"activities": None}, {"activities": {"a": 5}, "constants": [1]}, new_tree()):
            drafts.overwrite_draft(ANN, project, template, Sketch(tree))
            assert drafts.read_draft(ANN, project, template).tree == tree

    def test_a_draft_that_somebody_else_has_saved_is_not_overwritten(self, project, template):
        drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)
        with pytest.raises(Refused, match="ann has saved") as told:
            drafts.save_draft(BEN, project, template, Sketch(THREE, 1), None)

        theirs = told.value.data["theirs"]
        assert (theirs.revision, theirs.tree, theirs.by) == (1, TWO, "ann")
        assert drafts.read_draft(ANN, project, template).tree == TWO

    def test_a_save_that_comes_twice_is_no_conflict(self, project, template):
        first = drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)

        assert drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None) == first
        with pytest.raises(Refused):
            drafts.save_draft(BEN, project, template, Sketch(TWO, 1), None)

    def test_nor_is_one_that_brings_a_password(self, project, template):
        def typed(password: str) -> Sketch:
            constants = {"${pw}": {"custom_type": "password", "value": password}}
            return Sketch(flow("start > a > end", constants=constants), 1)

        first = drafts.save_draft(ANN, project, template, typed("hunter22"), None)

        assert drafts.save_draft(ANN, project, template, typed("hunter22"), None) == first
        with pytest.raises(Refused):
            drafts.save_draft(ANN, project, template, typed("hunter23"), None)

    def test_a_draft_can_be_overwritten_on_purpose(self, project, template):
        drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)

        assert drafts.overwrite_draft(BEN, project, template, Sketch(THREE, 1)).revision == 2
        assert drafts.read_draft(ANN, project, template).tree == THREE

    def test_a_revision_of_a_draft_that_is_gone_counts_for_no_later_one(self, project, template):
        old = drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)
        drafts.discard_draft(ANN, project, template, old.revision)
        with pytest.raises(Refused, match="published or discarded") as told:
            drafts.save_draft(ANN, project, template, Sketch(THREE, 1), old.revision)
        theirs = told.value.data["theirs"]
        assert (theirs.revision, theirs.tree, theirs.base_version) == (None, ONE, 1)
        drafts.save_draft(BEN, project, template, Sketch(TWO, 1), None)

        with pytest.raises(Refused, match="ben has saved"):
            drafts.save_draft(ANN, project, template, Sketch(THREE, 1), old.revision)

    def test_passwords_in_a_draft_are_sealed(self, project, template):
        tree = flow("start > a > end", constants={"${pw}": {"custom_type": "password", "value": "hunter22"}})
        drafts.save_draft(ANN, project, template, Sketch(tree, 1), None)

        (stored,) = db.session.scalars(select(TemplateDraft.tree))
        assert "hunter22" not in str(stored)
        assert stored["constants"]["${pw}"]["value"].startswith("sealed:")

    def test_a_draft_has_a_limit(self, project, template, monkeypatch):
        monkeypatch.setattr(drafts, "MOST_CHARACTERS", 1000)
        with pytest.raises(InvalidInput, match="at most 1000"):
            drafts.save_draft(ANN, project, template, Sketch({"x": "y" * 1000}, 1), None)

        assert drafts.read_draft(ANN, project, template) is None

    @BOTH
    def test_of_two_who_begin_a_draft_at_once_one_is_told(self, app, project, template):
        orders = [
            lambda own, who=who, tree=tree: drafts.save_draft(who, own, template, Sketch(tree, 1), None)
            for who, tree in ((ANN, TWO), (BEN, THREE))
        ]
        results = at_once(app, *orders)

        refused = [r for r in results if isinstance(r, Refused)]
        assert len(refused) == 1, results
        kept = drafts.read_draft(ANN, project, template)
        assert refused[0].data["theirs"].by == kept.by
        assert kept.revision == 1

    @BOTH
    def test_many_saves_at_once_lose_none(self, app, project, template):
        orders = [
            lambda own, tree=tree: drafts.overwrite_draft(ANN, own, template, Sketch(tree, 1))
            for tree in (ONE, TWO, THREE) * 3
        ]
        results = at_once(app, *orders)

        assert sorted(draft.revision for draft in results) == list(range(1, 10))

    def test_the_journal_tells_who_began_and_who_took_over(self, project, template):
        drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)
        drafts.save_draft(ANN, project, template, Sketch(THREE, 1), 1)
        drafts.save_draft(BEN, project, template, Sketch(TWO, 1), 2)
        drafts.overwrite_draft(ANN, project, template, Sketch(TWO, 1))
        drafts.discard_draft(ANN, project, template, 4)

        assert actions()[1:] == [
            ("ann", "draft"), ("ben", "draft"), ("ann", "overwrite_draft"), ("ann", "discard_draft"),
        ]  # fmt: skip

    def test_who_may_only_look_can_save_nothing(self, project, template):
        vera = Actor("vera")
        for order in (
            lambda: drafts.save_draft(vera, project, template, Sketch(TWO, 1), None),
            lambda: drafts.overwrite_draft(vera, project, template, Sketch(TWO, 1)),
            lambda: drafts.discard_draft(vera, project, template, 1),
            lambda: drafts.begin_draft(vera, project, Sketch(TWO), Details(name="x")),
            lambda: publishing.publish(vera, project, template, Publication(TWO, base_version=1)),
            lambda: publishing.publish_over(vera, project, template, Publication(TWO)),
            lambda: publishing.publish_new(vera, project, Publication(TWO, details=Details(name="x"))),
            lambda: publishing.restore_version(vera, project, template, 1, message="", base_version=1),
            lambda: change_details(vera, project, template, Details(name="x")),
        ):
            with pytest.raises(NotAllowed):
                order()
        assert drafts.read_draft(vera, project, template) is None

    def test_flows_of_other_projects_have_no_drafts_here(self, project, template):
        other = find_project(SYSTEM, 3)
        for order in (
            lambda: drafts.read_draft(SYSTEM, other, template),
            lambda: drafts.save_draft(SYSTEM, other, template, Sketch(TWO, 1), None),
            lambda: drafts.overwrite_draft(SYSTEM, other, template, Sketch(TWO, 1)),
            lambda: drafts.discard_draft(SYSTEM, other, template, 1),
            lambda: publishing.publish_over(SYSTEM, other, template, Publication(TWO)),
            lambda: publishing.restore_version(SYSTEM, other, template, 1, message="", base_version=1),
            lambda: versions.list_versions(SYSTEM, other, template),
            lambda: versions.count_changes(SYSTEM, other, template),
            lambda: versions.read_version(SYSTEM, other, template, 1),
            lambda: versions.compare_versions(SYSTEM, other, template, 1, 1),
            lambda: change_details(SYSTEM, other, template, Details(name="x")),
        ):
            with pytest.raises(NotFound):
                order()
        assert count(TemplateDraft) == 0
        assert count(TemplateVersion) == 1


class TestNeverPublished:
    @pytest.fixture
    def sketched(self, project) -> int:
        return drafts.begin_draft(ANN, project, Sketch(new_tree()), Details(name="Not yet", labels=["new"]))[0]

    def test_it_is_on_our_own_pages_only(self, project, sketched):
        assert [(row.id, row.version) for row in listed(project)] == [(sketched, None)]
        assert template_rows(ANN, project) == []
        assert flow_choice.find_choices(ANN, project, "project") == ([], None)
        opened = open_flow(ANN, project, sketched)
        assert (opened.template.version, opened.template.labels, opened.draft.revision) == (None, ["new"], 1)

    def test_it_can_be_neither_run_nor_scheduled_nor_contained_nor_brought_out(self, project, sketched):
        for order in (
            lambda: create_task(ANN, project, sketched, Wish("t")),
            lambda: schedules.create_schedule(ANN, project, sketched, "s", Plan("cron", "0 3 * * *")),
            lambda: exchange.export_yaml(ANN, project, [sketched]),
            lambda: exchange.export_dat(ANN, project, [sketched]),
            lambda: previews.preview(ANN, project, sketched, "business", []),
            lambda: schemes.list_schemes(ANN, project, sketched),
            lambda: schemes.create_scheme(ANN, project, sketched, "s", []),
            lambda: flow_choice.open_choice(ANN, project, sketched, "project"),
            lambda: exchange.copy_templates(SYSTEM, project, find_project(SYSTEM, 3), [sketched], most=10),
        ):
            with pytest.raises(NotFound):
                order()
        tree = flow("start > sub > end")
        del tree["activities"]["sub"]["pipeline"]
        tree["activities"]["sub"]["template_id"] = str(sketched)
        assert [p.rule for p in template_problems(project, tree)] == ["unknown_template"]

    def test_an_import_does_not_take_its_place(self, project, sketched):
        text = "name: Not yet\ntree:\n  " + str(ONE)
        (made,) = exchange.import_yaml(ANN, project, text, override=True)

        assert made.id != sketched
        assert made.is_new

    @BOTH
    def test_publishing_makes_its_first_version(self, project, sketched):
        with pytest.raises(InvalidInput):
            publishing.publish(ANN, project, sketched, Publication(new_tree()))
        assert drafts.read_draft(ANN, project, sketched) is not None
        made = publishing.publish(ANN, project, sketched, Publication(ONE, "first"))

        assert (made.version, made.is_new) == (1, True)
        assert drafts.read_draft(ANN, project, sketched) is None
        assert [row.name for row in template_rows(ANN, project)] == ["Not yet"]
        assert create_task(ANN, project, sketched, Wish("t")).task_id

    def test_it_goes_with_its_draft(self, project, sketched):
        drafts.discard_draft(ANN, project, sketched, 1)

        assert listed(project) == []
        with pytest.raises(NotFound):
            open_flow(ANN, project, sketched)

    def test_it_is_called_as_its_draft_is(self, project, sketched):
        drafts.save_draft(ANN, project, sketched, Sketch(ONE, None, "Soon"), 1)

        assert open_flow(ANN, project, sketched).template.name == "Soon"


class TestPublish:
    def test_a_version_tells_who_made_it_and_why(self, project, template):
        made = publishing.publish(ANN, project, template, Publication(TWO, "  b, not a ", 1))

        found = versions.list_versions(ANN, project, template)
        assert (made.version, made.is_new) == (2, True)
        assert [(v.number, v.by, v.message, v.is_current) for v in found] == [
            (2, "ann", "b, not a", True), (1, "system", "", False),
        ]  # fmt: skip
        assert open_flow(ANN, project, template).tree == TWO

    def test_an_invalid_flow_is_not_published_and_its_draft_stays(self, project, template):
        drafts.save_draft(ANN, project, template, Sketch(new_tree(), 1), None)
        details = Details(name="x" * 51, labels=["y" * 33])
        with pytest.raises(InvalidInput) as told:
            publishing.publish(ANN, project, template, Publication(new_tree(), "m" * 201, 1, details=details))

        assert {p.rule for p in told.value.problems} == {"name", "labels", "message", "component"}
        assert drafts.read_draft(ANN, project, template).revision == 1
        assert open_flow(ANN, project, template).template.name == "a flow"

    @BOTH
    def test_a_newer_version_is_told_and_kept(self, project, template):
        publishing.publish(BEN, project, template, Publication(TWO, "mine", 1))
        with pytest.raises(Refused, match="ben has published version 2") as told:
            publishing.publish(ANN, project, template, Publication(THREE, "late", 1))

        theirs = told.value.data["theirs"]
        assert (theirs.version, theirs.tree, theirs.by, theirs.message) == (2, TWO, "ben", "mine")
        assert open_flow(ANN, project, template).tree == TWO
        assert publishing.publish_over(ANN, project, template, Publication(THREE)).version == 3

    def test_a_tree_that_has_not_changed_makes_no_version(self, project, template):
        drafts.save_draft(ANN, project, template, Sketch(ONE, 1), None)
        made = publishing.publish(ANN, project, template, Publication(copy.deepcopy(ONE), base_version=1))

        assert (made.version, made.is_new) == (1, False)
        assert count(TemplateVersion) == 1
        assert drafts.read_draft(ANN, project, template) is None

    def test_a_password_that_has_not_changed_makes_no_version(self, project):
        tree = flow("start > a > end", constants={"${pw}": {"custom_type": "password", "value": "hunter22"}})
        id_ = create_template(ANN, project, "with a password", tree).id

        opened = open_flow(ANN, project, id_)
        assert not publishing.publish(ANN, project, id_, Publication(opened.tree, base_version=1)).is_new

    def test_an_input_that_was_wrong_in_the_version_before_stands_in_no_way_and_a_new_one_does(self, project):
        # As another system saves a flow that gets its hosts and its script later.
        waiting = flow("start > a > end", plugin="job_fast_execute_script")
        id_ = create_template(SYSTEM, project, "made elsewhere", waiting).id

        assert not publishing.publish(ANN, project, id_, Publication(waiting, "only said", 1)).is_new
        wrong = flow("start > a > b > end", plugin="job_fast_execute_script")
        with pytest.raises(InvalidInput) as told:
            publishing.publish(ANN, project, id_, Publication(wrong, base_version=1))
        assert {problem.where for problem in told.value.problems} == {"b"}

    @BOTH
    def test_details_change_with_the_version(self, project, template):
        details = Details("Renamed", "Ops", "why", [" b ", "a", "a"])
        publishing.publish(ANN, project, template, Publication(TWO, base_version=1, details=details))

        head = open_flow(ANN, project, template).template
        assert (head.name, head.category, head.description, head.labels) == ("Renamed", "Ops", "why", ["a", "b"])

    def test_a_draft_that_was_not_seen_is_told_or_stays(self, project, template):
        drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)
        drafts.save_draft(BEN, project, template, Sketch(THREE, 1), 1)
        with pytest.raises(Refused, match="ben has saved") as told:
            publishing.publish(ANN, project, template, Publication(TWO, "", 1, draft_revision=1))
        assert told.value.data["theirs"].tree == THREE

        publishing.publish(ANN, project, template, Publication(TWO, "", 1))
        assert drafts.read_draft(ANN, project, template).tree == THREE
        publishing.publish(ANN, project, template, Publication(THREE, "", 2, draft_revision=2))
        assert drafts.read_draft(ANN, project, template) is None

    @BOTH
    def test_of_two_who_publish_at_once_one_is_told(self, app, project, template):
        orders = [
            lambda own, who=who, tree=tree: publishing.publish(who, own, template, Publication(tree, base_version=1))
            for who, tree in ((ANN, TWO), (BEN, THREE))
        ]
        results = at_once(app, *orders)

        refused = [r for r in results if isinstance(r, Refused)]
        (made,) = [r for r in results if not isinstance(r, Exception)]
        assert len(refused) == 1, results
        assert (made.version, refused[0].data["theirs"].version) == (2, 2)
        assert [v.number for v in versions.list_versions(ANN, project, template)] == [2, 1]

    @BOTH
    def test_two_flows_published_at_once_do_not_come_to_contain_each_other(self, app, project, template):
        other = create_template(SYSTEM, project, "another", ONE).id
        orders = [
            lambda own, id_=id_, child=child: publishing.publish(
                ANN, own, id_, Publication(running(child), base_version=1)
            )
            for id_, child in ((template, other), (other, template))
        ]
        results = at_once(app, *orders)

        refused = [r for r in results if isinstance(r, InvalidInput)]
        assert len(refused) == 1, results
        assert refused[0].problems[0].rule == "subprocess_cycle"

    @BOTH
    def test_what_breaks_in_the_middle_leaves_everything_as_it_was(self, project, template, monkeypatch):
        drafts.save_draft(ANN, project, template, Sketch(TWO, 1), None)
        monkeypatch.setattr(publishing, "_drop_draft", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publishing.publish(ANN, project, template, Publication(TWO, "", 1, details=Details(name="New")))

        assert count(TemplateVersion) == 1
        assert drafts.read_draft(ANN, project, template).tree == TWO
        assert open_flow(ANN, project, template).template.name == "a flow"

    def test_a_new_flow_is_published_or_not_there(self, project):
        with pytest.raises(InvalidInput) as told:
            publishing.publish_new(ANN, project, Publication(new_tree(), details=Details(category="c" * 33)))
        assert {p.where for p in told.value.problems} >= {"name", "category"}
        assert count(Template) == 0

        details = Details(name=" New ", labels=["x"], description="d")
        made = publishing.publish_new(ANN, project, Publication(ONE, "first", details=details))
        head = open_flow(ANN, project, made.id).template
        assert (head.name, head.labels, head.version, head.category) == ("New", ["x"], 1, "Other")


class TestVersions:
    @pytest.fixture
    def history(self, project, template) -> int:
        publishing.publish(ANN, project, template, Publication(TWO, "two", 1))
        publishing.publish(ANN, project, template, Publication(THREE, "three", 2))
        return template

    @BOTH
    def test_versions_come_in_pages(self, project, history, monkeypatch):
        monkeypatch.setattr(versions, "_A_PAGE", 2)

        assert [v.number for v in versions.list_versions(ANN, project, history)] == [3, 2]
        assert [v.number for v in versions.list_versions(ANN, project, history, 2)] == [1]
        assert [v.number for v in versions.list_versions(ANN, project, history, 10**30)] == [3, 2]

    def test_a_version_is_opened_with_its_tree(self, project, history):
        assert versions.read_version(ANN, project, history, 2).tree == TWO
        for number in (0, 4, 10**30):
            with pytest.raises(NotFound):
                versions.read_version(ANN, project, history, number)

    def test_an_older_version_comes_back_as_a_new_one_and_the_draft_stays(self, project, history):
        drafts.save_draft(ANN, project, history, Sketch(TWO, 3), None)
        made = publishing.restore_version(ANN, project, history, 1, message="back", base_version=3)

        assert (made.version, versions.read_version(ANN, project, history, 4).message) == (4, "back")
        assert versions.read_version(ANN, project, history, 1).digest == made.digest
        assert open_flow(ANN, project, history).tree == ONE
        assert drafts.read_draft(ANN, project, history).revision == 1
        with pytest.raises(Refused):
            publishing.restore_version(ANN, project, history, 1, message="", base_version=3)

    def test_a_version_that_ran_without_inputs_comes_back_too(self, project):
        waiting = flow("start > a > end", plugin="job_fast_execute_script")
        id_ = create_template(SYSTEM, project, "made elsewhere", waiting).id
        publishing.publish(ANN, project, id_, Publication(TWO, "two", 1))

        publishing.restore_version(ANN, project, id_, 1, message="back", base_version=2)
        assert open_flow(ANN, project, id_).tree == waiting

    def test_a_version_is_compared_with_another_and_with_the_draft(self, project, history):
        found = versions.compare_versions(ANN, project, history, 1, 2)
        assert ([i.id for i in found.nodes.removed], [i.id for i in found.nodes.added]) == (["a"], ["b"])
        with pytest.raises(NotFound):
            versions.compare_versions(ANN, project, history, 1, "draft")
        drafts.save_draft(ANN, project, history, Sketch({"activities": "none yet"}, 3), None)

        assert len(versions.compare_versions(ANN, project, history, 1, "draft").nodes.removed) == 3


@BOTH
def test_details_are_changed_and_told_in_the_journal(project, template):
    assert change_details(ANN, project, template, Details(labels=["b", "a"], notify_type=["mail"])) == [
        "notify_type", "labels",
    ]  # fmt: skip
    assert change_details(ANN, project, template, Details("a flow", labels=["a", "b"])) == []
    assert change_details(ANN, project, template, Details(labels=["c"])) == ["labels"]

    assert open_flow(ANN, project, template).template.labels == ["c"]
    assert actions()[1:] == [("ann", "change_details")] * 2
    with pytest.raises(InvalidInput):
        change_details(ANN, project, template, Details(name=" "))


def running(template_id: int) -> dict[str, Any]:
    tree = flow("start > sub > end")
    del tree["activities"]["sub"]["pipeline"]
    tree["activities"]["sub"]["template_id"] = str(template_id)
    return tree
