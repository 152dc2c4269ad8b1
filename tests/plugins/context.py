"""A context for plugins that stands in for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.engine.plugins.base import HostAccess, PluginSettings
from app.errors import NotFound


class FakeContext:
    """Records what a plugin logs, and says what the test told it."""

    idempotency_key = "1:node:1:1"

    def __init__(self, settings: PluginSettings | None = None, hosts: Mapping[str, HostAccess] | None = None) -> None:
        self.settings = settings or PluginSettings()
        self.system: Mapping[str, Any] = {"time_zone": "Asia/Shanghai", "task_id": 1, "project_id": 1}
        self.text = ""
        self.present = datetime(2030, 1, 1, tzinfo=UTC)
        self.is_over = False
        self._hosts = {"127.0.0.1": HostAccess("127.0.0.1", is_local=True), **(hosts or {})}

    def now(self) -> datetime:
        return self.present

    def host(self, address: str) -> HostAccess:
        if address not in self._hosts:
            raise NotFound("host", address)
        return self._hosts[address]

    def log(self, text: str) -> None:
        self.text += text

    def is_cancelled(self) -> bool:
        return self.is_over
