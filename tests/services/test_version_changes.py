"""How much each version of a flow changed against the one before it, and what it costs to tell."""

from __future__ import annotations

import pytest

from app.engine.core.change_counts import Counts
from app.engine.core.differences import differences
from app.extensions import db
from app.models.templates import Template
from app.services import accounts, versions
from app.services.access import SYSTEM, find_project
from app.services.templates import add_version, create_template
from tests.drawing import flow
from tests.services.test_drafts import BOTH, database_url  # noqa: F401  a fixture
from tests.web.test_list_costs import counted


@pytest.fixture
def project(app):
    made = accounts.create_project("One", 2, "UTC")
    return find_project(SYSTEM, made.id, "project")


@pytest.fixture
def template(project) -> int:
    return create_template(SYSTEM, project, "a flow", flow("start > a > end")).id


def add(template: int, *names: str) -> None:
    """Add a version for each name of a node."""
    for name in names:
        add_version(SYSTEM, db.session.get_one(Template, template), flow(f"start > {name} > end"))
    db.session.commit()


@BOTH
def test_changes_are_counted_page_by_page_against_the_version_before(project, template, monkeypatch):
    monkeypatch.setattr(versions, "_A_PAGE", 2)
    add(template, "b", "b")

    (third, second), (first,) = (versions.count_changes(SYSTEM, project, template, before) for before in (None, 2))

    assert (third.number, third.counts) == (3, Counts()), "it is equal to the second"
    assert (second.number, second.counts) == (2, Counts(nodes_added=1, nodes_removed=1, lines=2))
    assert (first.number, first.counts) == (1, None)


def test_a_page_compares_each_of_its_versions_once_and_asks_no_more_for_many(project, template, monkeypatch):
    compared = []
    monkeypatch.setattr(versions, "differences", lambda *trees: compared.append(trees) or differences(*trees))

    def cost() -> tuple[int, int, int]:
        compared.clear()
        db.session.rollback()
        with counted() as sent:
            found = versions.count_changes(SYSTEM, project, template)
        return len(found), len(compared), len(sent)

    add(template, "b")
    few = cost()
    add(template, *(f"n{number}" for number in range(40)))
    many = cost()

    assert (few[:2], many[:2]) == ((2, 1), (30, 30))
    assert many[2] <= few[2] <= 5
