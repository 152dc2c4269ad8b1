"""What the flow editor tells of a flow's past: who did what to it, its last tasks, how long its nodes took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.services.access import SYSTEM, find_project
from app.services.flow_history import MOST_READ, MOST_TASKS, MOST_TIMES
from app.services.tasks import Wish, create_task
from app.services.templates import update_template
from tests.drawing import flow
from tests.web.editor_client import Editor, make_people, save

TREE = flow(
    "start > a > b > end", plugin="job_fast_execute_script",
    inputs={"a": {"job_content": "true", "job_ip_list": "127.0.0.1"}, "b": {"job_content": "exit 3", "job_ip_list": "127.0.0.1"}},
)  # fmt: skip


@pytest.fixture
def run(editor_app) -> Callable[..., int]:
    """Run a task of a flow in the first project to its end."""
    house = house_of(editor_app.config["SLUICE"], db.engine)
    room = open_room(db.engine, house, lambda c: InlineDispatcher(), threads=0)

    def run(template_id: int, name: str = "t", **more: Any) -> int:
        made = create_task(SYSTEM, find_project(SYSTEM, 1, "project"), template_id, Wish(name, **more), starts=True)
        room.driver.drive_due()
        db.session.rollback()
        return made.task_id

    return run


@pytest.fixture
def manager(editor_app) -> Editor:
    """Somebody who manages the first project, and so sees its audit."""
    make_people(mia="manager")
    return Editor(editor_app, "mia")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is asked of the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


class TestRecords:
    def test_what_people_did_to_a_flow_is_told_the_latest_first(self, manager):
        template_id, other = save(TREE, "Deploy"), save(TREE, "Other")
        manager.do(
            "POST", f"/flows/{template_id}/publish", tree=flow("start > a > end"), name="Deploy 2", base_version=1
        )

        told = manager.get(f"/flows/{template_id}/records")

        assert [(r["by"], r["did"], r["name"], r["version"]) for r in told["records"]] == [
            ("mia", "changed", "Deploy 2", 2), ("system", "made", "Deploy", 1),
        ]  # fmt: skip
        assert f"key={template_id}" in told["url"]
        assert f"/editor/flows/{other}" not in told["url"]

    def test_only_who_sees_the_audit_sees_them(self, ed, manager):
        template_id = save(TREE)

        ed.do("GET", f"/flows/{template_id}/records", 403)
        assert ed.page(f"/projects/1/flows/{template_id}/edit")["may_audit"] is False
        assert manager.page(f"/projects/1/flows/{template_id}/edit")["may_audit"] is True

    def test_flows_of_other_projects_have_none_here(self, manager):
        found = find_project(SYSTEM, 2, "project").id
        manager.do("GET", f"/flows/{save(TREE, project=found)}/records", 404)


class TestTasks:
    def test_the_last_tasks_are_told_with_state_and_address(self, editor_app, run):
        template_id = save(TREE, "Deploy")
        ids = [run(template_id, f"task {number}") for number in range(2)]
        run(save(TREE, "Other"))
        run(template_id, create_method="dry_run")

        told = Editor(editor_app, "vera").get(f"/flows/{template_id}/tasks")

        assert [(t["id"], t["name"], t["state"]) for t in told["tasks"]] == [
            (ids[1], "task 1", "failed"), (ids[0], "task 0", "failed"),
        ]  # fmt: skip
        assert told["tasks"][0]["url"] == f"/projects/1/tasks/{ids[1]}/"
        assert told["url"] == f"/projects/1/tasks/?template={template_id}"

    def test_there_are_no_more_than_a_panel_can_show(self, ed):
        template_id = save(TREE)
        project = find_project(SYSTEM, 1, "project")
        for _ in range(MOST_TASKS + 1):
            create_task(SYSTEM, project, template_id, Wish("t"))

        assert len(ed.get(f"/flows/{template_id}/tasks")["tasks"]) == MOST_TASKS

    def test_a_flow_of_another_project_is_not_there(self, ed):
        ed.do("GET", f"/flows/{save(TREE, project=2)}/tasks", 404)


class TestNodeTimes:
    def test_each_node_tells_how_it_ended_in_the_last_tasks_by_its_id_in_the_flow(self, ed, run):
        template_id = save(TREE)
        ids = [run(template_id) for _ in range(2)]

        times = ed.get(f"/flows/{template_id}/node-times")["times"]

        assert [(t["task_id"], t["state"]) for t in times["a"]] == [(ids[1], "finished"), (ids[0], "finished")]
        assert [t["state"] for t in times["b"]] == ["failed", "failed"]
        assert all(0 <= t["took_ms"] < 60_000 for t in times["a"] + times["b"])

    def test_a_node_that_was_renamed_or_joined_by_one_of_its_name_since_keeps_its_own_times(self, ed, run):
        template_id = save(TREE)
        before = run(template_id)
        newer = flow(
            "start > x > a > b > end", plugin="job_fast_execute_script", nodes={"a": {"name": "other"}, "x": {"name": "a"}},
            inputs={n: {"job_content": "true", "job_ip_list": "127.0.0.1"} for n in "xab"},
        )  # fmt: skip
        update_template(SYSTEM, find_project(SYSTEM, 1, "project"), template_id, tree=newer)
        after = run(template_id)

        times = ed.get(f"/flows/{template_id}/node-times")["times"]

        assert [t["task_id"] for t in times["a"]] == [after, before]
        assert [t["task_id"] for t in times["x"]] == [after]

    def test_it_tells_of_a_few_passes_and_asks_the_database_a_fixed_number_of_times(self, ed, run):
        template_id = save(TREE)
        run(template_id)
        with statements() as once:
            ed.get(f"/flows/{template_id}/node-times")
        for _ in range(MOST_READ):
            run(template_id)

        with statements() as often:
            times = ed.get(f"/flows/{template_id}/node-times")["times"]

        assert len(times["a"]) == MOST_TIMES
        assert len(often) == len(once)

    def test_a_flow_that_never_ran_and_one_that_is_only_a_draft_have_none(self, ed):
        draft = ed.do("POST", "/flows", 201, tree=TREE, name="new", draft=True)["id"]

        assert ed.get(f"/flows/{save(TREE)}/node-times") == {"times": {}}
        assert ed.get(f"/flows/{draft}/node-times") == {"times": {}}
