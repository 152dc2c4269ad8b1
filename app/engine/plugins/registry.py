"""The plugins that there are. To add one: a file beside this one, and a line here."""

from __future__ import annotations

from collections.abc import Collection

from app.engine.plugins.agent_http import AgentHttp
from app.engine.plugins.agent_shell import AgentShell
from app.engine.plugins.base import Plugin
from app.engine.plugins.batch_command import BatchCommand
from app.engine.plugins.display import Display
from app.engine.plugins.http_request import HttpRequest, HttpRequestV1
from app.engine.plugins.instances import StartInstance, StopInstance
from app.engine.plugins.notify import Notify
from app.engine.plugins.pause import Pause
from app.engine.plugins.script import Script
from app.engine.plugins.sleep_timer import SleepTimer
from app.engine.plugins.wait_for_flow import WaitForFlow

PLUGINS: tuple[type[Plugin], ...] = (
    AgentHttp, AgentShell, BatchCommand, Display, HttpRequest, HttpRequestV1, Notify, Pause, Script, SleepTimer, StartInstance,
    StopInstance, WaitForFlow,
)  # fmt: skip

_BY_KEY = {(plugin.code, plugin.version): plugin() for plugin in PLUGINS}


def find_plugin(code: str, version: str) -> Plugin | None:
    """Return a plugin; None where there is none of that code and version."""
    return _BY_KEY.get((code, version))


def known_plugins() -> Collection[tuple[str, str]]:
    """Return the (code, version) of each plugin."""
    return _BY_KEY.keys()
