"""The fields of questions in forms without scripts: how a value stands in its field, and how what was typed is read."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.engine.core.answers import is_absent, is_expression, parts_of, why_wrong
from app.engine.core.asking import Question, as_text
from app.engine.core.schema import Choice, Field
from app.engine.core.values import Json, plain_text
from app.errors import InvalidInput
from app.web.editor_words import plugin_word
from app.web.written import read_written

_AS_JSON = ("table", "code", "keyvalue")
_LINES = ("textarea", "table", "code", "keyvalue")
_PICKED = {"datetime": "datetime-local", "date": "date", "time": "time"}
_WHOLE = re.compile(r"\s*[+-]?\d{1,18}\s*")


def answers_of(questions: Sequence[Question], sent: MultiDict[str, str]) -> dict[str, Json]:
    """Return the answers in a form that was sent, by key; those whose fields were not in it are left out."""
    return {q.key: _read(q.field, q.key, q.value, sent) for q in questions if _was_sent(q, sent)}


def parts_in(field: Field, value: Json) -> Sequence[tuple[Field, Json]]:
    """Return the parts of a value, in the reader's language; none where it is one text or has no known parts."""
    if field.widget != "keyvalue" or not field.columns or is_expression(value) or isinstance(value, list):
        return ()
    parts = {**{part.key: part.default for part in field.columns}, **parts_of(value, field.columns)}
    return [(_in_words(part), "" if parts[part.key] is None else parts[part.key]) for part in field.columns]


def _in_words(part: Field) -> Field:
    choices = [replace(choice, label=plugin_word(choice.label)) for choice in part.choices]
    return replace(part, name=plugin_word(part.name), help=plugin_word(part.help), choices=choices)


def choices_of(field: Field) -> Sequence[Choice]:
    """Return what can be chosen in a field, also where that is yes or no."""
    if field.widget == "switch":
        return [Choice(True, gettext("Yes")), Choice(False, gettext("No"))]
    return field.choices


def is_known(field: Field, value: Json) -> bool:
    """Say whether a value is one of the choices; another stays chosen until somebody chooses one of them."""
    return any(is_chosen(choice.value, value) for choice in choices_of(field))


def control_of(field: Field, value: Json) -> str:
    """Return which control a field is: choice, several, lines, password, or the type of an input."""
    if field.secret:
        return "password"
    if choices_of(field) and not is_expression(value):
        return "several" if field.type == "array" else "choice"
    if field.widget in _LINES or "\n" in written(field, value):
        return "lines"
    return _PICKED[field.widget] if _is_picked(field, value) else "text"


def written(field: Field, value: Json) -> str:
    """Return what stands in a field; nothing ever stands in that of a password."""
    if field.secret or value is None:
        return ""
    if isinstance(value, str):
        return value.replace(" ", "T") if field.widget == "datetime" and _is_picked(field, value) else value
    is_plain = isinstance(value, list) and all(not isinstance(part, list | dict) for part in value)
    return (
        as_text(value) if is_plain or not isinstance(value, list | Mapping) else json.dumps(value, ensure_ascii=False)
    )


def is_chosen(choice: Json, value: Json) -> bool:
    """Say whether one of the choices is the chosen one, or one of them."""
    return as_text(choice) in [as_text(part) for part in (value if isinstance(value, list) else [value])]


def _is_picked(field: Field, value: Json) -> bool:
    """Whether the browser's own input can show a moment."""
    return field.widget in _PICKED and (is_absent(value) or not (is_expression(value) or why_wrong(field, value)))


def _was_sent(question: Question, sent: MultiDict[str, str]) -> bool:
    return any(key in (question.key, f"several:{question.key}") or key.startswith(f"{question.key}.") for key in sent)


def _read(field: Field, name: str, before: Json, sent: MultiDict[str, str]) -> Json:
    """Read one field, or its parts; what was not touched stays what it was."""
    if name not in sent and any(f"{name}.{part.key}" in sent for part in field.columns):
        shown = {part.key: now for part, now in parts_in(field, before)}
        typed = {part.key: _read(part, f"{name}.{part.key}", shown.get(part.key), sent) for part in field.columns}
        return before if typed == shown else {**parts_of(before, field.columns), **typed}
    choices = {as_text(choice.value): choice.value for choice in choices_of(field)}
    if field.type == "array" and choices:
        return [choices.get(text, text) for text in sent.getlist(name)]
    text = plain_text(sent.get(name, "")).replace("\r\n", "\n")
    if text == written(field, before) or (field.secret and not text):
        return before
    return choices.get(text, text) if choices else _meant(field, before, text)


def _meant(field: Field, before: Json, text: str) -> Json:
    """Return what a text stands for: a moment as it is kept, JSON where it was no text before, a number where one is wanted.

    Numbers that were written as text stay text, as bk-sops writes them.
    """
    if field.widget in _PICKED:
        return _moment(field, text)
    if field.widget in _AS_JSON or isinstance(before, bool | int | float | Mapping):
        with contextlib.suppress(InvalidInput):
            return read_written(text or "null", is_json=True)
    if isinstance(before, list) and field.widget != "hosts":
        return _list(text)
    is_written = isinstance(before, str) and before != ""
    if field.type == "integer" and not is_written and _WHOLE.fullmatch(text):
        return int(text)
    return text


def _moment(field: Field, text: str) -> str:
    """Return what a browser's input gave as it is kept, with seconds and without a T; another text stays as it is."""
    if is_expression(text):
        return text
    whole = f"{text}:00" if field.widget != "date" and text.count(":") == 1 else text
    spaced = whole.replace("T", " ")
    return text if why_wrong(field, spaced) else spaced


def _list(text: str) -> Json:
    with contextlib.suppress(InvalidInput):
        listed = read_written(text, is_json=True)
        if isinstance(listed, list):
            return listed
    return [part.strip() for part in text.split(",") if part.strip()]
