"""How much room the database takes is told table by table, and what deleted rows have left is given back."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, text

from app.errors import NotAllowed
from app.extensions import db
from app.models.runs import LogRow
from app.services.access import SYSTEM, Actor
from app.services.storage import storage, vacuum
from tests.engine.workshop import Workshop


def write_logs(workshop: Workshop, count: int) -> None:
    row = {"run_id": 1, "node_id": "n", "loop": 1, "attempt": 1, "at": workshop.now, "body": "x" * 1000}
    db.session.execute(insert(LogRow), [row] * count)
    db.session.commit()


def counted() -> None:
    """Let the database count its rows."""
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def test_tables_are_told_with_what_they_take(app):
    workshop = Workshop()
    write_logs(workshop, 2000)
    counted()

    found = storage(SYSTEM)
    db.session.rollback()

    assert found.tables[0].name == "node_log"
    assert found.tables[0].rows == 2000
    assert 2_000_000 < found.tables[0].size_bytes < 4_000_000
    assert found.size_bytes >= sum(table.size_bytes for table in found.tables) * 0.99
    assert {table.name for table in found.tables} >= {"task", "node_run", "run"}


def test_vacuum_gives_back_what_deleted_rows_have_left(app):
    write_logs(Workshop(), 3000)
    db.session.execute(delete(LogRow))
    db.session.commit()

    before, after = vacuum()

    assert before - after > 2_000_000


def test_how_much_room_is_taken_is_for_administrators(app):
    with pytest.raises(NotAllowed):
        storage(Actor("nobody"))
