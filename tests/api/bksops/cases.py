"""Reads case files, and compares replies with what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "cases"
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}")
_KINDS: Mapping[str, Any] = {
    "<int>": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "<text>": lambda v: isinstance(v, str),
    "<time>": lambda v: isinstance(v, str) and _TIME.fullmatch(v) is not None,
    "<tree>": lambda v: isinstance(v, dict) and {"start_event", "activities", "flows"} <= v.keys(),
    "<id>": lambda v: isinstance(v, str) and re.fullmatch(r"\w{32}", v) is not None,
    "<object>": lambda v: isinstance(v, dict),
    "<list>": lambda v: isinstance(v, list),
    "<any>": lambda v: True,
}
"""What a case file writes where the value differs each time."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call: what is given, the path after the prefix, what is sent, and the whole reply or the refusal's message."""

    operation: str
    name: str
    given: tuple[str, ...]
    path: str
    send: Mapping[str, Any]
    reply: Mapping[str, Any] | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one operation, and words about it beyond those in the code."""

    operation: str
    about: str
    cases: tuple[Case, ...]


def read_all() -> list[CaseFile]:
    """Read every case file, by the name of its operation."""
    return [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def _read(path: Path) -> CaseFile:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = content.keys() - {"about", "given", "path", "cases"}
    assert not unknown, f"{path.name}: unknown keys {sorted(unknown)}"
    cases = []
    for case in content["cases"]:
        unknown = case.keys() - {"name", "given", "path", "send", "reply", "refusal"}
        assert not unknown, f"{path.name}: {case['name']}: unknown keys {sorted(unknown)}"
        assert ("reply" in case) != ("refusal" in case), f"{path.name}: {case['name']}: a reply or a refusal"
        cases.append(
            Case(
                path.stem, case["name"], tuple(case.get("given", content.get("given", []))),
                case.get("path", content["path"]), case.get("send", {}), case.get("reply"), case.get("refusal"),
            )
        )  # fmt: skip
    return CaseFile(path.stem, content.get("about", ""), tuple(cases))


def filled(value: Any, ids: Mapping[str, Any]) -> Any:
    """Put ids in the place of their names; a text that is nothing but a name becomes the id itself."""
    if isinstance(value, str):
        whole = re.fullmatch(r"\{(\w+)\}", value)
        if whole and whole[1] in ids:
            return ids[whole[1]]
        return re.sub(r"(?<!\$)\{(\w+)\}", lambda m: str(ids.get(m[1], m[0])), value)
    if isinstance(value, Mapping):
        return {filled(key, ids): filled(part, ids) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, ids) for part in value]
    return value


def differences(wanted: Any, got: Any, where: str = "reply") -> list[str]:
    """Say where a reply is not what a case wants: same keys, same values, kinds where kinds are written."""
    if isinstance(wanted, str) and wanted in _KINDS:
        return [] if _KINDS[wanted](got) else [f"{where}: {got!r} is not {wanted}"]
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        found = [f"{where}: {key} is missing" for key in wanted.keys() - got.keys()]
        found += [f"{where}: {key} is too much: {got[key]!r}" for key in got.keys() - wanted.keys()]
        return found + [
            d for key in wanted.keys() & got.keys() for d in differences(wanted[key], got[key], f"{where}.{key}")
        ]
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        return [d for i, (w, g) in enumerate(zip(wanted, got, strict=True)) for d in differences(w, g, f"{where}[{i}]")]
    return [] if wanted == got and type(wanted) is type(got) else [f"{where}: {got!r} is not {wanted!r}"]
