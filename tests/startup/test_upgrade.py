"""The tables of a newer release under this one: flows that are under way go on, and whoever goes back finds them as they are.

`tests/soak/test_upgrade.py` shows an upgrade whole, with processes of two releases under load.
"""

from __future__ import annotations

import pytest
from flask_migrate import stamp
from sqlalchemy import inspect, text

from app.extensions import db
from app.models.base import Base
from app.services.access import SYSTEM
from app.services.retention import START, archive_due, set_retention
from jobs import prepare
from tests.api.bksops.world import World
from tests.drawing import flow


@pytest.fixture
def world(app) -> World:
    return World.of(app)


def add_what_only_a_newer_release_knows() -> None:
    """Give each table a column more, and make a table: what a migration may do while the older release runs."""
    quote = db.engine.dialect.identifier_preparer.quote
    with db.engine.begin() as connection:
        for table in Base.metadata.tables:
            connection.execute(text(f"ALTER TABLE {quote(table)} ADD COLUMN colour VARCHAR(16)"))
        connection.execute(text("CREATE TABLE only_in_the_newer (id INTEGER PRIMARY KEY)"))


def test_flows_that_are_under_way_go_on_with_the_tables_of_a_newer_release(world):
    client = world.client
    tree = flow("start > a > ask > b > end", nodes={"ask": {"component": {"code": "pause_node", "data": {}}}})
    template = world.save(tree)
    task, made = world.order(template)
    assert client.post(f"start_task/{task}/2")["result"]
    client.drive()

    add_what_only_a_newer_release_knows()
    later, other = world.order(template)
    assert client.post(f"start_task/{later}/2")["result"]
    client.drive()
    for number, drawn in ((task, made), (later, other)):
        (ask,) = [id_ for id_, node in drawn["activities"].items() if node["name"] == "ask"]
        assert client.post(f"operate_node/2/{number}", node_id=ask, action="callback", data={})["result"]
    client.drive()

    for number in (task, later):
        assert client.get(f"get_task_status/{number}/2")["data"]["state"] == "FINISHED"
    set_retention(SYSTEM, world.project, days=None, tasks=1)
    assert archive_due(START, lambda: False) == START
    assert "archived" in client.get(f"get_task_status/{task}/2")["message"]


def test_who_goes_back_finds_the_tables_of_the_newer_release_as_they_are(app, capsys):
    stamp()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
    before = set(inspect(db.engine).get_table_names())

    prepare._migrate()

    assert "of a newer release" in capsys.readouterr().out
    assert set(inspect(db.engine).get_table_names()) == before
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "newer"
