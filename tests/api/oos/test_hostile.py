"""Whatever is sent: an answer in the right channel, and never a 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.oos.client import OosClient, say

BODIES = ("/v2/template", "/v2/template/check", "/v2/template/list", "/v1/operator/list", "/v2/execution",
          "/v2/execution/list", "/v2/task/children/list")  # fmt: skip
KEYS = [
    "name",
    "operator",
    "operators",
    "template",
    "ref",
    "type",
    "linear",
    "links",
    "src",
    "dst",
    "properties",
    "description",
    "tags",
    "key",
    "value",
    "id",
    "label",
    "retries",
    "retryInterval",
    "timeout",
    "manually",
    "scheduleDelayMilli",
    "pauseOnFailure",
    "condition",
    "triggerRule",
    "loops",
    "initContext",
    "switch",
    "case",
    "next",
    "default",
    "parallelism",
    "parallelismRatio",
    "parallelismCount",
    "parallelismControl",
    "ratio",
    "count",
    "allowedFailureControl",
    "loopWindowType",
    "breakpoints",
    "required",
    "defaultValue",
    "options",
    "pageNo",
    "pageSize",
    "sort",
    "ascending",
    "state",
    "trigger",
    "startTime",
    "endTime",
    "executionId",
    "taskId",
    "states",
    "Ref",
    "Fn::Eval",
    "Fn::Join",
    "bk_display_message",
]
WORDS = ("a", "b", "", "bk_display", "BCE::SwitchTo", "BCE::Agent::ExecuteShell", "INDIVIDUAL", "createTime", "tpl-AAAAAAAA",
         "d-AAAAAAAAAAAA", "ALWAYS", "\u0000", "停", "x" * 300)  # fmt: skip
LEAVES = (
    st.sampled_from(WORDS) | st.integers(-(2**70), 2**70) | st.sampled_from([0, 1, 2, -1, 2**31, 10**400])
    | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)
OPERATOR = st.fixed_dictionaries(
    {"name": LEAVES | st.just("a")}, optional={"operator": st.sampled_from(WORDS) | VALUES, **{k: VALUES for k in KEYS[12:38]}}
)  # fmt: skip
TEMPLATE = st.fixed_dictionaries(
    {"name": st.just("f") | VALUES, "operators": st.lists(OPERATOR, max_size=4) | VALUES, "linear": st.booleans() | VALUES},
    optional={"links": VALUES, "properties": VALUES, "type": VALUES, "tags": VALUES, "id": VALUES},
)  # fmt: skip
SENT = VALUES | TEMPLATE | st.fixed_dictionaries({"template": TEMPLATE, "properties": VALUES, "tags": VALUES})
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
)  # fmt: skip


def judged(client, response):
    """Hold an answer against the two channels and say which one it is in."""
    told = response.get_json()
    assert response.status_code < 500, told
    assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
    if response.status_code == 200:
        assert isinstance(told["success"], bool)
        assert type(told["code"]) is int
        assert told["success"] is (told["code"] == 200)
        assert isinstance(told["msg"], str)
        assert told["success"] or told["msg"]
        return told["code"]
    return client.fault(response)


@pytest.mark.parametrize("path", BODIES)
def test_fuzzed_bodies(light, path):
    ref = light.save("stored", say("a"))

    @SETTINGS
    @given(SENT)
    def send(body):
        if path == "/v2/execution/list" and isinstance(body, dict):
            body = {"pageNo": 1, "pageSize": 5, **body}
        judged(light, light.call("POST", path, body))
        if path == "/v2/template" and isinstance(body, dict):
            judged(light, light.call("PUT", path, {**body, "id": ref}))

    send()


def nested(depth: int) -> bytes:
    return b'{"name": "f", "operators": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"{", (400, "MalformedJSON")), (b"[]", (400, "InappropriateJSON")), (b'"x"', (400, "InappropriateJSON")),
        (b'{"a": NaN}', (400, "MalformedJSON")), (b'{"pageNo": 1e999}', (400, "InappropriateJSON")),
        (b'{"a": "\\u0000"}', (400, "InappropriateJSON")), (b'{"a": "\\ud800"}', (400, "InappropriateJSON")),
        (b"\xff\xfe", (400, "MalformedJSON")), (nested(500), (400, "InappropriateJSON")),
        (nested(100_000), (400, "MalformedJSON")), (b'{"a": ' + b"9" * 5000 + b"}", (400, "MalformedJSON")),
    ],
)  # fmt: skip
def test_bodies_that_are_no_objects_or_cannot_be_stored(light, raw, expected):
    for path in BODIES:
        assert light.fault(light.call("POST", path, raw=raw)) == expected


def test_ten_megabytes_are_too_much(light):
    raw = json.dumps({"name": "x" * 10 * 1024 * 1024}).encode()

    for path in BODIES:
        assert light.fault(light.call("POST", path, raw=raw)) == (413, "EntityTooLarge")


def test_a_large_template_within_the_limit_is_told_what_is_wrong_with_it(light):
    operators = [say(f"n{i}", breakpoints=[1]) for i in range(6000)]

    code, reason = light.refused("POST", "/v2/template", {"name": "f", "linear": True, "operators": operators})
    assert code == 400
    assert "at most 5000 items" in reason


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v2/nothing", (404, "InvalidURI")), ("PATCH", "/v2/template", (405, "MethodNotAllowed")),
        ("POST", "/v2/task", (405, "MethodNotAllowed")), ("GET", "/v2/template/", (404, "InvalidURI")),
        ("GET", "/v2/template/list", (405, "MethodNotAllowed")), ("DELETE", "/v2/execution", (405, "MethodNotAllowed")),
        ("OPTIONS", "/v2/template", (405, "MethodNotAllowed")), ("GET", "/v2/执行", (404, "InvalidURI")),
    ],
)  # fmt: skip
def test_other_routes_and_methods_are_told_as_json_and_never_redirected(light, method, path, expected):
    for prefix in ("/api/logic/oos", ""):
        response = light.app.test_client().open(prefix + path, method=method, headers={"x-bce-request-id": "abc"})

        assert light.fault(response) == expected
        assert response.headers["x-bce-request-id"] == "abc"


def test_the_prefix_itself_is_told_as_json_too(light):
    for path in ("/api/logic/oos/", "/api/logic/oos/v3/template"):
        assert light.fault(light.app.test_client().get(path)) == (404, "InvalidURI")


def test_a_defect_of_our_own_is_told_in_the_dialects_way(make_app, sqlite_url, monkeypatch):
    app = make_app(sqlite_url)
    with app.app_context():
        client = OosClient(app)
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        monkeypatch.setattr("app.services.oos_templates.page_of_templates", lambda *args, **named: 1 / 0)

        answer = client.call("POST", "/v2/template/list", {"pageNo": 1, "pageSize": 1})
        assert client.fault(answer) == (500, "InternalError")
        assert "division" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "query", [{"id": "x" * 5000}, {"id": "d-" + "z" * 12}, {"id": "d-Zzzzzzzzzzzz"}, {}, {"id": "\u0000"}]
)
def test_odd_ids(light, query):
    for path in ("/v2/execution", "/v2/template"):
        assert judged(light, light.call("GET", path, query=query)) in (400, 404)
    assert judged(light, light.call("DELETE", "/v2/template", query=query)) == 404
