"""Fields: what a plugin takes and gives; validates inputs and describes their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.engine.core.values import Json
from app.errors import Problem
from app.sentences import Label, say

FieldType = Literal["string", "integer", "number", "boolean", "object", "array", "any"]
Widget = Literal[
    "text",
    "textarea",
    "number",
    "choice",
    "switch",
    "list",
    "table",
    "keyvalue",
    "code",
    "hosts",
    "password",
    "datetime",
    "date",
    "time",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a field's allowed values and how it is shown."""

    value: Json
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input or output of a plugin.

    `secret` values are masked wherever they are shown; `render=False` keeps `${…}` in the value as it is written.
    `columns` describes the rows of a `table` widget, or the parts of a `keyvalue` whose keys are known. `was` is an older
    key under which flows may give the same.
    """

    key: str
    name: str
    type: FieldType = "string"
    widget: Widget = "text"
    required: bool = False
    default: Json = None
    choices: Sequence[Choice] = ()
    help: str = ""
    secret: bool = False
    render: bool = True
    minimum: float | None = None
    maximum: float | None = None
    columns: Sequence[Field] = field(default=())
    was: str = ""


def check_inputs(fields: Sequence[Field], inputs: Mapping[str, Json]) -> list[Problem]:
    """Say everything that is wrong with rendered `inputs`; numbers written as text count as numbers, as bk-sops sends them."""
    problems = []
    for f in fields:
        value = inputs.get(f.key)
        if value is None or value == "" or (f.required and value == []):
            if f.required and (not f.was or inputs.get(f.was) in (None, "")):
                problems.append(
                    Problem("required", say("{field} ({key}) is required", field=Label(f.name), key=f.key), f.key)
                )
            continue
        wrong = _wrong_type(f, value) or _out_of_range(f, value) or _no_choice(f, value)
        if wrong:
            problems.append(
                Problem("field", say("{field} ({key}) {wrong}", field=Label(f.name), key=f.key, wrong=wrong), f.key)
            )
    return problems


def with_defaults(fields: Sequence[Field], inputs: Mapping[str, Json]) -> dict[str, Json]:
    """Return `inputs` with the default of every field that is absent."""
    filled = {f.key: f.default for f in fields if f.default is not None and f.key not in inputs}
    return {**inputs, **filled}


def as_number(value: Json) -> float | None:
    """Read a number, also one written as text; None when it is not one."""
    if isinstance(value, bool):
        return None
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


_KINDS: dict[FieldType, tuple[type, ...]] = {
    "string": (str, int, float, bool),
    "boolean": (bool,),
    "object": (Mapping,),
    "array": (list, tuple),
}


def _wrong_type(f: Field, value: Json) -> str:
    if f.type == "any" or (f.type == "boolean" and value in ("true", "false")):
        return ""
    if f.type in ("integer", "number"):
        number = as_number(value)
        if number is None or (f.type == "integer" and not number.is_integer()):
            if f.type == "integer":
                return say("must be a whole number, not {value!r}", value=value)
            return say("must be a number, not {value!r}", value=value)
        return ""
    if isinstance(value, _KINDS[f.type]):
        return ""
    return say("must be of type {type}, not {given}", type=f.type, given=type(value).__name__)


def _out_of_range(f: Field, value: Json) -> str:
    number = as_number(value)
    if number is None or (f.minimum is None and f.maximum is None):
        return ""
    if f.minimum is not None and number < f.minimum:
        return say("must be at least {minimum:g}, not {number:g}", minimum=f.minimum, number=number)
    if f.maximum is not None and number > f.maximum:
        return say("must be at most {maximum:g}, not {number:g}", maximum=f.maximum, number=number)
    return ""


def _no_choice(f: Field, value: Json) -> str:
    if not f.choices or isinstance(value, list | tuple):
        return ""
    allowed = [c.value for c in f.choices]
    if value in allowed or str(value) in [str(a) for a in allowed]:
        return ""
    return say("must be one of {choices}, not {value!r}", choices=list(allowed), value=value)
