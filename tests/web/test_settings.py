"""Settings of a project: members, apps, tokens, notifications, labels. What is shown once works, and is shown once."""

from __future__ import annotations

import re

import pytest

from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.members import list_members
from app.services.project_constants import known_constants, list_constants, set_constant
from app.services.template_details import Details, change_details, labels_of
from app.services.template_notices import list_flow_notices
from app.services.templates import create_template
from tests.drawing import flow, variable
from tests.web.editor_client import Editor, make_people, save


@pytest.fixture
def project(editor_app):
    return find_project(SYSTEM, 2)


@pytest.fixture
def manager(editor_app):
    make_people(max="manager")
    return Editor(editor_app, "max")


def send(person: Editor, path: str, **form):
    """Send a form as its page does, and follow where that leads."""
    person._come_in()
    headers = {"Referer": "http://localhost/projects/1/settings/members"}
    return person.http.post(path, data={"csrf": person.csrf, **form}, headers=headers, follow_redirects=True)


def told(page: str) -> list[str]:
    """Return what a page shows only this once."""
    found = re.search(r'id="told-once".*?</dl>', page, re.S)
    return re.findall(r"<code>(.*?)</code>", found.group(0)) if found else []


def call(app, token: str = "", **credentials: str):
    given = {"bk_app_code": "ci", **credentials, **({"access_token": token} if token else {})}
    return app.test_client().get("/apigw/get_template_list/2/", query_string=given).json


# Members


def test_a_manager_adds_members_changes_their_roles_and_takes_them_out(editor_app, manager, project):
    accounts.create_user("zoe", "opensesame")
    here = "/projects/1/settings/members"

    assert "zoe has the role now" in send(manager, here, action="set", username="zoe", role="viewer").text
    send(manager, here, action="set", username="zoe", role="editor")
    assert {m.username: m.role for m in list_members(SYSTEM, project)}["zoe"] == "editor"

    assert "zoe is no member any more" in send(manager, here, action="remove", username="zoe").text
    assert "zoe" not in {m.username for m in list_members(SYSTEM, project)}


def test_a_user_who_does_not_exist_is_said_not_to(manager):
    page = send(manager, "/projects/1/settings/members", action="set", username="nobody", role="viewer").text

    assert "There is no user “nobody”" in page


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are(manager, project):
    page = send(manager, "/projects/1/settings/members", action="set", username="vera", role="king").text

    assert "not one of viewer, operator, editor, manager" in page.replace("&#39;", "'")
    assert {m.username: m.role for m in list_members(SYSTEM, project)}["vera"] == "viewer"


@pytest.mark.parametrize("name", ["vera", "otto", "ed"])
def test_others_see_the_members_and_cannot_change_them(editor_app, project, name):
    person = Editor(editor_app, name)
    page = person.http.get("/projects/1/settings/members").text

    assert "vera" in page
    assert "Add a member" not in page
    answer = send(person, "/projects/1/settings/members", action="set", username=name, role="manager")
    assert answer.status_code == 403
    assert {m.username: m.role for m in list_members(SYSTEM, project)}[name] != "manager"


# Apps


def test_an_app_is_shown_its_secret_once_and_calls_with_it_until_it_is_disabled(editor_app, manager, project):
    made = send(manager, "/projects/1/settings/apps", code="ci")
    code, secret, access_key, secret_key = told(made.text)
    assert made.headers["Cache-Control"] == "no-store"
    assert call(editor_app, bk_app_secret=secret)["result"] is True

    page = manager.http.get("/projects/1/settings/apps").text
    assert code in page
    for shown_once in (secret, access_key, secret_key):
        assert shown_once not in page

    send(manager, "/projects/1/settings/apps/ci", action="disable")
    assert call(editor_app, bk_app_secret=secret)["result"] is False


def test_a_new_secret_takes_the_place_of_the_old_one(editor_app, manager, project):
    _, old, *_ = told(send(manager, "/projects/1/settings/apps", code="ci").text)
    _, new = told(send(manager, "/projects/1/settings/apps/ci", action="renew").text)

    assert call(editor_app, bk_app_secret=old)["result"] is False
    assert call(editor_app, bk_app_secret=new)["result"] is True


def test_an_app_of_a_project_is_confined_to_it_and_belongs_to_its_managers(editor_app, manager, project):
    _, secret, *_ = told(send(manager, "/projects/1/settings/apps", code="ci", trusted="1").text)
    other = {"bk_app_code": "ci", "bk_app_secret": secret, "bk_username": "max"}
    assert editor_app.test_client().get("/apigw/get_template_list/3/", query_string=other).json["result"] is False

    make_people(2, zoe="manager")
    zoe = Editor(editor_app, "zoe", 2)
    assert send(zoe, "/projects/2/settings/apps/ci", action="disable").status_code == 404
    assert call(editor_app, bk_app_secret=secret, bk_username="max")["result"] is True


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999999", "1.5"])
def test_how_long_something_holds_is_a_number_of_days(manager, days):
    answer = send(manager, "/projects/1/settings/apps", code="ci", days=days)

    assert "A number of days from 1 to 36,500 is wanted" in answer.text
    assert "ci" not in told(answer.text)


def test_editors_neither_see_nor_make_apps(editor_app, ed):
    assert ed.http.get("/projects/1/settings/apps").status_code == 403
    assert send(ed, "/projects/1/settings/apps", code="ci").status_code == 403


def test_a_permission_on_one_flow_lets_a_viewer_run_that_one_through_an_app(editor_app, manager, project):
    wanted = save(flow("start > a > end"), "wanted")
    _, secret, *_ = told(send(manager, "/projects/1/settings/apps", code="ci").text)
    token = told(send(Editor(editor_app, "vera"), "/projects/1/settings/tokens", name="ci").text)[0]
    body = {"bk_app_code": "ci", "bk_app_secret": secret, "access_token": token, "name": "t", "constants": {}}
    address = f"/apigw/create_task/{wanted}/2/"
    assert editor_app.test_client().post(address, json=body).json["result"] is False

    form = {"username": "vera", "permission": "create_task", "kind": "template", "object_id": str(wanted)}
    page = send(manager, "/projects/1/settings/grants", action="grant", **form).text
    assert "wanted" in page
    assert editor_app.test_client().post(address, json=body).json["result"] is True

    send(manager, "/projects/1/settings/grants", action="revoke", **form)
    assert editor_app.test_client().post(address, json=body).json["result"] is False
    assert (
        "There is no template 999"
        in send(manager, "/projects/1/settings/grants", action="grant", **{**form, "object_id": "999"}).text
    )


# Tokens


def test_a_token_is_shown_once_stands_for_its_owner_and_ends(editor_app, manager, project):
    _, secret, *_ = told(send(manager, "/projects/1/settings/apps", code="ci").text)
    vera = Editor(editor_app, "vera")
    token = told(send(vera, "/projects/1/settings/tokens", name="dashboard", days="30").text)[0]
    assert call(editor_app, token, bk_app_secret=secret)["result"] is True
    page = vera.http.get("/projects/1/settings/tokens").text
    assert token not in page
    assert "dashboard" in page

    number = re.search(r"/settings/tokens/(\d+)/revoke", page).group(1)
    assert send(Editor(editor_app, "otto"), f"/projects/1/settings/tokens/{number}/revoke").status_code == 404
    send(vera, f"/projects/1/settings/tokens/{number}/revoke")
    assert call(editor_app, token, bk_app_secret=secret)["result"] is False


# Notifications


def test_who_is_told_of_a_flows_tasks_is_kept_as_bk_sops_keeps_it(editor_app, ed, project):
    id_ = save(flow("start > a > end"), "told")
    groups = {"receiver_group": ["Maintainers"], "more_receiver": ""}
    change_details(
        SYSTEM, project, id_, Details(notify_type={"success": ["weixin"], "fail": []}, notify_receivers=groups)
    )

    send(
        ed, f"/projects/1/settings/notifications/{id_}", event=["fail", "pending_processing"],
        receivers="ops@example.org,  https://chat.example.org/hook",
    )  # fmt: skip

    template = db.session.get(Template, id_, populate_existing=True)
    assert template.notify_type == {
        "success": ["weixin"], "fail": ["email", "webhook"], "pending_processing": ["email", "webhook"],
    }  # fmt: skip
    assert template.notify_receivers == {
        "receiver_group": ["Maintainers"], "more_receiver": "ops@example.org,https://chat.example.org/hook",
    }  # fmt: skip
    shown = list_flow_notices(SYSTEM, project)[0]
    assert (shown.events, shown.receivers) == (
        {"fail", "pending_processing"}, ["ops@example.org", "https://chat.example.org/hook"],
    )  # fmt: skip


def test_whoever_ticks_a_box_must_say_who_is_told_and_where(ed):
    id_ = save(flow("start > a > end"), "told")
    here = f"/projects/1/settings/notifications/{id_}"

    assert "name at least one mail address or URL" in send(ed, here, event="fail", receivers=" ").text
    assert "not a mail address" in send(ed, here, event="fail", receivers="the night shift").text


def test_viewers_do_not_see_where_notifications_go(editor_app, project):
    assert Editor(editor_app, "vera").http.get("/projects/1/settings/notifications").status_code == 403


# Labels


def test_a_label_is_renamed_on_all_flows_and_joined_with_one_of_that_name(ed, project):
    first, second = save(flow("start > a > end"), "first"), save(flow("start > a > end"), "second")
    change_details(SYSTEM, project, first, Details(labels=["night", "nightly"]))
    change_details(SYSTEM, project, second, Details(labels=["night"]))

    page = send(ed, "/projects/1/settings/labels", action="rename", label="night", name=" nightly ").text

    assert "Renamed on 2 flows" in page
    assert [labels_of(db.session.get(Template, id_)) for id_ in (first, second)] == [["nightly"], ["nightly"]]


def test_a_label_is_taken_off_the_projects_own_flows_only(ed, project):
    own, other = save(flow("start > a > end"), "own"), save(flow("start > a > end"), "other", project=2)
    change_details(SYSTEM, project, own, Details(labels=["night"]))
    change_details(SYSTEM, find_project(SYSTEM, 3), other, Details(labels=["night"]))

    send(ed, "/projects/1/settings/labels", action="drop", label="night")

    assert [labels_of(db.session.get(Template, id_)) for id_ in (own, other)] == [[], ["night"]]
    assert "No flow has a label yet" in ed.http.get("/projects/1/settings/labels").text


def test_labels_are_changed_by_editors_and_have_a_name(editor_app, ed, project):
    own = save(flow("start > a > end"), "own")
    change_details(SYSTEM, project, own, Details(labels=["night"]))

    assert (
        send(Editor(editor_app, "vera"), "/projects/1/settings/labels", action="drop", label="night").status_code == 403
    )
    assert "1 to 32 characters" in send(ed, "/projects/1/settings/labels", label="night", name=" ").text
    assert send(ed, "/projects/1/settings/labels", label="gone", name="x").status_code == 404


# Constants


CONSTANTS = "/projects/1/settings/constants"


def test_a_constant_is_set_changed_and_taken_away(editor_app, manager, project):
    page = send(manager, CONSTANTS, action="set", key="region", value="north", name="Where we are").text
    assert "${_env_region} is set: tasks that start from now on see it." in page
    send(manager, CONSTANTS, action="set", key="ports", value="[80, 443]", json="on")
    assert known_constants(SYSTEM, project) == [("ports", "", [80, 443]), ("region", "Where we are", "north")]

    send(manager, CONSTANTS, action="set", key="region", value="south", name="Where we are")
    send(manager, CONSTANTS, action="drop", key="ports")

    assert known_constants(SYSTEM, project) == [("region", "Where we are", "south")]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"key": "1st", "value": "x"}, "is not a key: letters, digits and _, up to 50, no digit first"),
        ({"key": "a", "value": "[1,", "json": "on"}, "the value is not JSON"),
        ({"key": "a", "value": "NaN", "json": "on"}, "the value is not JSON"),
        ({"key": "a", "value": "x" * 100_001}, "a value has at most 100000 characters"),
    ],
)
def test_a_constant_that_cannot_be_is_refused_with_its_reason(manager, project, form, why):
    assert why in send(manager, CONSTANTS, action="set", **form).text
    assert known_constants(SYSTEM, project) == []


def test_what_was_typed_stays_when_it_is_refused(manager, project):
    page = send(manager, CONSTANTS, action="add", key="1st", value="[1, 2", name="Ports", json="on")
    assert page.status_code == 400
    assert all(
        text in page.text for text in ("the value is not JSON", 'value="1st"', 'value="Ports"', ">[1, 2</textarea>")
    )

    page = send(manager, "/projects/1/settings/executor", executor_proxy="x" * 65)
    assert (page.status_code, f'value="{"x" * 65}"' in page.text) == (400, True)


def test_a_new_constant_overwrites_none_and_a_change_not_what_somebody_else_has_changed(manager, project):
    seen = marks(send(manager, CONSTANTS, action="add", key="region", value="north").text)
    page = send(manager, CONSTANTS, action="add", key="region", value="south")
    assert (page.status_code, "there is a constant region already" in page.text) == (400, True)
    send(manager, CONSTANTS, action="set", key="region", value="west", seen=seen[0])
    assert known_constants(SYSTEM, project) == [("region", "", "west")]

    page = send(manager, CONSTANTS, action="set", key="region", value="east", seen=seen[0])
    assert (page.status_code, "somebody has changed region" in page.text) == (409, True)
    assert ">east</textarea>" in page.text, "what was typed is still there, and is saved over what is seen now"
    send(manager, CONSTANTS, action="set", key="region", value="east", seen=marks(page.text)[0])
    assert known_constants(SYSTEM, project) == [("region", "", "east")]


def marks(page: str) -> list[str]:
    return re.findall(r'name="seen" value="(\w+)"', page)


def test_what_no_database_can_store_does_not_reach_it(manager, project):
    assert "is not a key" in send(manager, CONSTANTS, action="set", key="re\0gion", value="x").text
    send(manager, CONSTANTS, action="set", key="region", value="x\0", name="nor\0th")
    send(manager, "/projects/1/settings/executor", executor_proxy="ro\0ot")
    send(manager, "/projects/1/settings/members", username="mo\0na", role="viewer")

    assert known_constants(SYSTEM, project) == [("region", "nor\ufffdth", "x\ufffd")]
    db.session.expire_all()
    assert db.session.get(Project, project.id).executor_proxy == "ro\ufffdot"


def test_it_is_told_which_flows_use_a_constant_before_it_is_taken_away(manager, project):
    tree = flow(
        "start > a > end", constants={"${where}": variable("${where}", value="${_env_region}/${_env_regional}")}
    )
    create_template(SYSTEM, project, "Go north", tree)
    for key in ("region", "other"):
        set_constant(SYSTEM, project, key, "x")

    found = {constant.key: [flow.name for flow in constant.flows] for constant in list_constants(SYSTEM, project)}
    page = send(manager, CONSTANTS, action="set", key="other", value="x").text

    assert found == {"region": ["Go north"], "other": []}
    assert "1 flow uses it, and its next tasks will see the bare text." in page
    assert "No flow uses it." in page


def test_only_who_may_edit_changes_constants_and_only_who_manages_says_in_whose_name_tasks_run(editor_app, project):
    make_people(olga="operator", eve="editor")
    olga, eve = Editor(editor_app, "olga"), Editor(editor_app, "eve")

    assert send(olga, CONSTANTS, action="set", key="a", value="1").status_code == 403
    assert send(eve, CONSTANTS, action="set", key="a", value="1").status_code == 200
    assert send(eve, "/projects/1/settings/executor", executor_proxy="root").status_code == 403
    assert 'name="executor_proxy"' not in send(eve, CONSTANTS, action="set", key="a", value="1").text
    assert db.session.get(Project, project.id).executor_proxy == ""


def test_who_manages_says_in_whose_name_tasks_run(manager, project):
    page = send(manager, "/projects/1/settings/executor", executor_proxy=" deployer ").text

    assert "Saved: it holds for tasks that start from now on." in page
    assert 'value="deployer"' in page
    db.session.expire_all()
    assert db.session.get(Project, project.id).executor_proxy == "deployer"
