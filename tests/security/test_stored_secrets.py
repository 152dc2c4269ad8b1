"""Secrets in the database: none stands there in plain text, and all of them move to another key when the key changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Text, select, type_coerce

from app.engine.core.scope import MASK
from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.errors import Unavailable
from app.extensions import db
from app.factory import house_of
from app.models.base import Base, JsonText
from app.models.credentials import Credential
from app.models.runs import NodeRunRow, RunRow, ValueRow
from app.models.sealed import Sealed, is_sealed, use_secrets
from app.services import accounts, resealing
from app.services.access import SYSTEM, find_project
from app.services.apps import Claim, actor_of_app, create_app
from app.services.credentials import CredentialEntry, create_credential
from app.services.hosts import HostEntry, create_host, host_lookup
from app.services.nodes import NodeOrder, operate_node
from app.services.reading import task_detail
from app.services.resealing import count_older, reseal
from app.services.tasks import Wish, create_task
from app.services.templates import create_template
from tests.drawing import flow, variable

SECRET = "hunter2 in plain text"
OLD, NEW = "test" * 8, "another key " * 3


@pytest.fixture
def app(make_app, sqlite_url: str) -> Iterator[Flask]:
    """An application with a project."""
    made = make_app(sqlite_url)
    with made.app_context():
        accounts.create_project("One", 2, "UTC")
        yield made
    use_secrets([OLD])


def project():
    return find_project(SYSTEM, 2)


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text in the database as it stands there, with its column."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Text | JsonText | Sealed):
                for found in db.session.scalars(select(type_coerce(column, Text)).where(column.isnot(None))):
                    yield f"{table.name}.{column.name}", found
    db.session.rollback()


def places_of(word: str) -> list[str]:
    return sorted({place for place, found in texts() if word in found})


def password(value: str, **more: str) -> dict[str, str]:
    return {"custom_type": "password", "value": value, **more}


def handing_down() -> dict:
    """A flow that hands its password to a subprocess, which asks a person and then says how long it is."""
    child = flow(
        "start > ask > say > end", inputs={"say": {"bk_display_message": "${len(inner)} characters: ${inner}"}},
        nodes={"ask": {"component": {"code": "pause_node", "data": {}}}},
        constants={"${inner}": password("")}, outputs=["${inner}"],
    )  # fmt: skip
    return flow(
        "start > sub > end", pipelines={"sub": child}, constants={"${pw}": password(SECRET)}, outputs=["${pw}"],
        nodes={"sub": {"constants": {"${inner}": variable("${inner}", value="${pw}")}}},
    )  # fmt: skip


def begin(tree: dict) -> tuple[int, dict[str, str]]:
    template = create_template(SYSTEM, project(), "f", tree).id
    made = create_task(SYSTEM, project(), template, Wish("t"), starts=True)
    return made.task_id, dict(made.ids)


def drive(app: Flask) -> None:
    """Let a worker that knows nothing yet bring everything on as far as it goes."""
    room = open_room(db.engine, house_of(app.config["SLUICE"], db.engine), lambda c: InlineDispatcher(), threads=0)
    room.driver.drive_due()
    db.session.rollback()


class TestValues:
    def test_a_password_among_them_is_sealed_and_another_worker_reads_it(self, app):
        task_id, ids = begin(handing_down())
        drive(app)
        assert places_of(SECRET) == []
        assert [is_sealed(v) for v in db.session.scalars(select(ValueRow.value).where(ValueRow.name == "inner"))] == [
            True
        ]

        operate_node(SYSTEM, project(), task_id, NodeOrder(ids["ask"], "callback", body={}))
        drive(app)
        assert places_of(SECRET) == []
        assert places_of(f"{len(SECRET)} characters: {MASK}") != []

    def test_outputs_are_sealed_and_shown_masked(self, app):
        task_id, ids = begin(handing_down())
        drive(app)
        operate_node(SYSTEM, project(), task_id, NodeOrder(ids["ask"], "callback", body={}))
        drive(app)

        kept = [value for found in db.session.scalars(select(RunRow.outputs)) for value in found.values()]
        assert [is_sealed(value) for value in kept] == [True, True]
        assert [output.value for output in task_detail(SYSTEM, project(), task_id).outputs] == [MASK]
        handed = db.session.scalars(select(NodeRunRow.outputs).where(NodeRunRow.node_id == ids["sub"])).one()
        assert handed["inner"] == MASK

    def test_one_from_before_they_were_sealed_is_read_as_it_is(self, app):
        task_id, ids = begin(handing_down())
        drive(app)
        row = db.session.scalars(select(ValueRow).where(ValueRow.name == "inner")).one()
        row.value = "old and plain"
        db.session.commit()

        operate_node(SYSTEM, project(), task_id, NodeOrder(ids["ask"], "callback", body={}))
        drive(app)
        assert places_of(f"{len('old and plain')} characters: {MASK}") != []


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Secrets of every kind, sealed with the old key."""
    create_app("ci", SECRET, is_trusted=True)
    for n in range(5):
        create_credential(SYSTEM, project(), CredentialEntry(f"key {n}", password=SECRET))
    create_host(SYSTEM, project(), HostEntry("192.0.2.1", password=SECRET))
    begin(handing_down())
    drive(app)
    return app


class TestRotation:
    @pytest.mark.postgres
    def test_postgresql_understands_it_too(self, make_app, postgresql_url):
        with make_app(postgresql_url).app_context():
            accounts.create_project("One", 2, "UTC")
            create_app("ci", SECRET, is_trusted=True)
            begin(handing_down())
            use_secrets([NEW, OLD])
            assert reseal().older == 4
            use_secrets([NEW])
            assert count_older() == resealing.Count()
            use_secrets([OLD])

    def test_everything_is_sealed_with_the_new_key_alone(self, filled):
        use_secrets([NEW, OLD])
        found = count_older()
        assert found.older >= 10
        assert (reseal().older, count_older().older) == (found.older, 0)

        use_secrets([NEW])
        assert actor_of_app("ci", SECRET, Claim("ada")).username == "ada"
        assert host_lookup(db.engine, project().id, "192.0.2.1").password == SECRET
        assert count_older().unopened == []
        assert places_of(SECRET) == []

    def test_a_task_that_waits_goes_on_with_its_passwords(self, filled):
        task_id, ids = begin(handing_down())
        drive(filled)
        use_secrets([NEW, OLD])
        reseal()
        use_secrets([NEW])
        operate_node(SYSTEM, project(), task_id, NodeOrder(ids["ask"], "callback", body={}))
        drive(filled)
        assert places_of(f"{len(SECRET)} characters: {MASK}") != []

    def test_a_seal_that_stands_in_several_places_stays_the_same_in_all_of_them(self, filled):
        def seals() -> int:
            return len({seal for _, found in texts() for seal in resealing._SEAL.findall(found)})

        before = seals()
        use_secrets([NEW, OLD])
        reseal()
        assert seals() == before

    def test_it_may_be_broken_off_at_any_point(self, filled, monkeypatch):
        monkeypatch.setattr(resealing, "_PORTION", 2)
        write, left = resealing._replace, [2]

        def breaks(column, changes):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= bool(changes)
            write(column, changes)

        use_secrets([NEW, OLD])
        before = count_older().older
        monkeypatch.setattr(resealing, "_replace", breaks)
        with pytest.raises(KeyboardInterrupt):
            reseal()
        middle = count_older().older
        assert 0 < middle < before

        monkeypatch.setattr(resealing, "_replace", write)
        assert reseal().older == middle
        use_secrets([NEW])
        assert count_older().unopened == []

    def test_what_somebody_changes_meanwhile_is_theirs(self, filled, monkeypatch):
        write = resealing._replace

        def comes_between(column, changes):
            if column.table.name == "credential" and changes:
                db.session.scalars(select(Credential)).first().password = "changed"
                db.session.commit()
            write(column, changes)

        use_secrets([NEW, OLD])
        monkeypatch.setattr(resealing, "_replace", comes_between)
        reseal()
        use_secrets([NEW])
        assert sorted(c.password for c in db.session.scalars(select(Credential)))[:2] == ["changed", SECRET]

    def test_what_no_key_opens_is_told_and_left(self, filled):
        use_secrets([NEW])
        before = sorted(texts())

        count = reseal()
        assert count.older == 0
        assert any(place.startswith("credential.password: ") for place in count.unopened)
        assert sorted(texts()) == before
        with pytest.raises(Unavailable):
            actor_of_app("ci", SECRET, Claim("ada"))

    def test_the_commands_tell_what_there_is_to_do(self, filled):
        def command(*words: str):
            return filled.test_cli_runner().invoke(args=["secrets", *words])

        assert command("check").output == "everything is sealed with the newest key\n"
        use_secrets([NEW, OLD])
        assert command("check").exit_code == 1
        assert command("reseal").output.startswith("sealed ")
        assert command("check").exit_code == 0
