"""The names of plugins, fields and types of variables in the reader's language."""

from __future__ import annotations

import re

from app.services import catalogue
from app.services.plugin_docs import plugin_pages
from app.web.editor_words import in_words, texts_in, words_of

CHINESE = "zh_Hans_CN"
SAME_EVERYWHERE = re.compile(r"[A-Z]+|Shell|Python|\[\{.*\}\]")
"""Codes, proper names and examples of JSON."""


def tables():
    return [catalogue.plugins(), catalogue.variable_types(), catalogue.rules()]


def test_every_text_of_plugins_types_and_rules_has_a_translation():
    notes = {note for page in plugin_pages() for note in page.notes}
    texts = {text for text in texts_in(tables()) if not SAME_EVERYWHERE.fullmatch(text)} | notes

    assert texts - set(words_of(CHINESE)) == set(), "app/translations/…/plugins.po lacks them"


def test_only_texts_are_translated_and_nothing_else_of_a_table():
    table = [{"code": "Text", "name": "Text", "inputs": [{"key": "name", "name": "Script", "default": "Script"}]}]

    assert in_words(table, CHINESE) == [
        {"code": "Text", "name": "文本", "inputs": [{"key": "name", "name": "脚本", "default": "Script"}]}
    ]
    assert in_words(table, "en") is table


def test_the_editor_says_them_in_the_readers_language(ed):
    page = ed.page("/projects/1/flows/new")
    assert "Show a message" in {plugin["name"] for plugin in page["plugins"]}

    ed.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    page = ed.page("/projects/1/flows/new")
    assert "显示消息" in {plugin["name"] for plugin in page["plugins"]}


def test_a_plugin_is_documented_by_what_stands_under_its_own_name():
    notes = {page.plugin["code"]: " ".join(page.notes) for page in plugin_pages()}

    assert "instanceId" in notes["BCE::Agent::ExecuteShell"]
    assert notes["sleep_timer"] == "The wait is a row in the database: it survives restarts and holds no worker."
    assert not re.search(r"`|\]\(", " ".join(notes.values()))
