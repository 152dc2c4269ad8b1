"""A schedule in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from app.languages import DEFAULT, language
from app.services.schedules import Plan
from app.services.timetable import words_of
from app.web.sentences import told

_LOCALES: Mapping[str, str] = {"zh_Hans_CN": "zh_CN"}
"""What cron-descriptor calls the languages that we have."""

_NAMES = {
    "Monday": "周一", "Tuesday": "周二", "Wednesday": "周三", "Thursday": "周四", "Friday": "周五", "Saturday": "周六",
    "Sunday": "周日", "January": "1月", "February": "2月", "March": "3月", "April": "4月", "May": "5月", "June": "6月",
    "July": "7月", "August": "8月", "September": "9月", "October": "10月", "November": "11月", "December": "12月",
}  # fmt: skip
"""The library takes names of days and months from the process's locale, which is English."""

_HAN = "[\u4e00-\u9fff]"
_CHANGES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"\b({'|'.join(_NAMES)})\b", re.A), lambda match: _NAMES[match[1]]),
    # 第二个周五 每月
    (re.compile(r"在? ?(第.个)(周.) 每月"), r"每月\1\2"),
    (re.compile(rf"(?<={_HAN}) +(?={_HAN})"), ""),
    # Lists: 周一, 周三, 和周五
    (re.compile(r"(?<=[\d月周一二三四五六日]), 和 ?(?=[\d周])"), "、"),
    (re.compile(r"(?<=周[一二三四五六日]), (?=周)|(?<=\d), (?=\d+[,、月 ])(?!\d\d:)|(?<=\d月), (?=\d+月)"), "、"),
    (re.compile(r"(\S+) 和 (\S+?)( 号)? ?之间"), r"\1 到 \2\3"),
    (re.compile(r" ?和 ?"), "、"),
    (re.compile(r" ?到 ?"), " 至 "),
    (re.compile(rf"(?<={_HAN}) 至 (?={_HAN})|(?<=月) 至 "), "至"),
    (re.compile(r", "), "，"),
    (re.compile(r"(?:(?<=，)|^)在 ?"), ""),
    (re.compile(r"平日"), "工作日"),
    (re.compile(r"每 (\d+) 月"), r"每 \1 个月"),
    (re.compile(r"(?<=[\d 、])(\d{4})$"), r"\1 年"),
]


def cron_in_words(plan: Plan) -> str:
    """Say when a plan fires; the APIs say it in English only."""
    if language() == DEFAULT:
        return words_of(plan)
    words = words_of(plan, _LOCALES[language()])
    return polished(told(words))


def polished(text: str) -> str:
    """Put right what the library's Chinese leaves in English, and its punctuation."""
    for wrong, right in _CHANGES:
        text = wrong.sub(right, text)
    return text.strip()
