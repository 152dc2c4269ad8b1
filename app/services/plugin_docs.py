"""The plugins as people read of them: what each takes and gives, an example of a node, and what the documentation adds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.services.catalogue import plugins

PAGE = Path(__file__).parent.parent.parent / "docs" / "plugins.md"

_SAMPLES: Mapping[str, Any] = {
    "string": "text", "integer": 1, "number": 1, "boolean": True, "object": {}, "array": [], "any": "text",
}  # fmt: skip
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_HEAD = re.compile(r"^## .+: `(?P<code>[\w:]+)`(?: v(?P<version>\S+))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PluginPage:
    """A plugin as in `catalogue.plugins`, with the component of a node that calls it, as JSON, and further paragraphs."""

    plugin: Mapping[str, Any]
    example: str
    notes: Sequence[str]


def plugin_pages() -> Sequence[PluginPage]:
    """Return all plugins, by group and name."""
    notes = _notes()
    found = [PluginPage(p, _example(p), notes.get((p["code"], p["version"]), ())) for p in plugins()]
    return sorted(found, key=lambda page: (page.plugin["group"], page.plugin["name"], page.plugin["version"]))


def _example(plugin: Mapping[str, Any]) -> str:
    wanted = [field for field in plugin["inputs"] if field["required"]] or plugin["inputs"][:2]
    values = {field["key"]: {"hook": False, "value": _sample(field)} for field in wanted}
    node = {"code": plugin["code"], "version": plugin["version"], "data": values}
    return json.dumps({"component": node}, ensure_ascii=False, indent=2)


def _sample(field: Mapping[str, Any]) -> Any:
    if field["default"] is not None:
        return field["default"]
    if field["choices"]:
        return field["choices"][0]["value"]
    return _SAMPLES[field["type"]]


@lru_cache(maxsize=1)
def _notes() -> Mapping[tuple[str, str], Sequence[str]]:
    """Read the paragraphs of docs/plugins.md between a plugin's first, which it says itself, and its tables."""
    if not PAGE.exists():
        return {}
    parts = _HEAD.split(PAGE.read_text(encoding="utf-8"))
    sections = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return {(code, version or "legacy"): _paragraphs(body) for code, version, body in sections}


def _paragraphs(body: str) -> Sequence[str]:
    blocks = [block.strip() for block in body.split("\n\n") if block.strip()]
    return [_plain(block) for block in blocks[1:] if not block.startswith(("|", "#"))]


def _plain(block: str) -> str:
    """Return a paragraph of Markdown as text alone."""
    return " ".join(_LINK.sub(r"\1", block).replace("`", "").split())
