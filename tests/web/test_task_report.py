"""A task to take away, its flow compared with the flow now, and who was told of it."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import event

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.services.access import SYSTEM, find_project
from app.services.notices import Watcher
from app.services.tasks import Wish, create_task
from app.services.templates import update_template
from tests.drawing import flow
from tests.web.editor_client import Editor, save

HOOK = "https://chat.example.org/hook/secret-path"


def failing_flow(**more):
    """Return a flow whose second node fails: it asks for a password, and may go without its first node."""
    shown = {"show_type": "show", "source_type": "custom"}
    constants = {
        "${who}": {**shown, "name": "Who", "custom_type": "input", "value": "all"},
        "${token}": {**shown, "name": "Token", "custom_type": "password", "value": "hunter22", "index": 1},
    }
    tree = flow(
        "start > backup > check > end", constants=constants, nodes={"backup": {"name": "Back up", "optional": True}},
        inputs={"backup": {"bk_display_message": "${who} ${token}"}},
    )  # fmt: skip
    script = {"job_script_type": "1", "job_content": "echo looking at ${who}; exit 3", "job_ip_list": "127.0.0.1"}
    data = {key: {"hook": False, "value": value} for key, value in script.items()}
    tree["activities"]["check"].update(
        name="Check the hosts", component={"code": "job_fast_execute_script", "data": data}
    )
    return tree | more


@pytest.fixture
def template_id(editor_app) -> int:
    return save(failing_flow(), "Check all")


@pytest.fixture
def run(editor_app, template_id):
    """Make a task, start it, and let it go on until it waits for somebody; returns its id."""
    room = open_room(
        db.engine, house_of(editor_app.config["SLUICE"], db.engine), lambda clock: InlineDispatcher(), threads=0
    )

    def go(**wish) -> int:
        project = find_project(SYSTEM, 1, "project")
        made = create_task(SYSTEM, project, template_id, Wish("tonight", {"${who}": "web"}, **wish), starts=True)
        room.driver.drive_due()
        db.session.rollback()
        return made.task_id

    return go


def reader(app, name: str = "ed") -> Editor:
    found = Editor(app, name)
    found.base = "/projects/1/tasks"
    return found


def test_the_report_tells_what_failed_and_why_and_no_secret(editor_app, run):
    text = reader(editor_app).ask("GET", f"/{run()}/report").text

    for told in (
        "tonight",
        "Check the hosts",
        "looking at web",
        "exit code 3",
        "Values it was made with",
        "started it",
    ):
        assert told in text, told
    assert "hunter22" not in text
    assert "sealed:" not in text


def test_the_export_is_json_of_everything_without_secrets(editor_app, run):
    answer = reader(editor_app).ask("GET", f"/{run()}/export.json")

    found = answer.json
    assert answer.headers["Content-Disposition"] == 'attachment; filename="task-1.json"'
    assert (found["format"], found["task"]["state"], found["task"]["template_version"]) == (1, "failed", 1)
    assert {given["key"]: given["value"] for given in found["inputs"]}["${who}"] == "web"
    check = next(node for node in found["nodes"] if node["name"] == "Check the hosts")
    assert check["attempts"][0]["inputs"]["job_content"] == "echo looking at web; exit 3"
    assert [deed["action"] for deed in found["journal"]] == ["create", "start"]
    assert "hunter22" not in answer.text
    assert "sealed:" not in answer.text


def count_queries(ask) -> int:
    """Return how many statements asking something takes."""
    seen: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    ask()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_report_asks_the_database_no_more_for_a_larger_task(editor_app, run, template_id):
    first = run()
    longer = flow("start > " + " > ".join(f"n{i}" for i in range(30)) + " > end")
    update_template(SYSTEM, find_project(SYSTEM, 1, "project"), template_id, longer)
    second = run()
    person = reader(editor_app)

    few, many = (count_queries(lambda id_=id_: person.ask("GET", f"/{id_}/report")) for id_ in (first, second))
    assert 0 < many <= few


def test_a_task_whose_flow_has_not_changed_is_the_same(editor_app, run):
    found = reader(editor_app).get(f"/{run(exclude=['backup'])}/changes")

    assert found["left_out"] == ["Back up"]
    assert (found["version"], found["current"]) == (1, 1)
    parts = [
        found["differences"][part][kind]
        for part in ("nodes", "flows", "variables")
        for kind in ("added", "removed", "changed")
    ]
    assert not any(parts), parts
    assert not found["differences"]["rest"]


def test_what_has_changed_in_the_flow_is_told_node_by_node(editor_app, run, template_id):
    task_id = run()
    tree = failing_flow()
    tree["activities"]["check"]["component"]["data"]["job_content"]["value"] = "echo fine"
    tree["activities"]["backup"]["name"] = "Save everything"
    update_template(SYSTEM, find_project(SYSTEM, 1, "project"), template_id, tree)

    found = reader(editor_app).get(f"/{task_id}/changes")

    changed = {
        item["name"]: [change["path"] for change in item["changes"]]
        for item in found["differences"]["nodes"]["changed"]
    }
    assert changed == {"Save everything": ["name"], "Check the hosts": ["component.data.job_content.value"]}
    assert (found["version"], found["current"]) == (1, 2)
    assert "hunter22" not in json.dumps(found)


def test_a_flow_that_is_gone_cannot_be_compared(editor_app, run, template_id):
    from app.models.templates import Template

    task_id = run()
    db.session.get_one(Template, template_id).is_deleted = True
    db.session.commit()

    assert reader(editor_app).ask("GET", f"/{task_id}/changes").status_code == 404


def test_who_is_told_is_shown_and_the_path_of_a_webhook_to_editors_only(editor_app, run):
    task_id = run(watchers=[Watcher(("task_failed",), "webhook", HOOK)])

    found = reader(editor_app).get(f"/{task_id}/notices")
    assert found["watchers"] == [{"kinds": ["task_failed"], "channel": "webhook", "target": HOOK}]
    assert [(notice["kind"], notice["state"]) for notice in found["notices"]] == [("task_failed", "owed")]
    seen = reader(editor_app, "vera").ask("GET", f"/{task_id}/notices").text
    assert "https://chat.example.org/…" in json.dumps(json.loads(seen), ensure_ascii=False)
    assert "secret-path" not in seen
    assert "secret-path" not in reader(editor_app, "vera").ask("GET", f"/{task_id}/report").text
    assert "secret-path" not in reader(editor_app, "vera").ask("GET", f"/{task_id}/export.json").text


def test_another_project_s_task_cannot_be_taken_away(editor_app, run):
    task_id = run()
    other = Editor(editor_app, "otto")
    other.base = "/projects/2/tasks"

    for path in ("report", "export.json", "changes", "notices"):
        assert other.ask("GET", f"/{task_id}/{path}").status_code == 404


def test_the_page_opens_with_what_the_link_names(editor_app, run):
    text = reader(editor_app).ask("GET", f"/{run()}/", node="abc", tab="outputs", below="journal").text
    data = json.loads(re.search(r'id="run-data">(.*?)</script>', text, re.S).group(1))

    assert (data["chosen"], data["tab"], data["below"]) == ("abc", "outputs", "journal")
