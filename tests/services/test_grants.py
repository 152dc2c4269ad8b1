"""Permissions on single templates and tasks: given, listed and taken back by who manages the project."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput, NotAllowed, NotFound
from app.models.templates import Template
from app.services import accounts, grants, templates
from app.services.access import SYSTEM, Actor
from app.services.engine import writing
from app.services.grants import KnownGrant
from app.services.members import set_member
from app.services.tasks import Wish, create_task
from tests.drawing import flow

MARY = Actor("mary")


@pytest.fixture
def project(make_app, sqlite_url):
    """A project that mary manages, with viewers ann and bob."""
    with make_app(sqlite_url).app_context():
        project = accounts.create_project("Demo", 2, "UTC")
        for name, role in (("mary", "manager"), ("edith", "editor"), ("ann", "viewer"), ("bob", "viewer")):
            accounts.create_user(name, "a password")
            set_member(SYSTEM, project, name, role)
        yield project


def saved(project, name="flow") -> int:
    return templates.create_template(SYSTEM, project, name, flow("start > a > end")).id


def test_they_are_listed_by_user_with_the_names_of_things(project):
    template, common = saved(project, "own"), saved(None, "for all")
    task = create_task(SYSTEM, project, template, Wish("run 7")).task_id
    for user, permission, kind, number in (
        ("bob", "execute_task", "task", task), ("ann", "create_task", "common_template", common),
        ("ann", "create_task", "template", template), ("ann", "create_task", "template", template),
    ):  # fmt: skip
        grants.grant(MARY, project, user, permission, kind, number)

    assert grants.list_grants(MARY, project) == [
        KnownGrant("ann", "create_task", "common_template", common, "for all"),
        KnownGrant("ann", "create_task", "template", template, "own"),
        KnownGrant("bob", "execute_task", "task", task, "run 7"),
    ]

    grants.revoke_grant(MARY, project, "ann", "create_task", "template", template)
    assert [one.kind for one in grants.list_grants(MARY, project)] == ["common_template", "task"]
    with pytest.raises(NotFound):
        grants.revoke_grant(MARY, project, "ann", "create_task", "template", template)


def test_nothing_is_granted_on_what_is_not_there(project):
    other = accounts.create_project("other", 3, "UTC")
    theirs, common = saved(other), saved(None)
    for kind, number in (
        ("template", theirs),
        ("template", common),
        ("common_template", theirs),
        ("task", 1),
        ("task", -1),
    ):
        with pytest.raises(NotFound):
            grants.grant(MARY, project, "ann", "execute_task", kind, number)
    with pytest.raises(NotFound, match="user nobody"):
        grants.grant(MARY, project, "nobody", "create_task", "template", saved(project))


def test_only_known_permissions_on_known_kinds_are_granted(project):
    with pytest.raises(InvalidInput) as wrong:
        grants.grant(MARY, project, "ann", "delete", "scheme", 1)
    assert [problem.rule for problem in wrong.value.problems] == ["permission", "kind"]


def test_what_is_gone_is_listed_no_more(project):
    template = saved(project)
    grants.grant(MARY, project, "ann", "create_task", "template", template)
    with writing() as session:
        session.get(Template, template).is_deleted = True

    assert grants.list_grants(MARY, project) == []


@pytest.mark.parametrize("name", ["edith", "ann", "nobody"])
def test_only_who_manages_the_project_sees_gives_and_takes(project, name):
    template = saved(project)
    for ask in (
        lambda: grants.list_grants(Actor(name), project),
        lambda: grants.grant(Actor(name), project, "ann", "create_task", "template", template),
        lambda: grants.revoke_grant(Actor(name), project, "ann", "create_task", "template", template),
        # Who may not ask is not told which users there are.
        lambda: grants.grant(Actor(name), project, "no such user", "create_task", "template", template),
    ):
        with pytest.raises(NotAllowed):
            ask()
