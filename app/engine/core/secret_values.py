"""Where the secrets of a tree stand: the values of its variables of type `password`, in subprocesses too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

PASSWORD = "password"


def with_secrets(document: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return a tree whose secret values went through `change`; everything else is shared with the original."""
    tree = dict(document)
    for part in ("constants", "activities"):
        if isinstance(tree.get(part), Mapping):
            tree[part] = {key: _changed(entry, change) for key, entry in tree[part].items()}
    return tree


def _changed(entry: Any, change: Callable[[str], str]) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    made = dict(entry)
    if entry.get("custom_type") == PASSWORD and isinstance(entry.get("value"), str) and entry["value"]:
        made["value"] = change(entry["value"])
    if isinstance(entry.get("pipeline"), Mapping):
        made["pipeline"] = with_secrets(entry["pipeline"], change)
    if isinstance(entry.get("constants"), Mapping):
        made["constants"] = {key: _changed(given, change) for key, given in entry["constants"].items()}
    return made
