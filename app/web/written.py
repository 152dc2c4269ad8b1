"""Values as people write them in a field: text as it is, anything else as JSON."""

from __future__ import annotations

import json

from app.engine.core.values import Json, dumps, plain_text
from app.errors import InvalidInput, Problem
from app.sentences import say
from app.services.documents import plain_document


def written(value: Json) -> str:
    """Write a value: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else dumps(value)


def read_written(text: str, *, is_json: bool) -> Json:
    """Read a value that was written as JSON, or is the text itself; raises InvalidInput for what is no JSON."""
    text = plain_text(text).replace("\r\n", "\n")
    if not is_json:
        return text
    try:
        value: Json = plain_document({"value": json.loads(text)})["value"]
    except (ValueError, RecursionError, InvalidInput) as error:
        raise InvalidInput(
            Problem("value", say("the value is not JSON: {error}", error=str(error)[:200]), "value")
        ) from error
    return value
