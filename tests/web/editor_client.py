"""Somebody who edits flows in a browser: logs in, and speaks JSON to the editor's endpoints with the page's token."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask, g

from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.members import set_member
from app.services.templates import create_template


class Editor:
    """A person with a browser and the addresses of one project's editor."""

    def __init__(self, app: Flask, name: str, project_id: int = 1) -> None:
        self.http = app.test_client()
        self._come_in()
        page = self.http.get("/login").text
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        self.http.post("/login", data={"csrf": token, "username": name, "password": "opensesame"})
        self._come_in()
        page = self.http.get("/", follow_redirects=True).text
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        self.base = f"/projects/{project_id}/editor"

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Send JSON; the answer has its `status_code` and `json`."""
        self._come_in()
        sent = {"json": body} if method != "GET" else {"query_string": body}
        return self.http.open(f"{self.base}{path}", method=method, headers={"X-CSRF": self.csrf}, **sent)

    def get(self, path: str, **query: Any) -> Any:
        """Return what an address answers, which must be a success."""
        answer = self.ask("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def do(self, method: str, path: str, expect: int = 200, **body: Any) -> Any:
        """Return what an order answers, which must have a certain status."""
        answer = self.ask(method, path, **body)
        assert answer.status_code == expect, (answer.status_code, answer.text[:2000])
        return answer.json

    def page(self, path: str) -> dict[str, Any]:
        """Return what a page of the editor embeds."""
        self._come_in()
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        found = re.search(r'<script type="application/json" id="editor-data">(.*?)</script>', answer.text, re.DOTALL)
        return json.loads(found.group(1))

    def _come_in(self) -> None:
        """Forget who asked last, and in which language: that is in `g`, which lives as long as the test's application context."""
        g.pop("_login_user", None)
        g.pop("_flask_babel", None)


def save(tree: dict[str, Any], name: str = "a flow", project: int | None = 1, **more: str) -> int:
    """Save a flow of a project, or a common one."""
    found = find_project(SYSTEM, project, "project") if project else None
    return create_template(SYSTEM, found, name, tree, **more).id


def make_people(project_id: int = 1, **roles: str) -> None:
    """Make people with roles in a project."""
    for name, role in roles.items():
        accounts.create_user(name, "opensesame")
        set_member(SYSTEM, find_project(SYSTEM, project_id, "project"), name, role)
