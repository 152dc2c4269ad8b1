"""When a schedule fires is said in the reader's language."""

from __future__ import annotations

import pytest

from app.services.schedules import Plan
from app.web.cron_words import cron_in_words
from tests.web.test_languages import _compiled  # noqa: F401
from tests.web.test_sentences import CHINESE


@pytest.mark.parametrize(
    ("form", "expression", "words"),
    [
        ("cron", "30 8 * * 1-5", "08:30，周一至周五"),
        ("cron", "*/5 * * * *", "每 5 分钟"),
        ("cron", "0 3 1,15 * *", "03:00，每月的 1、15 号"),
        ("cron", "0 3 * * 1,3,5", "03:00，仅在周一、周三、周五"),
        ("cron", "*/15 9-17 * 1-3 *", "每 15 分钟，09:00 至 17:59，1月至3月"),
        ("quartz", "0 0 3 LW * ? 2027", "03:00，每月的最后一个工作日，仅在 2027 年"),
        ("quartz", "0 0 3 ? * 6#2", "03:00，每月第二个周五"),
        ("quartz", "0 0 3 L-3 * ?", "03:00，当月最后一天之前 3 天"),
        ("quartz", "0 0 3 L-3W * ?", "03:00，最接近当月最后一天之前 3 天的工作日"),
        ("quartz", "0 0 3 1 1 ? 2199", "永不触发：没有一个年份在 1970 至 2099 之间"),
    ],
)
def test_a_schedule_is_in_chinese_words(editor_app, form, expression, words):
    with editor_app.test_request_context(headers=CHINESE):
        assert cron_in_words(Plan(form, expression)) == words


def test_english_is_as_the_apis_say_it(editor_app):
    with editor_app.test_request_context():
        assert cron_in_words(Plan("cron", "30 8 * * 1-5")) == "At 08:30, Monday through Friday"


def test_the_pages_that_ask_for_a_schedule_say_it(ed):
    ed._come_in()
    query = "form=cron&expression=30+8+*+*+1-5"

    shown = ed.http.get(f"/projects/1/schedules/preview?{query}", headers=CHINESE).text

    assert "08:30，周一至周五" in shown
