"""Writes the client's typed methods from the OpenAPI document: `python -m tests.client.generate`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import app.api.bksops  # noqa: F401 - its import declares the operations
from app.api.openapi import document

FOLDER = Path(__file__).parent.parent.parent / "app" / "client"
SHAPES, OPERATIONS = FOLDER / "shapes.py", FOLDER / "operations.py"

_NOTE = "Written from the OpenAPI document by `python -m tests.client.generate`; do not edit."
_SIMPLE = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "null": "None"}


class Shapes:
    """The TypedDicts that the operations need; two of the same fields are one."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._names: dict[str, str] = {}

    def type_of(self, schema: Mapping[str, Any], name: str) -> str:
        """Return the Python type of a schema; an object with known keys becomes a TypedDict of that name."""
        match schema:
            case {"anyOf": choices}:
                return " | ".join(dict.fromkeys(self.type_of(choice, name) for choice in choices))
            case {"type": list(kinds)}:
                return " | ".join(_SIMPLE[kind] for kind in kinds)
            case {"enum": values}:
                return f"Literal[{', '.join(quoted(value) for value in values)}]"
            case {"type": "array", "items": items}:
                return f"list[{self.type_of(items, f'{name}Row')}]"
            case {"type": "object", "properties": dict(properties)}:
                return self.add(name, properties, schema.get("required", ()))
            case {"type": "object", "additionalProperties": dict(values)}:
                return f"dict[str, {self.type_of(values, f'{name}Value')}]"
            case {"type": "object"}:
                return "dict[str, Any]"
            case {"type": str(kind)}:
                return _SIMPLE[kind]
        return "Any"

    def add(self, name: str, properties: Mapping[str, Any], required: list[str]) -> str:
        """Write a TypedDict, unless there is one of the same fields; returns its name."""
        types = {key: self.type_of(schema, name + camel(key)) for key, schema in properties.items()}
        fields = [f"    {key}: {type_ if key in required else f'NotRequired[{type_}]'}" for key, type_ in types.items()]
        body = "\n".join(fields)
        if body not in self._names:
            self._names[body] = name
            self.texts.append(f'class {name}(TypedDict):\n    """{split_words(name)}."""\n\n{body}\n')
        return self._names[body]


def camel(name: str) -> str:
    """Write `create_task` as `CreateTask`."""
    return "".join(word.capitalize() for word in name.split("_"))


def split_words(name: str) -> str:
    """Write `TaskListRow` as `Task list row`."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return spaced.capitalize()


def quoted(text: str) -> str:
    """Write a text as a Python literal in double quotes."""
    return f'"{text}"'


def render() -> tuple[str, str]:
    """Return the modules of shapes and of operations."""
    shapes, used, methods = Shapes(), set[str](), []
    for path, by_method in sorted(document()["paths"].items()):
        (method, told), *_ = by_method.items()
        methods.append(_method(shapes, used, path.removeprefix("/apigw/"), method.upper(), told))
    return _tidy(_shapes_module(shapes)), _tidy("\n".join(_operations_module(used, methods)))


def _method(shapes: Shapes, used: set[str], path: str, method: str, told: Mapping[str, Any]) -> str:
    name = told["operationId"]
    title = camel(name.removeprefix("get_"))
    ids = [parameter["name"] for parameter in told["parameters"] if parameter["in"] == "path"]
    properties, required = _takes(told)
    data = told["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"][0]["properties"]["data"]
    gives = shapes.type_of(data, f"{title}Result")
    signature = ["self", *(f"{id_}: int" for id_ in ids)]
    if properties:
        params = shapes.add(f"{title}Params", properties, required)
        used.add(params)
        signature.append(f"**params: Unpack[{params}]")
    used.update(word for word in gives.replace("[", " ").replace("]", " ").split() if word.endswith(("Result", "Row")))
    where = f'f"{path}"' if ids else quoted(path)
    call = f'self.call("{method}", {where}{", dict(params)" if properties else ""})'
    return (
        f"    def {name}({', '.join(signature)}) -> {gives}:\n"
        f'        """{told["summary"]}"""\n'
        f"        result: {gives} = {call}\n"
        "        return result\n"
    )


def _takes(told: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    if "requestBody" in told:
        schema = told["requestBody"]["content"]["application/json"]["schema"]
        return schema["properties"], schema["required"]
    query = [parameter for parameter in told["parameters"] if parameter["in"] == "query"]
    return {p["name"]: p["schema"] for p in query}, [p["name"] for p in query if p["required"]]


def _shapes_module(shapes: Shapes) -> str:
    head = f'"""What the operations take and give.\n\n{_NOTE}\n"""\n\nfrom __future__ import annotations\n\n'
    return head + "from typing import Any, Literal, NotRequired, TypedDict\n\n\n" + "\n\n".join(shapes.texts)


def _operations_module(used: set[str], methods: list[str]) -> Iterator[str]:
    yield f'"""A method for each operation.\n\n{_NOTE}\n"""\n\nfrom __future__ import annotations\n'
    yield "from collections.abc import Mapping"
    yield "from typing import Any, Unpack\n"
    yield "from app.client.shapes import ("
    yield from (f"    {name}," for name in sorted(used))
    yield ")\n\n"
    yield 'class Operations:\n    """Every operation of the API, by its name there."""\n'
    yield "    def call(self, method: str, path: str, params: Mapping[str, object] | None = None) -> Any:"
    yield '        """Make a call and return the `data` of its answer; raises what `connection.py` says."""'
    yield "        raise NotImplementedError\n"
    yield "\n".join(methods)


def _tidy(module: str) -> str:
    """Write a module as the formatter does."""
    for words in (("check", "--select", "I", "--fix-only", "--quiet"), ("format", "--quiet")):
        command = [sys.executable, "-m", "ruff", *words, "--stdin-filename", str(SHAPES), "-"]
        module = subprocess.run(command, input=module, capture_output=True, text=True, check=True).stdout
    return module


if __name__ == "__main__":
    for module, text in zip((SHAPES, OPERATIONS), render(), strict=True):
        module.write_text(text, encoding="utf-8")
