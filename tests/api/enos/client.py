"""A client of the EnOS dialect: signs each call as its documents say, with an engine in this process behind it."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.services import accounts, flow_instances
from app.services import engine as engine_binding
from app.services.access import SYSTEM
from app.services.apps import create_app
from app.services.members import set_member

SERVICE, TOKENS = "/batch-processing-service/v2.1", "/apim-token-service/v2.0/token"


class Enos:
    """Calls operations as a user, and drives what they have set going; its clock stands until it is turned."""

    def __init__(self, app: Flask, now: datetime = datetime(2019, 11, 1, 2, 21, 49, 697000, tzinfo=UTC)) -> None:
        self.now, self._http = now, app.test_client()
        engine_binding.bind(replace(engine_binding.bound(), clock=lambda: self.now))
        self.project = accounts.create_project("EnOS", None, "Asia/Shanghai")
        self.app = create_app("batch", None, is_trusted=True)
        self.user, self.organization = "alice", str(self.project.id)
        self.add_user("alice", "editor")
        self._ticks = itertools.count()
        self._token, self._token_at = "", datetime(1970, 1, 1, tzinfo=UTC)
        self._settings = app.config["SLUICE"]
        self.serve("default")

    def serve(self, *groups: str) -> None:
        """Let what is driven from now on be driven by a worker of some groups."""
        house = replace(house_of(self._settings, db.engine), worker_groups=groups)
        self._room = open_room(db.engine, house, lambda c: InlineDispatcher(), threads=0, clock=lambda: self.now)

    def add_user(self, name: str, role: str | None) -> None:
        """Make a user, with a role in the project if one is given."""
        accounts.create_user(name, "a password")
        if role is not None:
            set_member(SYSTEM, self.project, name, role)

    def proof(self, **changes: Any) -> dict[str, Any]:
        """Return the body that asks for a token, never the same twice."""
        timestamp = str(self.milliseconds + next(self._ticks))
        digest = hashlib.sha256(f"{self.app.access_key}{timestamp}{self.app.secret_key}".encode()).hexdigest()
        return {"appKey": self.app.access_key, "timestamp": int(timestamp), "encryption": digest, **changes}

    def ask_token(self, action: str = "get", **body: Any) -> dict[str, Any]:
        """Ask the token service."""
        return self._http.post(f"{TOKENS}/{action}", json=body or self.proof()).get_json()

    @property
    def token(self) -> str:
        """A token that lives."""
        if not self._token_at <= self.now < self._token_at + timedelta(hours=2):
            self._token, self._token_at = self.ask_token()["data"]["accessToken"], self.now
        return self._token

    @property
    def milliseconds(self) -> int:
        """The present, as the dialect writes times."""
        return int(self.now.timestamp() * 1000)

    def call(
        self, resource: str, action: str, body: Any = None, *, method: str = "", headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Call an operation with a signature; a body makes it a POST."""
        response = self.send(resource, action, body, method=method, headers=headers, **query)
        assert response.status_code == 200, response.data
        return response.get_json()

    def send(
        self, resource: str, action: str, body: Any = None, *, method: str = "", headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Any:  # fmt: skip
        """Call an operation and return the response."""
        asked = {"action": action, "userId": self.user, "orgId": self.organization, **query}
        text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        content = "".join(f"{key}{value}" for key, value in sorted(asked.items())) + text
        stamp = str(self.milliseconds)
        signature = hashlib.sha256(f"{self.token}{content}{stamp}{self.app.secret_key}".encode()).hexdigest()
        proven = {"apim-accesstoken": self.token, "apim-timestamp": stamp, "apim-signature": signature}
        return self._http.open(
            f"{SERVICE}/{resource}?{urlencode(asked)}", method=method or ("GET" if body is None else "POST"),
            data=text.encode() or None, content_type="application/json;charset=utf-8",
            headers=proven if headers is None else dict(headers),
        )  # fmt: skip

    def raw(self, method: str, path: str, **options: Any) -> Any:
        """Send anything."""
        return self._http.open(path, method=method, **options)

    def data(self, resource: str, action: str, body: Any = None, **query: Any) -> Any:
        """Call an operation that succeeds, and return its data."""
        answer = self.call(resource, action, body, **query)
        assert (answer["code"], answer["msg"]) == (0, "OK"), answer
        return answer["data"]

    @property
    def root(self) -> str:
        """The id of the root directory."""
        return self.data("directories", "listWorkFlowDirs")[0]["key"]

    def add(self, name: str, document: Mapping[str, Any] | None = None, **body: Any) -> int:
        """Import a flow, one task that says hello if nothing is said of it, and return its id."""
        flow = document if document is not None else document_of(["hello"])
        return self.data("flows", "import", {"flowName": name, "dirId": self.root, "flowJson": flow, **body})["flowId"]

    def trigger(self, flow: int, at: datetime | None = None) -> str:
        """Trigger a flow and return the id of the instance."""
        at = at if at is not None else self.now
        return self.data("flows", "trigger", {"flowId": flow, "triggerTime": int(at.timestamp() * 1000)})[
            "flowInstanceId"
        ]

    def drive(self) -> None:
        """Bring everything on as far as it goes now."""
        moved = True
        while moved:
            moved = bool(flow_instances.advance())
            while self._room.store.due_roots(int(self.now.timestamp() * 1_000_000), 1):
                self._room.driver.drive_due()
                moved = True
        db.session.rollback()

    def pass_time(self, **length: float) -> None:
        """Let time pass, and bring on what has fallen due."""
        self.now += timedelta(**length)
        self.drive()

    def instance(self, key: str) -> dict[str, Any]:
        """Return an instance with its graph read."""
        found = self.data("flowInstances", "get", flowInstId=key)
        return {**found, "graph": json.loads(found["graph"])}

    def flow(self, number: int) -> dict[str, Any]:
        """Return a flow with its graph read."""
        found = self.data("flows", "get", flowId=number)
        return {**found, "graph": json.loads(found["graph"])}


def task_of(name: str, cmd: str = "echo hello", **more: Any) -> dict[str, Any]:
    """Return a task as the documents' samples write one."""
    return {
        "name": name, "resource": "default", "type": "COMMAND", "syncType": 0, "cmd": cmd, "submitter": "",
        "runMode": '{"taskMode":1,"cpu":0.5,"memory":0.5,"maxParallel":0,"keyType":0,"datasourceId":0,"path":"","content":""}',
        "filePackage": "", "cron": "", "priorityLevel": 0, "timeout": 300, "retryLimit": 0, "retryInterval": 0,
        "successCode": "0", "waitCode": "", "asLink": True,
    } | more  # fmt: skip


def document_of(tasks: Any, after: str = "", **more: Any) -> dict[str, Any]:
    """Return a flow as export writes it; `after="b after a; c after a"` relates tasks."""
    relations = []
    for pair in filter(None, after.split(";")):
        target, source = (part.strip() for part in pair.split(" after "))
        relations.append({"sourceTaskName": source, "targetTaskName": target, "rerun": True})
    return {
        "name": "other", "cycle": "D", "cron": "0 0 0 * * ? *", "parameters": "[]", "alertMode": 0, "submitter": "bd",
        "owners": "alice", "visitors": "", "type": 0, "syncType": 0, "desc": "", "startTime": "2019-07-24",
        "tasks": [task if isinstance(task, dict) else task_of(task) for task in tasks], "flowLinks": [], "taskLinks": [],
        "relations": relations, "linkRelations": [],
    } | more  # fmt: skip
