"""Who may do what: organizations, owners, visitors, locked accounts and flows."""

from __future__ import annotations

import pytest

from app.models.accounts import ApiApp, User
from app.services.access import SYSTEM
from app.services.accounts import create_project
from app.services.engine import writing
from app.services.flow_saving import lock_flow
from tests.api.enos.client import Enos, document_of

NO_IDENTITY = {"code": 62101, "msg": "userId does not exist, or it does not match to orgId.", "data": None}
NO_PRIVILEGE = {"code": 62103, "msg": "User has no privilege", "data": None}


@pytest.mark.parametrize(
    "query", [{"userId": "nobody"}, {"userId": ""}, {"orgId": "999"}, {"orgId": ""}, {"orgId": "x"}, {"userId": "dave"}]
)
def test_who_is_not_of_the_organization_is_told_so_before_anything_else(quick: Enos, query):
    quick.add_user("dave", None)
    assert quick.call("flows", "get", flowId="wrong", **query) == NO_IDENTITY


def test_a_foreign_organization_shows_nothing(quick: Enos):
    number = quick.add("a flow")
    other = create_project("other", None, "UTC")
    assert quick.call("flows", "get", flowId=number, orgId=str(other.id)) == NO_IDENTITY
    quick.add_user("admin", None)
    with writing() as session:
        session.query(User).filter_by(username="admin").update({"is_admin": True})
    quick.user, quick.organization = "admin", f"o{other.id}"
    assert quick.call("flows", "get", flowId=number)["code"] == 62102
    assert quick.data("flows", "search", {"expression": ""}) == []
    assert quick.data("directories", "listWorkFlowDirs")[0]["children"] == []


def _asks(number: int, task: int, instance: str, at: int):
    return {
        "save": ("flows", {"id": number, "type": 0, "name": "mine", "freq": "", "cycle": "D", "alertMode": 0, "doAs": "",
                           "owners": "bob", "visitors": "", "active": 0}),
        "enable": ("flows", {"flowId": number}),
        "disable": ("flows", {"flowId": number}),
        "trigger": ("flows", {"flowId": number, "triggerTime": at}),
        "updateAndTrigger": ("flows", {"flowId": number, "triggerTime": at + 60_000, "parameters": []}),
        "triggerFromTask": ("flows", {"flowId": number, "triggerTime": at + 120_000, "taskId": task}),
        "cancel": ("flowInstances", {"flowInstId": instance}),
    }  # fmt: skip


def test_only_owners_change_and_run_a_flow_and_members_read_it(quick: Enos):
    quick.add_user("bob", "editor")
    number = quick.add("a flow", document_of(["t"], visitors="bob"))
    task = quick.flow(number)["graph"]["tasks"][0]
    key = quick.trigger(number)
    quick.drive()

    quick.user = "bob"
    for action, (resource, body) in _asks(number, int(task["taskId"]), key, quick.milliseconds + 60_000).items():
        assert quick.call(resource, action, body) == NO_PRIVILEGE, action
    assert quick.call("flows", "delete", flowId=number) == NO_PRIVILEGE
    found = quick.flow(number)
    assert (found["hasEditPri"], found["hasReadPri"]) == (False, True)
    assert quick.instance(key)["hasEditPri"] is False
    for action in ("loadForEdit", "export"):
        quick.data("flows", action, flowId=number)
    quick.data("taskInstances", "get", taskInstId=f"{task['taskId']}-{key.split('-')[1]}")


def test_owners_that_are_named_may_do_all_and_the_creator_stays_one(quick: Enos):
    quick.add_user("bob", "editor")
    number = quick.add("a flow", document_of(["t"], owners=";bob;"))
    assert quick.flow(number)["owner"] == "bob;alice"

    quick.user = "bob"
    key = quick.trigger(number)
    for action, (resource, body) in _asks(number, 2, key, quick.milliseconds + 60_000).items():
        assert quick.call(resource, action, body)["code"] == 0, action
    assert quick.flow(number)["owner"] == "bob;alice"
    quick.data("flows", "delete", flowId=number)


def test_an_owner_who_may_only_look_at_the_project_changes_nothing(quick: Enos):
    quick.add_user("vera", "viewer")
    number = quick.add("a flow", document_of(["t"], owners="alice;vera"))
    quick.user = "vera"
    assert quick.call("flows", "enable", {"flowId": number}) == NO_PRIVILEGE
    assert quick.call("flows", "delete", flowId=number) == NO_PRIVILEGE
    assert quick.call("flows", "import", {"flowName": "x", "dirId": quick.root, "flowJson": {}}) == NO_PRIVILEGE
    assert quick.call("directories", "create", {"dirName": "x", "parentId": quick.root}) == NO_PRIVILEGE


def test_a_locked_account_does_nothing_more(quick: Enos):
    number = quick.add("a flow")
    with writing() as session:
        session.query(User).filter_by(username="alice").update({"is_active": False})
    locked = {"code": 62105, "msg": "Your account has been locked", "data": None}
    for action, (resource, body) in _asks(number, 2, f"{number}-1", quick.milliseconds).items():
        assert quick.call(resource, action, body) == locked, action


def test_a_locked_flow_is_not_run(quick: Enos):
    number = quick.add("a flow")
    key = quick.trigger(number, quick.now)
    lock_flow(SYSTEM, quick.project, number, is_locked=True)
    asks = _asks(number, 2, key, quick.milliseconds + 60_000)
    assert quick.flow(number)["locked"] is True
    for action in ("enable", "disable", "trigger", "updateAndTrigger", "triggerFromTask", "cancel"):
        resource, body = asks[action]
        assert quick.call(resource, action, body)["code"] == 62104, action
    lock_flow(SYSTEM, quick.project, number, is_locked=False)
    assert quick.call("flows", "enable", {"flowId": number})["code"] == 0


def test_my_flows_are_those_that_i_made_own_or_visit(quick: Enos):
    quick.add_user("bob", "editor")
    quick.add_user("bobby_", "editor")
    mine, visited = quick.add("alices own"), quick.add("visited", document_of(["t"], visitors="bob", cycle="H"))
    quick.add("of others", document_of(["t"], owners="bobby_"))

    quick.user = "bob"
    assert quick.data("flows", "getMyFlow") == [
        {"flowId": str(visited), "editable": False, "flowName": "visited", "cycle": "H"}
    ]
    assert [flow["flowName"] for flow in quick.data("flows", "search", {})] == ["alices own", "visited", "of others"]
    assert quick.data("flows", "getMyFlow", expression="alice") == []
    quick.user = "alice"
    assert [flow["flowId"] for flow in quick.data("flows", "getMyFlow", expression="ALICES")] == [str(mine)]
    assert quick.data("flows", "getMyFlow", expression=str(mine))[0]["editable"] is True


def test_an_app_that_is_not_trusted_acts_for_itself_in_its_project(quick: Enos):
    number = quick.add("a flow")
    with writing() as session:
        session.query(ApiApp).update({"is_trusted": False, "project_id": quick.project.id})
    assert quick.call("flows", "get", flowId=number) == NO_IDENTITY
    quick.user = "batch"
    assert quick.data("flows", "get", flowId=number)["flowId"] == number
    assert quick.data("flows", "enable", {"flowId": number}) == ""
