"""Backups: written from either database while it is at work, restored into either, refused when they are not whole."""

from __future__ import annotations

import gzip
import json

import pytest
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import select, text

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.errors import InvalidInput, Refused, Unavailable
from app.extensions import db
from app.factory import create_app, house_of
from app.models.accounts import User
from app.models.base import Base
from app.models.tasks import Task
from app.services.access import SYSTEM, find_project
from app.services.accounts import create_project, create_user
from app.services.backups import restore_backup, write_backup
from app.services.nodes import NodeOrder, operate_node
from app.services.project_constants import set_constant
from app.services.reading import task_status
from app.services.tasks import Wish, create_task_of_tree, start_task
from app.settings import Settings
from tests.drawing import flow
from tests.postgres import fresh_database

SECRET = "a secret key of the tests, which is long enough"


@pytest.fixture
def open_app(tmp_path):
    """Open an application with migrations, not yet made, on a database."""
    apps = []

    def opened(url: str, secret: str = SECRET):
        number = len(apps)
        environ = {
            "SLUICE_DATA_DIR": str(tmp_path / f"data{number}"),
            "SLUICE_DATABASE_URL": url,
            "SLUICE_SECRET_KEY": secret,
        }
        app = create_app(Settings.from_environ(environ), InlineDispatcher())
        apps.append(app)
        return app

    yield opened
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def urls(tmp_path, postgres_url):
    with fresh_database(postgres_url) as one, fresh_database(postgres_url) as other:
        yield {
            "sqlite": f"sqlite:///{tmp_path / 'from.db'}", "postgresql": one,
            "to sqlite": f"sqlite:///{tmp_path / 'to.db'}", "to postgresql": other,
        }  # fmt: skip


def fill() -> int:
    """Make a user, a secret and a task that waits in its middle; returns the task's id."""
    upgrade()
    create_user("ada", "a password of ada's", is_admin=True)
    project = create_project("Backed up", 7, "Asia/Shanghai")
    set_constant(SYSTEM, project, "PLACE", "here")
    made = create_task_of_tree(
        SYSTEM, project, flow("start > a > wait > b > end", nodes={"wait": PAUSE}), Wish("half-way 半路")
    )
    start_task(SYSTEM, project, made.task_id)
    drive()
    return made.task_id


PAUSE = {"component": {"code": "pause_node", "data": {}}}


def drive() -> None:
    house = house_of(current_app.config["SLUICE"], db.engine)
    open_room(db.engine, house, lambda clockwork: InlineDispatcher()).driver.drive_due()
    db.session.rollback()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("sqlite", "to postgresql"),
        ("postgresql", "to sqlite"),
        ("sqlite", "to sqlite"),
        ("postgresql", "to postgresql"),
    ],
)
def test_a_backup_holds_everything_and_goes_into_either_database(open_app, urls, tmp_path, source, target):
    file = tmp_path / "all.gz"
    with open_app(urls[source]).app_context():
        task_id = fill()
        written = {table.name: db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables}
        count = write_backup(file)

    with open_app(urls[target]).app_context():
        assert restore_backup(file) == count == sum(map(len, written.values()))
        for table in Base.metadata.sorted_tables:
            assert sorted(map(repr, db.session.execute(select(table)).all())) == sorted(map(repr, written[table.name]))
        db.session.rollback()

        project = find_project(SYSTEM, 7)
        assert task_status(SYSTEM, project, task_id).nodes
        # New rows are numbered after those that came, and the task goes on where it stood.
        create_user("grace", "a password of grace's")
        waiting = next(n for n in task_status(SYSTEM, project, task_id).nodes.values() if n.state == "waiting_person")
        operate_node(SYSTEM, project, task_id, NodeOrder(waiting.node_id, "callback"))
        drive()
        assert db.session.get(Task, task_id).state == "finished"


def test_an_older_backup_is_brought_up_to_date(open_app, tmp_path):
    file = tmp_path / "old.gz"
    with open_app(f"sqlite:///{tmp_path / 'old.db'}").app_context():
        upgrade(revision="0008")
        app_row = "INSERT INTO api_app (code, secret_hash, is_trusted, access_key, secret_key, created_at)"
        db.session.execute(text(f"{app_row} VALUES ('ci', '', true, 'k', '', 0)"))
        db.session.commit()
        write_backup(file)
    with open_app(f"sqlite:///{tmp_path / 'new.db'}").app_context():
        restore_backup(file)
        assert db.session.execute(text("SELECT code FROM api_app")).scalars().all() == ["ci"]
        assert db.session.execute(text("SELECT has_failed FROM run")).all() == []


def without_a_row(lines: list[str]) -> list[str]:
    first = next(number for number, line in enumerate(lines) if line.startswith("["))
    return lines[:first] + lines[first + 1 :]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda lines: lines[:-1], "its end is missing"),
        (without_a_row, "a row in it cannot be"),
        (lambda lines: lines[1:], "does not begin"),
        (lambda lines: [lines[0], json.dumps({"table": "robert'); --", "columns": ["id"]}), *lines[1:]], "no table like"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_whole_leaves_no_rows(open_app, tmp_path, spoil, why):
    file = tmp_path / "spoilt.gz"
    with open_app(f"sqlite:///{tmp_path / 'from.db'}").app_context():
        fill()
        write_backup(file)
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    file.write_bytes(gzip.compress("\n".join(spoil(lines)).encode()))

    with open_app(f"sqlite:///{tmp_path / 'to.db'}").app_context():
        with pytest.raises(InvalidInput, match=why):
            restore_backup(file)
        upgrade()
        assert db.session.scalars(select(User)).all() == []


def test_a_file_that_is_cut_off_is_refused(open_app, tmp_path):
    file = tmp_path / "cut.gz"
    with open_app(f"sqlite:///{tmp_path / 'from.db'}").app_context():
        fill()
        write_backup(file)
    file.write_bytes(file.read_bytes()[:-30])

    with (
        open_app(f"sqlite:///{tmp_path / 'to.db'}").app_context(),
        pytest.raises(InvalidInput, match="no whole backup"),
    ):
        restore_backup(file)


def test_a_database_that_holds_something_is_not_written_over(open_app, tmp_path):
    file = tmp_path / "all.gz"
    with open_app(f"sqlite:///{tmp_path / 'from.db'}").app_context():
        fill()
        write_backup(file)
        with pytest.raises(Refused, match="holds rows already"):
            restore_backup(file)


def test_a_backup_without_its_key_is_refused(open_app, tmp_path):
    file = tmp_path / "all.gz"
    with open_app(f"sqlite:///{tmp_path / 'from.db'}").app_context():
        fill()
        write_backup(file)
    other = open_app(f"sqlite:///{tmp_path / 'to.db'}", secret="another secret key, which is long enough too")
    with other.app_context(), pytest.raises(Unavailable, match="another SLUICE_SECRET_KEY"):
        restore_backup(file)


def test_a_backup_that_cannot_be_written_leaves_the_old_one(open_app, tmp_path, monkeypatch):
    file = tmp_path / "all.gz"
    file.write_text("the old one")
    with open_app(f"sqlite:///{tmp_path / 'from.db'}").app_context():
        fill()
        monkeypatch.setattr(
            "app.services.row_files.RowFile._say", lambda *_: (_ for _ in ()).throw(OSError("no space left"))
        )
        with pytest.raises(OSError, match="no space"):
            write_backup(file)
    assert file.read_text() == "the old one"
    assert [p.name for p in tmp_path.glob(".all*")] == []
