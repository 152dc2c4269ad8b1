"""Migrations with rows in every table: what a step down loses is written here on purpose, and a step up loses nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import Boolean, Column, Integer, String, insert, inspect, text

from app.engine.dispatch import InlineDispatcher
from app.extensions import db
from app.factory import create_app
from app.models.base import Base, Instant, JsonText, from_micros
from app.models.sealed import COMMON, Sealed, seal
from app.settings import Settings
from tests.drawing import flow
from tests.startup.test_migrations import (
    _before,
    empty_url,  # noqa: F401 - a fixture
)

Snapshot = Mapping[str, list[dict[str, Any]]]

LOSSES: Mapping[str, set[str]] = {
    "0017": {"project.executor_proxy", "task.executor_proxy", "template.executor_proxy", "template.flow_type"},
    "0016": {"ended_session"},
    "0015": {"archived_task", "project.keep_days", "project.keep_tasks"},
    "0014": {"run_token.worker_group", "task.priority", "task.waits_for_room"},
    "0013": {"identity", "user.email"},
    "0012": {
        "app_proof", "app_token", "flow_directory", "flow_instance", "flow_number", "flow_reference", "flow_settings", "flow_wait",
    },
    "0011": {"access_key", "template.language"},
    "0010": {"credential", "favourite", "host.credential_id", "saved_filter"},
    "0009": {"run.element", "run.has_failed", "run.passes", "step_output"},
    "0008": {"template.draft_revision", "template_draft", "template_label", "template_version.message"},
    "0007": {"fire.left_out", "task_tree.mould"},
    # Of a secret the hash is kept, by which calls go on being proved.
    "0006": {"api_app.secret", "values of api_app.secret_hash"},
    "0005": {
        "notice", "schedule.time_zone", "schedule.watchers", "task.watchers", "template.notify_receivers", "template.notify_type",
    },
    "0004": {"fire", "schedule"},
    # The older journal knows of tasks only.
    "0003": {
        "access_token", "api_app.expires_at", "api_app.is_active", "api_app.last_used_at", "function_task", "grant",
        "journal.address", "journal.app_code", "journal.key", "journal.kind", "journal.project_id", "rows of journal", "scheme",
        "template.pipeline_id",
    },
    "0002": {"project_constant", "run_token.losses", "task.env", "task_tree.plugins", "task_tree.start"},
}  # fmt: skip
"""What the step down from each revision loses: tables, columns, rows of a table, values of a column that are others then."""

CHANGED_ON_THE_WAY_UP = {"0006": {"values of api_app.secret_hash"}}
"""What a step up writes anew: a hash that was made of a secret stays only until the app has the secret again."""


@pytest.fixture
def app(empty_url, tmp_path):  # noqa: F811
    environ = {
        "SLUICE_DATA_DIR": str(tmp_path / "data"), "SLUICE_DATABASE_URL": empty_url, "SLUICE_SECRET_KEY": "k" * 32,
    }  # fmt: skip
    made = create_app(Settings.from_environ(environ), InlineDispatcher())
    with made.app_context():
        yield made
        db.engine.dispose()


def test_what_a_step_down_loses_is_listed_and_a_step_up_loses_nothing(app):
    upgrade()
    fill_every_table()
    revisions = list(reversed(_revisions()))
    assert set(LOSSES) == set(revisions[:-1])

    snapshots = [snapshot()]
    assert {name: len(rows) for name, rows in snapshots[0].items()} == dict.fromkeys(Base.metadata.tables, 2)
    for revision in revisions[:-1]:
        downgrade(revision=_before(revision))
        snapshots.append(snapshot())
        assert lost(snapshots[-2], snapshots[-1]) == LOSSES[revision], revision

    for revision in reversed(revisions[:-1]):
        before = snapshot()
        upgrade(revision=revision)
        assert lost(before, snapshot()) <= CHANGED_ON_THE_WAY_UP.get(revision, set()), revision
    assert set(snapshot()) == set(snapshots[0])


def _revisions() -> list[str]:
    """Return all revisions, the first one first."""
    scripts = ScriptDirectory("migrations").walk_revisions()
    return [script.revision for script in scripts][::-1]


def snapshot() -> Snapshot:
    """Return every row of every table that there is, as the database keeps it."""
    with db.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        quote = connection.dialect.identifier_preparer.quote
        return {
            table: [dict(row) for row in connection.execute(text(f"SELECT * FROM {quote(table)}")).mappings()]
            for table in tables
        }


def lost(before: Snapshot, after: Snapshot) -> set[str]:
    """Return what is not there any more, or is not what it was."""
    found = set()
    for table, rows in before.items():
        if table not in after:
            found.add(table)
            continue
        if len(after[table]) < len(rows):
            found.add(f"rows of {table}")
        if not rows or not after[table]:
            continue
        columns = set(after[table][0])
        found |= {f"{table}.{column}" for column in set(rows[0]) - columns}
        for column in set(rows[0]) & columns:
            kept = [row[column] for row in after[table]]
            if any(value not in [row[column] for row in rows] for value in kept):
                found.add(f"values of {table}.{column}")
    return found


def fill_every_table() -> None:
    """Write two rows into every table, with something in every column; the second of each refers to the second of others."""
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            count = itertools.count(1)
            rows = [{column.name: value_for(column, number, count) for column in table.columns} for number in (1, 2)]
            connection.execute(insert(table), rows)


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_step_of_sqlite_that_leaves_rows_that_refer_to_nothing_is_undone(app, caplog):
    # PostgreSQL looks at each reference at once.
    upgrade()
    fill_every_table()
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM user WHERE id = 2")
        driver.execute("PRAGMA foreign_keys=ON")

    with pytest.raises(SystemExit):
        downgrade(revision=_before("0015"))

    assert "refer to nothing" in caplog.text
    assert "archived_task" in snapshot()
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def value_for(column: Column[Any], number: int, count: Iterator[int]) -> object:
    """Return a value for a column of the row of a number, other than what the row would have had anyway."""
    where = f"{column.table.name}.{column.name}"
    if where in _SPECIAL:
        return _SPECIAL[where](number)
    if column.foreign_keys or (column.name == "id" and isinstance(column.type, Integer)):
        return number
    kind = getattr(column.type, "impl", column.type)
    if isinstance(column.type, Sealed):
        return seal(f"secret {number}", COMMON)
    if isinstance(column.type, JsonText):
        return {"of": where, "number": number}
    if isinstance(column.type, Instant):
        return from_micros(1_700_000_000_000_000 + next(count))
    if isinstance(kind, Boolean):
        return number == 1
    if isinstance(kind, String):
        return (
            f"{where} {number}"[: kind.length]
            if kind.length is None or kind.length > 30
            else f"{number}{column.name}"[: kind.length]
        )
    return 1000 + next(count)


_SPECIAL: Mapping[str, Any] = {
    # The migration that reads trees wants one, and what is in the columns that it fills is of no other use.
    "task_tree.body": lambda number: flow(f"start > a{number} > end"),
    "template_version.tree": lambda number: flow(f"start > a{number} > end"),
    # A row of the journal about no task is lost on the way down.
    "journal.task_id": lambda number: number if number == 1 else None,
    "template.is_deleted": lambda number: False,
}
