"""Every case file is carried out, and every operation has one."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from app.api.bksops.operation import OPERATIONS
from tests.api.bksops.cases import Case, differences, filled, read_all
from tests.api.bksops.world import World
from tests.api.client import CREDENTIALS

FILES = read_all()
CASES = [case for file in FILES for case in file.cases]


@pytest.fixture
def world(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield World.of(app)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation}: {case.name}")
def test_a_case(world, case: Case):
    for step in case.given:
        world.give(step)
    operation = OPERATIONS[case.operation]
    path, send = filled(case.path, world.ids), filled(dict(case.send), world.ids)

    answer = _call(world, operation.method, path, send)

    if case.refusal is not None:
        assert (answer["result"], answer["message"]) == (False, filled(case.refusal, world.ids))
        assert isinstance(answer["code"], int)
        assert answer["code"]
        return
    assert not differences(filled(case.reply, world.ids), answer)
    Draft202012Validator(operation.gives).validate(answer.get("data", {}))


@pytest.mark.parametrize("case", [file.cases[0] for file in FILES], ids=lambda case: case.operation)
def test_the_first_case_of_each_operation_through_the_esb(world, case: Case):
    for step in case.given:
        world.give(step)
    operation = OPERATIONS[case.operation]
    path, send = filled(case.path, world.ids), filled(dict(case.send), world.ids)
    values = dict(zip(operation.ids, _ids(operation.path, path), strict=True))
    project = {"bk_biz_id": values.pop("project_id")} if "project_id" in values else {}
    world.client.prefix = "/api/c/compapi/v2/sops"

    answer = _call(world, operation.method, f"{operation.name}/", {**values, **project, **send})

    assert answer["result"] is (case.refusal is None), answer
    assert answer["request_id"]


def test_every_operation_has_a_case_that_succeeds_and_one_that_is_refused():
    told = {file.operation: file for file in FILES}
    assert set(told) == set(OPERATIONS)
    never_refused = {"get_common_template_list", "get_user_project_list"}
    for name, file in told.items():
        assert any(case.reply is not None for case in file.cases), f"{name} has no success"
        if name not in never_refused:
            assert any(case.refusal is not None for case in file.cases), f"{name} has no refusal"


def _call(world: World, method: str, path: str, send: dict[str, object]) -> dict[str, object]:
    if method == "GET":
        query = {key: value if isinstance(value, str | int) else json.dumps(value) for key, value in send.items()}
        response = world.client.raw(method, path, query_string={**CREDENTIALS, **query})
    else:
        response = world.client.raw(method, path, data=json.dumps({**CREDENTIALS, **send}))
    assert response.status_code == 200, response.data
    return response.get_json()


def _ids(pattern: str, path: str) -> list[str]:
    wanted = pattern.strip("/").split("/")
    return [given for name, given in zip(wanted, path.strip("/").split("/"), strict=True) if name.startswith("{")]
