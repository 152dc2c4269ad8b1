"""What the editor's tables say, in the reader's language: names of plugins and their fields, of types of variables, rules.

Those texts stand where the plugins do, which know no languages; their translations are in `plugins.po`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from babel.messages.pofile import read_po

from app.languages import DEFAULT, TRANSLATIONS, language

SAID = frozenset({"name", "group", "description", "help", "label", "message", "to_itself", "in_a_circle"})
"""The keys whose values are read by people."""


def in_words(table: Any, locale: str) -> Any:
    """Return a table of the editor with its texts in a language; what has no translation stays English."""
    words = words_of(locale)
    return _translated(table, words) if words else table


def plugin_word(text: str) -> str:
    """Return the name of a plugin or of one of its fields in the reader's language."""
    return words_of(language()).get(text, text)


@lru_cache
def words_of(locale: str) -> Mapping[str, str]:
    """Return the translations by their English; none for English. Read once in a process."""
    if locale == DEFAULT:
        return {}
    with (TRANSLATIONS / locale / "LC_MESSAGES" / "plugins.po").open("rb") as file:
        messages = read_po(file, locale)
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def texts_in(table: Any) -> set[str]:
    """Return the texts of a table that people read."""
    if isinstance(table, Mapping):
        own = {str(value) for key, value in table.items() if key in SAID and isinstance(value, str) and value}
        return own.union(*(texts_in(value) for value in table.values()))
    return set().union(*(texts_in(part) for part in table)) if isinstance(table, list | tuple) else set()


def _translated(table: Any, words: Mapping[str, str]) -> Any:
    if isinstance(table, Mapping):
        return {
            key: words.get(value, value) if key in SAID and isinstance(value, str) else _translated(value, words)
            for key, value in table.items()
        }
    return [_translated(part, words) for part in table] if isinstance(table, list | tuple) else table
