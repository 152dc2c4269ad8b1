"""Reads the fields of what clients send, whatever they hold, and collects everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.engine.core.functions import problems_in
from app.errors import Problem

MOST = 2**31 - 1
"""The largest whole number that every client can read back."""


class Fields:
    """The fields of one object; `where` says which one it is, in what is told of problems."""

    def __init__(self, given: Any, where: str, problems: list[Problem]) -> None:
        self.where, self.problems = where, problems
        self.given: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        if not isinstance(given, Mapping):
            self.wrong("must be an object")

    def wrong(self, message: str) -> None:
        """Note that something is wrong."""
        self.problems.append(Problem("template", message, self.where))

    def text(self, key: str, *, most: int = 10_000, default: str = "") -> str:
        """Read a text; nothing stands for the default."""
        value = self.given.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(f"{key} must be a text")
            return default
        if len(value) > most:
            self.wrong(f"{key} has at most {most} characters")
            return default
        return value

    def whole(self, key: str, default: int = 0, *, least: int = 0, most: int = MOST) -> int:
        """Read a whole number; nothing stands for the default."""
        value = self.given.get(key)
        if value is None:
            return default
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(f"{key} must be a whole number from {least} to {most}")
            return default
        return value

    def ratio(self, key: str) -> float:
        """Read a number from 0 to 1."""
        value = self.given.get(key)
        if value is None:
            return 0.0
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.wrong(f"{key} must be a number from 0 to 1")
            return 0.0
        return float(value)

    def flag(self, key: str) -> bool:
        """Read true or false; nothing is false."""
        value = self.given.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(f"{key} must be true or false")
        return value is True

    def items(self, key: str, most: int = 10_000) -> Sequence[Any]:
        """Read a list; nothing is an empty one."""
        value = self.given.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            self.wrong(f"{key} must be a list of at most {most} items")
            return []
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Read an object; nothing is an empty one."""
        value = self.given.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(f"{key} must be an object")
            return {}
        return value

    def tags(self, key: str = "tags") -> list[dict[str, str]]:
        """Read tags: objects with key and value, or tagKey and tagValue; the values become texts."""
        found = []
        for entry in self.items(key, 200):
            if not isinstance(entry, Mapping):
                self.wrong(f"{key} must be a list of objects with key and value")
                return []
            name, value = entry.get("key", entry.get("tagKey")), entry.get("value", entry.get("tagValue"))
            found.append({"key": written(name)[:200], "value": written(value)[:1000]})
        return found

    def refuse(self, key: str, why: str, *allowed: Any) -> None:
        """Say that a field is not carried out here, unless it holds nothing that asks for it."""
        value = self.given.get(key)
        if value not in (None, False, 0, "", [], {}, *allowed):
            self.wrong(f"{key} is not carried out here: {why}")


def check_functions(fields: Fields, keys: Sequence[str]) -> None:
    """Note what is wrong with the functions in some of the fields."""
    for key in keys:
        for told in problems_in(fields.given.get(key))[:20]:
            fields.wrong(f"{key}: {told}")


def written(value: Any) -> str:
    """Write a value as clients read texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value if isinstance(value, str) else str(value)
