"""What the server says to people is in the language of their pages; what it says to programs stays as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine.core.schema import Field, check_inputs
from app.sentences import say
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.members import set_member
from app.web.sentences import told
from tests.api.bksops.world import STEPS, World
from tests.api.client import CREDENTIALS
from tests.drawing import flow
from tests.web.editor_client import Editor
from tests.web.test_languages import _compiled  # noqa: F401

APP = Path(__file__).parent.parent.parent / "app"
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
BAD = flow("start > xor ; xor > a ; xor > b [1 ==] ; a > end ; b > end", plugin="nothing")
SAID = {
    "": {
        "node a calls plugin nothing legacy, which does not exist",
        "line f2 out of gateway xor needs a condition",
        "the condition of line f3 cannot be read: at character 5 of '1 ==': a value is wanted, not the end",
    },
    "zh-CN": {
        "节点 a 调用的插件 nothing legacy 不存在",
        "网关 xor 的出线 f2 需要条件",
        "无法解析连线 f3 的条件：'1 ==' 的第 5 个字符：应为值，但内容已结束",
    },
}

TEXT_AT = {
    "Problem": (1,), "Refused": (1,), "NotAllowed": (1, 2), "InvalidInput": (0,), "ExpressionError": (0,),
    "ConditionError": (0,), "FieldError": (0,), "Failed": (0,), "ScriptError": (0,), "_Undecided": (0,),
}  # fmt: skip
"""Which arguments of errors people read."""

WIRE = {
    "engine/core/functions", "engine/core/function_table", "engine/core/step_elements", "services/access_keys",
    "services/app_tokens", "services/app_users", "services/backups", "services/flow_directories",
    "services/flow_instances", "services/flow_nodes", "services/flow_problems", "services/flow_runs",
    "services/flow_saving", "services/flow_settings", "services/oos_executions", "services/oos_templates", "settings",
}  # fmt: skip
"""What only programs and terminals are told."""


@pytest.fixture
def world(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        made = World.of(app)
        accounts.create_user("otto", "opensesame")
        set_member(SYSTEM, find_project(SYSTEM, 2), "otto", "operator")
        yield made


@pytest.mark.parametrize("language", SAID)
def test_the_problems_of_a_flow_are_said_in_the_readers_language(ed, language):
    ed.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    refused = ed.do("POST", "/flows", 422, name="Bad", tree=BAD)
    checked = ed.do("POST", "/check", tree=BAD)

    assert {problem["message"] for problem in checked["problems"]} >= SAID[language]
    assert {problem["message"] for problem in refused["problems"]} >= SAID[language]
    rules = [(problem["rule"], problem["where"]) for problem in checked["problems"]]
    assert ("unknown_plugin", "a") in rules, "what programs go by stays"


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("", "the task is finished; you cannot pause it now"),
        ("zh-CN", "任务已完成，现在不能暂停"),
    ],
)
def test_an_order_that_comes_too_late_is_refused_in_the_readers_language(world, language, says):
    task = STEPS["finished"](world)["task"]
    otto = Editor(world.client._http.application, "otto", world.project.id)
    otto.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    otto.base = f"/projects/{world.project.id}/tasks/{task}"

    assert otto.do("POST", "/orders", 409, action="pause")["error"] == says


@pytest.mark.parametrize(("language", "says"), [("", "task 99 does not exist"), ("zh-CN", "任务 99 不存在")])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(world, language, says):
    otto = Editor(world.client._http.application, "otto", world.project.id)
    otto.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    otto.base = f"/projects/{world.project.id}/tasks/99/plain"

    page = otto.ask("GET", "")

    assert (page.status_code, says in page.text) == (404, True)


def test_programs_are_answered_in_english_whatever_they_ask_for(world):
    ids = STEPS["finished"](world)
    calls = [
        ("create_template/2", {"name": "Bad", "pipeline_tree": BAD}),
        (f"operate_task/{ids['task']}/2", {"action": "pause"}),
    ]

    for path, body in calls:
        plain, asked = (
            world.client.raw("POST", f"{path}/", json={**CREDENTIALS, **body}, headers=headers).json
            for headers in ({}, CHINESE)
        )
        assert not plain["result"]
        assert plain["message"].isascii()
        assert asked["message"] == plain["message"]


def test_the_name_of_a_plugins_field_is_translated_and_what_people_write_is_not(editor_app):
    (problem,) = check_inputs([Field("content", "Script", required=True)], {})
    taken = say("there is a credential {name} already", name="task")

    assert problem.message == "Script (content) is required"
    with editor_app.test_request_context(headers=CHINESE):
        assert told(problem.message) == "脚本 (content) 为必填"
        assert told(taken) == "已有名为 task 的凭据"
        assert told(say("{given!r} is not one of {known}", given="x", known=["a", "b"])) == "'x' 不在 a、b 之中"
        assert told("what nobody has said") == "what nobody has said"


def test_errors_that_people_read_hold_no_text_that_cannot_be_translated():
    found = [
        f"{path.relative_to(APP)}:{line}" for path in sources() for line in plain_texts(ast.parse(path.read_text()))
    ]

    assert found == []


def test_sentences_are_literal_so_that_the_catalogue_can_be_gathered():
    for path in sources():
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if is_call(node, "say")]
        others = [call.lineno for call in calls if not isinstance(call.args[0], ast.Constant)]

        assert not others or path == APP / "errors.py", f"{path}: only the kinds of NotFound come from elsewhere"


def test_what_only_programs_are_told_is_not_called_by_pages():
    for path in (APP / "web").glob("*.py"):
        text = path.read_text()
        named = {f"services/{name}" for name in re.findall(r"app\.services\.(\w+)", text)}
        for names in re.findall(r"from app\.services import ([^\n]+)", text):
            named |= {f"services/{name.strip()}" for name in names.split(",")}
        assert not named & WIRE, path


def sources() -> Iterator[Path]:
    """Yield the modules whose texts reach a page."""
    for path in APP.rglob("*.py"):
        name = path.relative_to(APP).with_suffix("").as_posix()
        if name not in WIRE and not name.startswith(("api/", "commands/", "client/")):
            yield path


def is_call(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def plain_texts(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of errors that are given a text and no sentence."""
    for node in ast.walk(tree):
        if is_call(node, *TEXT_AT):
            for place in TEXT_AT[node.func.id]:
                given = node.args[place] if place < len(node.args) else None
                parts = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
                if any(is_text(part) for part in parts):
                    yield node.lineno


def is_text(node: ast.AST | None) -> bool:
    if isinstance(node, ast.Subscript):
        return is_text(node.value)
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
