"""What is wrong with a value that a person gave in a field, as `app/static/canvas/fields/checking.js` tells while they type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.sentences import Label, say

_MOMENTS = {
    "datetime": (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.A), "2026-11-21 14:30:00"),
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}", re.A), "2026-11-21"),
    "time": (re.compile(r"\d{2}:\d{2}(:\d{2})?", re.A), "14:30:00"),
}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.A | re.I)
_ADDRESSES = re.compile(r"(?:\$\{[^}]*\}|[^\s,;])+")
_IPV6 = re.compile(r"[0-9a-f:]*:[0-9a-f:.]*", re.A | re.I)
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*", re.I
)


def why_wrong(field: Field, value: Json) -> str:
    """Say what is wrong with a value; empty when nothing is, or when only a run can tell."""
    if is_absent(value):
        return say("is required") if field.required else ""
    if field.widget == "hosts":
        return _wrong_address(value)
    if is_expression(value):
        return ""
    wrong = _wrong_type(field, value) or _out_of_range(field, value) or _no_choice(field, value)
    return wrong or _wrong_moment(field, value) or _wrong_cell(field, value) or _wrong_part(field, value)


def parts_of(value: Json, parts: Sequence[Field]) -> Mapping[str, Json]:
    """Return the parts of a value that is an object of them; a text that stands in its place is the first of them."""
    if isinstance(value, Mapping):
        return value
    return {} if value is None or value == "" else {parts[0].key: value}


def is_absent(value: Json) -> bool:
    """Say whether nothing is given."""
    return value is None or value in ("", [])


def is_expression(value: Json) -> bool:
    """Say whether a value is, or holds in its text, an expression that is worked out when the node is called."""
    return isinstance(value, str) and "${" in value


def is_address(text: str) -> bool:
    """Say whether a text is an IP address or a host name."""
    if "${" in text:
        return True
    if re.fullmatch(r"[0-9.]+", text):
        parts = text.split(".")
        return len(parts) == 4 and all(0 < len(part) <= 3 and int(part) <= 255 for part in parts)
    return bool(len(text) > 1 and _IPV6.fullmatch(text)) if ":" in text else bool(_HOST_NAME.fullmatch(text))


def as_number(value: Json) -> float | None:
    """Read a number, also one that is written as text; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > 300 or not _NUMBER.fullmatch(value)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _wrong_address(value: Json) -> str:
    texts = value if isinstance(value, list) else [value]
    for text in texts:
        for address in _ADDRESSES.findall(str(text)):
            if not is_address(address):
                return say("holds {address}, which is neither an IP address nor a host name", address=address[:80])
    return ""


def _wrong_type(field: Field, value: Json) -> str:
    number = as_number(value)
    if (field.type in ("integer", "number") or field.widget == "number") and number is None:
        return say("must be a number")
    if field.type == "integer" and number is not None and not number.is_integer():
        return say("must be a whole number")
    if field.type == "boolean" and not isinstance(value, bool) and value not in ("true", "false"):
        return say("must be yes or no")
    if field.type == "array" and not isinstance(value, list):
        return say("must be a list")
    return say("must be an object") if field.type == "object" and not isinstance(value, Mapping) else ""


def _out_of_range(field: Field, value: Json) -> str:
    number = as_number(value)
    if number is None:
        return ""
    if field.minimum is not None and number < field.minimum:
        return say("must be at least {minimum:g}", minimum=field.minimum)
    if field.maximum is not None and number > field.maximum:
        return say("must be at most {maximum:g}", maximum=field.maximum)
    return ""


def _no_choice(field: Field, value: Json) -> str:
    given = value if isinstance(value, list) else [value]
    known = {_written(choice.value) for choice in field.choices}
    wrong = [part for part in given if _written(part) not in known] if known else []
    if not wrong:
        return ""
    return say("must be one of {choices}, not {given}", choices=sorted(known), given=_written(wrong[0])[:80])


def _wrong_moment(field: Field, value: Json) -> str:
    if field.widget not in _MOMENTS:
        return ""
    form, example = _MOMENTS[field.widget]
    text = str(value)
    day = text if field.widget != "time" else f"2000-01-01 {text}"
    try:
        datetime.fromisoformat(day)
    except ValueError:
        return say("must be written as {example}", example=example)
    return "" if form.fullmatch(text) else say("must be written as {example}", example=example)


def _wrong_cell(field: Field, value: Json) -> str:
    if field.widget != "table" or not isinstance(value, list):
        return ""
    for number, row in enumerate(value, 1):
        for column in field.columns:
            wrong = why_wrong(column, row.get(column.key) if isinstance(row, Mapping) else None)
            if wrong:
                return say("{column}, row {number}: {wrong}", column=column.name, number=number, wrong=wrong)
    return ""


def _wrong_part(field: Field, value: Json) -> str:
    """Check an object's parts; a text in place of them counts as it is."""
    if field.widget != "keyvalue" or not isinstance(value, Mapping):
        return ""
    for part in field.columns:
        wrong = why_wrong(part, value.get(part.key))
        if wrong:
            return say("is wrong in {part}, which {wrong}", part=Label(part.name), wrong=wrong)
    return ""


def _written(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
