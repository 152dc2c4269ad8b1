"""Drives one task in the caller's own process: for commands, with or without workers beside."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType

from sqlalchemy import func, select

from app.engine.dispatch import InlineDispatcher
from app.engine.plugins.base import PluginSettings
from app.engine.plugins.registry import find_plugin
from app.engine.room import House, Room, open_room
from app.extensions import db
from app.models.projects import Project
from app.models.runs import TokenRow
from app.models.tasks import Task
from app.services import engine as binding
from app.services.access import Actor
from app.services.hosts import host_lookup
from app.services.nodes import NodeOrder, operate_node
from app.services.tasks import start_task
from app.settings import Settings


class Here:
    """An engine for one task in this process; use it as a context."""

    def __init__(self, settings: Settings, actor: Actor, project: Project) -> None:
        self.actor, self.project, self.task_id = actor, project, 0
        self._dispatcher = InlineDispatcher()
        # This process does the work itself, whether or not there are workers and a queue.
        binding.bind(replace(binding.bound(), dispatcher=self._dispatcher))
        engine = db.engine
        house = House(
            settings.base_url,
            PluginSettings(settings.http_deny, settings.local_execution, settings.smtp_url, settings.mail_from),
            lambda project_id, address: host_lookup(engine, project_id, address),
            find_plugin,
            settings.rerun_limit,
        )
        self._room: Room = open_room(engine, house, lambda clockwork: self._dispatcher)
        self._root_id = 0

    def __enter__(self) -> Here:
        self._room.clockwork.start(self._dispatcher)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.driver.is_stopping = True
        for attempt in self._room.driver.leases.active():
            attempt.cancel()
        self._room.pool.wait(5)
        self._room.clockwork.stop()

    def start(self, task_id: int, at: str = "") -> None:
        """Start the task that is to be driven, `at` a node other than its start event if one is given."""
        start_task(self.actor, self.project, task_id, at)
        self.task_id = task_id
        self._root_id = db.session.scalar(select(Task.run_id).where(Task.id == task_id)) or 0
        db.session.rollback()

    def drive(self) -> None:
        """Bring the task on as far as it goes now."""
        self._room.driver.drive(self._root_id)
        db.session.rollback()

    def confirm(self, node_id: str) -> None:
        """Confirm a node that waits for a person."""
        operate_node(self.actor, self.project, self.task_id, NodeOrder(node_id, "callback"))

    def is_at_rest(self) -> bool:
        """Say whether nothing of the task will move by itself any more."""
        moving = ("ready", "running", "timer", "callback")
        left = db.session.scalar(
            select(func.count())
            .select_from(TokenRow)
            .where(TokenRow.root_id == self._root_id, TokenRow.wait.in_(moving))
        )
        db.session.rollback()
        return left == 0
