"""Reads the entries of a tree's JSON: ids, flags, lists and objects, with what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.engine.core.tree import Event
from app.errors import Problem
from app.sentences import say

_ID = re.compile(r"\w{1,64}")


class EntryReading:
    """What every entry is read by; `problems` grows, and what is unreadable is replaced by something plain."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def _objects(self, document: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Read an object of objects; one that names itself must do so by its key."""
        value = document.get(key)
        if not isinstance(value, Mapping):
            self._wrong("missing", say("{key} must be an object", key=key), key)
            return []
        found = []
        for id_, entry in value.items():
            if not isinstance(entry, Mapping):
                self._wrong("shape", say("{key}[{id}] must be an object", key=key, id=id_), id_)
                continue
            if key != "constants":
                self._check_id(id_, entry)
            found.append((id_, entry))
        return found

    def _check_id(self, id_: str, entry: Mapping[str, Any]) -> None:
        if not _ID.fullmatch(id_):
            self._wrong("id", say("{id!r} is not an id: up to 64 letters, digits and _", id=id_[:80]), id_[:80])
        if entry.get("id", id_) != id_:
            self._wrong(
                "id",
                say("the id {id!r} must be the key it stands under, {key}", id=entry.get("id"), key=id_),
                id_,
            )

    def _event(self, document: Mapping[str, Any], key: str) -> Event:
        event = document.get(key)
        if not isinstance(event, Mapping):
            self._wrong("missing", say("{key} must be an object", key=key), key)
            return Event(key, "", (), ())
        id_ = event.get("id")
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            self._wrong("id", say("{key} needs an id of letters, digits and _", key=key), key)
            id_ = key
        return Event(id_, self._name(event), self._ids(event, "incoming", id_), self._ids(event, "outgoing", id_))

    def _ids(self, entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = entry.get(key)
        if value in (None, ""):
            return ()
        if isinstance(value, str):
            return (value,)
        return self._texts(value, where)

    def _texts(self, value: Any, where: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        self._wrong("shape", say("a list of texts is wanted at {where}", where=where), where)
        return ()

    def _flag(self, entry: Mapping[str, Any], where: str, default: bool, *keys: str) -> bool:
        for key in keys:
            value = entry.get(key)
            if isinstance(value, bool):
                return value
            if value is not None:
                self._wrong("shape", say("{key} of {where} must be true or false", key=key, where=where), where)
        return default

    def _name(self, entry: Mapping[str, Any]) -> str:
        return str(entry.get("name") or "")

    def _number(self, value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            return float(value)
        except ValueError:
            return None

    def _wrong(self, rule: str, message: str, where: str) -> None:
        self.problems.append(Problem(rule, message, where))
