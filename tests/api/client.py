"""A client of the bk-sops dialect, as its users write one, with an engine in this process behind it."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask

from app.engine.dispatch import InlineDispatcher
from app.engine.room import open_room
from app.extensions import db
from app.factory import house_of
from app.services import accounts
from app.services.apps import create_app

CREDENTIALS = {"bk_app_code": "tester", "bk_app_secret": "s3cret", "bk_username": "alice"}


class Client:
    """Calls operations by name, and drives what they have set going."""

    def __init__(self, app: Flask, prefix: str = "/apigw") -> None:
        self.prefix, self._http = prefix, app.test_client()
        accounts.create_project("blueking", 2, "Asia/Shanghai")
        create_app("tester", "s3cret", is_trusted=True)
        self._room = open_room(
            db.engine, house_of(app.config["SLUICE"], db.engine), lambda c: InlineDispatcher(), threads=0
        )

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST a JSON body with credentials in it."""
        # The documents' examples send JSON without saying so.
        response = self._http.post(f"{self.prefix}/{path}/", data=json.dumps({**CREDENTIALS, **body}))
        assert response.status_code == 200, response.data
        return response.get_json()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """GET with credentials in the query."""
        response = self._http.get(f"{self.prefix}/{path}/", query_string={**CREDENTIALS, **query})
        assert response.status_code == 200, response.data
        return response.get_json()

    def raw(self, method: str, path: str, **options: Any) -> Any:
        """Send anything."""
        return self._http.open(f"{self.prefix}/{path}", method=method, **options)

    def raw_at(self, path: str) -> Any:
        """GET a path outside of the dialect."""
        return self._http.get(path)

    def drive(self) -> None:
        """Bring every task on as far as it goes now."""
        self._room.driver.drive_due()
        db.session.rollback()

    def make(self, tree: dict[str, Any], **wish: Any) -> tuple[int, dict[str, Any]]:
        """Save a template of `tree`, make a task of it, and return its id and its own tree."""
        template = self.post("create_template/2", name="flow", pipeline_tree=tree)
        assert template["result"], template
        made = self.post(f"create_task/{template['data']['template_id']}/2", **{"name": "task", **wish})
        assert made["result"], made
        return made["data"]["task_id"], made["data"]["pipeline_tree"]
