"""What the APIs answer for a task that has gone to the archive: that it has, and where it is read now; each in its own form."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.api.oos.ids import read_execution_id
from app.extensions import db
from app.models.archives import ArchivedTask
from app.services.access import SYSTEM
from app.services.retention import START, archive_due, set_retention
from tests.api.bksops.world import World
from tests.api.oos.client import OosClient, say
from tests.drawing import flow

STRANGE = 4_000_000
QUESTIONS = ("get_task_status", "get_task_detail", "get_task_node_detail")


@pytest.fixture
def world(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_BASE_URL="https://flows.example.com")
    with app.app_context():
        yield World.of(app)


@pytest.fixture
def light(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield OosClient(app)


@pytest.fixture
def archived(world) -> int:
    """A task that has ended and was archived, since the project keeps no more than the newest."""
    template = world.save(flow("start > a > end"))
    task, newest = (world.order(template)[0] for _ in range(2))
    for number in (task, newest):
        world.client.post(f"start_task/{number}/{world.biz_id}")
    world.client.drive()
    archive_all_but_one(world.project)
    return task


def archive_all_but_one(project) -> None:
    set_retention(SYSTEM, project, days=None, tasks=1)
    assert archive_due(START, lambda: False) == START
    db.session.rollback()


def test_bksops_says_that_a_task_is_archived_and_where(world, archived):
    place = f"https://flows.example.com/projects/{world.project.id}/archive/{archived}/"
    asked = {name: world.client.get(f"{name}/{archived}/2", node_id="n1") for name in QUESTIONS}
    given = {
        "start_task": world.client.post(f"start_task/{archived}/2"),
        "operate_task": world.client.post(f"operate_task/{archived}/2", action="revoke"),
        "operate_node": world.client.post(f"operate_node/2/{archived}", node_id="n1", action="retry"),
    }

    for name, answer in {**asked, **given}.items():
        assert (answer["result"], answer["code"]) == (False, 3540400), name
        assert answer["message"].startswith(f"task[id={archived}] "), name
        assert answer["message"].endswith(f" is archived, see {place}"), name
    assert asked["get_task_status"]["message"].startswith(f"task[id={archived}] get status error: ")


def test_bksops_tells_nobody_of_a_task_that_was_deleted_before(world, archived):
    db.session.execute(update(ArchivedTask).values(is_deleted=True))
    db.session.commit()

    answers = [world.client.get(f"get_task_detail/{task}/2") for task in (archived, STRANGE)]

    assert [answer["message"].replace(str(archived), str(STRANGE)) for answer in answers] == [answers[1]["message"]] * 2


def test_lists_of_bksops_leave_archived_tasks_out(world, archived):
    listed = world.client.get("get_task_list/2")["data"]
    assert len(listed) == 1
    assert archived not in [task["id"] for task in listed]
    assert world.client.post("get_tasks_status/2", task_id_list=[archived])["data"] == []


def test_oos_says_that_an_execution_is_archived_and_where(light):
    ref = light.save("f", say("a"))
    gone, _ = light.start(template={"ref": ref}), light.start(template={"ref": ref})
    light.drive()
    archive_all_but_one(light.project)

    code, told = light.refused("GET", "/v2/execution", query={"id": gone})

    place = f"/projects/{light.project.id}/archive/{read_execution_id(gone)}/"
    assert (code, told.startswith(f"execution {gone} is in the archive: http"), told.endswith(place)) == (
        404,
        True,
        True,
    )
