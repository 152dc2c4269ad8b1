"""The fields of the form that makes a task: as the page's scripts draw them, and as a plain form has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.engine.core.asking import Question
from app.engine.core.schema import Field
from app.engine.core.values import Json, plain_text
from app.languages import language
from app.services.catalogue import field_entry
from app.services.task_forms import LARGEST_PRIORITY, TaskForm, shown_tree
from app.web.editor_words import in_words
from app.web.json_edge import phrase
from app.web.question_fields import answers_of


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
    answers = answers_of(form.questions, sent)
    when = sent.get("when", "now")
    plan = {"form": "once", "starts_at": sent.get("starts_at", "")} if when == "later" else None
    name = plain_text(sent.get("name", "")).strip()
    left_out = [node_id for node_id in optional if node_id not in kept]
    return Filled(name, answers, left_out, when, plan, _priority(sent.get("priority", "")))


def _priority(text: str) -> int:
    if not text.strip():
        return 0
    return int(text) if re.fullmatch(r"\s*[+-]?\d{1,6}\s*", text, re.ASCII) else LARGEST_PRIORITY + 1


def is_kept(node: Mapping[str, Any], form: TaskForm, typed: Filled) -> bool:
    """Say whether an optional node is ticked."""
    return node["id"] not in (form.left_out if typed.left_out is None else typed.left_out)
