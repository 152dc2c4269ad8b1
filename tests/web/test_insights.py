"""Statistics: what the database counts is what happened, on both databases; and the page that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import NotAllowed
from app.extensions import db
from app.models.runs import NodeRunRow, RunRow
from app.models.tasks import Task, TaskTree
from app.services import accounts, engine
from app.services.access import SYSTEM, Actor, find_project
from app.services.node_statistics import node_statistics
from app.services.statistics import Numbers, Wanted, statistics, weeks_of
from app.services.templates import create_template
from tests.drawing import flow
from tests.web.editor_client import Editor, make_people

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture
def project(app):
    accounts.create_project("One", 2, "UTC")
    engine.bind(replace(engine.bound(), clock=lambda: NOW))
    return find_project(SYSTEM, 2)


def ended(
    project,
    seconds: float,
    *,
    ago: timedelta = timedelta(hours=1),
    state="finished",
    template_id=None,
    now=None,
    **more,
):
    """Write down a task that has ended."""
    tree = more.pop("tree", None) or flow("start > a > end")
    stored = TaskTree(body=tree)
    db.session.add(stored)
    db.session.flush()
    end = (now or NOW) - ago
    task = Task(
        project_id=project.id, template_id=template_id, name="t", creator="ada", tree_id=stored.id, state=state,
        created_at=end - timedelta(seconds=seconds), started_at=end - timedelta(seconds=seconds), finished_at=end, **more,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    run = RunRow(task_id=task.id, state=state, started_at=task.started_at, finished_at=end)
    db.session.add(run)
    db.session.flush()
    task.run_id = run.id
    db.session.commit()
    return task


def attempt(
    task, node_id: str, seconds: float, *, number: int = 1, state="finished", skipped=False, run_id=None
) -> None:
    db.session.add(
        NodeRunRow(
            run_id=run_id or task.run_id, node_id=node_id, loop=1, attempt=number, state=state, skipped=skipped, error_ignored=False,
            auto_retries=0, started_at=task.started_at, finished_at=task.started_at + timedelta(seconds=seconds), reason="",
        )
    )  # fmt: skip
    db.session.commit()


def test_percentiles_are_durations_that_really_occurred(project):
    for seconds in range(1, 101):
        ended(project, seconds)

    assert statistics(SYSTEM, project, Wanted()).total == Numbers(100, 100, 50.0, 95.0)


def test_of_few_tasks_the_percentiles_are_the_nearest_that_there_is(project):
    for seconds in (3, 1, 2):
        ended(project, seconds)

    total = statistics(SYSTEM, project, Wanted()).total
    assert (total.p50_s, total.p95_s) == (2.0, 3.0)


def test_only_tasks_that_finished_count_for_durations_and_all_that_ended_for_the_rate(project):
    ended(project, 10)
    ended(project, 20)
    ended(project, 30)
    ended(project, 9999, state="revoked")

    assert statistics(SYSTEM, project, Wanted()).total == Numbers(4, 3, 20.0, 30.0)
    assert statistics(SYSTEM, project, Wanted()).total.rate == 0.75


def test_tasks_of_other_projects_trials_of_nodes_deleted_and_older_ones_do_not_count(project):
    accounts.create_project("Two", 3, "UTC")
    ended(find_project(SYSTEM, 3), 1)
    ended(project, 1, create_method="dry_run")
    ended(project, 1, is_deleted=True)
    ended(project, 1, ago=timedelta(weeks=14))
    ended(project, 1, ago=timedelta(weeks=5))

    assert statistics(SYSTEM, project, Wanted(13)).total.ended == 1
    assert statistics(SYSTEM, project, Wanted(4)).total.ended == 0
    assert statistics(SYSTEM, project, Wanted(52)).total.ended == 2


def test_weeks_begin_on_mondays_and_those_without_tasks_are_there_too(project):
    ended(project, 5, ago=timedelta(days=2, hours=11, minutes=59))
    ended(project, 7, ago=timedelta(days=2, hours=12, minutes=1))
    weeks = statistics(SYSTEM, project, Wanted(4)).weeks

    assert [week.begins.strftime("%a %m-%d") for week in weeks] == ["Mon 05-18", "Mon 05-25", "Mon 06-01", "Mon 06-08"]
    assert [week.numbers.ended for week in weeks] == [0, 0, 1, 1]
    assert [week.numbers.p50_s for week in weeks] == [None, None, 7.0, 5.0]


def test_weeks_are_those_of_the_projects_zone_also_where_its_clocks_change():
    begins = weeks_of(datetime(2026, 4, 1, tzinfo=UTC), 2, "Europe/Berlin")

    assert [begin.utcoffset() for begin in begins] == [timedelta(hours=1), timedelta(hours=2)]
    assert [begin.isoformat() for begin in begins] == ["2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"]


def test_flows_are_told_apart_the_busiest_first(project):
    quick = create_template(SYSTEM, project, "Quick", flow("start > a > end"))
    slow = create_template(SYSTEM, project, "Slow", flow("start > a > end"))
    ended(project, 60, template_id=slow.id)
    ended(project, 1, template_id=quick.id)
    ended(project, 3, template_id=quick.id, state="revoked")
    found = statistics(SYSTEM, project, Wanted()).flows

    assert [(f.name, f.numbers) for f in found] == [
        ("Quick", Numbers(2, 1, 1.0, 1.0)), ("Slow", Numbers(1, 1, 60.0, 60.0)),
    ]  # fmt: skip
    assert statistics(SYSTEM, project, Wanted(template_id=slow.id)).total.ended == 1


def test_nodes_are_counted_by_name_over_the_tasks_whose_ids_all_differ(project):
    made = create_template(SYSTEM, project, "F", flow("start > a > b > end"))
    for number, seconds in enumerate((4, 2, 6)):
        ids = [f"n{number}x", f"n{number}y"]
        tree = flow(f"start > {ids[0]} > {ids[1]} > end", nodes={ids[0]: {"name": "Build"}, ids[1]: {"name": "Prüfen"}})
        task = ended(project, 10, template_id=made.id, tree=tree)
        attempt(task, ids[0], 1, state="failed")
        attempt(task, ids[0], seconds, number=2)
        attempt(task, ids[1], 9, skipped=number == 2)

    found = node_statistics(SYSTEM, project, Wanted(template_id=made.id))

    assert [(n.name, n.numbers) for n in found] == [
        ("Prüfen", Numbers(2, 2, 9.0, 9.0)), ("Build", Numbers(6, 3, 4.0, 6.0)),
    ]  # fmt: skip


def test_nodes_of_subprocesses_are_counted_under_the_name_of_their_subprocess(project):
    made = create_template(SYSTEM, project, "F", flow("start > a > end"))
    inner = flow("start > deep > xor > end ; xor > end", nodes={"deep": {"name": "Build"}})
    outer = flow("start > sub > end", pipelines={"sub": inner}, nodes={"sub": {"name": "Release"}})
    tree = flow("start > sub1 > end", pipelines={"sub1": outer}, nodes={"sub1": {"name": "Weekly"}})
    task = ended(project, 10, template_id=made.id, tree=tree)
    for path, node_id, seconds in (("sub1", "sub", 7), ("sub1/sub", "deep", 3), ("sub1/sub", "xor", 1)):
        run = RunRow(task_id=task.id, root_id=task.run_id, path=path, state="finished", started_at=NOW, finished_at=NOW)
        db.session.add(run)
        db.session.flush()
        attempt(task, node_id, seconds, run_id=run.id)

    found = node_statistics(SYSTEM, project, Wanted(template_id=made.id))

    assert [(n.name, n.numbers.p50_s) for n in found] == [("Weekly › Release", 7.0), ("Release › Build", 3.0)]


def test_only_those_who_see_a_project_see_its_statistics(project):
    with pytest.raises(NotAllowed):
        statistics(Actor("stranger"), project, Wanted())
    with pytest.raises(NotAllowed):
        node_statistics(Actor("stranger"), project, Wanted(template_id=1))


def test_the_page_says_in_tables_what_its_charts_draw(editor_app):
    page = Editor(editor_app, "vera").http.get("/projects/1/insights/")
    assert "Nothing has ended in this time" in page.text

    project = find_project(SYSTEM, 2)
    made = create_template(SYSTEM, project, "Release <fast>", flow("start > a > end"))
    task = ended(project, 90, template_id=made.id, now=datetime.now(UTC))
    attempt(task, "a", 30)
    page = Editor(editor_app, "vera").http.get(f"/projects/1/insights/?template={made.id}&weeks=4").text

    assert "Release &lt;fast&gt;" in page
    assert "<fast>" not in page
    for text in ("100 %", "90 s", "30 s", 'id="by-node"', 'id="by-flow"', 'id="by-week"', 'id="chart-data"'):
        assert text in page, text


@pytest.mark.parametrize(
    "query", ["weeks=9999", "weeks=x", "template=x", "template=-1", "template=99999999999999999999"]
)
def test_nonsense_in_the_address_is_taken_for_nothing(editor_app, query):
    assert Editor(editor_app, "vera").http.get(f"/projects/1/insights/?{query}").status_code == 200


def test_the_page_is_for_those_who_belong_to_the_project(editor_app):
    make_people(2, zoe="manager")
    assert Editor(editor_app, "zoe", 2).http.get("/projects/1/insights/").status_code == 404
