"""Whatever stands in a field, the answer is a documented one: no call breaks the server."""

from __future__ import annotations

import pytest

from tests.api.enos.client import Enos, document_of, task_of
from tests.api.enos.test_flows import SAVED

JUNK = (None, [], {}, [[]], [1], "", "x", "\u202e;%_\\", "9" * 40, -1, 2**70, 1.5, 1e300, True, "[{}]", '[{"key":[]}]')
NODE = {"taskName": "t", "taskId": "5", "x": 0.1, "y": 0.1, "nodeId": "t_5"}
REFERENCE = {"flowId": "1", "flowName": "1(x)", "nodeId": "f_1", "isVirtual": True, "x": 0.1, "y": 0.1}
LINK = {"cycleGap": "D0", "source": "f_1", "target": "t_5", "rerun": True}
BODIES = {
    ("directories", "create"): {"parentId": "x", "dirName": "y"},
    ("flows", "import"): {"flowName": "n", "desc": "", "dirId": "root", "flowId": 5, "flowJson": document_of(["a"])},
    ("flows", "search"): {"expression": "", "pagination": {"pageNo": 1, "pageSize": 10, "sorters": []}},
    ("flows", "enable"): {"flowId": 1},
    ("flows", "trigger"): {"flowId": 1, "triggerTime": 1},
    ("flows", "updateAndTrigger"): {"flowId": 1, "triggerTime": 1, "parameters": []},
    ("flows", "triggerFromTask"): {"flowId": 1, "triggerTime": 1, "taskId": 2},
    ("flowInstances", "search"): {
        "type": 0, "expression": "", "owner": "", "fromTriggerTime": 0, "toTriggerTime": 9, "status": "",
        "pagination": {"pageNo": 1, "pageSize": 10, "sorters": [{"field": "start_time", "order": "ASC"}]},
    },
    ("flowInstances", "cancel"): {"flowInstId": "1-2"},
}  # fmt: skip


def _documented(enos: Enos, resource: str, action: str, body, **query) -> None:
    answer = enos.call(resource, action, body, **query)
    assert answer["code"] in (0, 62101, 62102, 62103, 62104, 62105), (action, body, answer)


@pytest.mark.parametrize(("operation", "body"), BODIES.items())
def test_any_field_may_hold_anything(quick: Enos, operation, body):
    quick.add("a flow")
    for key in body:
        for junk in JUNK:
            _documented(quick, *operation, {**body, key: junk})


@pytest.mark.parametrize("part", ["tasks", "flows", "relations"])
def test_any_part_of_a_graph_may_hold_anything(quick: Enos, part):
    number = quick.add("a flow")
    body = {**SAVED, "id": number, "type": 0, "tasks": [NODE], "flows": [REFERENCE], "relations": [LINK]}
    for key in body:
        for junk in JUNK:
            _documented(quick, "flows", "save", {**body, "id": number, key: junk})
    for key in body[part][0]:
        for junk in JUNK:
            _documented(quick, "flows", "save", {**body, part: [{**body[part][0], key: junk}]})


def test_any_part_of_a_document_may_hold_anything(quick: Enos):
    document = document_of(["a"], flowLinks=[{"linkId": "0", "sourceFlowName": "x"}])
    ask = {"flowName": "n", "dirId": quick.root}
    for key in document:
        for junk in JUNK:
            _documented(quick, "flows", "import", {**ask, "flowJson": {**document, key: junk}})
    for key in task_of("a"):
        for junk in JUNK:
            changed = {**document, "tasks": [{**task_of("a"), key: junk}], "flowLinks": []}
            _documented(quick, "flows", "import", {**ask, "flowJson": changed})


@pytest.mark.parametrize("text", ["", "x", "-", "1-", "-1", "9" * 30, "1-" + "9" * 400, "%00", "1 2", "1.5", "é"])
def test_any_id_may_be_asked_for(quick: Enos, text):
    for resource, action, key in (
        ("flows", "get", "flowId"), ("flows", "delete", "flowId"), ("flowInstances", "get", "flowInstId"),
        ("taskInstances", "get", "taskInstId"), ("taskInstances", "getLog", "taskInstId"),
    ):  # fmt: skip
        _documented(quick, resource, action, None, **{key: text})
