"""Workers as processes of their own: forked, killed, stopped and raced, on a real database."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.engine.core.values import Json
from app.engine.dispatch import InlineDispatcher
from app.engine.plugins import registry
from app.engine.plugins.base import Await, Context, Done, Outcome, Plugin, PluginSettings, Poll
from app.engine.room import House, Room, open_room
from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task
from app.services import engine as engine_binding
from app.services.access import SYSTEM
from app.services.nodes import NodeOrder, operate_node
from app.services.reading import task_status
from app.services.tasks import Wish, create_task_of_tree, operate_task, start_task


class Effect(Plugin):
    """Leaves one line in a file for each time that its effect happens; must not be called twice."""

    code = "effect"
    name = "Effect"
    blocking = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def leave(self, ctx: Context) -> None:
        """Append the node's id in one write, as an effect in the outside world."""
        descriptor = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(descriptor, (ctx.idempotency_key + "\n").encode())
        os.close(descriptor)

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Have the effect."""
        self.leave(ctx)
        return Done({"n": int(ctx.idempotency_key.split(":")[2])})


class PollingEffect(Effect):
    """Has its effect when it begins, then is looked at once."""

    code = "polling"

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Have the effect, and wait."""
        self.leave(ctx)
        return Poll(timedelta(seconds=1))

    def poll(self, inputs: Mapping[str, Json], memo: Mapping[str, Json], ctx: Context) -> Outcome:
        """Be done."""
        return Done()


class AwaitingEffect(Effect):
    """Has its effect when it begins, then waits for a callback."""

    code = "awaiting"

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Have the effect, and wait."""
        self.leave(ctx)
        return Await()


class Site:
    """A project on a database, with an effects file, and processes that drive its tasks.

    `offset` is how far the clock of processes that are forked from now on is ahead.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "effects"
        self.offset = timedelta()
        self.fault: Callable[[str], None] = lambda point: None
        plugins = (Effect(self.path), PollingEffect(self.path), AwaitingEffect(self.path))
        self._plugins = {(p.code, p.version): p for p in plugins}
        self.project = Project(name="Test", biz_id=7, time_zone="UTC", created_at=datetime.now(UTC))
        db.session.add(self.project)
        db.session.commit()
        self.project_id = self.project.id
        db.session.expunge(self.project)
        bound = engine_binding.bound()
        engine_binding.bind(engine_binding.Engine(bound.loader, InlineDispatcher(), self.now))

    def now(self) -> datetime:
        """The present of this process."""
        return datetime.now(UTC) + self.offset

    def known(self) -> set[tuple[str, str]]:
        """The plugins that these tests use."""
        return {*self._plugins, *registry.known_plugins()}

    def make(self, tree: Mapping[str, Any]) -> tuple[int, int, Mapping[str, Any]]:
        """Make a task and start it; returns its id, its root run's and its tree."""
        made = create_task_of_tree(SYSTEM, self.project, tree, Wish("test"))
        start_task(SYSTEM, self.project, made.task_id)
        task = db.session.get(Task, made.task_id)
        assert task is not None
        root_id = task.run_id or 0
        db.session.rollback()
        return made.task_id, root_id, made.tree

    def room(self) -> Room:
        """Make an engine for this process."""
        house = House(
            "", PluginSettings(), lambda p, a: (_ for _ in ()).throw(AssertionError), self._find, 100, timedelta(seconds=15),
            600.0, lambda point: self.fault(point),  # noqa: PLW0108 - tests change the fault
        )  # fmt: skip
        return open_room(db.engine, house, lambda clockwork: InlineDispatcher(), threads=0, clock=self.now)

    def _find(self, code: str, version: str) -> Plugin | None:
        return self._plugins.get((code, version)) or registry.find_plugin(code, version)

    def drive(self, root_id: int) -> None:
        """Drive a task in this process until nothing of it is due."""
        self.room().driver.drive(root_id)
        db.session.rollback()

    def fork(self, work: Callable[[], None]) -> int:
        """Run `work` in a process of its own, with connections of its own; returns its id."""
        db.session.remove()
        sys.stdout.flush()
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            db.engine.dispose(close=False)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def effects(self) -> Counter[str]:
        """How often each node's effect happened, by node id and pass."""
        text = self.path.read_text() if self.path.exists() else ""
        return Counter(":".join(line.split(":")[:3]) for line in text.split())

    def status(self, task_id: int) -> Any:
        """Read a task's status."""
        status = task_status(SYSTEM, self.project, task_id)
        db.session.rollback()
        return status

    def order(self, task_id: int, node_id: str, action: str, **given: Any) -> None:
        """Give an order to a node."""
        operate_node(SYSTEM, self.project, task_id, NodeOrder(node_id, action, **given))

    def operate(self, task_id: int, action: Any) -> None:
        """Give an order to a task."""
        operate_task(SYSTEM, self.project, task_id, action)


def kill_at(point: str, number: int) -> Callable[[str], None]:
    """Return a fault that kills the process the `number`th time that it comes to `point`."""
    seen = Counter[str]()

    def fault(at: str) -> None:
        seen[at] += 1
        if at == point and seen[at] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return fault


def ended(children: Sequence[int], patience_s: float = 60) -> list[int]:
    """Wait for processes and return how they ended (negative for a signal)."""
    codes, end = [], time.monotonic() + patience_s
    for child in children:
        while True:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                codes.append(os.waitstatus_to_exitcode(status))
                break
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                raise AssertionError("a worker did not end")
            time.sleep(0.005)
    return codes


def all_nodes(nodes: Mapping[str, Any]) -> list[Any]:
    """Return node statuses, those inside subprocesses too."""
    return [found for node in nodes.values() for found in (node, *all_nodes(node.children))]
