"""Reasons that are kept with a run are in the reader's language on pages, and in English everywhere else."""

from __future__ import annotations

import pytest

from app.services.following import Position
from app.services.run_views import RunView
from app.web import live
from app.web.reasons import _shape, reason_in

CHINESE = "zh_Hans_CN"


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("exit code 3 on 10.0.0.7; see the log", "10.0.0.7 上的退出码为 3；请查看日志"),
        ("timed out after 2.5 s", "超时：已超过 2.5 秒"),
        ("no branch's condition holds, and there is no default branch", "没有分支的条件成立，也没有默认分支"),
        ("task 17 of the fire before still runs", "上一次触发的任务 17 仍在执行"),
    ],
)
def test_a_kept_reason_is_told_in_the_readers_language(kept, told):
    assert reason_in(CHINESE, kept) == told
    assert reason_in("en", kept) == kept


def test_a_sentence_within_another_is_told_too():
    assert reason_in(CHINESE, "Restart: exit code 1 on web1; see the log") == "Restart：web1 上的退出码为 1；请查看日志"
    assert reason_in(CHINESE, "timed out on web1") == "web1：已超时"
    assert reason_in(CHINESE, "wrong inputs: Script (job_content) is required") == "输入有误：脚本 (job_content) 为必填"


def test_problems_that_were_kept_together_are_told_one_by_one():
    kept = "Script (job_content) is required; Hosts (job_ip_list) names no host"

    assert reason_in(CHINESE, kept) == "脚本 (job_content) 为必填；主机 (job_ip_list) 没有指定主机"


@pytest.mark.parametrize(
    "said", ["", "KeyError: 'a'", "nginx: configuration test failed", "a {brace} on web1", "x" * 5000]
)
def test_what_others_have_said_stays_as_it_is(said):
    assert reason_in(CHINESE, said) == said


def test_braces_in_what_somebody_wrote_stay():
    assert reason_in(CHINESE, "SSH failed: {host} {{x}}") == "SSH 失败：{host} {{x}}"


def test_two_readers_of_one_view_read_it_each_in_their_own_language():
    view, at = RunView({}, {"a": {"reason": "cancelled"}, "b": {"reason": ""}}), Position("running", 3)

    chinese, english = live._whole(view, at, CHINESE), live._whole(view, at, "en")

    assert [node["reason"] for node in chinese["nodes"].values()] == ["已取消", ""]
    assert [node["reason"] for node in english["nodes"].values()] == ["cancelled", ""]


@pytest.mark.parametrize(
    ("sentence", "text", "parts"),
    [
        ("from {a} to {b}.", "from 1 to 2.", {"a": "1", "b": "2"}),
        ("from {a} to {b}.", "from  to .", {"a": "", "b": ""}),
        ("from {a} to {b}.", "from 1 to 2", None),
        ("from {a} to {b} to {a}", "from 1 to 2 to 1", {"a": "1", "b": "2"}),
        ("from {a} to {b} to {a}", "from 1 to 2 to 3", None),
        ("{a}aa", "aa", {"a": ""}),
        ("aa{a}aa", "aaa", None),
        ("nothing", "nothing", {}),
        ("nothing", "nothing more", None),
    ],
)
def test_what_stands_in_the_places_of_a_sentence_is_found_again(sentence, text, parts):
    assert _shape(sentence).parts_of(text) == parts
