"""Lists of flows and tasks on the pages; they come from the same services as those of the APIs."""

from __future__ import annotations

import re

from app.services.access import SYSTEM
from app.services.overview import shown_state, shown_states
from app.services.reading import task_detail
from app.services.task_lists import TaskFilter, find_tasks
from app.services.tasks import Wish, create_task, operate_task, start_task
from app.services.template_lists import template_rows
from app.services.templates import create_template
from tests.drawing import flow


def links(page: str, kind: str) -> list[int]:
    return [int(number) for number in re.findall(rf'href="/projects/1/{kind}/(\d+)/"', page)]


def test_flows_are_listed_newest_first_with_the_time_of_their_last_edit(person, project):
    newest = create_template(SYSTEM, project, "Newest", flow("start > a > end"), description="of <all>")

    page = person.get("/projects/1/flows/")

    assert links(page, "flows") == [row.id for row in template_rows(SYSTEM, project)]
    assert links(page, "flows")[0] == newest.id
    assert f'title="{newest.created_at:%Y-%m-%d %H:%M:%S} UTC">just now' in page
    assert "of &lt;all&gt;" in page


def test_the_first_page_shows_a_few_flows(person, project):
    for number in range(8):
        create_template(SYSTEM, project, f"Flow {number}", flow("start > a > end"))

    assert [row.name for row in template_rows(SYSTEM, project, limit=2)] == ["Flow 7", "Flow 6"]
    assert links(person.get("/projects/1/"), "flows")[:7] == [row.id for row in template_rows(SYSTEM, project, limit=6)]


def test_tasks_show_what_holds_them_up(person, project):
    ask = create_template(SYSTEM, project, "ask", flow("start > a > end", plugin="pause_node"))
    fail = create_template(SYSTEM, project, "fail", flow("start > a > end", plugin="bk_http_request"))
    ids = [create_task(SYSTEM, project, t.id, Wish(t.name)).task_id for t in (ask, ask, fail, ask)]
    for task_id in ids[:3]:
        start_task(SYSTEM, project, task_id)
    person.drive()
    operate_task(SYSTEM, project, ids[1], "revoke")

    rows = find_tasks(SYSTEM, project, TaskFilter())

    assert shown_states(rows) == ["not_started", "failed", "revoked", "waiting_person"]
    assert [shown_state(task_detail(SYSTEM, project, row.id).task) for row in rows] == shown_states(rows)
    page = person.get("/projects/1/tasks/")
    assert re.findall(r'class="state state-(\w+)"', page) == shown_states(rows)
