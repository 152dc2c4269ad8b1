"""What a person is asked for when a task is made: a question for each shown variable, and what is wrong with an answer.

The page asks and checks while one types (`app/static/canvas/create/asking.js`), the server checks what comes: by the same
rules, which `tests/data/answers.json` holds both of them to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.engine.core.answers import is_expression, why_wrong
from app.engine.core.patterns import matches
from app.engine.core.schema import Choice, Field, Widget
from app.engine.core.secret_values import is_secret
from app.engine.core.values import Json, read_json
from app.engine.core.variables import VARIABLE_TYPES
from app.errors import Problem
from app.sentences import say

Constant = Mapping[str, Any]
FieldOf = Callable[[Constant], Field | None]
"""Finds the input of a plugin that a variable stands for; None where it stands for none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions under which a variable is not asked for: the answer to `key` is, or is not, `value`."""

    key: str
    operator: Literal["=", "!="]
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """A variable that is asked for; `value` stands in its field at first, `pattern` is what an answer has to match.

    It is not asked while one of `hidden_by` holds. With `is_needed` the task itself keeps the variable: one that only
    decides what else is asked is not needed.
    """

    key: str
    kind: str
    field: Field
    value: Json
    pattern: str = ""
    hidden_by: Sequence[Condition] = ()
    is_needed: bool = True


def questions_of(
    constants: Mapping[str, Constant], needed: Collection[str], field_of: FieldOf = lambda constant: None
) -> list[Question]:
    """Return the questions in their order: the shown variables that a task needs, and those that decide what is asked."""
    shown = {key: constant for key, constant in constants.items() if _is_shown(constant)}
    wanted, left = set[str](), [key for key in shown if key in needed]
    while left:
        key = left.pop()
        if key not in wanted:
            wanted.add(key)
            left += [condition.key for condition in _conditions(shown[key]) if condition.key in shown]
    ordered = sorted(wanted, key=lambda key: (shown[key].get("index", 0), list(shown).index(key)))
    return [_question(key, shown[key], field_of, is_needed=key in needed) for key in ordered]


def asked(questions: Sequence[Question], answers: Mapping[str, Json]) -> list[Question]:
    """Return the questions that are asked: those that no condition hides."""
    by_key = {question.key: answers.get(question.key, question.value) for question in questions}
    return [question for question in questions if not any(_holds(c, by_key) for c in question.hidden_by)]


def answer_problems(questions: Sequence[Question], answers: Mapping[str, Json]) -> list[Problem]:
    """Return everything that is wrong with the answers to what is asked; `where` is the variable's key."""
    found = []
    for question in asked(questions, answers):
        wrong = why_not(question, answers.get(question.key, question.value))
        if wrong:
            found.append(
                Problem("answer", say("{field} {wrong}", field=question.field.name, wrong=wrong), question.key)
            )
    return found


def why_not(question: Question, value: Json) -> str:
    """Say what is wrong with an answer; empty when nothing is, or when only a run can tell."""
    if question.field.secret and value == question.value and value:
        # What is stored stays as it is, and is not known here.
        return ""
    return why_wrong(question.field, value) or _why_no_match(question.pattern, value)


def as_text(value: Json) -> str:
    """Return a value as conditions compare it."""
    if isinstance(value, list | tuple):
        return ",".join(as_text(part) for part in value)
    if isinstance(value, bool | Mapping):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def definition_of(constant: Constant) -> Mapping[str, Any]:
    """Return what defines the choices or columns of a variable; it is kept aside once the variable has got a value."""
    meta = constant.get("meta")
    found = meta.get("value") if isinstance(meta, Mapping) else None
    found = constant.get("value") if found is None else found
    return found if isinstance(found, Mapping) else {}


def _is_shown(constant: Constant) -> bool:
    """Whether a person is to give the value; what the task works out by itself nobody is asked for."""
    type_ = VARIABLE_TYPES.get(str(constant.get("custom_type") or ""))
    return constant.get("show_type") == "show" and (type_ is None or type_.source != "task")


def _question(key: str, constant: Constant, field_of: FieldOf, *, is_needed: bool) -> Question:
    kind, pattern = str(constant.get("custom_type") or ""), str(constant.get("validation") or "")
    field, value = _field_and_value(kind, constant, field_of)
    must = field.required or (pattern != "" and matches(pattern, "") is False)
    field = replace(
        field, key=key, name=str(constant.get("name") or key), help=str(constant.get("desc") or ""), required=must,
        secret=is_secret(constant),
    )  # fmt: skip
    return Question(key, kind, field, value, pattern, tuple(_conditions(constant)), is_needed)


def _field_and_value(kind: str, constant: Constant, field_of: FieldOf) -> tuple[Field, Json]:
    type_, value = VARIABLE_TYPES.get(kind), constant.get("value")
    has_lines = isinstance(value, str) and "\n" in value
    plain = Field("value", "value", "any", "textarea" if has_lines else "text")
    if type_ is None:
        return field_of(constant) or plain, value
    if type_.widget == "keyvalue":
        return Field("value", "value", "any", "keyvalue", columns=type_.fields), value
    if type_.widget == "code" and not isinstance(value, list | Mapping):
        return plain, value
    field = Field("value", "value", "any", type_.widget)
    if kind == "int":
        return replace(field, type="integer"), value
    if type_.widget == "choice":
        return _choice(field, constant)
    if type_.widget == "table":
        return _table(field, constant)
    if type_.widget == "hosts":
        return field, _typed_hosts(value)
    return field, value


def _choice(field: Field, constant: Constant) -> tuple[Field, Json]:
    definition, value = definition_of(constant), constant.get("value")
    several = str(definition.get("type", "0")) == "1"
    if isinstance(value, Mapping):
        value = definition.get("default", "")
    if several and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    choices = [_choice_of(item) for item in _listed(definition.get("items_text"))]
    if not choices:
        # Where they are fetched from elsewhere, there is nothing to choose from here.
        return replace(field, widget="list" if several else "text"), value
    return replace(field, type="array" if several else "any", choices=tuple(choices), required=not several), value


def _choice_of(item: Any) -> Choice:
    if isinstance(item, Mapping):
        value = item.get("value", item.get("text"))
        return Choice(value, str(item.get("text", value)))
    return Choice(item, str(item))


_WIDGETS: Mapping[str, Widget] = {
    "int": "number", "select": "choice", "radio": "choice", "datetime": "datetime", "password": "password",
}  # fmt: skip


def _table(field: Field, constant: Constant) -> tuple[Field, Json]:
    definition, value = definition_of(constant), constant.get("value")
    if isinstance(value, Mapping):
        value = definition.get("default") or []
    value = value if isinstance(value, list) else _listed(value)
    columns = [_column(entry) for entry in _listed(definition.get("columns")) if isinstance(entry, Mapping)]
    return (replace(field, columns=tuple(columns)) if columns else replace(field, widget="code")), value


def _column(entry: Mapping[str, Any]) -> Field:
    attrs = entry.get("attrs") if isinstance(entry.get("attrs"), Mapping) else {}
    assert isinstance(attrs, Mapping), "that was just seen to"
    key, kind = str(entry.get("tag_code") or ""), str(entry.get("type") or "")
    choices = tuple(_choice_of(item) for item in attrs.get("items") or [])
    widget = _WIDGETS.get(kind, "text")
    rules = attrs.get("validation") or []
    must = any(isinstance(rule, Mapping) and rule.get("type") == "required" for rule in rules)
    return Field(
        key, str(attrs.get("name") or key), "integer" if kind == "int" else "any",
        "text" if widget == "choice" and not choices else widget, must, choices=choices,
    )  # fmt: skip


def _typed_hosts(value: Json) -> Json:
    is_typed = isinstance(value, Mapping) and value.get("var_ip_method", "custom") == "custom"
    if isinstance(value, Mapping) and is_typed:
        return value.get("var_ip_custom_value", value.get("ip", ""))
    return value


def _listed(value: Any) -> list[Any]:
    """Return a list that may be written as JSON in a text."""
    if isinstance(value, str):
        try:
            value = read_json(value)
        except ValueError:
            return []
    return value if isinstance(value, list) else []


def _conditions(constant: Constant) -> Iterable[Condition]:
    rows = constant.get("hide_condition")
    if constant.get("is_condition_hide") not in (True, "true") or not isinstance(rows, list):
        return
    for row in rows:
        if isinstance(row, Mapping) and row.get("operator") in ("=", "!="):
            yield Condition(str(row.get("constant_key")), row["operator"], as_text(row.get("value")))


def _holds(condition: Condition, values: Mapping[str, Json]) -> bool:
    if condition.key not in values:
        return False
    return (as_text(values[condition.key]) == condition.value) is (condition.operator == "=")


def _why_no_match(pattern: str, value: Json) -> str:
    if not pattern or value == "" or value is None or isinstance(value, list | Mapping) or is_expression(value):
        return ""
    return say("does not match {pattern}", pattern=pattern) if matches(pattern, as_text(value)) is False else ""
