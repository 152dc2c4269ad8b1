"""Writes the reference page of the dialect from the operations and their cases: `python -m tests.api.bksops.reference`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import app.api.bksops  # noqa: F401 - its import declares the operations
from app.api.bksops.operation import OPERATIONS, Operation
from tests.api.bksops.cases import Case, CaseFile, read_all

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "api" / "bksops.md"
EXAMPLES = PAGE.parent / "examples.json"

_HEAD = """# The bk-sops API: operations

Made from the operations and from the cases that test them; `python -m tests.api.bksops.reference` writes it anew.
How to call them, and who may, is in [the bk-sops API](../bksops.md). The paths stand under `/apigw/` and
`/o/bk_sops/apigw/`; under `/api/c/compapi/v2/sops/NAME/` the ids come as parameters. In the replies `<int>`, `<text>`,
`<time>` and the like stand for values that differ each time; names in braces are ids.
"""


def render() -> str:
    """Return the page."""
    files = {file.operation: file for file in read_all()}
    names = sorted(OPERATIONS)
    index = " ·\n".join(f"[{name}](#{name})" for name in names)
    return "\n".join([_HEAD, index, "", *(_section(OPERATIONS[name], files[name]) for name in names)])


def _section(operation: Operation, file: CaseFile) -> str:
    parts = [
        f"## {operation.name}",
        "",
        f"`{operation.method} {operation.path}`",
        "",
        (operation.handler.__doc__ or "").strip(),
    ]
    if file.about:
        parts += ["", file.about.strip()]
    properties = operation.takes["properties"]
    if properties:
        parts += ["", "| Parameter | Type | |", "|---|---|---|"]
        parts += [_row(name, schema, name in operation.takes["required"]) for name, schema in properties.items()]
    parts += [line for case in file.cases for line in _case(case)]
    return "\n".join([*parts, ""])


def _row(name: str, schema: Mapping[str, Any], is_required: bool) -> str:
    words = [schema.get("description", "")]
    if is_required:
        words.append("required")
    if "default" in schema:
        words.append(f"default `{json.dumps(schema['default'])}`")
    return f"| `{name}` | {_type(schema)} | {'; '.join(word for word in words if word)} |"


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "anything")
    return f"list of {_type(schema['items'])}" if kind == "array" else str(kind)


def _case(case: Case) -> Iterable[str]:
    yield from ("", f"**{case.name[0].upper()}{case.name[1:]}**", "")
    sent = f" {_json(case.send)}" if case.send else ""
    yield f"`{case.path}`{sent}"
    if case.refusal is not None:
        yield from ("", f"> refused: {case.refusal}")
        return
    yield from ("", "```json", _json(case.reply, indent=2), "```")


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if indent else f"`{text}`"


def render_examples() -> str:
    """Return what the cases send and get, for the OpenAPI document."""
    examples = {
        file.operation: {
            case.name: {
                "send": dict(case.send),
                "reply": case.reply if case.reply is not None else {"result": False, "message": case.refusal, "code": "<int>"},
            }
            for case in file.cases
        }
        for file in read_all()
    }  # fmt: skip
    return json.dumps(examples, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    EXAMPLES.write_text(render_examples(), encoding="utf-8")
