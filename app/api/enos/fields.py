"""Reads what calls bring: both spellings of names, both types of values, and strings that hold JSON.

The documents differ among themselves, and clients follow one or the other: an id is a number or its text, `parameters` a
list or a text of one, `create_time` also `createTime`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from app.engine.core.values import plain_text
from app.errors import InvalidInput, Problem

_UPPER = re.compile(r"(?<!^)([A-Z])")
_LARGEST = 2**63 - 1
_MISSING = object()
T = TypeVar("T")


def read_json(text: bytes) -> Any:
    """Read a JSON text; raises InvalidInput for what is none, or cannot be stored."""
    try:
        value = json.loads(text, parse_constant=_no_number)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(Problem("not_json", "the body is not JSON")) from error
    if "\\u0000" in written or written != plain_text(written):
        raise InvalidInput(Problem("not_json", "texts hold neither NUL nor halves of surrogate pairs"))
    return value


class Fields:
    """The fields of one object; everything that is wrong gathers in `problems`, under the place of the object."""

    def __init__(self, given: Mapping[str, Any], problems: list[Problem] | None = None, place: str = "") -> None:
        self.given, self.place = given, place
        self.problems: list[Problem] = problems if problems is not None else []

    def check(self) -> None:
        """Raise InvalidInput if anything was wrong so far."""
        if self.problems:
            raise InvalidInput.of(self.problems)

    def text(self, *names: str, default: str | None = None) -> str:
        """Read a text; without a default it must be there."""
        value = self._find(names)
        if value is _MISSING or value is None:
            return self._default(names[0], default, "")
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self._wrong(names[0], "a text is wanted", default or "")

    def has(self, *names: str) -> bool:
        """Say whether a field is there and not null."""
        return self._find(names) not in (_MISSING, None)

    def whole(self, *names: str, default: int | None = None) -> int:
        """Read a whole number, or a text of one; without a default it must be there. An empty text is no number."""
        value = self._find(names)
        if value is _MISSING or value is None or (isinstance(value, str) and not value.strip()):
            return self._default(names[0], default, 0)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value.strip(), re.ASCII):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
            return self._wrong(names[0], "a whole number is wanted", default or 0)
        return value

    def double(self, *names: str) -> float | None:
        """Read a number exactly as it is, or a text of one; None where it is absent."""
        value = self._find(names)
        if value is _MISSING or value is None or value == "":
            return None
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or abs(number) > 1e6:
            return self._wrong(names[0], "a number, up to a million, is wanted", 0.0)
        return number

    def flag(self, *names: str, default: bool = False) -> bool:
        """Read a truth value, also as 0, 1 or text."""
        value = self._find(names)
        if value is _MISSING or value is None or value == "":
            return default
        known = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
        return self._wrong(names[0], "true or false is wanted", default) if known is None else known

    def people(self, *names: str) -> list[str]:
        """Read the names of users: `a;b`, with or without semicolons around, or a list."""
        value = self._find(names)
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            value = ";".join(value)
        if value is _MISSING or value is None:
            return self._default(names[0], None, [])
        if not isinstance(value, str):
            return self._wrong(names[0], "names with ; between them are wanted", [])
        return list(dict.fromkeys(name for part in value.split(";") if (name := part.strip())))

    def objects(self, *names: str, required: bool = False) -> list[Fields] | None:
        """Read a list of objects, or a text of one; None where it is absent."""
        value = self._find(names)
        if value is _MISSING or value is None or value == "":
            return self._default(names[0], None, []) if required else None
        value = self._parsed(names[0], value)
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            return self._wrong(names[0], "a list of objects is wanted", [])
        return [Fields(entry, self.problems, f"{self.place}{names[0]}[{i}].") for i, entry in enumerate(value)]

    def object(self, *names: str, required: bool = False) -> Fields | None:
        """Read an object, or a text of one; None where it is absent."""
        value = self._find(names)
        if value is _MISSING or value is None or value == "":
            return self._default(names[0], None, None) if required else None
        value = self._parsed(names[0], value)
        if not isinstance(value, Mapping):
            return self._wrong(names[0], "an object is wanted", None)
        return Fields(value, self.problems, f"{self.place}{names[0]}.")

    def pairs(self, name: str) -> list[tuple[str, str]] | None:
        """Read a list of {"key", "value"}, or a text of one; None where it is absent."""
        entries = self.objects(name)
        if entries is None:
            return None
        return [(entry.text("key"), entry.text("value", default="")) for entry in entries]

    def refuse(self, name: str, message: str) -> None:
        """Note that a field is wrong."""
        self.problems.append(Problem("field", f"{self.place}{name}: {message}", name))

    def _parsed(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read_json(value.encode("utf-8", "surrogatepass"))
        except InvalidInput:
            return self._wrong(name, "the text is not JSON", value)

    def _find(self, names: Sequence[str]) -> Any:
        for name in names:
            for spelling in (name, _UPPER.sub(r"_\1", name).lower()):
                if spelling in self.given:
                    return self.given[spelling]
        return _MISSING

    def _default(self, name: str, default: T | None, instead: T) -> T:
        if default is None:
            self.refuse(name, "it is missing")
            return instead
        return default

    def _wrong(self, name: str, message: str, instead: T) -> T:
        self.refuse(name, message)
        return instead


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
