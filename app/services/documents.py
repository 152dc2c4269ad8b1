"""Documents that come from outside: read from text, and made plain JSON that can be stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from app.engine.core.values import dumps
from app.errors import InvalidInput, Problem
from app.sentences import say

MOST_CHARACTERS = 20 * 1024 * 1024
"""How long a document may be."""

_DEEPEST = 200
_TOO_DEEP = Problem("too_deep", say("the file is nested more than {most} levels deep", most=_DEEPEST))


_UNREADABLE = (ValueError, LookupError, AttributeError, OverflowError)
"""What PyYAML raises besides its own errors, for a value that is not what its tag says."""


class _Loader(yaml.CSafeLoader):
    """Reads YAML, but takes 12:30 for a text: as a number in base 60 a long one would take minutes to read."""

    def int_or_text(self, node: yaml.ScalarNode) -> int | str:
        """Read a whole number."""
        return str(node.value) if ":" in node.value else self.construct_yaml_int(node)

    def float_or_text(self, node: yaml.ScalarNode) -> float | str:
        """Read a number."""
        return str(node.value) if ":" in node.value else self.construct_yaml_float(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.int_or_text)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.float_or_text)


def read_document(text: str) -> Mapping[str, Any]:
    """Read an object in JSON or YAML.

    Aliases, by which a small YAML text can stand for a huge one, are refused, and so is what is nested too deep.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(
            Problem("too_large", say("a file to import has at most {most} characters", most=MOST_CHARACTERS))
        )
    if text.lstrip().startswith("<"):
        raise InvalidInput(
            Problem(
                "xml", say("the file is XML, as BPMN is, which is only written: what is read is JSON, YAML and .dat")
            )
        )
    try:
        try:
            document = json.loads(text)
        except ValueError:
            _check_events(text)
            document = yaml.load(text, _Loader)
    except RecursionError as error:
        raise InvalidInput(_TOO_DEEP) from error
    except (yaml.YAMLError, *_UNREADABLE) as error:
        raise InvalidInput(
            Problem("unreadable", say("the file is neither JSON nor YAML: {error}", error=_why(error)))
        ) from error
    return plain_document(document)


def plain_document(document: object) -> Mapping[str, Any]:
    """Return a document that was read from a file as plain JSON that can be stored."""
    if not isinstance(document, Mapping):
        raise InvalidInput(Problem("shape", say("the file must hold an object")))
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        inner = [value.values() if isinstance(value, Mapping) else value for value in level]
        level = [value for values in inner for value in values if isinstance(value, Mapping | list)]
    if level:
        raise InvalidInput(_TOO_DEEP)
    try:
        plain: Mapping[str, Any] = json.loads(dumps(document).encode())
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            Problem("unreadable", say("the file holds what JSON cannot: {error}", error=error))
        ) from error
    return plain


def _why(error: Exception) -> str:
    """Return what a parser says and where, without its words for a text that has no name."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return str(error)


def _check_events(text: str) -> None:
    """Refuse aliases, and the depth at which libyaml's own recursion would end the process."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput(Problem("alias", say("aliases (*name) are not allowed in a file to import")))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise InvalidInput(_TOO_DEEP)
