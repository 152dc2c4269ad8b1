"""Tasks that are kept for too long leave the database for files, whole, and are read from there as they were."""

from __future__ import annotations

import gzip
import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from app.engine.plugins.base import Failed
from app.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from app.extensions import db
from app.models.archives import ArchivedTask
from app.models.base import Base
from app.models.flows import FlowInstance, FlowWait
from app.models.projects import Project
from app.models.runs import JournalRow, LogRow, RunRow
from app.models.schedules import Fire
from app.models.tasks import Task
from app.services import archiving, retention
from app.services.access import SYSTEM, Actor
from app.services.archives import ArchiveFilter, archived_report, page_of_archive
from app.services.journal import record_task
from app.services.nodes import NodeOrder, operate_node
from app.services.paging import FIRST
from app.services.retention import START, archive_due, retention_of, set_retention
from app.services.task_deletion import delete_task
from app.services.task_reports import Report, report_of
from app.services.tasks import Wish, create_task_of_tree, operate_task
from jobs import entry
from tests.drawing import flow
from tests.engine.workshop import Workshop
from tests.services.scheduling import EVERY_HOUR, make, on_sqlite, open_workshop

LATER = timedelta(days=31)


@pytest.fixture
def workshop(app, monkeypatch) -> Workshop:
    return open_workshop(monkeypatch)


@pytest.fixture
def folder() -> Path:
    return retention.archive_folder()


def rich_task(workshop: Workshop) -> int:
    """Run a task with a subprocess, a failure that is retried, a log, outputs and a password; returns its id."""
    constants = {
        "${token}": {"show_type": "show", "source_type": "custom", "name": "Token", "custom_type": "password", "value": "hunter22"},
        "${out}": {
            "show_type": "hide", "source_type": "component_outputs", "name": "Out", "custom_type": "",
            "source_info": {"b": ["out"]}, "value": "",
        },
    }  # fmt: skip
    tree = flow(
        "start > sub > b > end", plugin="recorder", constants=constants, outputs=["${out}"], inputs={"b": {"value": "made"}},
        pipelines={"sub": flow("start > inner > end")},
    )  # fmt: skip
    workshop.recorder.plans = {"b": [Failed("no space left")]}
    task = workshop.run(tree)
    run_id = db.session.scalar(select(RunRow.id).where(RunRow.task_id == task.task_id, RunRow.path == ""))
    rows = [
        {"run_id": run_id, "node_id": task.ids["b"], "loop": 1, "attempt": 1, "at": workshop.now, "body": f"line {n}"}
        for n in range(3)
    ]
    db.session.execute(insert(LogRow), rows)
    db.session.commit()
    operate_node(SYSTEM, workshop.project, task.task_id, NodeOrder(task.ids["b"], "retry"))
    workshop.drive()
    assert task.state == "finished"
    return task.task_id


def small_tasks(workshop: Workshop, count: int) -> list[int]:
    return [workshop.run(flow("start > a > end")).task_id for _ in range(count)]


def keep(workshop: Workshop, *, days: int | None = None, tasks: int | None = None) -> None:
    set_retention(SYSTEM, workshop.project, days=days, tasks=tasks)


def archive_all() -> None:
    assert archive_due(START, lambda: False) == START


def there() -> list[int]:
    ids = list(db.session.scalars(select(Task.id).order_by(Task.id)))
    db.session.rollback()
    return ids


def archived(workshop: Workshop, **wanted) -> list[int]:
    return [r.task_id for r in page_of_archive(SYSTEM, workshop.project, ArchiveFilter(**wanted), FIRST).rows]


def counts() -> dict[str, int]:
    found = {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}
    db.session.rollback()
    return found


def facts(report: Report) -> dict[str, object]:
    """Everything that a report tells, as values that compare."""
    task = {c.name: getattr(report.task, c.name) for c in Task.__table__.columns}
    return {
        "task": task, "state": report.state, "tree": report.tree, "inputs": report.inputs, "nodes": report.nodes,
        "outputs": report.outputs, "journal": report.journal,
        "notices": [(n.id, n.kind, n.target) for n in report.notices],
    }  # fmt: skip


def test_an_archived_task_reads_as_it_did_in_the_database(workshop):
    task_id, _ = rich_task(workshop), small_tasks(workshop, 1)
    before = facts(report_of(SYSTEM, workshop.project, task_id))
    assert before["outputs"][0].value == "made"
    assert [a.log for n in before["nodes"] for a in n.attempts if a.log] == ["line 0\nline 1\nline 2"]
    db.session.rollback()
    workshop.now += LATER
    keep(workshop, days=30)

    archive_all()

    assert task_id not in there()
    assert facts(archived_report(SYSTEM, workshop.project, task_id)) == before


def test_nothing_of_an_archived_task_stays_in_the_database(workshop):
    small_tasks(workshop, 1)
    keep(workshop, days=30)
    empty = counts()
    rich_task(workshop)
    last = small_tasks(workshop, 1)
    workshop.now += LATER

    archive_all()

    left = counts()
    # The newest task stays, since its id would be given out again; the first went as well.
    assert left["archived_task"] == 2
    assert {name: left[name] for name in left if name != "archived_task"} == {
        name: empty[name] for name in left if name != "archived_task"
    }
    assert there() == last


@on_sqlite
def test_the_file_holds_no_secret(workshop, folder):
    rich_task(workshop)
    small_tasks(workshop, 1)
    keep(workshop, tasks=1)
    archive_all()

    text = b"".join(gzip.decompress(file.read_bytes()) for file in folder.rglob("*.gz"))
    assert b"no space left" in text
    assert b"hunter22" not in text


@on_sqlite
def test_a_project_keeps_its_newest_tasks(workshop):
    ids = small_tasks(workshop, 5)
    keep(workshop, tasks=2)

    archive_all()

    assert there() == ids[3:]
    assert archived(workshop) == ids[2::-1]


@on_sqlite
def test_what_goes_on_or_was_never_started_stays_however_old(workshop):
    waits = workshop.run(flow("start > a > end", plugin="pause_node")).task_id
    paused = workshop.make(flow("start > a > end")).task_id
    operate_task(SYSTEM, workshop.project, paused, "pause")
    created = create_task_of_tree(SYSTEM, workshop.project, flow("start > a > end"), Wish("not yet")).task_id
    small_tasks(workshop, 1)
    workshop.now += LATER
    keep(workshop, days=1, tasks=1)

    archive_all()

    assert {waits, paused, created} <= set(there())
    assert archived(workshop) == []


@on_sqlite
def test_a_deleted_task_goes_and_is_not_listed(workshop):
    created = create_task_of_tree(SYSTEM, workshop.project, flow("start > a > end"), Wish("not wanted")).task_id
    delete_task(SYSTEM, workshop.project, created)
    small_tasks(workshop, 1)
    workshop.now += LATER
    keep(workshop, days=30)

    archive_all()

    assert created not in there()
    assert archived(workshop) == []
    assert archived_report(SYSTEM, workshop.project, created).task.name == "not wanted"


@on_sqlite
def test_the_settings_of_the_installation_hold_where_a_project_says_nothing(workshop, monkeypatch, folder):
    ids = small_tasks(workshop, 3)
    monkeypatch.setattr(retention._Binding, "defaults", retention.Defaults(0, 1, folder))
    assert retention_of(SYSTEM, workshop.project).tasks == 1
    keep(workshop, tasks=0)
    archive_all()
    assert there() == ids

    keep(workshop)
    archive_all()
    assert there() == ids[2:]


@on_sqlite
def test_a_fire_outlives_the_task_that_it_made(workshop):
    schedule = make(workshop, EVERY_HOUR)
    task_id, _ = small_tasks(workshop, 2)
    row = {"schedule_id": schedule, "fire_at": workshop.now, "state": "started", "task_id": task_id, "at": workshop.now}
    db.session.execute(insert(Fire), [row])
    db.session.commit()
    keep(workshop, tasks=1)

    archive_all()

    assert db.session.execute(select(Fire.state, Fire.task_id)).one() == ("started", None)


def test_an_instance_that_another_flow_waits_for_stays_until_the_wait_is_over(workshop):
    make(workshop, EVERY_HOUR)
    template_id = db.session.scalar(select(func.min(Base.metadata.tables["template"].c.id)))
    task_id, other = small_tasks(workshop, 2)
    shared = {
        "project_id": 1, "template_id": template_id, "trigger_at": workshop.now, "kind": 1, "is_by_hand": False,
        "creator": "ada", "created_at": workshop.now, "state": "started", "parameters": [],
    }  # fmt: skip
    small_tasks(workshop, 1)
    db.session.add(FlowInstance(stamp="1", task_id=task_id, **shared))
    db.session.flush()
    waiting = FlowInstance(stamp="2", **shared)
    db.session.add(waiting)
    db.session.flush()
    day = timedelta(days=1)
    db.session.add(
        FlowWait(
            instance_id=waiting.id,
            node_id="n",
            upstream_id=template_id,
            starts_at=workshop.now - day,
            ends_at=workshop.now + day,
        )
    )
    db.session.commit()
    keep(workshop, tasks=1)
    archive_all()
    assert archived(workshop) == [other]

    db.session.execute(update(FlowWait).values(is_over=True))
    db.session.commit()
    archive_all()
    assert archived(workshop) == [other, task_id]
    assert [i.stamp for i in db.session.scalars(select(FlowInstance))] == ["2"]


class Killed(BaseException):
    """The process has died here."""


@pytest.mark.parametrize("at", ["unfinished_file", "_flush", "_take_out", "_delete"])
def test_whoever_dies_in_the_middle_leaves_nothing_that_the_next_does_not_end(workshop, folder, monkeypatch, at):
    task_id, _ = rich_task(workshop), small_tasks(workshop, 1)
    before = facts(report_of(SYSTEM, workshop.project, task_id))
    db.session.rollback()
    keep(workshop, tasks=1)
    monkeypatch.setattr(archiving, "_MOST_ROWS", 3)

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(archiving, at, die)
        with pytest.raises(Killed):
            archive_all()
    db.session.rollback()
    archive_all()

    assert task_id not in there()
    assert facts(archived_report(SYSTEM, workshop.project, task_id)) == before
    assert len(list(folder.rglob("*.gz"))) == 1


def test_a_task_that_is_changed_while_its_file_is_written_stays(workshop, folder, monkeypatch):
    task_id, *_ = small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    flush = archiving._flush

    def change(place: Path) -> None:
        flush(place)
        with retention.writing() as session:
            record_task(session, SYSTEM, 1, task_id, "delete")

    monkeypatch.setattr(archiving, "_flush", change)
    archive_all()

    assert task_id in there()
    assert archived(workshop) == []
    assert list(folder.rglob("*.gz")) == []
    assert db.session.get(Task, task_id).is_deleted is False


@on_sqlite
def test_two_who_archive_the_same_task_leave_one_file(workshop, folder, monkeypatch):
    task_id, *_ = small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    flush, done = archiving._flush, []

    def other_one_is_quicker(place: Path) -> None:
        flush(place)
        if not done:
            done.append(True)
            assert archiving.archive_task(task_id, folder)

    monkeypatch.setattr(archiving, "_flush", other_one_is_quicker)
    archive_all()

    assert archived(workshop) == [task_id]
    assert archived_report(SYSTEM, workshop.project, task_id).state == "finished"
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".gz"]


@on_sqlite
def test_a_periodic_job_goes_on_where_its_time_was_over(workshop, monkeypatch):
    ids = small_tasks(workshop, 4)
    keep(workshop, tasks=1)
    monkeypatch.setattr(entry, "_ARCHIVES_FOR_S", -1.0)

    for number in range(3):
        entry.archive_due()
        assert there() == ids[number + 1 :]
    entry.archive_due()
    assert entry._Process.archived_until == START


@on_sqlite
def test_files_that_are_gone_or_spoilt_are_told(workshop, folder):
    task_id, *_ = small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    archive_all()
    (file,) = folder.rglob("*.gz")

    file.write_bytes(file.read_bytes()[:-4] + b"oops")
    with pytest.raises(Unavailable, match="not what was written"):
        archived_report(SYSTEM, workshop.project, task_id)
    file.unlink()
    with pytest.raises(Unavailable, match="SLUICE_ARCHIVE_DIR"):
        archived_report(SYSTEM, workshop.project, task_id)


@on_sqlite
def test_a_file_of_other_columns_is_read_and_one_of_another_format_is_not(workshop, folder):
    task_id, *_ = small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    archive_all()
    (file,) = folder.rglob("*.gz")
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]

    def rewrite() -> None:
        file.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
        digest = archiving.hashlib.sha256(file.read_bytes()).hexdigest()
        db.session.execute(update(ArchivedTask).values(digest=digest))
        db.session.commit()

    at = next(n for n, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == "task")
    gone = lines[at]["columns"].index("description")
    lines[at]["columns"][gone] = "of_another_release"
    lines.insert(1, {"table": "of_another_release", "columns": ["id"]})
    lines.insert(2, [1])
    rewrite()
    assert archived_report(SYSTEM, workshop.project, task_id).task.name == "test"

    lines[0]["sluice_task"] = 2
    rewrite()
    with pytest.raises(Unavailable, match="format 2"):
        archived_report(SYSTEM, workshop.project, task_id)


def test_the_archive_is_searched_by_name_number_and_time(workshop):
    ids = small_tasks(workshop, 2)
    db.session.execute(update(Task).where(Task.id == ids[0]).values(name="Nightly 100%"))
    db.session.commit()
    first_end = workshop.now
    workshop.now += timedelta(days=2)
    ids += small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    archive_all()

    assert archived(workshop) == ids[2::-1]
    assert archived(workshop, search="nightly 100%") == [ids[0]]
    assert archived(workshop, search="0%") == [ids[0]]
    assert archived(workshop, search="%%") == []
    assert archived(workshop, search=str(ids[1])) == [ids[1]]
    assert archived(workshop, since=first_end + timedelta(seconds=1)) == [ids[2]]
    assert archived(workshop, until=first_end + timedelta(seconds=1)) == [ids[1], ids[0]]


@on_sqlite
def test_an_archive_is_its_projects_alone(workshop):
    task_id, *_ = small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    archive_all()
    other = Project(name="Other", biz_id=8, time_zone="UTC", created_at=workshop.now)
    db.session.add(other)
    db.session.commit()

    assert page_of_archive(SYSTEM, other, ArchiveFilter(), FIRST).rows == []
    with pytest.raises(NotFound):
        archived_report(SYSTEM, other, task_id)
    with pytest.raises(NotAllowed):
        archived_report(Actor("nobody"), workshop.project, task_id)


@on_sqlite
def test_how_long_tasks_are_kept_is_for_managers_and_in_the_journal(workshop):
    with pytest.raises(NotAllowed):
        set_retention(Actor("nobody"), workshop.project, days=1, tasks=None)
    with pytest.raises(InvalidInput) as wrong:
        set_retention(SYSTEM, workshop.project, days=-1, tasks=10**10)
    assert [problem.where for problem in wrong.value.problems] == ["days", "tasks"]

    keep(workshop, days=30, tasks=7)
    found = retention_of(SYSTEM, workshop.project)
    assert (found.own_days, found.days, found.own_tasks, found.tasks) == (30, 30, 7, 7)
    assert db.session.scalar(select(JournalRow.detail).where(JournalRow.kind == "project")) == {
        "keep_days": 30,
        "keep_tasks": 7,
    }


@on_sqlite
def test_what_a_killed_process_left_half_written_goes_once_nobody_can_be_writing_it(workshop, folder, monkeypatch):
    small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    with monkeypatch.context() as dying:
        # As a process is killed that has no time to clean up.
        dying.setattr(Path, "unlink", lambda *_, **__: None)
        dying.setattr(archiving, "_write", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            archive_all()
    db.session.rollback()
    (left,) = (folder / ".unfinished").iterdir()

    retention.tidy_archive(lambda: False)
    assert left.exists()
    os.utime(left, (time.time() - 3700,) * 2)
    entry._Process.tidies_at = 0.0
    entry.archive_due()

    assert not left.exists()
    assert len(archived(workshop)) == 1
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".gz"]


@on_sqlite
def test_files_stay_as_long_as_they_are_set_to_and_go_with_their_entries(workshop, folder, monkeypatch):
    first, second, *_ = small_tasks(workshop, 3)
    keep(workshop, tasks=2)
    archive_all()
    workshop.now += LATER
    keep(workshop, tasks=1)
    archive_all()
    retention.tidy_archive(lambda: False)
    assert archived(workshop) == [second, first]

    monkeypatch.setattr(retention._Binding, "defaults", retention.Defaults(0, 0, folder, archive_days=30))
    retention.tidy_archive(lambda: False)

    assert archived(workshop) == [second]
    assert [path.name.partition("-")[0] for path in folder.rglob("*.gz")] == [str(second)]
    with pytest.raises(NotFound):
        archived_report(SYSTEM, workshop.project, first)


@on_sqlite
def test_a_task_that_is_still_being_taken_out_keeps_its_file(workshop, folder, monkeypatch):
    task_id, *_ = small_tasks(workshop, 2)
    keep(workshop, tasks=1)
    with monkeypatch.context() as dying:
        dying.setattr(archiving, "_take_out", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            archive_all()
    db.session.rollback()
    workshop.now += LATER
    monkeypatch.setattr(retention._Binding, "defaults", retention.Defaults(0, 0, folder, archive_days=30))

    retention.tidy_archive(lambda: False)

    assert archived(workshop) == [task_id]
    assert len(list(folder.rglob("*.gz"))) == 1
