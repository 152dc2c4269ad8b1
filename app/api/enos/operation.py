"""An operation of the dialect, and the envelope around its answer: HTTP 200 with `code`, `msg` and `data`, errors too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from app.api.enos import words
from app.api.enos.auth import Stranger, Unproven, actor_and_project, signing_app
from app.api.enos.fields import Fields, read_json
from app.errors import InvalidInput, NotAllowed, NotFound, Problem, Refused, SluiceError
from app.services.access import Actor, Project
from app.services.app_tokens import SigningApp

log = logging.getLogger(__name__)

Handler = Callable[["Call"], Any]
NOTHING = ""
"""The `data` of a success that tells nothing."""


class Call:
    """One call: what was sent, and who asks in which project, found when it is needed."""

    def __init__(self, app: SigningApp | None, given: Mapping[str, Any]) -> None:
        self.app, self.given = app, given

    @cached_property
    def fields(self) -> Fields:
        """What was sent, in query or body."""
        return Fields(self.given)

    @cached_property
    def _who(self) -> tuple[Actor, Project]:
        return actor_and_project(self.app, self.given)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self._who[0]

    @property
    def project(self) -> Project:
        """The organization."""
        return self._who[1]

    def number(self, *names: str) -> int:
        """Read the number that the operation is about; raises InvalidInput when it is missing or wrong."""
        number = self.fields.whole(*names)
        self.fields.check()
        return number


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `messages` are its own words for refusals: {(family or rule): (code, message)}."""

    name: str
    handler: Handler
    is_for_users: bool
    messages: Mapping[str, tuple[int, str]]


OPERATIONS: dict[tuple[str, str], Operation] = {}
"""Every operation by resource and action, filled as the modules that hold them are imported."""


def operation(
    resource: str, action: str, messages: Mapping[str, tuple[int, str]] | None = None, *, is_for_users: bool = True
) -> Callable[[Handler], Handler]:
    """Make an operation of a handler, which returns the `data` of a success."""

    def add(handler: Handler) -> Handler:
        OPERATIONS[resource, action] = Operation(f"{resource}?{action}", handler, is_for_users, messages or {})
        return handler

    return add


def answer(resource: str) -> Response:
    """Answer a request to a resource."""
    action = request.args.get("action", "")
    found = OPERATIONS.get((resource, action))
    try:
        app = signing_app()
        call = Call(app, _given())
        if found is None:
            known = ", ".join(a for r, a in OPERATIONS if r == resource)
            raise InvalidInput(Problem("action", f"action: one of {known} is wanted"))
        if found.is_for_users:
            # Who may not even ask is told so before what is wrong with the question.
            assert call.actor is not None
        data = found.handler(call)
    except SluiceError as error:
        return _refused(error, found)
    except HTTPException:
        raise
    except Exception:
        log.exception("operation-broken operation=%s", found.name if found else resource)
        return enveloped(*_words(found, "server") or (words.SERVER, words.BROKEN))
    return jsonify({"code": 0, "msg": "OK", "data": data})


def enveloped(code: int, message: str, status: int = 200) -> Response:
    """Put a refusal into the envelope."""
    made = jsonify({"code": code, "msg": message, "data": None})
    made.status_code = status
    return made


def _given() -> dict[str, Any]:
    query = dict(request.args)
    body = request.get_data(cache=True) if request.method == "POST" else b""
    if not body.strip():
        return query
    sent = read_json(body)
    if not isinstance(sent, dict):
        raise InvalidInput(Problem("not_json", "the body must hold an object"))
    # Who asks is told in the query, which is what the signature names first.
    asked = {key: query[key] for key in ("userId", "orgId", "action") if key in query}
    return {**query, **sent, **asked}


def _refused(error: SluiceError, found: Operation | None) -> Response:
    match error:
        case Unproven():
            return enveloped(401, "Invalid authentication credentials", 401)
        case Refused(rule="too_many"):
            return enveloped(429, "API rate limit exceeded", 429)
        case Stranger():
            return enveloped(words.IDENTITY, words.NO_IDENTITY)
        case NotAllowed():
            return enveloped(words.PRIVILEGE, words.NO_PRIVILEGE)
        case Refused(rule="account_locked"):
            return enveloped(words.LOCKED, words.ACCOUNT_LOCKED)
        case Refused(rule="locked"):
            return enveloped(words.STATE, words.FLOW_LOCKED)
        case Refused(rule=rule):
            return enveloped(*_words(found, rule) or (words.STATE, str(error)))
        case NotFound():
            return enveloped(*_words(found, "missing") or (words.PARAMETER, f"{words.INCORRECT}: {error}"))
        case InvalidInput():
            return enveloped(*_invalid(error, found))
        case _:
            log.warning("operation-failed operation=%s reason=%s", found.name if found else "", error)
            return enveloped(words.SERVER, words.BROKEN)


def _invalid(error: InvalidInput, found: Operation | None) -> tuple[int, str]:
    for problem in error.problems:
        known = _words(found, problem.rule)
        if known is not None:
            code, message = known
            return code, message.format(told="; ".join(p.message for p in error.problems))
    known = _words(found, "invalid")
    return known or (words.PARAMETER, f"{words.INCORRECT}: {error}")


def _words(found: Operation | None, rule: str) -> tuple[int, str] | None:
    return found.messages.get(rule) if found is not None else None
