"""The archive in the console: its list, a task of it as a report, and the setting that fills it."""

from __future__ import annotations

import pytest

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.services.access import SYSTEM, find_project
from app.services.retention import START, archive_due, retention_of
from app.services.tasks import Wish, create_task, start_task
from tests.web.editor_client import Editor, make_people, save
from tests.web.test_settings import send
from tests.web.test_task_report import failing_flow


@pytest.fixture
def manager(editor_app) -> Editor:
    make_people(max="manager")
    return Editor(editor_app, "max")


@pytest.fixture
def archived(editor_app, manager) -> int:
    """A task that went wrong, in the archive; returns its id."""
    room = open_room(
        db.engine, house_of(editor_app.config["SLUICE"], db.engine), lambda clock: InlineDispatcher(), threads=0
    )
    project, template_id = find_project(SYSTEM, 1, "project"), save(failing_flow(), "Check all")
    ids = []
    for name in ("<b>tonight</b>", "tomorrow"):
        made = create_task(SYSTEM, project, template_id, Wish(name, {"${who}": "web"}))
        start_task(SYSTEM, project, made.task_id)
        room.driver.drive_due()
        db.session.rollback()
        send(manager, f"/projects/1/tasks/{made.task_id}/do", action="revoke")
        ids.append(made.task_id)
    send(manager, "/projects/1/settings/retention", days="", tasks="1")
    archive_due(START, lambda: False)
    return ids[0]


def see(person: Editor, path: str):
    person._come_in()
    return person.http.get(path)


def test_an_archived_task_is_found_and_read_with_its_failure(manager, archived):
    listed = see(manager, "/projects/1/archive/?q=TONIGHT").text
    assert f'href="/projects/1/archive/{archived}"' in listed
    assert "&lt;b&gt;tonight&lt;/b&gt;" in listed
    assert "tomorrow" not in listed

    report = see(manager, f"/projects/1/archive/{archived}").text
    for told in ("Check the hosts", "looking at web", "exit code 3", "revoked it", "Back to the archive"):
        assert told in report, told
    assert "hunter22" not in report
    assert "sealed:" not in report


def test_an_archived_task_can_be_taken_along_as_json(manager, archived):
    found = see(manager, f"/projects/1/archive/{archived}/export.json").json
    assert (found["task"]["id"], found["task"]["state"]) == (archived, "revoked")
    assert [deed["action"] for deed in found["journal"]] == ["create", "start", "revoke"]


def test_links_to_a_task_lead_to_the_archive_once_it_is_there(manager, archived):
    answer = see(manager, f"/projects/1/tasks/{archived}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/projects/1/archive/{archived}")


def test_the_archive_of_another_project_is_not_there(manager, archived):
    for path in (f"/projects/2/archive/{archived}", "/projects/2/archive/", "/projects/1/archive/999"):
        assert see(manager, path).status_code == 404


def test_a_filter_that_is_not_understood_is_told(manager, archived):
    assert "is no day" in see(manager, "/projects/1/archive/?begin=yesterday").text


def test_how_long_tasks_are_kept_is_set_on_a_page(editor_app, manager, ed):
    here, project = "/projects/1/settings/retention", find_project(SYSTEM, 1, "project")

    assert "Saved" in send(manager, here, days="90", tasks="").text
    assert (retention_of(SYSTEM, project).days, retention_of(SYSTEM, project).own_tasks) == (90, None)
    assert 'value="90"' in see(manager, here).text

    assert "a whole number from 0" in send(manager, here, days="many", tasks="").text
    assert send(ed, here, days="1", tasks="").status_code == 403
    assert 'name="days"' not in see(ed, here).text
    assert retention_of(SYSTEM, find_project(SYSTEM, 1, "project")).days == 90
