"""Where the secrets of a tree stand: the values of its variables of type `password`, in subprocesses too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

PASSWORD = "password"

Place = tuple[str, ...]
"""Where a secret stands: the ids of the subprocess nodes above it, and the key of its variable."""


def secrets_of(document: Mapping[str, Any], above: Place = ()) -> Iterator[tuple[Place, str]]:
    """Go through the secret values of a tree that are not empty, each with its place; any tree may be given."""
    for part in ("constants", "activities"):
        entries = document.get(part)
        for key, entry in entries.items() if isinstance(entries, Mapping) else ():
            yield from _held(entry, (*above, str(key)))


def with_secrets(document: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return a tree whose secret values went through `change`; everything else is shared with the original."""
    return with_placed_secrets(document, lambda place, text: change(text) if text else text)


def with_placed_secrets(
    document: Mapping[str, Any], change: Callable[[Place, str], str], above: Place = ()
) -> dict[str, Any]:
    """Return a tree whose secret values, the empty ones too, went through `change` with their places."""
    tree = dict(document)
    for part in ("constants", "activities"):
        if isinstance(tree.get(part), Mapping):
            tree[part] = {key: _changed(entry, change, (*above, str(key))) for key, entry in tree[part].items()}
    return tree


def is_secret(entry: Mapping[str, Any]) -> bool:
    """Say whether a variable holds a secret."""
    return entry.get("custom_type") == PASSWORD


def _held(entry: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if not isinstance(entry, Mapping):
        return
    if is_secret(entry) and isinstance(entry.get("value"), str) and entry["value"]:
        yield place, entry["value"]
    if isinstance(entry.get("pipeline"), Mapping):
        yield from secrets_of(entry["pipeline"], place)
    if isinstance(entry.get("constants"), Mapping):
        for key, given in entry["constants"].items():
            yield from _held(given, (*place, str(key)))


def _changed(entry: Any, change: Callable[[Place, str], str], place: Place) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    made = dict(entry)
    if is_secret(entry) and isinstance(entry.get("value"), str):
        made["value"] = change(place, entry["value"])
    if isinstance(entry.get("pipeline"), Mapping):
        made["pipeline"] = with_placed_secrets(entry["pipeline"], change, place)
    if isinstance(entry.get("constants"), Mapping):
        made["constants"] = {
            key: _changed(given, change, (*place, str(key))) for key, given in entry["constants"].items()
        }
    return made
