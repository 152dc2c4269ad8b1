"""Execution schemes: saved, changed, listed, used and taken away."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.services import accounts, schemes, templates
from app.services.access import SYSTEM, Actor
from app.services.members import set_member
from app.services.reading import task_detail
from app.services.tasks import Wish, create_task
from tests.drawing import flow

EDITH = Actor("edith")


@pytest.fixture
def project(make_app, sqlite_url):
    """A project that edith edits and olaf operates."""
    with make_app(sqlite_url).app_context():
        project = accounts.create_project("Demo", 2, "UTC")
        for name, role in (("edith", "editor"), ("olaf", "operator")):
            accounts.create_user(name, "a password")
            set_member(SYSTEM, project, name, role)
        yield project


def saved(project) -> int:
    """A flow with the optional nodes b and c."""
    optional = {"b": {"optional": True}, "c": {"optional": True}}
    return templates.create_template(SYSTEM, project, "flow", flow("start > a > b > c > end", nodes=optional)).id


def shown(project, template_id, source="business") -> list[tuple[str, list[str]]]:
    return [(s.name, s.nodes) for s in schemes.list_schemes(SYSTEM, project, template_id, source)]


def nodes_of(project, task_id) -> list[str]:
    tree = task_detail(SYSTEM, project, task_id).tree
    return sorted(node["name"] for node in tree["activities"].values())


def test_a_scheme_takes_some_of_the_optional_nodes(project):
    template = saved(project)
    only_b = schemes.create_scheme(EDITH, project, template, " only b ", ["b"])
    none = schemes.create_scheme(EDITH, project, template, "none", [])

    assert shown(project, template) == [("only b", ["b"]), ("none", [])]
    for wanted, names in (([only_b.id], ["a", "b"]), ([none.id], ["a"]), ([only_b.id, none.id], ["a", "b"])):
        made = create_task(SYSTEM, project, template, Wish("task", schemes=wanted))
        assert nodes_of(project, made.task_id) == names


def test_a_scheme_is_changed_and_taken_away(project):
    template = saved(project)
    scheme = schemes.create_scheme(EDITH, project, template, "first", ["b"])

    schemes.change_scheme(EDITH, project, template, scheme.id, "second", ["c"])
    assert shown(project, template) == [("second", ["c"])]
    schemes.change_scheme(EDITH, project, template, scheme.id, "second", ["b", "c"])
    assert shown(project, template) == [("second", ["b", "c"])]

    schemes.delete_scheme(EDITH, project, template, scheme.id)
    assert shown(project, template) == []
    for gone in (
        lambda: schemes.delete_scheme(EDITH, project, template, scheme.id),
        lambda: schemes.change_scheme(EDITH, project, template, scheme.id, "x", []),
        lambda: create_task(SYSTEM, project, template, Wish("task", schemes=[scheme.id])),
    ):
        with pytest.raises(NotFound):
            gone()


def test_everything_that_is_wrong_with_one_is_told_at_once(project):
    template = saved(project)
    kept = schemes.create_scheme(EDITH, project, template, "kept", ["b"])
    for save in (
        lambda: schemes.create_scheme(EDITH, project, template, " ", ["a", "b", "nothing"]),
        lambda: schemes.change_scheme(EDITH, project, template, kept.id, "x" * 65, ["a", "nothing"]),
    ):
        with pytest.raises(InvalidInput) as wrong:
            save()
        assert [(p.rule, p.where) for p in wrong.value.problems] == [
            ("name", "name"), ("not_optional", "a"), ("not_optional", "nothing"),
        ]  # fmt: skip
    assert shown(project, template) == [("kept", ["b"])]


def test_a_name_counts_once_in_a_flow(project):
    template, other = saved(project), saved(project)
    schemes.create_scheme(EDITH, project, template, "same", [])
    second = schemes.create_scheme(EDITH, project, template, "second", [])

    schemes.create_scheme(EDITH, project, other, "same", [])
    with pytest.raises(Refused):
        schemes.create_scheme(EDITH, project, template, "same ", ["b"])
    with pytest.raises(Refused):
        schemes.change_scheme(EDITH, project, template, second.id, "same", [])


def test_a_scheme_of_another_flow_is_not_there(project):
    template, other = saved(project), saved(project)
    scheme = schemes.create_scheme(EDITH, project, other, "theirs", [])
    for ask in (
        lambda: schemes.change_scheme(EDITH, project, template, scheme.id, "x", []),
        lambda: schemes.delete_scheme(EDITH, project, template, scheme.id),
        lambda: create_task(SYSTEM, project, template, Wish("task", schemes=[scheme.id])),
    ):
        with pytest.raises(NotFound):
            ask()


@pytest.mark.parametrize("name", ["olaf", "nobody"])
def test_only_who_edits_may_change_them(project, name):
    template = saved(project)
    scheme = schemes.create_scheme(EDITH, project, template, "kept", ["b"])
    for ask in (
        lambda: schemes.create_scheme(Actor(name), project, template, "x", []),
        lambda: schemes.change_scheme(Actor(name), project, template, scheme.id, "x", []),
        lambda: schemes.delete_scheme(Actor(name), project, template, scheme.id),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert shown(project, template) == [("kept", ["b"])]


def test_those_of_common_flows_are_changed_by_who_may_change_common_flows(project):
    common = saved(None)
    for ask in (
        lambda: schemes.create_scheme(EDITH, project, common, "x", [], "common"),
        lambda: schemes.delete_scheme(EDITH, project, common, 1, "common"),
        lambda: schemes.create_scheme(
            Actor("a", app_code="ci", is_trusted=True, project_id=project.id), project, common, "x", [], "common"
        ),
    ):
        with pytest.raises(NotAllowed):
            ask()

    schemes.create_scheme(SYSTEM, project, common, "for all", ["c"], "common")
    assert shown(project, common, "common") == [("for all", ["c"])]
