"""The fields of the form that makes a task: as the page's scripts draw them, and as a plain form has them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.engine.core.asking import Question, as_text
from app.engine.core.schema import Field
from app.engine.core.values import Json, plain_text
from app.languages import language
from app.services.catalogue import field_entry
from app.services.task_forms import LARGEST_PRIORITY, TaskForm, shown_tree
from app.web.editor_words import in_words
from app.web.json_edge import phrase

_AS_JSON = ("table", "code", "keyvalue")


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed into the plain form; `when` is now, waits, claim or later, `plan` is there where it is later.

    A priority that is no whole number is read as one that is too large, so that it is told.
    """

    name: str = ""
    answers: Mapping[str, Json] = field(default_factory=dict)
    left_out: list[str] | None = None
    when: str = "now"
    plan: dict[str, Any] | None = None
    priority: int = 0


def entry(question: Question) -> dict[str, Any]:
    """Return a question as the page's scripts take it."""
    return {
        "key": question.key, "kind": question.kind, "field": _field_entry(question.field), "value": question.value,
        "pattern": question.pattern, "hidden_by": phrase(question.hidden_by), "is_needed": question.is_needed,
    }  # fmt: skip


def _field_entry(field: Field) -> Mapping[str, Any]:
    """Return a field as the scripts take it; the names of a value's parts are ours, all others are the flow's."""
    drawn = field_entry(field)
    return {**drawn, "columns": in_words(drawn["columns"], language())} if field.widget == "keyvalue" else drawn


def drawable(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a canvas needs of a tree."""
    shown = shown_tree(tree)
    return {key: shown[key] for key in _DRAWN if key in shown}


_DRAWN = ("start_event", "end_event", "activities", "gateways", "flows", "line", "location", "constants", "outputs")


def optional_nodes(form: TaskForm) -> list[Mapping[str, Any]]:
    """Return the nodes that may be left out."""
    return [node for node in form.tree["activities"].values() if node.get("optional")]


def filled(sent: MultiDict[str, str], form: TaskForm) -> Filled:
    """Read the plain form. A scheme that was chosen counts more than the single ticks."""
    optional = [node["id"] for node in optional_nodes(form)]
    kept = {node_id for node_id in optional if f"with:{node_id}" in sent}
    scheme = next((scheme for scheme in form.schemes if str(scheme.id) == sent.get("scheme")), None)
    kept = set(scheme.nodes) if scheme else kept
    answers = {q.key: _read(q, sent) for q in form.questions if q.key in sent or f"several:{q.key}" in sent}
    when = sent.get("when", "now")
    plan = {"form": "once", "starts_at": sent.get("starts_at", "")} if when == "later" else None
    name = plain_text(sent.get("name", "")).strip()
    left_out = [node_id for node_id in optional if node_id not in kept]
    return Filled(name, answers, left_out, when, plan, _priority(sent.get("priority", "")))


def _priority(text: str) -> int:
    if not text.strip():
        return 0
    return int(text) if re.fullmatch(r"\s*[+-]?\d{1,6}\s*", text, re.ASCII) else LARGEST_PRIORITY + 1


def shown(question: Question, typed: Filled) -> str:
    """Return what stands in a plain field; nothing ever stands in that of a password."""
    if question.field.secret:
        return ""
    value = typed.answers.get(question.key, question.value)
    if value is None or isinstance(value, str):
        return value or ""
    is_plain = isinstance(value, list) and all(not isinstance(part, list | dict) for part in value)
    return as_text(value) if is_plain or not isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)


def is_chosen(question: Question, value: Json, typed: Filled) -> bool:
    """Say whether one of the choices is the chosen one, or one of them."""
    now = typed.answers.get(question.key, question.value)
    return as_text(value) in [as_text(part) for part in (now if isinstance(now, list) else [now])]


def is_kept(node: Mapping[str, Any], form: TaskForm, typed: Filled) -> bool:
    """Say whether an optional node is ticked."""
    return node["id"] not in (form.left_out if typed.left_out is None else typed.left_out)


def _read(question: Question, sent: MultiDict[str, str]) -> Json:
    """Read an answer: what was no text before is read as JSON, numbers and choices as what they stand for."""
    widget, choices = question.field.widget, {as_text(choice.value): choice.value for choice in question.field.choices}
    if question.field.type == "array" and choices:
        return [choices.get(text, text) for text in sent.getlist(question.key)]
    text = plain_text(sent.get(question.key, "")).replace("\r\n", "\n")
    if question.field.secret and not text:
        return question.value
    if choices:
        return choices.get(text, text)
    if widget in _AS_JSON or isinstance(question.value, dict):
        with contextlib.suppress(ValueError):
            found: Json = json.loads(text or "null")
            return found
    if isinstance(question.value, list) and widget != "hosts":
        with contextlib.suppress(ValueError):
            listed: Json = json.loads(text)
            if isinstance(listed, list):
                return listed
        return [part.strip() for part in text.split(",") if part.strip()]
    if question.field.type == "integer" and text.strip().lstrip("+-").isdecimal():
        return int(text)
    return text
