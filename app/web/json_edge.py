"""How the JSON endpoints behind our pages read what they are sent, and tell what went wrong."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, HTTPException, Unauthorized

from app.auth.sessions import actor, is_logged_in, require_csrf
from app.engine.core.values import plain_text
from app.errors import Archived, InvalidInput, NotAllowed, NotFound, Problem, Refused, SluiceError, Unavailable
from app.sentences import Label, Sentence, say
from app.services.access import Project, find_project
from app.services.documents import plain_document
from app.web.sentences import told, told_error

_STATUS: Mapping[type[SluiceError], int] = {
    InvalidInput: 422, NotAllowed: 403, NotFound: 404, Archived: 404, Refused: 409, Unavailable: 503,
}  # fmt: skip
_TYPES: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "object": (dict, say("an object")),
    "text": (str, say("a text")),
    "flag": (bool, say("true or false")),
    "number": (int, say("a whole number")),
    "texts": (list, say("a list of texts")),
    "any": (object, say("there")),
}


class Malformed(BadRequest):
    """A body is not of the shape that its endpoint takes."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))


def json_blueprint(name: str, import_name: str, url_prefix: str) -> Blueprint:
    """Return a blueprint for people who are logged in and programs of our pages, which tells all of its errors as JSON."""
    blueprint = Blueprint(name, import_name, url_prefix=url_prefix)
    blueprint.before_request(require_person)
    blueprint.before_request(require_csrf)
    prepare(blueprint)
    return blueprint


def prepare(blueprint: Blueprint) -> None:
    """Let a blueprint tell all of its errors as JSON."""
    blueprint.register_error_handler(SluiceError, _told)
    blueprint.register_error_handler(HTTPException, _http_told)
    blueprint.register_error_handler(OverflowError, _too_large)


def asked_project(project_id: int) -> Project:
    """Return the project of the address, which the person may see."""
    return find_project(actor(), project_id, "project")


def require_person() -> None:
    """Refuse whoever is not logged in; a redirect to a form would be no answer to a program."""
    if not is_logged_in():
        raise Unauthorized(gettext("Your session has ended: log in again in another tab, then go on here."))


def take(**wanted: str) -> dict[str, Any]:
    """Return what the body holds of `wanted`, {name: "text"}; after a `?` it may be absent or null, and is None then.

    There are object, text, flag, number, texts and any. Raises Malformed with all that is wrong.
    """
    body = _body()
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, type_ in wanted.items():
        value = body.get(name)
        if not _is(value, type_.rstrip("?")) and not (value is None and type_.endswith("?")):
            problems.append(
                Problem("format", say("{name} must be {type}", name=name, type=_TYPES[type_.rstrip("?")][1]), name)
            )
        found[name] = _plain(value, type_.rstrip("?"))
    if "any" in wanted.values():
        problems += [
            Problem("format", say("{name} is missing", name=n), n)
            for n, t in wanted.items()
            if t == "any" and n not in body
        ]
    if problems:
        raise Malformed(*problems)
    return found


def asked_text(name: str, default: str = "") -> str:
    """Return a text of the query."""
    return plain_text(request.args.get(name, default))


def asked_number(name: str) -> int | None:
    """Return a whole number of the query, None where it is not there; raises Malformed for any other text."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Malformed(Problem("format", say("{name} must be a whole number", name=name), name))
    return int(text)


def phrase(value: Any) -> Any:
    """Turn what a service returned into JSON: dataclasses into objects, times into ISO 8601 in UTC.

    Sentences become texts in the reader's language.
    """
    if dataclasses.is_dataclass(value):
        return {field.name: phrase(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sentence | Label):
        return told(value)
    if isinstance(value, tuple | list) and value and dataclasses.is_dataclass(value[0]):
        return [phrase(part) for part in value]
    return value


def _body() -> Mapping[str, Any]:
    try:
        document = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Malformed(Problem("format", say("the body must be JSON"))) from error
    if not isinstance(document, dict):
        raise Malformed(Problem("format", say("the body must be a JSON object")))
    return plain_document(document)


def _plain(value: Any, type_: str) -> Any:
    """Return a value without the characters that databases do not store as text; inside JSON they are escaped."""
    if type_ == "text" and isinstance(value, str):
        return plain_text(value)
    if type_ == "texts" and isinstance(value, list):
        return [plain_text(part) if isinstance(part, str) else part for part in value]
    return value


def _is(value: Any, type_: str) -> bool:
    if type_ == "number" and isinstance(value, bool):
        return False
    if type_ == "texts" and isinstance(value, list) and not all(isinstance(part, str) for part in value):
        return False
    return isinstance(value, _TYPES[type_][0])


def _told(error: SluiceError) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, InvalidInput) else ()
    body = {"error": _sentence(told_error(error)), "problems": phrase(problems)}
    if isinstance(error, Refused) and "theirs" in error.data:
        body["theirs"] = phrase(error.data["theirs"])
    return jsonify(body), _STATUS.get(type(error), 500)


def _sentence(lines: Sequence[str]) -> str:
    if len(lines) > 1:
        return gettext("%(first)s, and %(count)s more", first=lines[0], count=len(lines) - 1)
    return lines[0]


def _http_told(error: HTTPException) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, Malformed) else ()
    text = "; ".join(told(problem.message) for problem in problems) or error.description or error.name
    return jsonify({"error": text, "problems": phrase(problems)}), error.code or 500


def _too_large(error: OverflowError) -> ResponseReturnValue:
    """Answer a question for a number that SQLite cannot even compare; PostgreSQL compares it, and finds nothing."""
    return jsonify({"error": gettext("There is nothing of that number."), "problems": []}), 404
