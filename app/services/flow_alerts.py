"""Alerts of flows: which owners are told, and how, when an instance fails."""

from __future__ import annotations

from app.services.flow_settings import Flow
from app.services.notices import Watcher, watcher_problems

_MAIL = 1
"""The bit of `alert_mode` that asks for mails. The other asks for text messages, which nothing here can send."""


def watchers_of_flow(flow: Flow) -> list[Watcher]:
    """Return who is told that an instance failed: those owners whose names are mail addresses."""
    if not flow.settings.alert_mode & _MAIL:
        return []
    watchers = [Watcher(("task_failed",), "mail", name) for name in flow.owners if "@" in name]
    return [watcher for watcher in watchers if not watcher_problems([watcher])]
