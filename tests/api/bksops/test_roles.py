"""Role by operation by project: who may do what, and that nothing leaks to those who may not."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.api.bksops.operation import OPERATIONS
from app.services import accounts, grants
from app.services.access import SYSTEM
from app.services.apps import create_app as register_app
from app.services.members import set_member
from app.services.tokens import create_token
from tests.api.bksops.cases import filled, read_all
from tests.api.bksops.world import World

ROLES = ("viewer", "operator", "editor", "manager")
ALLOWED = {"view": ROLES, "operate": ROLES[1:], "edit": ROLES[2:], "manage": ROLES[3:], "anyone": ROLES, "trusted": ()}
NEEDS = {
    **dict.fromkeys(
        ("create_task", "create_and_start_task", "fast_create_task", "start_task", "operate_task", "operate_node",
         "node_callback", "modify_constants_for_task", "claim_functionalization_task"), "operate",
    ),
    **dict.fromkeys(
        ("get_common_template_list", "get_common_template_info", "get_user_project_list", "get_functionalization_task_list"),
        "anyone",
    ),
    **dict.fromkeys(("import_common_template", "import_project_template", "copy_template_across_project"), "trusted"),
    **dict.fromkeys(
        ("create_template", "create_periodic_task", "create_clocked_task", "set_periodic_task_enabled",
         "modify_cron_for_periodic_task", "modify_constants_for_periodic_task"), "edit",
    ),
}  # fmt: skip
"""What an operation needs; any that is not here only looks."""

CASES = {
    file.operation: next(case for case in file.cases if case.reply is not None)
    for file in read_all()
    if file.operation in OPERATIONS
}


class Caller:
    """Bob, through an app that is not trusted, with an access token."""

    def __init__(self, world: World) -> None:
        accounts.create_user("bob", "a password")
        app = register_app("tool", None, is_trusted=False)
        self._credentials = {"bk_app_code": app.code, "bk_app_secret": app.secret, "access_token": create_token("bob")}
        self._http = world.client

    def call(self, name: str, path: str, send: dict[str, Any]) -> dict[str, Any]:
        body = {**self._credentials, **send}
        if OPERATIONS[name].method == "GET":
            return self._http.raw("GET", path, query_string=body).get_json()
        return self._http.raw("POST", path, data=json.dumps(body)).get_json()


@pytest.fixture
def worlds(make_app, sqlite_url):
    """The project that bob belongs to, and one that he does not."""
    app = make_app(sqlite_url, SLUICE_API_RATE="")
    with app.app_context():
        own = World.of(app)
        accounts.create_project("other", 3, "UTC")
        yield own, World(own.client, 3)


def request_of(world: World, name: str, biz_id: int | None = None) -> tuple[str, dict[str, Any]]:
    """Make what an operation's first case is about, and return the call, in another project if one is named."""
    case = CASES[name]
    for step in case.given:
        if step not in ("manager", "other project", "dat file"):
            world.give(step)
    world.ids.setdefault("other_project", world.project.id)
    world.ids.setdefault("dat", "")
    path = filled(case.path, world.ids)
    return at(name, path, project_id=world.biz_id if biz_id is None else biz_id), filled(dict(case.send), world.ids)


def at(name: str, path: str, **ids: int) -> str:
    """Put other ids into an operation's path."""
    parts = zip(OPERATIONS[name].path.split("/"), path.split("/"), strict=True)
    return "/".join(
        str(ids.get(pattern.strip("{}"), given)) if pattern.startswith("{") else given for pattern, given in parts
    )


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_do_in_its_project(worlds, role):
    own, _ = worlds
    caller = Caller(own)
    set_member(SYSTEM, own.project, "bob", role)

    for name in sorted(OPERATIONS):
        answer = caller.call(name, *request_of(own, name))
        may = role in ALLOWED[NEEDS.get(name, "view")]
        assert answer["result"] is may, (role, name, answer)
        if not may:
            assert re.search(r"does not have perm|no permission", answer["message"]), (role, name, answer)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_another_project_looks_as_if_it_were_not_there(worlds, role):
    own, other = worlds
    caller = Caller(own)
    if role:
        set_member(SYSTEM, own.project, "bob", role)

    for name in sorted(OPERATIONS):
        if "project_id" not in OPERATIONS[name].ids or NEEDS.get(name) == "trusted":
            continue
        path, send = request_of(other, name)
        theirs = caller.call(name, path, send)
        nobodys = caller.call(name, at(name, path, project_id=99), send)
        assert theirs["result"] is False, (role, name, theirs)
        assert json.dumps(theirs).replace("bk_biz_id=3", "bk_biz_id=99") == json.dumps(nobodys), (role, name)


def test_things_of_another_project_are_not_there_in_ones_own(worlds):
    own, other = worlds
    caller = Caller(own)
    set_member(SYSTEM, own.project, "bob", "manager")

    for name in sorted(OPERATIONS):
        things = [key for key in ("task_id", "template_id") if key in OPERATIONS[name].ids]
        if "project_id" not in OPERATIONS[name].ids or not things or NEEDS.get(name) == "trusted" or "common" in name:
            continue
        path, send = request_of(other, name, biz_id=2)
        theirs = caller.call(name, path, send)
        nothing = caller.call(name, at(name, path, **{things[0]: 987654}), send)
        number = path.split("/")[OPERATIONS[name].path.split("/").index("{" + things[0] + "}")]
        assert theirs["result"] is False, (name, theirs)
        told = theirs["message"].replace(f"[id={number}]", "[id=987654]").replace(f"({number})", "(987654)")
        assert told == nothing["message"], name


def test_lists_show_only_what_is_in_the_projects_of_the_caller(worlds):
    own, other = worlds
    caller = Caller(own)
    for step in ("function task", "finished"):
        own.give(step)
        other.give(step)
    set_member(SYSTEM, own.project, "bob", "viewer")

    orders = caller.call("get_functionalization_task_list", "get_functionalization_task_list/", {})
    assert orders["count"] == len(orders["data"]) == 1
    asked = caller.call(
        "get_functionalization_task_list", "get_functionalization_task_list/", {"project_id": other.project.id}
    )
    assert asked["data"] == []
    assert [p["bk_biz_id"] for p in caller.call("get_user_project_list", "get_user_project_list/", {})["data"]] == [2]
    assert caller.call("query_task_count", "query_task_count/2/", {"group_by": "status"})["data"]["total"] == 2
    status = caller.call("get_tasks_status", "get_tasks_status/2/", {"task_id_list": [other.ids["task"]]})
    assert status["data"] == []


@pytest.mark.parametrize(
    ("permission", "operation", "step"),
    [("create_task", "create_task", "template"), ("execute_task", "start_task", "task"),
     ("fill_params", "modify_constants_for_task", "task")],
)  # fmt: skip
def test_a_viewer_may_do_what_is_granted_on_one_thing(worlds, permission, operation, step):
    own, _ = worlds
    caller = Caller(own)
    set_member(SYSTEM, own.project, "bob", "viewer")
    path, send = request_of(own, operation)
    number = own.ids[step]

    refused = caller.call(operation, path, send)
    assert refused["message"] == f"user[username=bob] does not have perm[perm={permission}] of {step}[id={number}]"

    grants.grant(SYSTEM, own.project, "bob", permission, step, number)
    assert caller.call(operation, path, send)["result"]
    grants.revoke_grant(SYSTEM, own.project, "bob", permission, step, number)
    assert not caller.call(operation, *request_of(own, operation))["result"]


def test_a_grant_on_a_template_is_no_leave_to_run_another_tree(worlds):
    own, _ = worlds
    caller = Caller(own)
    set_member(SYSTEM, own.project, "bob", "viewer")
    path, send = request_of(own, "create_task")
    grants.grant(SYSTEM, own.project, "bob", "create_task", "template", own.ids["template"])
    own.give("drawn tree")

    refused = caller.call("create_task", path, {**send, "pipeline_tree": own.ids["drawn"]})

    assert refused["message"] == "user[username=bob] does not have perm of business:[bk_biz_id=2]"
    assert caller.call("create_task", path, send)["result"]


def test_a_grant_on_a_template_holds_for_the_tasks_made_of_it(worlds):
    own, _ = worlds
    caller = Caller(own)
    set_member(SYSTEM, own.project, "bob", "viewer")
    path, send = request_of(own, "start_task")

    grants.grant(SYSTEM, own.project, "bob", "execute_task", "template", own.ids["template"])

    assert caller.call("start_task", path, send)["result"]
