"""A client of the OOS dialect: signs as Baidu's own clients do, in each of their four ways."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from datetime import timedelta
from typing import Any

from baidubce.auth import bce_v1_signer
from baidubce.auth.bce_credentials import BceCredentials
from flask import Flask

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room, utc_now
from app.extensions import db
from app.factory import house_of
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.access_keys import create_key
from app.services.apps import create_app
from app.services.members import set_member

HOST = b"localhost"
SHAPES = ("go", "java", "python", "newer-go")
PREFIX = "/api/logic/oos"


def signed_headers(shape: str, body: bytes) -> tuple[dict[bytes, bytes], set[bytes] | None]:
    """Return what a kind of client sends as headers, and which of them it signs; None leaves the choice to the rules."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()).encode()
    headers = {b"Host": HOST, b"Content-Type": b"application/json;charset=utf-8"}
    digest = base64.b64encode(hashlib.md5(body).digest())
    match shape:
        case "go":
            headers |= {b"x-bce-date": now}
            return headers | ({b"Content-Md5": digest} if body else {}), {b"host", b"x-bce-date"}
        case "java":
            return headers | {b"Content-Type": b"application/json; charset=utf-8"}, {b"host"}
        case "python":
            frozen = {
                b"x-bce-date": b"2024-01-01T00:00:00Z",
                b"x-bce-request-id": b"7f0c6a9e-0000-4000-8000-000000000001",
            }
            return headers | frozen | {b"Content-Length": str(len(body)).encode()}, None
        case _:
            names = {b"content-type", b"host", b"x-bce-date"}
            headers |= {b"x-bce-date": now}
            if body:
                headers |= {b"Content-Md5": digest, b"Content-Length": str(len(body)).encode()}
                names |= {b"content-md5", b"content-length"}
            return headers, names


class OosClient:
    """Calls the dialect at an application in this process, with an engine behind it that `drive` moves."""

    def __init__(self, app: Flask, shape: str = "python", prefix: str = PREFIX) -> None:
        self.app, self.shape, self.prefix = app, shape, prefix
        self._http = app.test_client()
        accounts.create_project("cloud", 2, "Asia/Shanghai")
        self.project = find_project(SYSTEM, 2)
        accounts.create_user("alice", "a password")
        set_member(SYSTEM, self.project, "alice", "editor")
        create_app("sdk", None, is_trusted=False)
        self.key = create_key("sdk", "alice", 2)
        self._ahead = timedelta()
        self._room = open_room(
            db.engine, house_of(app.config["SLUICE"], db.engine), lambda c: InlineDispatcher(), threads=0,
            clock=lambda: utc_now() + self._ahead,
        )  # fmt: skip

    def call(
        self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None, **changes: Any
    ) -> Any:
        """Send a signed request and return the response; `changes` are other headers, a raw body, another key."""
        raw = changes.get("raw", b"" if body is None else json.dumps(body).encode())
        path = changes.get("url", self.prefix + path)
        headers, names = signed_headers(changes.get("shape", self.shape), raw)
        headers |= changes.get("extra", {})
        names = names | changes["also_signed"] if names is not None and "also_signed" in changes else names
        key = changes.get("key", self.key)
        credentials = BceCredentials(key.access_key, key.secret_key)
        stamp = changes.get("timestamp", int(time.time()))
        signature = bce_v1_signer.sign(
            credentials, method.encode(), path.encode(), headers, {k.encode(): v.encode() for k, v in (query or {}).items()},
            stamp, changes.get("lasts", 1800), names,
        )  # fmt: skip
        sent = {k.decode(): v.decode() for k, v in headers.items() if k.lower() != b"host"}
        if changes.get("shape", self.shape) in ("go", "newer-go"):
            # They send one, and do not sign it.
            sent["x-bce-request-id"] = str(uuid.uuid4())
        sent["Authorization"] = signature.decode() if isinstance(signature, bytes) else signature
        sent |= changes.get("unsigned", {})
        # The test client would leave out a length of 0, which servers hand on.
        length = {"CONTENT_LENGTH": str(len(raw))} if "Content-Length" in sent else {}
        return self._http.open(
            path, method=method, data=raw, query_string=query, headers=sent, environ_overrides=length
        )  # fmt: skip

    def result(self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> Any:
        """Return the result of a call that is to succeed."""
        response = self.call(method, path, body, query)
        assert response.status_code == 200, response.data
        told = response.get_json()
        assert told["success"], told
        assert (told["code"], told["msg"]) == (200, "")
        return told["result"]

    def refused(self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> tuple[int, str]:
        """Return the code and the reason of a call that the business is to refuse."""
        response = self.call(method, path, body, query)
        assert response.status_code == 200, response.data
        told = response.get_json()
        assert told["success"] is False, told
        assert type(told["code"]) is int
        return told["code"], told["msg"]

    def fault(self, response: Any) -> tuple[int, str]:
        """Return the status and the code of a call that was wrong in itself."""
        told = response.get_json()
        assert set(told) == {"requestId", "code", "message"}, told
        assert isinstance(told["code"], str)
        assert told["message"]
        assert response.headers["x-bce-request-id"] == told["requestId"]
        return response.status_code, told["code"]

    def save(self, name: str, *operators: dict[str, Any], **more: Any) -> str:
        """Save a template, linear unless it is said otherwise, and return its id."""
        return self.result("POST", "/v2/template", {"name": name, "linear": True, "operators": operators, **more})["id"]

    def start(self, **body: Any) -> str:
        """Start an execution and return its id."""
        return self.result("POST", "/v2/execution", body)["id"]

    def detail(self, execution_id: str, **query: str) -> Any:
        """Return an execution."""
        return self.result("GET", "/v2/execution", query={"id": execution_id, **query})

    def drive(self) -> None:
        """Bring every execution on as far as it goes now."""
        self._room.driver.drive_due()
        db.session.rollback()

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the worker, and bring every execution on."""
        self._ahead += timedelta(seconds=seconds)
        self.drive()


def say(name: str, text: Any = "hello", **more: Any) -> dict[str, Any]:
    """An operator that shows a text."""
    return {"name": name, "operator": "bk_display", "properties": {"bk_display_message": text}, **more}
