"""Speaks to an installation: credentials, the envelope of its answers, and what may go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from app.client.operations import Operations


class ClientError(Exception):
    """Anything that keeps a call from succeeding."""


class Refused(ClientError):
    """The installation understood the call and refused it; nothing was changed."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Unreachable(ClientError):
    """No answer came that Sluice would give. Whether the call was carried out is not known, unless no connection was made."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Which app calls, and for whom: by the user's `token`, or by name where the app is trusted."""

    app: str
    secret: str
    user: str = ""
    token: str = ""

    def header(self) -> str:
        """Return the value of `X-Bkapi-Authorization`."""
        given = {
            "bk_app_code": self.app, "bk_app_secret": self.secret, "bk_username": self.user, "access_token": self.token,
        }  # fmt: skip
        return json.dumps({key: value for key, value in given.items() if value})


class Sluice(Operations):
    """A connection to an installation, with a method for each operation of its API.

    Calls wait for their answer. They are not repeated: a call whose answer was lost may have been carried out.
    """

    def __init__(self, url: str, credentials: Credentials, *, timeout_s: float = 30) -> None:
        self.url = url.rstrip("/")
        headers = {"X-Bkapi-Authorization": credentials.header()}
        # A connection that was never made can be tried again: nothing has been sent.
        transport = httpx.HTTPTransport(retries=2)
        self._http = httpx.Client(headers=headers, timeout=timeout_s, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def call(self, method: str, path: str, params: Mapping[str, object] | None = None) -> Any:
        """Make a call and return the `data` of its answer; raises Refused or Unreachable."""
        address, given = f"{self.url}/apigw/{path}", params or {}
        try:
            if method == "GET":
                answer = self._http.get(address, params={key: _as_text(value) for key, value in given.items()})
            else:
                answer = self._http.request(method, address, json=given)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self.url} does not answer: {error or type(error).__name__}") from error
        return _data_of(answer, self.url)


def _as_text(value: object) -> str:
    """Write a value as it stands in a query."""
    if isinstance(value, list | tuple):
        return ",".join(map(_as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _data_of(answer: httpx.Response, url: str) -> Any:
    """Take an answer out of its envelope."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "result" not in body:
        told = f": {body['message']}" if isinstance(body, dict) and "message" in body else ""
        raise Unreachable(f"{url} answers {answer.status_code}, not as Sluice does{told}")
    if not body["result"]:
        raise Refused(str(body.get("message", "")), int(body.get("code", 0)))
    return body.get("data")
