"""The token service: gives an app, for a proof that it knows its secret, the token with which it signs its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, jsonify, request

from app.api.enos.fields import Fields, read_json
from app.auth import limits
from app.errors import InvalidInput, Refused, SluiceError
from app.services.app_tokens import Issued, Proof, issue_token, refresh_token

_CODES: Mapping[str, tuple[int, str]] = {
    "replayed": (1001, "repeated request with the same encryption"),
    "unknown_key": (1002, "appKey does not exist"),
    "bad_proof": (1003, "encryption is invalid"),
    "expired": (1203, "accessToken has expired"),
    "unknown_token": (1204, "failed to refresh the accessToken"),
}
_INVALID, _BROKEN, _EMPTY = (1004, "invalid parameter"), (1005, "internal server error"), (1202, "parameter is empty")
_GUESSES = ("unknown_key", "bad_proof", "unknown_token")


def get() -> Response:
    """Give the token that the app has, or a new one."""
    return _answer(lambda proof, given: issue_token(proof))


def refresh() -> Response:
    """Give a new token for one that still lives."""
    return _answer(lambda proof, given: refresh_token(proof, given.text("accessToken", default="")), "accessToken")


def _answer(ask: Callable[[Proof, Fields], Issued], *more: str) -> Response:
    try:
        limits.check_failures()
        given = _given()
        texts = {name: given.text(name, default="").strip() for name in ("appKey", "encryption", "timestamp", *more)}
        given.check()
        if not all(texts.values()):
            return _told(*_EMPTY)
        issued = ask(Proof(texts["appKey"], texts["timestamp"], texts["encryption"]), given)
    except Refused as error:
        if error.rule in _GUESSES:
            limits.note_failure()
        return _told(*_CODES.get(error.rule, _BROKEN))
    except InvalidInput:
        return _told(*_INVALID)
    except SluiceError:
        return _told(*_BROKEN)
    return _told(0, "SUCCESS", {"accessToken": issued.token, "expire": issued.lasts_s})


def _given() -> Fields:
    body = request.get_data(cache=True)
    sent = read_json(body) if body.strip() else {}
    if not isinstance(sent, dict):
        raise InvalidInput("an object is wanted")
    return Fields(sent)


def _told(status: int, message: str, data: Mapping[str, object] | None = None) -> Response:
    return jsonify({"status": status, "msg": message, "business": "apim-token-service", "data": data})
