"""Making a task: what the page shows and asks, the plain form, and who may do what."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from app.errors import InvalidInput
from app.extensions import db
from app.models.schedules import Schedule
from app.models.tasks import Task, TaskTree
from app.services.access import SYSTEM, find_project
from app.services.schemes import create_scheme
from app.services.tasks import Wish, create_task
from app.services.template_details import Details, change_details
from app.services.templates import update_template
from tests.drawing import flow
from tests.web.editor_client import Editor, save

CHOICE = {"items_text": '[{"text": "Test", "value": "test"}, {"text": "Live", "value": "live"}]', "default": "test"}


def asking_flow(**more: Any) -> dict[str, Any]:
    """Return a flow with two optional nodes that asks for six values, one of them in one case only."""
    shown = {"show_type": "show", "source_type": "custom"}
    constants = {
        "${version}": {**shown, "name": "Version", "custom_type": "input", "value": "1.0", "validation": r"^\d+\.\d+$", "index": 0},
        "${env}": {**shown, "name": "Environment", "custom_type": "select", "value": CHOICE, "is_meta": True, "index": 1},
        "${ticket}": {
            **shown, "name": "Ticket", "custom_type": "input", "value": "", "validation": "^CHG", "index": 2,
            "is_condition_hide": "true", "hide_condition": [{"constant_key": "${env}", "operator": "!=", "value": "live"}],
        },
        "${count}": {**shown, "name": "Count", "custom_type": "int", "value": 3, "index": 3},
        "${token}": {**shown, "name": "Token", "custom_type": "password", "value": "hunter22", "index": 4},
        "${notes}": {**shown, "name": "Notes", "custom_type": "textarea", "value": "none", "index": 5},
    }  # fmt: skip
    words = {"deploy": "${version} ${env} ${ticket} ${count} ${token}", "tell": "${notes}"}
    message = {node: {"bk_display_message": text} for node, text in words.items()}
    optional = {"backup": {"name": "Back up", "optional": True}, "tell": {"name": "Tell", "optional": True}}
    return flow("start > backup > deploy > tell > end", inputs=message, nodes=optional, constants=constants) | more


@pytest.fixture
def template_id(editor_app) -> int:
    return save(asking_flow(), "Deploy")


@pytest.fixture
def otto(editor_app) -> Editor:
    return person(editor_app, "otto")


def person(app, name: str) -> Editor:
    """Somebody who speaks to the page's own endpoints."""
    found = Editor(app, name)
    found.base = "/projects/1/tasks/new"
    return found


def look(person: Editor, query: str = "") -> Any:
    """Return the page that makes a task, or the one where a flow is chosen."""
    person._come_in()
    return person.http.get(f"/projects/1/tasks/new{query}")


def page(person: Editor, query: str) -> dict[str, Any]:
    """Return what the page that makes a task begins with."""
    text = look(person, f"?{query}").text
    return json.loads(re.search(r'id="create-data">(.*?)</script>', text, re.S).group(1))


def order(person: Editor, template_id: int | None, expect: int = 200, **more: Any) -> Any:
    """Send an order; what is not said is as it stands in the form."""
    wanted = {
        "template_id": template_id, "source": "business", "left_out": [], "answers": {}, "name": "tonight", "starts": False,
    }  # fmt: skip
    return person.do("POST", "/order", expect, **(wanted | more))


def task(task_id: int) -> tuple[Task, dict[str, Any]]:
    found = db.session.get_one(Task, task_id)
    return found, db.session.get_one(TaskTree, found.tree_id).body


def test_the_page_asks_for_the_shown_variables_and_tells_no_secret(otto, template_id):
    found = page(otto, f"template={template_id}")

    assert [q["key"] for q in found["preview"]["questions"]] == [
        "${version}", "${env}", "${ticket}", "${count}", "${token}", "${notes}",
    ]  # fmt: skip
    assert found["preview"]["questions"][1]["field"]["choices"][1] == {"value": "live", "label": "Live"}
    assert "hunter22" not in json.dumps(found)
    assert "sealed:" not in json.dumps(found)


def test_a_flow_whose_tasks_others_start_offers_that_first(otto, template_id):
    assert page(otto, f"template={template_id}")["is_for_others"] is False

    change_details(SYSTEM, find_project(SYSTEM, 2), template_id, Details(flow_type="common_func"))

    assert page(otto, f"template={template_id}")["is_for_others"] is True
    assert re.search(r'name="when" value="claim" checked', look(otto, f"?template={template_id}").text)


def test_a_flow_type_that_there_is_not_is_refused_with_those_that_there_are(template_id):
    with pytest.raises(InvalidInput, match=r"flow_type is one of common, common_func, not 'both'"):
        change_details(SYSTEM, find_project(SYSTEM, 2), template_id, Details(flow_type="both"))


def test_what_is_left_out_vanishes_with_the_questions_that_only_it_needs(otto, template_id):
    found = otto.do("POST", "/preview", template_id=template_id, left_out=["tell"])

    assert set(found["tree"]["activities"]) == {"backup", "deploy"}
    assert "${notes}" not in [q["key"] for q in found["questions"]]


def test_a_node_that_is_not_optional_cannot_be_left_out(otto, template_id):
    answer = otto.do("POST", "/preview", 422, template_id=template_id, left_out=["deploy"])

    assert answer["problems"][0]["where"] == "deploy"


def test_an_order_makes_and_starts_a_task_with_its_answers(otto, template_id):
    answers = {"${version}": "2.1", "${count}": 5, "${env}": "live", "${ticket}": "CHG7"}
    made = order(otto, template_id, answers=answers, left_out=["backup"], starts=True)

    found, tree = task(made["id"])
    assert made["address"] == f"/projects/1/tasks/{made['id']}/"
    assert (found.state, found.executor) == ("running", "otto")
    assert {key: tree["constants"][key]["value"] for key in answers} == answers
    assert [node["name"] for node in tree["activities"].values()] == ["deploy", "Tell"]
    assert tree["constants"]["${token}"]["value"].startswith("sealed:")


def test_a_choice_that_nobody_touched_is_its_default_and_not_its_definition(otto, template_id):
    _, tree = task(order(otto, template_id)["id"])

    assert tree["constants"]["${env}"]["value"] == "test"


def test_everything_that_is_wrong_is_told_at_once_with_its_field(otto, template_id):
    wrong = {"${version}": "two", "${count}": "many", "${env}": "live", "${ticket}": ""}
    answer = order(otto, template_id, 422, answers=wrong, name=" ")

    assert {p["where"] for p in answer["problems"]} == {"name", "${version}", "${count}", "${ticket}"}
    assert db.session.query(Task).count() == 0


def test_what_is_hidden_is_neither_checked_nor_taken(otto, template_id):
    made = order(otto, template_id, answers={"${env}": "test", "${ticket}": "nonsense"})

    assert task(made["id"])[1]["constants"]["${ticket}"]["value"] == ""


def test_a_flow_that_was_published_meanwhile_is_not_started_unseen(otto, template_id):
    digest = page(otto, f"template={template_id}")["flow"]["digest"]
    update_template(SYSTEM, find_project(SYSTEM, 1, "project"), template_id, flow("start > other > end"))

    assert order(otto, template_id, 409, digest=digest)["theirs"] == {"version": 2}


def test_a_task_is_set_for_later_and_on_a_schedule(ed, template_id):
    ed.base = "/projects/1/tasks/new"
    later = order(ed, template_id, plan={"form": "once", "starts_at": "2090-01-31T08:00"}, left_out=["tell"])
    weekly = order(ed, template_id, plan={"form": "cron", "expression": "0 3 * * 1"}, name="weekly")

    forms = [db.session.get_one(Schedule, made["id"]).form for made in (later, weekly)]
    assert (later["made"], weekly["address"]) == ("schedule", f"/projects/1/schedules/{weekly['id']}/")
    assert forms == ["once", "cron"]
    assert db.session.get_one(Schedule, weekly["id"]).is_enabled


def test_a_plan_that_cannot_be_is_told_with_everything_else(ed, template_id):
    ed.base = "/projects/1/tasks/new"
    answer = order(ed, template_id, 422, plan={"form": "once"}, answers={"${version}": "x"})

    assert {"${version}", "starts_at"} <= {p["where"] for p in answer["problems"]}
    assert ed.do("POST", "/plan", plan={"form": "cron", "expression": "0 3 * * *"})["times"][0].endswith(
        "03:00:00+00:00"
    )
    assert ed.do("POST", "/plan", 422, plan={"form": "cron", "expression": "61 * * * *"})["problems"]


def test_an_operator_may_start_but_not_schedule_and_a_viewer_may_look(editor_app, otto, template_id):
    vera = person(editor_app, "vera")

    assert not page(otto, f"template={template_id}")["may_schedule"]
    order(otto, template_id, 403, plan={"form": "cron", "expression": "0 3 * * *"})
    assert not page(vera, f"template={template_id}")["may_start"]
    order(vera, template_id, 403)


def test_a_task_is_run_again_with_its_values_and_without_what_it_left_out(otto, template_id):
    answers = {"${version}": "2.1", "${token}": "swordfish", "${env}": "live", "${ticket}": "CHG7"}
    first = order(otto, template_id, answers=answers, left_out=["backup"])["id"]
    found = page(otto, f"task={first}")
    again = order(otto, template_id, task_id=first, left_out=found["left_out"])["id"]

    questions = {q["key"]: q["value"] for q in found["preview"]["questions"]}
    assert found["left_out"] == ["backup"]
    assert (questions["${version}"], questions["${env}"], questions["${ticket}"]) == ("2.1", "live", "CHG7")
    assert "swordfish" not in json.dumps(found)
    before, after = task(first)[1]["constants"], task(again)[1]["constants"]
    assert {k: c["value"] for k, c in after.items()} == {k: c["value"] for k, c in before.items()}


def test_a_task_whose_flow_is_gone_is_run_again_from_its_own_copy(otto, template_id):
    project = find_project(SYSTEM, 1, "project")
    first = create_task(SYSTEM, project, template_id, Wish("once", {"${version}": "3.3"}, ["tell"])).task_id
    db.session.get_one(Task, first).template_id = None
    db.session.commit()

    found = page(otto, f"task={first}")
    again = order(otto, None, task_id=first, answers={"${count}": 9})["id"]

    assert found["flow"]["version"] is None
    constants = task(again)[1]["constants"]
    assert (constants["${version}"]["value"], constants["${count}"]["value"]) == ("3.3", 9)


def test_a_task_of_a_common_flow_is_made(otto):
    common = save(asking_flow(), "Shared", None)

    made = order(otto, common, source="common")["id"]

    assert task(made)[0].template_source == "common"
    assert "Shared" in look(otto).text


def test_another_project_s_flow_is_not_there(editor_app, template_id):
    stranger = save(asking_flow(), "Theirs", 2)

    assert look(person(editor_app, "otto"), f"?template={stranger}").status_code == 404


def test_flows_to_choose_from_can_be_searched(otto, template_id):
    save(flow("start > a > end"), "Rotate logs")

    text = look(otto, "?q=rotate").text
    assert "Rotate logs" in text
    assert "Deploy</b>" not in text
    assert "No flow of that name" in look(otto, "?q=zzz").text


def send(person: Editor, template_id: int, **form: Any) -> Any:
    """Send the plain form."""
    person._come_in()
    path = f"/projects/1/tasks/new?template={template_id}"
    return person.http.post(path, data={"csrf": person.csrf, "name": "plain", **form})


def test_the_plain_form_makes_a_task(otto, template_id):
    text = look(otto, f"?template={template_id}").text
    assert "<noscript>" in text

    answer = send(
        otto,
        template_id,
        when="now",
        **{"${version}": "4.0", "${count}": "8", "${env}": "test", "${token}": "", "with:tell": "on"},
    )

    found, tree = task(1)
    assert answer.headers["Location"] == "/projects/1/tasks/1/"
    assert (found.name, found.state) == ("plain", "running")
    assert (tree["constants"]["${version}"]["value"], tree["constants"]["${count}"]["value"]) == ("4.0", 8)
    assert [node["name"] for node in tree["activities"].values()] == ["deploy", "Tell"]


def test_the_plain_form_asks_for_each_part_of_a_value_that_is_made_of_parts(otto):
    moment = {"name": "When", "custom_type": "format_support_datetime", "show_type": "show", "value": ""}
    template_id = save(flow("start > a > end", constants={"${when}": moment}, inputs={"a": {"x": "${when}"}}), "Parts")
    assert 'name="${when}.datetime" type="datetime-local"' in unescape(look(otto, f"?template={template_id}").text)

    send(otto, template_id, **{"${when}.datetime": "2030-01-01T08:00", "${when}.datetime_format": "%d.%m."})

    given = task(1)[1]["constants"]["${when}"]["value"]
    assert given == {"datetime": "2030-01-01 08:00:00", "datetime_format": "%d.%m."}


def test_the_plain_form_comes_back_with_what_was_typed_and_what_is_wrong(otto, template_id):
    answer = send(
        otto, template_id, **{"${version}": "four", "${env}": "live", "${ticket}": "CHG1", "${notes}": "keep this"}
    )

    text = unescape(answer.text)
    assert answer.status_code == 400
    assert r"Version does not match ^\d+\.\d+$" in text
    assert "keep this" in text
    assert 'value="four"' in text


def test_the_plain_form_takes_a_scheme(otto, template_id):
    project = find_project(SYSTEM, 1, "project")
    scheme = create_scheme(SYSTEM, project, template_id, "Only the backup", ["backup"])

    send(otto, template_id, scheme=str(scheme.id), **{"${version}": "4.0", "with:tell": "on"})

    assert [node["name"] for node in task(1)[1]["activities"].values()] == ["Back up", "deploy"]


def test_the_page_needs_a_login_and_the_token(editor_app, otto, template_id):
    otto._come_in()
    assert editor_app.test_client().get("/projects/1/tasks/new").status_code == 302
    otto.csrf = "another"
    assert otto.ask("POST", "/order", template_id=template_id).status_code == 400


def test_an_order_for_others_waits_among_the_approvals_until_somebody_claims_it(otto, template_id):
    made = order(otto, template_id, is_for_others=True, starts=True)

    found, _ = task(made["id"])
    assert made["address"] == "/projects/1/approvals/"
    assert (found.state, found.current_flow, found.flow_type) == ("created", "func_claim", "common_func")
    assert "tonight" in otto.http.get(made["address"]).text


def test_the_plain_form_submits_an_order_for_others_too(otto, template_id):
    text = look(otto, f"?template={template_id}").text
    token = re.search(r'name="csrf" value="([^"]+)"', text).group(1)

    sent = otto.http.post(
        f"/projects/1/tasks/new?template={template_id}", data={"csrf": token, "name": "by hand", "when": "claim"}
    )

    assert sent.headers["Location"] == "/projects/1/approvals/"
    assert db.session.query(Task).filter_by(name="by hand").one().flow_type == "common_func"


def test_how_soon_a_task_gets_room_is_asked_for_where_not_all_may_run_at_once(make_app, sqlite_url, template_id):
    limited = make_app(sqlite_url, SLUICE_RUNNING_TASKS="5")
    with limited.app_context():
        asker = person(limited, "otto")
        made = order(asker, template_id, priority=7)

        assert page(asker, f"template={template_id}")["has_limits"]
        assert 'name="priority"' in look(asker, f"?template={template_id}").text
        assert task(made["id"])[0].priority == 7
        asker.base = f"/projects/1/tasks/{made['id']}"
        assert asker.get("/state")["task"]["priority"] == 7


def test_without_a_limit_nobody_is_asked_for_a_priority(otto, template_id):
    assert not page(otto, f"template={template_id}")["has_limits"]
    assert 'name="priority"' not in look(otto, f"?template={template_id}").text


def test_a_priority_that_cannot_be_is_told_with_its_field(otto, template_id):
    answer = order(otto, template_id, 422, priority=1001)

    assert [(p["where"], p["message"]) for p in answer["problems"]] == [
        ("priority", "the priority is a whole number from -1000 to 1000")
    ]
